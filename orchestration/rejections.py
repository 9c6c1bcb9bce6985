"""Shows deliveries that are not used as a check with their own receipts, and raises an alarm for each once.

Which deliveries those are is said in `padanan/delivery/rejected.py`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.calendar_today import today
from orchestration.deliveries import LandingReport
from orchestration.resources import AlarmResource
from padanan.period import Periode

if TYPE_CHECKING:
    from padanan.home import Home


def rejection_sentence(report: LandingReport) -> str:
    """What was observed against nothing being allowed, in one sentence."""
    if not report.rejected and not report.warnings:
        return "0 kiriman ditolak, dikarantina atau ditahan; tidak ada berkas yang tertinggal di inbox."
    told = [f"{len(report.rejected)} kiriman tidak dipakai"] if report.rejected else []
    told += [f"{len(report.warnings)} berkas tertinggal di inbox"] if report.warnings else []
    return f"{' dan '.join(told)}, seharusnya 0; sebab dan perbaikannya pada rincian."


def rejection_metadata(report: LandingReport) -> dict[str, Any]:
    """Counts, and each delivery with its rule, cause, cure and receipt."""
    lines = []
    for item in report.rejected:
        lines.append(f"- **{item.title}**, tanda terima `{item.receipt}`")
        lines += [f"  - `{rule}`: {cause}. Perbaikan: {cure}" for rule, cause, cure in item.reasons]
        lines.append(f"  - Berikutnya: {item.cure}")
    lines += [f"- {line}" for line in report.warnings]
    counts = {"gagal": len(report.rejected) + len(report.warnings)}
    return {**counts, "rincian": dg.MetadataValue.md("\n".join(lines))} if lines else counts


def raise_alarms(home: Home, alarm: AlarmResource, contract_id: str, periode: Periode, report: LandingReport, link: str) -> None:
    """One alarm for each delivery that is not used and each file that could not be taken in; not again for a month."""
    from padanan.alert import Alert, send_new

    tags = {"produsen": contract_id, "periode": periode.label, "lingkungan": alarm.lingkungan}
    alerts = {
        item.name: Alert(title=item.title, body=item.told, level="peringatan", link=link, tags={**tags, "status": item.status})
        for item in report.rejected
    }
    for line in report.warnings:
        name = f"inbox|{contract_id}|{hashlib.sha256(line.encode()).hexdigest()[:16]}"
        alerts[name] = Alert(
            title=f"Berkas {contract_id} tertinggal di inbox", body=line, level="peringatan", link=link, tags=tags
        )
    send_new(home, alerts, today(), alarm.send)
