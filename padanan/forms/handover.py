"""Files in which names leave (worklists, producer's kits): made, handed over, expired; every step in one append-only register.

What is in a file belongs to the package that makes it; here is only which files exist, who received them, and when they go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import replace, sweep, writing
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import differing
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.typed import has_long_number
from padanan.records.kinds import HANDOVER
from padanan.records.log import Log

MANIFEST = "manifest.json"
TOMBSTONE = "kedaluwarsa.json"
KINDS = {
    "worklists": "daftar kerja", "kit": "paket", "lp3ke": "berkas LP3KE", "serah": "berkas pemeringkatan",
    "adendum": "berkas adendum",
}  # fmt: skip
"""What is handed over: the folder of each kind, and what people call it."""
_AGAIN = (
    "buat lagi dengan 'padanan worklist make --again', 'padanan kit make --again', 'padanan lp3ke make', "
    "'padanan pemeringkatan serah' atau 'padanan mendesak berkas --again'"
)
_RESTORE = "pulihkan berkas itu dari cadangan"
MADE, HANDED, DELETED = "dibuat", "diserahkan", "dihapus"


@dataclass(frozen=True)
class Issue:
    """One folder of files of a revision: its kind, its facts, and whether its files are gone."""

    kind: str
    folder: Path
    facts: Mapping[str, Any]
    deleted: bool

    @property
    def expires(self) -> date:
        """The last day on which the files may exist."""
        return date.fromisoformat(self.facts["kedaluwarsa"])


def register_of(home: Home) -> Log:
    """`decisions/penyerahan/register.jsonl`: who received what, for what; append-only, chained and signed."""
    return Log(home, HANDOVER, "register")


LATER = "susulan"
"""The end of a folder's name, before its number, whose files follow those that were made of the whole publication."""
WORKLISTS, KITS, REPORTS, RANKING, ADDENDA = "worklists", "kit", "lp3ke", "serah", "adendum"
"""The kinds of files with names that leave, by their folder of the data home."""


def folder_of(home: Home, kind: str, periode: Periode, revisi: int) -> Path:
    """`<kind>/<period>/rev-<n>`."""
    return home.root / kind / periode.key / f"rev-{revisi}"


def later(home: Home, kind: str, periode: Periode, revisi: int) -> tuple[list[Issue], Path]:
    """Folders that followed a revision's own, `rev-<n>-susulan-<k>`, and where the next one goes."""
    base = folder_of(home, kind, periode, revisi)
    found = [one for one in issues(home) if one.kind == kind and one.folder.name.startswith(f"{base.name}-{LATER}-")]
    found = [one for one in found if one.folder.parent == base.parent]
    return found, base.with_name(f"{base.name}-{LATER}-{len(found) + 1}")


def issues(home: Home) -> list[Issue]:
    """Every folder of files that was made, deleted ones too, by kind, period and revision."""
    found = []
    for kind in KINDS:
        for path in sorted((home.root / kind).glob("????-??-??/rev-*")):
            for name, deleted in ((MANIFEST, False), (TOMBSTONE, True)):
                if (path / name).exists():
                    found.append(Issue(kind, path, _facts(home, path / name), deleted))
                    break
    return found


def standing(home: Home, kind: str, periode: Periode, revisi: int, *, again: bool) -> Issue | None:
    """A revision's folder of files as it stands, None where none stands.

    Args:
        again: files that expired are wanted anew.

    Raises:
        PadananError: the files expired and were deleted, and were not asked for again.
    """
    folder = folder_of(home, kind, periode, revisi)
    issue = next((issue for issue in issues(home) if issue.folder == folder), None)
    if issue is None or not issue.deleted:
        return issue
    if not again:
        raise PadananError(
            f"{KINDS[kind]} revisi ini sudah kedaluwarsa dan dihapus",
            file=folder.relative_to(home.root),
            cure="tambahkan --again bila memang masih diperlukan",
        )
    return None


