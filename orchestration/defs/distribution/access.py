"""The daily proof that the record of accesses is whole, and its alarm.

What is compared is in `padanan/distribution/audit_proof.py`.
"""

import dagster as dg

from orchestration.calendar_today import today
from orchestration.defs.distribution.files import FILES
from orchestration.guard import explained
from orchestration.links import run_page
from orchestration.resources import AlarmResource, RumahResource

SUBJECT = "catatan akses"


@dg.asset_check(
    asset=FILES,
    name="catatan_akses_utuh",
    # Of all accesses until today, not of a half-year, so not partitioned.
    description="Rantai catatan akses API utuh, kepalanya sesuai dengan kepala harian yang bertanda; dinilai setiap hari.",
)
def catatan_akses_utuh(context: dg.AssetCheckExecutionContext, rumah: RumahResource, alarm: AlarmResource) -> dg.AssetCheckResult:
    """Every event against its hash and the next one; writes the day's signed head where all is whole, else raises an alarm."""
    with explained("pembuktian catatan akses"):
        from padanan.distribution.daily import prove_accesses

        home, day = rumah.home(), today()
        found = prove_accesses(home)
        faults = (
            {
                SUBJECT: alarm.alert(
                    "Catatan akses API tidak utuh",
                    f"{found.faults[0]} Perbaikan: hentikan API, simpan keadaannya, lalu 'padanan audit verify'",
                    level="galat",
                    perihal=SUBJECT,
                )
            }
            if found.faults
            else {}
        )
        for line in alarm.send_once(home, faults, day=day, link=run_page(context.run.run_id)):
            context.log.warning(line)
    return dg.AssetCheckResult(
        passed=not found.faults,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "kejadian": found.events,
            "kepala_harian": found.days,
            "dimulai_tidak_selesai": found.open_starts,
            "kesalahan": dg.MetadataValue.md("\n".join(f"- {one}" for one in found.faults) or "tidak ada"),
        },
    )
