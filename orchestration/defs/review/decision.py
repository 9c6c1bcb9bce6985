"""The review's decision as an asset, and the job that takes in decision forms.

Deciding is `padanan/review`; here the state of its log becomes visible, and the decree depends on it.
"""

import dagster as dg

from orchestration.guard import explained
from orchestration.heads import stage_asset, stage_check
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import REVIEW
from padanan.base.period import Periode

DECISION = dg.AssetKey([REVIEW, "putusan"])


@stage_asset(
    "Putusan reviu TKPK menurut catatan berantai `decisions/reviu`: keadaan, penghalang terbuka, pengecualian.",
    kinds={"json"},
    deps=[dg.AssetKey([REVIEW, "terbitan"]), dg.AssetKey([REVIEW, "laporan_mutu"])],
)
def putusan(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Reads the log of the period, its chain proved, and tells where the review stands.

    It writes no file: report and form, which name that state too, are `review/laporan_mutu`'s, made anew by the same job.

    Raises:
        dagster.Failure: nothing is published, or the log was changed.
    """
    periode = Periode.parse(context.partition_key)
    with explained("pembacaan putusan reviu"):
        from padanan.base.format import fingerprint
        from padanan.review.decision.show import summary

        state = summary(rumah.home(), periode)
    context.instance.add_run_tags(context.run.run_id, {"padanan/revisi": str(state.revisi)})
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": state.revisi,
            "keadaan": state.text,
            "diterima": state.accepted,
            "penghalang_terbuka": state.open_blockers,
            "catatan_kecil_terbuka": state.open_minors,
            "dikecualikan": state.waived,
            "catatan": state.records,
            "kepala_catatan": fingerprint(state.head),
            "langkah_berikutnya": state.next_step,
        },
    )


@stage_check(
    "Ada revisi yang diterima reviu dan masih berlaku. Peringatan saja: penetapan sendiri yang menolaknya.",
    asset=DECISION,
)
def diterima(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Warns while no acceptance stands."""
    periode = Periode.parse(context.partition_key)
    with explained("pemeriksaan putusan reviu"):
        from padanan.review.decision.show import summary

        state = summary(rumah.home(), periode)
    return dg.AssetCheckResult(
        passed=state.accepted,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Revisi {state.revisi}: {state.text}; yang diminta: direviu dan diterima.",
        metadata={"keadaan": state.text, "langkah_berikutnya": state.next_step},
    )


@dg.op(description="Memproses formulir keputusan di inbox/review/; setiap formulir mendapat tanda terima di sebelahnya.")
def terima_formulir(context: dg.OpExecutionContext, rumah: RumahResource) -> None:
    """Takes in every waiting form; a refused one is no failed run, its receipt says why.

    Raises:
        dagster.Failure: log, publication or reviewers' list is broken.
    """
    with explained("penerimaan formulir reviu"):
        from padanan.review.decision.inbox import folder_of, process

        home = rumah.home()
        results = process(home)
    refused = sum(not result.accepted for result in results)
    # Counts only: names and texts of forms stay in the receipts.
    context.log.info(f"{len(results) - refused} formulir diterima, {refused} ditolak")
    context.add_output_metadata({"diterima": len(results) - refused, "ditolak": refused, "folder": place(home, folder_of(home))})


@dg.job(
    name="formulir_reviu",
    description="Menerima formulir keputusan dari inbox/review/.",
    tags={"padanan/tahap": REVIEW},
    executor_def=dg.in_process_executor,
)
def formulir_reviu() -> None:
    """One step: the inbox of the review."""
    terima_formulir()