def last_day(now: datetime, days: int, wanted: date | None) -> date:
    """The last day on which files made now may exist: the one that was asked for, else so many days from today.

    Raises:
        PadananError: that day is over.
    """
    today = now.astimezone(JAKARTA).date()
    day = wanted or today + timedelta(days=days)
    if day < today:
        raise PadananError("masa berlaku sudah lewat", cure="pilih --expires hari ini atau sesudahnya")
    return day


def place(home: Home, kind: str, temporary: Path, target: Path, facts: Mapping[str, Any], now: datetime) -> None:
    """Writes the manifest, enters it in the register and puts the finished folder into place as a whole (mode 0700, files 0600).

    Entered first: a kill in between leaves an entry without files, never files with names that no entry knows.
    """
    disk.write_text(temporary / MANIFEST, json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    for path in [temporary, *temporary.rglob("*")]:
        disk.chmod(path, 0o700 if path.is_dir() else 0o600)
    sha256 = file_sha256(temporary / MANIFEST)
    entry = {
        "peristiwa": MADE,
        "jenis": kind,
        "folder": target.relative_to(home.root).as_posix(),
        "berkas": len(facts["berkas"]),
        "sha256": sha256,
        "kedaluwarsa": facts["kedaluwarsa"],
    }
    register_of(home).append([entry], now)
    replace(temporary, target)


def hand_over(home: Home, files: Iterable[Path], *, to: str, purpose: str, by: str, now: datetime) -> list[Mapping[str, Any]]:
    """Enters who receives which files for what; all or nothing.

    Raises:
        PadananError: a file is none of ours, was changed since it was made, or has expired; or a name or purpose is missing.
    """
    for what, text in (("penerima (--to)", to), ("keperluan (--purpose)", purpose), ("petugas (--by)", by)):
        if not text.strip() or len(text) > 200 or not text.isprintable():
            raise PadananError(f"{what} kosong atau tidak sah", cure="tulis dalam satu baris, paling panjang 200 huruf")
        if has_long_number(text):
            raise PadananError(f"{what} memuat nomor panjang", cure="jangan menulis NIK; sebut nama dan jabatan")
    known = {
        (issue.folder / name).resolve(): (issue, facts) for issue in issues(home) for name, facts in issue.facts["berkas"].items()
    }
    entries = []
    for path in files:
        issue, facts = known.get(path.resolve(), (None, None))
        if issue is None or facts is None:
            raise PadananError(
                "berkas ini bukan daftar kerja, paket, berkas LP3KE atau berkas adendum yang tercatat",
                file=path.name,
                cure="pilih berkas dari 'padanan worklist list'",
            )
        if issue.deleted or issue.expires < now.astimezone(JAKARTA).date():
            raise PadananError(
                "berkas sudah kedaluwarsa", file=path.name, cure="buat lagi dengan 'padanan worklist make --again'"
            )
        if not path.is_file() or file_sha256(path) != facts["sha256"]:
            raise PadananError(
                "berkas berubah atau hilang sejak dibuat", file=path.name, cure="buat lagi dengan 'padanan worklist make --again'"
            )
        entries.append(
            {
                "peristiwa": HANDED,
                "jenis": issue.kind,
                "folder": issue.folder.relative_to(home.root).as_posix(),
                "berkas": path.name,
                "sha256": facts["sha256"],
                "kepada": " ".join(to.split()),
                "keperluan": " ".join(purpose.split()),
                "oleh": " ".join(by.split()),
                "kedaluwarsa": issue.facts["kedaluwarsa"],
            }
        )
    if not entries:
        raise PadananError("tidak ada berkas yang disebut", cure="sebut satu atau beberapa berkas")
    return list(register_of(home).append(entries, now))


def expire(home: Home, now: datetime, *, dry_run: bool = False) -> list[Issue]:
    """Deletes the files of every folder whose time is over; a tombstone keeps names, hashes and counts.

    Returns:
        The folders that were (or, with `dry_run`, would be) emptied.
    """
    today = now.astimezone(JAKARTA).date()
    over = [issue for issue in issues(home) if not issue.deleted and issue.expires < today]
    if dry_run:
        return over
    for kind in KINDS:
        for parent in (home.root / kind).glob("????-??-??"):
            sweep(parent)  # half-made files of a killed run hold names too
    for issue in over:
        text = json.dumps({**issue.facts, "dihapus": today.isoformat()}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        sweep(issue.folder)
        # Written before anything goes, so that a full disk loses nothing; in its place when all is gone.
        with writing(issue.folder / TOMBSTONE, mode=0o600) as draft:
            disk.write_text(draft, text)
            for name in issue.facts["berkas"]:
                disk.unlink(issue.folder / name, missing_ok=True)
        entry = {
            "peristiwa": DELETED,
            "jenis": issue.kind,
            "folder": issue.folder.relative_to(home.root).as_posix(),
            "berkas": len(issue.facts["berkas"]),
            "sha256": file_sha256(issue.folder / TOMBSTONE),
            "kedaluwarsa": issue.facts["kedaluwarsa"],
        }
        register_of(home).append([entry], now)
        # The manifest goes last: killed before, the next call finds the folder still due and enters it again.
        disk.unlink(issue.folder / MANIFEST, missing_ok=True)
    return over


def faults_of_issues(home: Home) -> tuple[int, list[PadananError]]:
    """How many folders of files stand, and each file that is missing or changed since it was made, by the signed register."""
    found: list[PadananError] = []
    try:
        known = _known(home)
    except PadananError:
        return 0, []  # named where the records themselves are proved
    folders = [path for kind in KINDS for path in sorted((home.root / kind).glob("????-??-??/rev-*"))]
    standing = [folder for folder in folders if (folder / MANIFEST).exists()]
    for folder in set(folders) - set(standing):
        name = folder.relative_to(home.root)
        if (folder / TOMBSTONE).exists() and (name.as_posix(), file_sha256(folder / TOMBSTONE)) not in known:
            found.append(
                PadananError("catatan penghapusan bukan yang tercatat di register", file=name / TOMBSTONE, cure=_RESTORE)
            )
    for folder in standing:
        found += _changed(home, folder, known)
    return len(standing), found


def proved(home: Home, folder: Path) -> Mapping[str, Any]:
    """The facts of one folder of files, after it was compared with the signed register.

    Raises:
        PadananError: a file is missing or was changed, or the register does not name the folder so.
    """
    for fault in _changed(home, folder, _known(home)):
        raise fault
    return _facts(home, folder / MANIFEST)


def _known(home: Home) -> set[tuple[str, str]]:
    """Folder and hash of its manifest, or of what is left of it, as the register tells them."""
    register = register_of(home).settled().records
    return {(str(one["folder"]), str(one["sha256"])) for one in register if one["peristiwa"] in (MADE, DELETED)}


def _changed(home: Home, folder: Path, known: set[tuple[str, str]]) -> Iterator[PadananError]:
    name = folder.relative_to(home.root)
    try:
        facts, digest = _facts(home, folder / MANIFEST), file_sha256(folder / MANIFEST)
    except PadananError as error:
        yield error
        return
    if (name.as_posix(), digest) not in known:
        yield PadananError("daftar isi folder bukan yang tercatat di register", file=name / MANIFEST, cure=_AGAIN)
        return
    hashes = {str(key): str(value["sha256"]) for key, value in facts["berkas"].items()}
    yield from differing(home.root, folder, hashes, what="keluar", cure=_AGAIN)


def receivers(home: Home, issue: Issue) -> list[str]:
    """Who received files of a folder, each once, in the order of the register: their copies have to go too."""
    folder = issue.folder.relative_to(home.root).as_posix()
    handed = (
        record for record in register_of(home).read().records if record["peristiwa"] == HANDED and record["folder"] == folder
    )
    return list(dict.fromkeys(str(record["kepada"]) for record in handed))


def _facts(home: Home, path: Path) -> Mapping[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        date.fromisoformat(facts["kedaluwarsa"])
        if not isinstance(facts["berkas"], dict) or any(Path(name).name != name for name in facts["berkas"]):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise PadananError(
            "daftar isi folder tidak terbaca", file=path.relative_to(home.root), cure="hapus folder itu dan buat lagi"
        ) from None
    assert isinstance(facts, dict)
    return facts
