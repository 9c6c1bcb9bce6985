"""The draft documents of a frozen revision.

What they say and how they look is in `padanan/decree/documents/`.
"""

import dagster as dg
from pydantic import Field

from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import DECREE
from padanan.base.period import Periode

FOLLOWING = "padanan/mengikuti"
"""Tag of a run that follows a decision: it writes the documents that stand anew, and none where none were made."""


class DocumentsConfig(dg.Config):
    """`revisi`: which frozen revision; by default the newest published one."""

    revisi: int | None = Field(default=None, description="Revisi beku yang dibuatkan dokumen; kosong: yang terbaru.")


@stage_asset(
    "Laporan kepada Asisten Kesra, berita acara reviu, rancangan Keputusan Gubernur dan lampirannya.",
    kinds={"docx", "pdf"},
    deps=[dg.AssetKey([DECREE, "rancangan"])],
)
def dokumen(context: dg.AssetExecutionContext, config: DocumentsConfig, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Fills the templates with the figures of the frozen revision; after a decision of every revision that has documents.

    Raises:
        dagster.Failure: the revision is not frozen, or a template has a fault.
    """
    periode = Periode.parse(context.partition_key)
    with explained("penyusunan dokumen rancangan"):
        from padanan.decree.documents import documents_folder, write_documents
        from padanan.decree.documents.edited import kept
        from padanan.published.revisions import newest_revision
        from padanan.run.follow import follow_documents

        home = rumah.home()
        revisi = config.revisi or newest_revision(home, periode)
        if FOLLOWING in context.run.tags:
            written = follow_documents(home, periode)
            folder = written[-1] if written else documents_folder(home, periode, revisi)
            revisi = int(folder.name.removeprefix("rev-"))
        else:
            folder = write_documents(home, periode, revisi)
        people = kept(home, folder) if folder.exists() else {}
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": revisi,
            "folder": place(home, folder),
            "berkas": len(list(folder.iterdir())) if folder.exists() else 0,
            "diubah_petugas": dg.MetadataValue.md("\n".join(map(_kept, people.items())) or "tidak ada"),
        }
    )


def _kept(item: tuple[str, str | None]) -> str:
    name, newer = item
    return f"- `{name}` tetap; versi baru: `{newer}`" if newer else f"- `{name}` tetap"
