"""The approval (§3.1.3.2.g): the Governor's penetapan is recorded and the accepted draft becomes a sealed decree.

The seal follows from the review log and the published tables alone, so it can be made again and compared (`verify`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import building, publish
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.signing import sign
from padanan.base.sshsig import fingerprint
from padanan.base.tabular import row_hash, scratch
from padanan.base.typed import has_long_number
from padanan.decree.freeze import SNAPSHOT, draft_folder, require_agreed, sealed_mode, sealed_tables, verify_draft, write_snapshot
from padanan.published.identities import BNBA, ENTRY, has_identities, write_bnba
from padanan.published.proof import verify_published
from padanan.published.revisions import read_manifest
from padanan.records import steps
from padanan.records.decided import clean_reason, different, standing_acceptance
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal
from padanan.records.review_log import ReviewLog, read_log, writing
from padanan.records.scans import keep_scan, read_scan
from padanan.records.seal_keys import sealing_key, sign_seal
from padanan.records.seals import DECREED, SEAL, SEAL_PURPOSE, Seal, newest_seal, seal_folder, seal_text, seals

MakeAnnex = Callable[[Path, Mapping[str, Any]], dict[str, str]]
NUMBER_LENGTH = 60


@dataclass(frozen=True)
class Approval:
    """The penetapan as it is reported: the decree's number and date, and who records it."""

    periode: Periode
    revisi: int
    ke: int
    number: str
    day: date
    reviewer: str
    scan: Path | None = None


def approve(home: Home, approval: Approval, *, now: datetime | None = None, annex: MakeAnnex | None = None) -> Path:
    """Seals a drafted revision as `decree/<period>/ke-<n>/`; repeated with the same facts it changes nothing.

    A crash between the log and the rename is made good by repeating the command: the seal follows from the record.

    Args:
        annex: writes the annex into the folder and returns file name -> SHA-256; by default `decree.documents.write_annex`.

    Returns:
        The sealed folder, its files mode 0400.

    Raises:
        Refusal: the revision has no draft that stands, the number is used, the date or `ke` is wrong, or who records may not.
        PadananError: log, publication or rancangan is broken.
    """
    now = now or datetime.now(JAKARTA)
    target = seal_folder(home, approval.periode, approval.ke)
    with writing(home, approval.periode) as transaction:
        log = transaction.log
        done = _done(log, approval.ke)
        if done is not None:
            _same(approval, done)
            if target.exists():
                return target
            return _build(home, log, done, target, annex or _annex_of(home), [])
        entry = _entry(home, log, approval, now)
        if approval.scan is not None:
            entry["pindaian"] = read_scan(home, approval.scan)
        records = transaction.compose([entry], now)

        def commit() -> None:
            if approval.scan is not None:
                keep_scan(home, approval.scan, entry["pindaian"])
            transaction.commit(records)

        log = ReviewLog((*log.records, *records), str(records[-1]["hash"]))
        return _build(home, log, records[-1], target, annex or _annex_of(home), [commit])


def open_change(
    home: Home,
    periode: Periode,
    reason: str,
    *,
    proposer: str,
    approver: str,
    scan: Path | None = None,
    now: datetime | None = None,
) -> Mapping[str, Any]:
    """Opens a sealed period for a perubahan: the next revision may be made, reviewed and sealed as `ke-<n+1>`.

    Returns:
        The record; it is an input of the next revision, with its reason.

    Raises:
        Refusal: nothing is sealed, a perubahan is open already, no reason, or who asks may not.
    """
    now = now or datetime.now(JAKARTA)
    with writing(home, periode) as transaction:
        seal = newest_seal(home, periode)
        if seal is None:
            raise Refusal(
                f"periode {periode} belum ditetapkan",
                field="periode",
                cure="perubahan hanya atas keputusan yang ada",
            )
        if steps.change_open(transaction.log) is not None:
            raise Refusal("perubahan sudah dibuka", field="periode", cure="jalankan padanan_periode lalu reviu revisi barunya")
        text = clean_reason(reason, field="alasan")
        if not text:
            raise Refusal("perubahan tanpa alasan", field="alasan", cure="tulis mengapa keputusan harus diubah")
        people = load_reviewers(home)
        day = now.astimezone(JAKARTA).date()
        first = people.acting(proposer, "pengusul", day, field="pengusul")
        second = people.acting(approver, "penyetuju", day, field="penyetuju")
        different(first, second, field="penyetuju")
        entry: dict[str, Any] = {
            "revisi": seal.data["revisi"],
            "tindakan": steps.OPEN_CHANGE,
            "ke": seal.ke + 1,
            "alasan": [text],
            "pengusul": first.named(),
            "penyetuju": second.named(),
        }
        if scan is not None:
            entry["pindaian"] = read_scan(home, scan)
            keep_scan(home, scan, entry["pindaian"])
        records = transaction.compose([entry], now)
        transaction.commit(records)
    return records[0]


