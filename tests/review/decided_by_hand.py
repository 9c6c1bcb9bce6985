"""A demo home with a small publication by hand, and the decisions of a review taken in it without Dagster.

The tables are `published_by_hand`'s; here they get the manifest that a real run writes, so that they can be accepted and sealed.
"""

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from padanan.base.digest import file_sha256
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.tabular import row_hash
from padanan.contracts.version import expectations_version
from padanan.decree.approve import Approval, approve
from padanan.decree.freeze import freeze_draft
from padanan.published.blockers import judge
from padanan.records.decided import fingerprint_of
from padanan.records.steps import EVERYWHERE, MINORS
from padanan.review.decision.actions import Decision, decide
from padanan.review.decision.waived import Waiver
from tests.papers import pdf
from tests.review.published_by_hand import PERIODE, write_published
from tests.signed import write_manifest

NOW = datetime(2025, 11, 20, 9, tzinfo=JAKARTA)
PROPOSER, APPROVER, REPORTER, ASISTEN, DECREER = (
    f"contoh.{name}" for name in ("pengusul", "penyetuju", "pelapor", "asisten", "penetap")
)


def demo_home(root: Path) -> Home:
    """An empty home that example reviewers may act in."""
    home = Home(root).ensure()
    (root / "demo.json").write_text("{}")
    return home


def publish(home: Home, revisi: int = 1, *, people: int = 500, adapt=None, **options) -> Path:
    """A revision with a whole manifest; `deliveries` and the like may be given anew, `adapt` changes its tables before."""
    manifest_changes = {name: options.pop(name) for name in list(options) if name not in ("worse", "rules")}
    folder = write_published(home, people=people, revisi=revisi, **options)
    if adapt is not None:
        adapt(folder)
    con = duckdb.connect()
    tables = {
        path.stem: {
            "rows": con.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()[0][0],
            "sha256": file_sha256(path),
            "row_hash": row_hash(con, path),
        }
        for path in sorted(folder.glob("*.parquet"))
    }
    con.close()
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text()) | {
        "tables": tables,
        "expectations_version": expectations_version(),
        "decisions_version": "d",
        "inputs_hash": f"{revisi:064x}",
        **manifest_changes,
    }
    write_manifest(folder, manifest)
    return folder


def copy_of(template: Home, root: Path) -> Home:
    """A home of one's own with the template's publications."""
    shutil.copytree(template.root, root)
    return Home(root)


def scan(home: Home, text: str = "berita acara") -> Path:
    """A signed paper."""
    path = home.root.parent / "pindaian.pdf"
    path.write_bytes(pdf(text))
    return path


def wish(home: Home, action: str, revisi: int = 1, **changes) -> Decision:
    """A decision of the review with everything in order."""
    facts = {
        "fingerprint": fingerprint_of(home, PERIODE, revisi),
        "proposer": PROPOSER,
        "approver": APPROVER,
        "reasons": ("NIK DTKS harus dilengkapi",) if action == "perbaiki" else (),
        "scan": scan(home),
    }
    return Decision(PERIODE, revisi, action, **(facts | changes))


# Fingerprint -> its waivers: many tests accept the same publication.
_WAIVERS: dict[str, tuple[Waiver, ...]] = {}


def waivers_of(home: Home, revisi: int = 1) -> tuple[Waiver, ...]:
    """One for each penghalang, and one for each producer's catatan kecil."""
    digest = fingerprint_of(home, PERIODE, revisi)
    if digest not in _WAIVERS:
        judged = judge(home, PERIODE, revisi)
        _WAIVERS[digest] = (
            *(
                Waiver(item.producer, item.rule.id, item.kota, f"diverifikasi lapangan triwulan depan, urutan {place}")
                for place, item in enumerate(judged.found)
            ),
            *(
                Waiver(producer, MINORS, EVERYWHERE, "jumlahnya kecil, diperbaiki produsen pada kiriman berikutnya")
                for producer in sorted({item.producer for item in judged.minors})
            ),
        )
    return _WAIVERS[digest]


def accept_all(home: Home, revisi: int = 1, now: datetime = NOW):
    """Waives every penghalang and accepts."""
    return decide(home, wish(home, "terima", revisi, waivers=waivers_of(home, revisi)), now=now)


def to_draft(home: Home, revisi: int = 1, now: datetime = NOW) -> None:
    """Accepted, reported, discussed, drafted and frozen."""
    accept_all(home, revisi, now)
    for day, (action, actor) in enumerate((("laporkan", REPORTER), ("bahas", ASISTEN), ("draf", REPORTER)), 1):
        decide(home, Decision(PERIODE, revisi, action, actor=actor), now=now + timedelta(days=day))
    freeze_draft(home, PERIODE, revisi)


def annex(folder, seal, home=None):
    """A stand-in for the annex: one small file that names what it was made from."""
    path = folder / "lampiran.txt"
    path.write_text(f"{seal['nomor']} {seal['kepala_log']} {seal['jumlah_orang']}\n")
    return {path.name: file_sha256(path)}


def approval(revisi: int = 1, ke: int = 1, **changes) -> Approval:
    """The Governor's penetapan with everything in order."""
    facts = {"number": f"{720 + ke} Tahun 2025", "day": date(2025, 12, 15), "reviewer": DECREER}
    return Approval(PERIODE, revisi, ke, **(facts | changes))


SEALED_AT = datetime(2025, 12, 20, 9, tzinfo=JAKARTA)


def seal(home: Home, revisi: int = 1, ke: int = 1, now: datetime = SEALED_AT) -> Path:
    """Approves with the stand-in annex."""
    return approve(home, approval(revisi, ke), now=now, annex=annex)
