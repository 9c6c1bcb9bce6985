"""Sends one short alert to a file, by e-mail and to a webhook, whichever are configured.

When to alert is Dagster's affair (`orchestration/defs/automation/sensors.py`); no personal value enters a message.
"""

from __future__ import annotations

import json
import os
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from padanan.base import disk
from padanan.base.errors import PadananError, safe_reason
from padanan.base.period import JAKARTA

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Alert:
    """What happened, for a person on duty: `title` one line, `body` cause and cure, `link` where to look."""

    title: str
    body: str
    level: str = "galat"
    link: str | None = None
    tags: Mapping[str, str] | None = None

    def as_dict(self, at: datetime) -> dict[str, object]:
        """The JSON form; `at` is the time of sending."""
        return {**asdict(self), "tags": dict(self.tags or {}), "waktu": at.astimezone(JAKARTA).isoformat()}


def _private(address: str) -> bool:
    """Whether nobody on the way reads what goes there: https, or this machine by its whole name (not `localhost.contoh.id`)."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))
    except ValueError:
        return False


@dataclass(frozen=True)
class AlertSettings:
    """Where alerts go; a sink that is None is off.

    Environment: PADANAN_ALERT_FILE, PADANAN_ALERT_WEBHOOK (https, or http to this machine),
    PADANAN_ALERT_EMAIL (comma list), PADANAN_ALERT_FROM, PADANAN_SMTP_HOST, PADANAN_SMTP_PORT,
    PADANAN_SMTP_USER, PADANAN_SMTP_PASSWORD_FILE, PADANAN_SMTP_STARTTLS (`1`).
    """

    file: Path | None = None
    webhook: str | None = None
    email_to: tuple[str, ...] = ()
    email_from: str = "padanan@localhost"
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password_file: Path | None = None
    smtp_starttls: bool = False

    @classmethod
    def from_env(cls, default_file: Path | None = None, env: Mapping[str, str] | None = None) -> AlertSettings:
        """Reads the variables above.

        Args:
            default_file: the file sink when PADANAN_ALERT_FILE is unset.
            env: instead of the process environment.

        Raises:
            PadananError: a port that is no number, or a plain-http webhook to another machine.
        """
        env = os.environ if env is None else env
        port = env.get("PADANAN_SMTP_PORT") or "25"
        if not port.isdigit():
            raise PadananError("PADANAN_SMTP_PORT bukan angka", cure="isi dengan nomor port, misalnya 587")
        webhook = env.get("PADANAN_ALERT_WEBHOOK") or None
        if webhook and not _private(webhook):
            raise PadananError(
                "PADANAN_ALERT_WEBHOOK bukan alamat https", cure="pakai alamat https, atau http ke mesin ini sendiri"
            )
        file = env.get("PADANAN_ALERT_FILE")
        password = env.get("PADANAN_SMTP_PASSWORD_FILE")
        return cls(
            file=Path(file) if file else default_file,
            webhook=webhook,
            email_to=tuple(a.strip() for a in env.get("PADANAN_ALERT_EMAIL", "").split(",") if a.strip()),
            email_from=env.get("PADANAN_ALERT_FROM") or "padanan@localhost",
            smtp_host=env.get("PADANAN_SMTP_HOST") or "localhost",
            smtp_port=int(port),
            smtp_user=env.get("PADANAN_SMTP_USER") or None,
            smtp_password_file=Path(password) if password else None,
            smtp_starttls=env.get("PADANAN_SMTP_STARTTLS") == "1",
        )


@dataclass(frozen=True)
class AlertResult:
    """Which sinks took the alert, and for the others why not (without values)."""

    sent: tuple[str, ...]
    failed: Mapping[str, str]


def send(alert: Alert, settings: AlertSettings, *, now: datetime | None = None) -> AlertResult:
    """Sends to every configured sink; one sink's failure never keeps the others from being tried.

    Returns:
        The sinks (`berkas`, `surel`, `webhook`) that took it and those that failed with the reason.
    """
    at = now or datetime.now(JAKARTA)
    sinks: dict[str, Callable[[], None]] = {}
    if settings.file is not None:
        file = settings.file
        sinks["berkas"] = lambda: _to_file(alert, file, at)
    if settings.email_to:
        sinks["surel"] = lambda: _to_email(alert, settings, at)
    if settings.webhook is not None:
        url = settings.webhook
        sinks["webhook"] = lambda: _to_webhook(alert, url, at)
    sent: list[str] = []
    failed: dict[str, str] = {}
    for name, deliver in sinks.items():
        try:
            deliver()
        except (OSError, smtplib.SMTPException, urllib.error.URLError) as error:
            failed[name] = safe_reason(error)
        else:
            sent.append(name)
    return AlertResult(tuple(sent), failed)


def _to_file(alert: Alert, path: Path, at: datetime) -> None:
    disk.mkdir(path.parent, parents=True, exist_ok=True)
    line = json.dumps(alert.as_dict(at), ensure_ascii=False, sort_keys=True) + "\n"
    handle = disk.opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        disk.append(handle, line.encode(), path)
    finally:
        os.close(handle)


def _to_email(alert: Alert, settings: AlertSettings, at: datetime) -> None:
    message = EmailMessage()
    message["Subject"] = f"[Padanan] {' '.join(alert.title.split())}"
    message["From"] = settings.email_from
    message["To"] = ", ".join(settings.email_to)
    message["Date"] = at
    lines = [alert.body, "", f"Waktu: {at.astimezone(JAKARTA):%d-%m-%Y %H:%M} WIB"]
    lines += [f"Lihat: {alert.link}"] if alert.link else []
    lines += [f"{key}: {value}" for key, value in sorted((alert.tags or {}).items())]
    message.set_content("\n".join(lines))
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS) as smtp:
        if settings.smtp_starttls:
            smtp.starttls()
        if settings.smtp_user and settings.smtp_password_file:
            smtp.login(settings.smtp_user, settings.smtp_password_file.read_text().strip())
        smtp.send_message(message)


def _to_webhook(alert: Alert, url: str, at: datetime) -> None:
    request = urllib.request.Request(
        url,
        data=json.dumps(alert.as_dict(at), ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # nosec B310  # https, or this machine: `_private`
        response.read(1024)