def _done(log: ReviewLog, ke: int) -> Mapping[str, Any] | None:
    return next((record for record in log.records if record["tindakan"] == steps.DECREE and record["ke"] == ke), None)


def _same(approval: Approval, record: Mapping[str, Any]) -> None:
    wanted = (approval.revisi, approval.number, approval.day.isoformat())
    if wanted != (record["revisi"], record["nomor"], record["tanggal"]):
        raise Refusal(
            f"ke-{approval.ke} sudah ditetapkan: nomor {record['nomor']}, tanggal {record['tanggal']}, revisi {record['revisi']}",
            field="ke",
            cure="penetapan tidak diubah; buka perubahan dengan 'padanan decree open-change'",
        )


def _entry(home: Home, log: ReviewLog, approval: Approval, now: datetime) -> dict[str, Any]:
    """The record's content, every condition checked."""
    periode, revisi = approval.periode, approval.revisi
    _check_place(home, log, approval)
    state = steps.state_of(log, revisi)
    if state != steps.DRAFTED:
        raise Refusal(
            f"revisi {revisi} {steps.STATE_TEXT[state]}, belum berupa draft Keputusan Gubernur",
            field="revisi",
            cure=f"lanjutkan langkahnya: 'padanan review show --periode {periode.label}'",
        )
    accepted = standing_acceptance(home, log, periode, revisi)
    person = load_reviewers(home).acting(approval.reviewer, "penetap", now.astimezone(JAKARTA).date(), field="penetap")
    drafted = [record for record in steps.records_of(log, revisi) if record["tindakan"] == steps.DRAFT][-1]
    if person.id in (accepted["pengusul"]["id"], drafted["oleh"]["id"]):
        raise Refusal(f"'{person.id}' mengusulkan atau menyusun draft ini", field="penetap", cure="penetapan dicatat orang lain")
    _check_number(home, approval, now)
    draft = verify_draft(home, periode, revisi)
    if draft["published_manifest_sha256"] != accepted["sidik"]:
        raise Refusal(
            "rancangan dibekukan dari terbitan lain daripada yang diterima",
            field="revisi",
            cure="pulihkan rancangan dari cadangan",
        )
    _same_as_published(home, approval, draft)
    entry: dict[str, Any] = {
        "revisi": revisi,
        "tindakan": steps.DECREE,
        "ke": approval.ke,
        "nomor": approval.number,
        "tanggal": approval.day.isoformat(),
        "sidik": accepted["sidik"],
        "sha256": draft["sha256"],
        "row_hash": draft["row_hash"],
        "jumlah_orang": draft["jumlah_orang"],
        "penetap": person.named(),
        "kunci_segel": fingerprint(sealing_key(home, now).public),
        "alasan": [],
    }
    if "bnba" in draft:
        entry["bnba"] = draft["bnba"]
    return entry


def _same_as_published(home: Home, approval: Approval, draft: Mapping[str, Any]) -> None:
    """The draft's own hashes are unsigned; what counts is that its people are those of the publication that was accepted."""
    published = home.published(approval.periode, approval.revisi)
    manifest = verify_published(home, approval.periode, approval.revisi)
    require_agreed(manifest, home, approval.periode, approval.revisi)
    con = scratch(home)
    try:
        with building(home.decree(approval.periode)) as folder:
            again: list[Any] = [write_snapshot(con, published, folder / SNAPSHOT).row_hash]
            if "bnba" in draft:
                again.append(write_bnba(con, home, approval.periode, approval.revisi, folder / BNBA).row_hash)
    finally:
        con.close()
    if again != [table["row_hash"] for table in sealed_tables(draft)] or ("bnba" in draft) != (ENTRY in manifest):
        raise Refusal(
            "rancangan tidak memuat orang yang sama dengan terbitan yang diterima",
            field="revisi",
            cure="pulihkan rancangan dari cadangan",
        )


