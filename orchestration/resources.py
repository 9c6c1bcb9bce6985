"""What assets are handed: the data home, the contracts and the alert sink.

Which environment gets which is in `defs/resources.py`; dbt's resource is in `dbt_bridge.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

if TYPE_CHECKING:
    from padanan.base.home import Home
    from padanan.contracts.contract import Contract
    from padanan.linkage.shards import Workers
    from padanan.upkeep.alert import Alert, AlertResult


class RumahResource(dg.ConfigurableResource[None]):
    # Dagster shows a resource's docstring to its users, hence the language.
    """Data home yang disebut PADANAN_HOME ketika run mulai."""

    def home(self) -> Home:
        """The home, its folders made and its format version checked.

        Raises:
            PadananError: not writable, or of another layout version.
        """
        from padanan.base.home import Home

        return Home.from_env().ensure()


class KontrakResource(dg.ConfigurableResource[None]):
    """Kontrak sebagaimana tersimpan di expectations/contracts ketika run mulai."""

    def all(self) -> dict[str, Contract]:
        """Contract by id.

        Raises:
            ContractError: a contract file is wrong (file, line, field).
        """
        from padanan.contracts.contract import load_contracts

        return load_contracts()


class MesinResource(dg.ConfigurableResource[None]):
    """Mesin hitung: satu mesin (DuckDB), atau kluster Spark (docs/scale.md). Aset dan aturannya sama."""

    spark: bool = Field(default=False, description="Benar bila pemadanan dengan bukti dijalankan pekerja kluster Spark.")

    @contextmanager
    def workers(self, home: Home) -> Iterator[Workers | None]:
        """Who finds and compares candidates: None is this process alone.

        Raises:
            PadananError: Spark or Java is missing.
        """
        if not self.spark:
            yield None
            return
        from padanan.spark.session import start
        from padanan.spark.workers import SparkWorkers

        session = start(home)
        try:
            yield SparkWorkers(session)
        finally:
            session.stop()


class AlarmResource(dg.ConfigurableResource[None]):
    """Tujuan alarm: selalu berkas di data home; surel dan webhook hanya bila luar = true."""

    lingkungan: str = Field(description="`dev` atau `prod`; ditulis pada setiap alarm.")
    luar: bool = Field(description="Kirim juga lewat surel dan webhook yang disetel.")

    def send(self, alert: Alert) -> AlertResult:
        """Sends one alert; a sink that fails is reported in the result, not raised."""
        from padanan.base.home import Home
        from padanan.upkeep.alert import AlertSettings, send

        settings = AlertSettings.from_env(default_file=Home.from_env().root / "logs" / "alarm.jsonl")
        if not self.luar:
            settings = AlertSettings(file=settings.file)
        return send(alert, settings)

    def alert(self, title: str, body: str, *, level: str = "galat", **tags: str) -> Alert:
        """An alert that names this environment."""
        from padanan.upkeep.alert import Alert

        return Alert(title=title, body=body, level=level, tags={**tags, "lingkungan": self.lingkungan})

    def send_once(
        self,
        home: Home,
        faults: Mapping[str, Alert],
        *,
        day: date | None = None,
        scope: str | None = None,
        link: str | None = None,
    ) -> list[str]:
        """Sends each fault once and again after a month (`padanan/upkeep/alert_once.py`); one line for each sent or failed.

        `link` is where to look, for alerts that name no place of their own. An alarm that can't be sent (wrong settings, a full
        disk) is such a line too: it must not stop what it only tells of.
        """
        from dataclasses import replace

        from padanan.base.errors import PadananError, safe_reason
        from padanan.upkeep.alert_once import send_once

        faults = {name: replace(alert, link=alert.link or link) for name, alert in faults.items()}
        lines = []
        try:
            results = send_once(home, faults, self.send, day=day, scope=scope)
        except Exception as error:
            return [f"alarm tidak dapat dikirim: {error if isinstance(error, PadananError) else safe_reason(error)}"]
        for name, result in results.items():
            lines.append(f"alarm: {faults[name].title}: {faults[name].body}")
            lines += [f"alarm lewat {sink} gagal: {reason}" for sink, reason in result.failed.items()]
        return lines
