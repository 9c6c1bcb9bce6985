"""What assets are handed: the data home, the contracts and the alert sink.

Which environment gets which is in `defs/resources.py`; dbt's resource is in `dbt_bridge.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from padanan.alert import Alert, AlertResult
    from padanan.contract import Contract
    from padanan.home import Home


class RumahResource(dg.ConfigurableResource[None]):
    """The data home that PADANAN_HOME names when the run starts."""

    def home(self) -> Home:
        """The home, its folders made and its format version checked.

        Raises:
            PadananError: not writable, or of another layout version.
        """
        from padanan.home import Home

        return Home.from_env().ensure()


class KontrakResource(dg.ConfigurableResource[None]):
    """The contracts as they are on disk when the run starts."""

    def all(self) -> dict[str, Contract]:
        """Contract by id.

        Raises:
            ContractError: a contract file is wrong (file, line, field).
        """
        from padanan.contract import load_contracts

        return load_contracts()


class AlarmResource(dg.ConfigurableResource[None]):
    """The alert sinks: always the file in the data home; e-mail and webhook only where `luar` is true."""

    lingkungan: str
    luar: bool

    def send(self, alert: Alert) -> AlertResult:
        """Sends one alert; a sink that fails is reported in the result, not raised."""
        from padanan.alert import AlertSettings, send
        from padanan.home import Home

        settings = AlertSettings.from_env(default_file=Home.from_env().root / "logs" / "alarm.jsonl")
        if not self.luar:
            settings = AlertSettings(file=settings.file)
        return send(alert, settings)

    def alert(self, title: str, body: str, *, level: str = "galat", **tags: str) -> Alert:
        """An alert that names this environment."""
        from padanan.alert import Alert

        return Alert(title=title, body=body, level=level, tags={**tags, "lingkungan": self.lingkungan})

    def send_once(
        self, home: Home, faults: Mapping[str, Alert], *, day: date | None = None, scope: str | None = None
    ) -> list[str]:
        """Sends each fault once and again after a month (`padanan/alert_once.py`); one line for each sent or failed.

        An alarm that can't be sent (wrong settings, a full disk) is such a line too: it must not stop what it only tells of.
        """
        from padanan.alert_once import send_once
        from padanan.errors import PadananError, safe_reason

        lines = []
        try:
            results = send_once(home, faults, self.send, day=day, scope=scope)
        except Exception as error:
            return [f"alarm tidak dapat dikirim: {error if isinstance(error, PadananError) else safe_reason(error)}"]
        for name, result in results.items():
            lines.append(f"alarm: {faults[name].title}: {faults[name].body}")
            lines += [f"alarm lewat {sink} gagal: {reason}" for sink, reason in result.failed.items()]
        return lines