def _check_place(home: Home, log: ReviewLog, approval: Approval) -> None:
    last = newest_seal(home, approval.periode)
    expected = last.ke + 1 if last else 1
    if approval.ke != expected:
        raise Refusal(f"penetapan berikutnya ke-{expected}, bukan ke-{approval.ke}", field="ke", cure=f"tulis --ke {expected}")
    if last is not None and steps.change_open(log) is None:
        raise Refusal(
            f"periode {approval.periode} sudah ditetapkan (ke-{last.ke})",
            field="ke",
            cure="buka perubahan dengan 'padanan decree open-change' dahulu",
        )


def _check_number(home: Home, approval: Approval, now: datetime) -> None:
    number = approval.number
    if not number or number != " ".join(number.split()) or not number.isprintable() or len(number) > NUMBER_LENGTH:
        raise Refusal("nomor keputusan kosong atau tidak sah", field="nomor", cure="tulis nomor seperti pada naskah keputusan")
    if has_long_number(number):
        raise Refusal(
            "nomor keputusan memuat nomor panjang",
            field="nomor",
            cure="tulis nomornya saja, misalnya 721 Tahun 2025; bukan NIK atau nama orang",
        )
    for path in sorted((home.root / "decree").glob("????-??-??")):
        for seal in seals(home, Periode.parse(path.name)):
            if seal.data.get("nomor") == number:
                raise Refusal(
                    f"nomor ini sudah dipakai {seal.periode} ke-{seal.ke}", field="nomor", cure="periksa nomor keputusan"
                )
    if not approval.periode.start <= approval.day <= now.astimezone(JAKARTA).date():
        raise Refusal(
            f"tanggal {approval.day.isoformat()} sebelum periode atau sesudah hari ini",
            field="tanggal",
            cure="tulis tanggal penetapan pada naskah keputusan, misalnya 2025-12-15",
        )
    # Not its cut-off: that is the planned day, and the Governor may sign before it.
    read = read_manifest(home, approval.periode, approval.revisi)["deliveries"]
    newest = max((datetime.fromisoformat(one["diterima"]).astimezone(JAKARTA).date() for one in read), default=approval.day)
    if approval.day < newest:
        raise Refusal(
            f"tanggal {approval.day.isoformat()} sebelum kiriman terbaru revisi {approval.revisi} ({newest.isoformat()})",
            field="tanggal",
            cure="keputusan tidak mendahului datanya: periksa tanggal pada naskah, atau revisi yang ditetapkan",
        )


def _build(
    home: Home, log: ReviewLog, record: Mapping[str, Any], target: Path, annex: MakeAnnex, before_rename: list[Callable[[], None]]
) -> Path:
    """Makes the folder beside its place and renames it once; `before_rename` is run when all of it is ready."""
    periode, revisi = Periode.parse(record["periode"]), int(record["revisi"])
    verify_draft(home, periode, revisi)
    if target.exists():  # before anything is written to the log: a folder of nobody's must not stand in for the decree
        raise _standing(home, target)
    with no_space_guard("segel penetapan"), building(target.parent) as folder:
        inner = folder / target.name
        disk.mkdir(inner)
        for table in sealed_tables({**record, "file": SNAPSHOT}):
            disk.copy(draft_folder(home, periode, revisi) / table["file"], inner / table["file"])
        sealed = write_seal(home, log, record, inner, annex)
        if "kunci_segel" in record:
            sign_seal(home, sealed, record["kunci_segel"])
        for step in before_rename:
            step()
        if not publish(inner, target):
            raise _standing(home, target)
    return target


def _standing(home: Home, target: Path) -> PadananError:
    return PadananError(
        "folder penetapan sudah ada dan bukan penetapan ini",
        file=target.relative_to(home.root),
        cure="keluarkan folder itu, periksa dengan 'padanan verify', lalu ulangi",
    )


