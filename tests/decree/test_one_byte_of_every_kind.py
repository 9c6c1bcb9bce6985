"""One byte changed in each kind of file below the data home is found and named by `verify` (row "proof").

A kind is a path without its numbers. What is work data, incoming, or of no later step is listed here by name, so that a new kind
of file is either proved or added to that list on purpose.
"""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from padanan.base.digest import file_sha256
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.decree.documents.drafts import write_documents
from padanan.forms import handover
from padanan.landing.land import deliver
from padanan.records.kinds import CLERICAL, DESTRUCTION, MEETINGS
from padanan.records.ledger import carry
from padanan.records.log import Log
from padanan.review.report.render import write_report
from tests.landing.deliveries import dtks_row
from tests.review.decided_by_hand import demo_home, publish, seal, to_draft

pytestmark = pytest.mark.feature("F50")
S2, NOW = Periode(2025, 2), datetime(2025, 11, 20, 9, tzinfo=JAKARTA)
# Rebuilt by any run; incoming; of the machine; what people keep by hand; truth of made-up data; what only says what was seen.
UNPROVED = (
    r"(warehouse|dagster|postgres|logs|inbox|truth)/.*",
    r"demo\.json",
    r"decisions/reviu/reviewers\.yaml",
    r"(.*/)?\.[^/]*\.lock",
    r"(.*/)?\.[^/]*\.kunci",
    r"landing/[a-z_]+/(inbox|kedatangan)[^/]*",
    r"reports/.*/run[^/]*\.json",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a file of every kind that is made before, at and after a decree."""
    base = tmp_path_factory.mktemp("semua")
    home, contracts = demo_home(base / "data"), load_contracts()

    def dtks(name: str, rows: int, *, without: str = "") -> Path:
        columns = [column for column in contracts["dtks"].columns if column.name != without]
        lines = ["|".join(column.source for column in columns)]
        lines += ["|".join('"' + dtks_row(n).get(column.name, "") + '"' for column in columns) for n in range(rows)]
        (base / name).write_text("\n".join(lines) + "\n")
        return base / name

    when = {"periode_data": "2025-10", "diterima": datetime(2025, 10, 10, 9, tzinfo=JAKARTA)}
    landed = deliver(home, contracts, "dtks", dtks("dtks_2025-10.csv", 20), **when)
    again = deliver(home, contracts, "dtks", dtks("dtks_2025-10.csv", 20), **when)
    aside = deliver(home, contracts, "dtks", dtks("dtks_2025-10_lain.csv", 20, without="nik"), **when)
    assert (landed.status, again.status, aside.status) == ("diterima", "duplikat", "karantina")
    carry(home, contracts, landed.sha16, S2, by="Kepala Bidang", reason="berita acara 1/2025", when=NOW)
    publish(home)
    write_report(home, S2, 1)
    to_draft(home)
    write_documents(home, S2, 1)
    seal(home)
    folder = base / "daftar"
    folder.mkdir()
    (folder / "31.71-uji.xlsx").write_bytes(b"daftar kerja")
    files = {"31.71-uji.xlsx": {"sha256": file_sha256(folder / "31.71-uji.xlsx")}}
    facts = {"periode": S2.label, "kedaluwarsa": "2026-01-31", "berkas": files}
    for kind in (CLERICAL, MEETINGS, DESTRUCTION):
        Log(home, kind, "uji").append([{"tindakan": "uji", "tempat": "uji"}], NOW)
    handover.place(home, "worklists", folder, handover.folder_of(home, "worklists", S2, 1), facts, NOW)
    return home


def kind_of(name: str) -> str:
    """A path without what tells one file of a kind from another."""
    head, _, base = name.rpartition("/")
    text = re.sub(r"[0-9a-f]{8,}", "#", name)
    text = re.sub(r"\d+", "#", text)
    if head.startswith("published/") and base.endswith(".parquet"):
        return re.sub(r"[^/]+\.parquet$", "*.parquet", text)
    if head.startswith("reports/"):
        return re.sub(r"[^/]+(\.\w+)$", r"*\1", text)
    return text


def kinds(home: Home) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(home.root.rglob("*")):
        name = path.relative_to(home.root).as_posix()
        if path.is_file() and path.stat().st_size and not any(re.fullmatch(pattern, name) for pattern in UNPROVED):
            found.setdefault(kind_of(name), path)
    return found


def test_one_byte_of_every_kind_is_found_and_named(
    whole: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PADANAN_HOME", str(whole.root))
    assert main(["verify"]) == 0, capsys.readouterr().err
    found = kinds(whole)
    tops = {name.split("/")[0] for name in found}
    assert tops >= {"landing", "quarantine", "published", "reports", "decree", "decisions", "worklists", "format_version"}, tops
    assert len(found) > 40, sorted(found)
    unnamed = []
    for kind, path in found.items():
        capsys.readouterr()
        content, rights = path.read_bytes(), path.stat().st_mode
        path.chmod(0o600)
        changed = bytearray(content)
        place = len(content) // 2
        changed[place if not content[place : place + 1].isspace() else 0] ^= 1
        path.write_bytes(bytes(changed))
        code, told = main(["verify"]), capsys.readouterr()
        said = told.err
        path.write_bytes(content)
        path.chmod(rights)
        if "/dokumen/" in kind and path.name != "sidik.json":  # officials work on drafts: told by name, and no fault
            if code or f"{path.relative_to(whole.root)}: diubah oleh petugas" not in told.out:
                unnamed.append((kind, code, told.out[-300:]))
            continue
        # A seal, a draft or a scan is named by the folder or record that answers for it.
        name = path.relative_to(whole.root)
        named = any(place in said for place in (name.as_posix(), name.parent.as_posix() + ":", f"{name.parent.as_posix()}/"))
        if code != 1 or "tak terduga" in said or not (named or "pindaian pada catatan" in said):
            unnamed.append((kind, code, said[-300:]))
    assert not unnamed, unnamed
    assert main(["verify"]) == 0


def test_a_file_of_every_kind_that_is_gone_is_found(
    whole: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whole deliveries and revisions included, where a publication or a record names them."""
    home = Home(tmp_path / "data")
    shutil.copytree(whole.root, home.root)
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    for pattern in ("landing/*/period=*/delivery=*/part.parquet", "published/*/rev-*/gap.parquet", "reports/*/rev-*/index.html"):
        (path,) = home.root.glob(pattern)
        content = path.read_bytes()
        path.unlink()
        assert main(["verify"]) == 1 and path.relative_to(home.root).as_posix() in capsys.readouterr().err
        path.write_bytes(content)