def write_seal(home: Home, log: ReviewLog, record: Mapping[str, Any], folder: Path, annex: MakeAnnex) -> Path:
    """Writes annex and `segel.json` beside the tables in `folder`, all files mode 0400 but the one with the names, 0600.

    Raises:
        PadananError: a table is not the one that the record names, or the annex's hashes are not its files'.
    """
    tables = sealed_tables({**record, "file": SNAPSHOT})
    for table in tables:
        path = folder / table["file"]
        if file_sha256(path) != table["sha256"] or _rows(home, path) != table["row_hash"]:
            raise PadananError(
                "data sasaran bukan yang ditetapkan",
                file=table["file"],
                cure="pulihkan rancangan dari cadangan lalu ulangi penetapan",
            )
    seal = compose_seal(home, log, record)
    files = annex(folder, seal)
    for name, digest in files.items():
        if not (folder / name).is_file() or file_sha256(folder / name) != digest:
            raise PadananError("lampiran tidak sesuai dengan sidiknya", file=name, cure="ulangi; laporkan bila tetap")
    seal = {**seal, "lampiran": dict(sorted(files.items()))}
    path = folder / SEAL
    # With the key that signed the record, so that a decree can be made again after the key was rotated.
    seal["tanda"] = sign(SEAL_PURPOSE, seal_text(seal), by=record["kunci"])
    disk.write_text(path, json.dumps(seal, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    for name in (*(table["file"] for table in tables), SEAL, *files):
        disk.chmod(folder / name, sealed_mode(name))
    return path


def compose_seal(home: Home, log: ReviewLog, record: Mapping[str, Any]) -> dict[str, Any]:
    """What a seal says before its annex is made: a function of the log, the record of the penetapan and the publication."""
    revisi = int(record["revisi"])
    until = ReviewLog(tuple(item for item in log.records if item["no"] <= record["no"]), record["hash"])
    # The penetapan itself ends the way; the acceptance is looked up in what came before it.
    accepted = [item for item in steps.records_of(until, revisi) if item["tindakan"] == steps.ACCEPT][-1]
    drafted = [item for item in steps.records_of(until, revisi) if item["tindakan"] == steps.DRAFT][-1]
    periode = Periode.parse(record["periode"])
    manifest = read_manifest(home, periode, revisi)
    return {
        # A decree from before the names lay apart holds them in its data sasaran.
        **({"bnba": record["bnba"]} if "bnba" in record else {}),
        "status": DECREED,
        "periode": periode.key,
        "label": periode.label,
        "ke": record["ke"],
        "revisi": revisi,
        "nomor": record["nomor"],
        "tanggal": record["tanggal"],
        "jumlah_orang": record["jumlah_orang"],
        "kriteria_versi": manifest["kriteria_versi"],
        # Which Ed25519 key proves it to those who have neither our software nor our key; none did before.
        **({"kunci_segel": record["kunci_segel"]} if "kunci_segel" in record else {}),
        # A decree of before criteria were agreed seals none.
        **({"kriteria": manifest["kriteria"]} if "kriteria" in manifest else {}),
        "inputs_hash": manifest["inputs_hash"],
        "published_manifest_sha256": record["sidik"],
        "file": SNAPSHOT,
        "sha256": record["sha256"],
        "row_hash": record["row_hash"],
        "kepala_log": record["hash"],
        "jumlah_catatan": record["no"],
        "dikecualikan": accepted["dikecualikan"],
        "pengusul": accepted["pengusul"],
        "penyetuju": accepted["penyetuju"],
        "penyusun_draft": drafted["oleh"],
        "penetap": record["penetap"],
    }


def replay(home: Home, seal: Seal, folder: Path, *, annex: MakeAnnex | None = None) -> Path:
    """Makes a decree again, from the published tables and the log alone, in an empty folder.

    The names outlive their revision in the decree alone: once retention destroyed that file, the decree's own is taken, which
    still has to be the one that the log names.

    Returns:
        The path of the new `segel.json`; byte-equal to the sealed one when nothing was changed.

    Raises:
        PadananError: the log no longer holds the sealed head, or the publication gives other data.
    """
    log = read_log(home, seal.periode)
    record = next((item for item in log.records if item["hash"] == seal.data["kepala_log"]), None)
    if record is None:
        raise PadananError(
            "catatan reviu tidak lagi memuat kepala yang tercatat di segel",
            file=seal.path.relative_to(home.root),
            cure="pulihkan folder decisions/reviu dari cadangan",
        )
    con = scratch(home)
    try:
        revisi = int(record["revisi"])
        write_snapshot(con, home.published(seal.periode, revisi), folder / SNAPSHOT)
        if "bnba" in record and has_identities(home, seal.periode, revisi):
            write_bnba(con, home, seal.periode, revisi, folder / BNBA)
        elif "bnba" in record:
            disk.copy(seal.folder / BNBA, folder / BNBA)
    finally:
        con.close()
    return write_seal(home, log, record, folder, annex or _annex_of(home))


def _rows(home: Home, path: Path) -> str:
    con = scratch(home)
    try:
        return row_hash(con, path)
    finally:
        con.close()


def _annex_of(home: Home) -> MakeAnnex:
    # Imported late: documents bring the typesetter, which only the penetapan needs.
    from padanan.decree.documents import write_annex

    return partial(write_annex, home=home)
