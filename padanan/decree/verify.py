"""Proving a period: publications, drafts, the review log and seals are compared with each other, and every fault is named.

Nothing is mended here; each fault says what to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sshsig import SUFFIX
from padanan.base.tabular import row_hash, scratch
from padanan.decree.approve import MakeAnnex, compose_seal, replay
from padanan.decree.freeze import draft_folder, sealed_tables, verify_draft
from padanan.published.identities import faults_of_identities, named_tables, stray_identities
from padanan.published.proof import faults_of_published
from padanan.published.revisions import revision_numbers
from padanan.records import anchors, steps
from padanan.records.review_log import ReviewLog, log_of, log_path, read_log
from padanan.records.scans import scan_path
from padanan.records.seal_keys import SEAL_SPACE, file_signed
from padanan.records.seals import DECREED, SEAL, Seal, genuine_seal, seal_folder
from padanan.records.tombstone import destruction_records, gone, proved, read_nisan

BACKUP = "pulihkan folder decree dari cadangan; keputusan yang sah adalah yang sidiknya tercetak pada naskah"


@dataclass
class Proof:
    """What was found about one period: lines for what agrees, faults for what does not."""

    periode: Periode
    fine: list[str] = field(default_factory=list)
    faults: list[PadananError] = field(default_factory=list)
    revisions: int = 0


def prove(home: Home, periode: Periode, *, again: bool = False, annex: MakeAnnex | None = None) -> Proof:
    """Checks everything of one period.

    Args:
        again: also make each decree again from publication and log, and compare the seals byte by byte.
        annex: the maker of annexes for `again`; by default the real one.
    """
    from padanan.base.format import fingerprint, number

    proof = Proof(periode)
    for revisi in revision_numbers(home, periode):
        proof.revisions += 1
        manifest, faults = faults_of_published(home, periode, revisi)
        faults += [*faults_of_identities(home, periode, revisi, manifest), *anchors.lost(home, manifest)]
        proof.faults += faults
        if not faults:
            short = fingerprint(str(manifest.get("inputs_hash", ""))[:16])
            nisan = read_nisan(home.published(periode, revisi))
            state = f"tabel {gone(nisan)}" if nisan else f"{len(manifest['tables'])} tabel sesuai"
            proof.fine.append(f"{periode} rev-{revisi}: {state}, masukan {short}")
            if named := named_tables(home, periode, revisi):
                proof.fine.append(
                    f"  PERHATIAN: {' dan '.join(named)} memuat NIK dan nama semua orang (terbit sebelum identitas dipisahkan); "
                    "yang harus dilakukan: docs/protection.md"
                )
        proof.fine += list(_lost(home, manifest, proof))
        if (draft := draft_folder(home, periode, revisi)).exists() and read_nisan(draft) is not None:
            try:
                proof.fine.append(f"  rancangan {gone(proved(home, draft) or {})}")
            except PadananError as error:
                proof.faults.append(error)
        elif draft.exists():
            try:
                seal = verify_draft(home, periode, revisi)
                proof.fine.append(
                    f"  rancangan: {number(seal['jumlah_orang'])} orang, nilai hash {fingerprint(seal['row_hash'][:32])}"
                )
            except PadananError as error:
                proof.faults.append(error)
    proof.faults += stray_identities(home, periode)
    log: ReviewLog | None = None
    try:
        log = read_log(home, periode)
        proof.faults += [*_scans(home, periode, log), *_decided(home, periode, log)]
        if log.records:
            proof.fine.append(f"  catatan reviu: {len(log.records)} catatan, kepala {fingerprint(log.head)}")
    except PadananError as error:
        proof.faults.append(error)
    for folder in sorted(home.decree(periode).glob("ke-*"), key=lambda path: path.name):
        _prove_seal(home, proof, folder, log, again=again, annex=annex)
    if log is not None:
        proof.faults += [
            PadananError(f"penetapan ke-{record['ke']} hilang", file=place.relative_to(home.root), cure=BACKUP)
            for record in log.records
            if record["tindakan"] == steps.DECREE and not (place := seal_folder(home, periode, record["ke"])).exists()
        ]
    return proof


def _lost(home: Home, manifest: Mapping[str, Any], proof: Proof) -> Iterator[str]:
    """The deliveries of a revision that went by retention: it can't be run again, and that is said, not taken for tampering."""
    records = destruction_records(home)
    for item in manifest.get("deliveries") or ():
        if not item.get("path"):
            continue
        try:
            nisan = proved(home, (home.root / item["path"]).parent, records)
        except PadananError as error:
            proof.faults.append(error)
            continue
        if not (home.root / item["path"]).parent.is_dir():
            place = Path(item["path"]).parent
            proof.faults.append(PadananError("kiriman yang dibaca terbitan hilang", file=place, cure="pulihkan dari cadangan"))
        if nisan is not None:
            yield f"  tidak dapat diputar ulang: kiriman {item['contract']} {item['periode_data']} {gone(nisan)}"


def _prove_seal(home: Home, proof: Proof, folder: Path, log: ReviewLog | None, *, again: bool, annex: MakeAnnex | None) -> None:
    from padanan.base.format import fingerprint, number

    name = (folder / SEAL).relative_to(home.root)
    try:
        data = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        seal = Seal(proof.periode, int(folder.name.removeprefix("ke-")), folder, data)
        files = {**{table["file"]: table["sha256"] for table in sealed_tables(data)}, **data["lampiran"]}
        intact = data["status"] == DECREED and genuine_seal(data) and data["ke"] == seal.ke
        # A changed space or line break says the same, but it is not what was sealed.
        intact = intact and (folder / SEAL).read_text(encoding="utf-8") == _spelled(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        proof.faults.append(PadananError("segel hilang atau tidak terbaca", file=name, cure=BACKUP))
        return
    found = []
    if not intact:
        found.append(PadananError("isi segel berubah", file=name, cure=BACKUP))
    openly = "kunci_segel" in data
    if openly and not file_signed(home, folder / SEAL, SEAL_SPACE):
        found.append(PadananError("tanda Ed25519 segel hilang atau palsu", file=name.with_name(SEAL + SUFFIX), cure=BACKUP))
    found += list(_files(home, folder, files, beside={SEAL, SEAL + SUFFIX} if openly else {SEAL}))
    if not found:
        found += list(_rows(home, seal))
    if log is not None:
        found += list(_record(home, seal, log))
    nisan = read_nisan(home.published(proof.periode, int(data["revisi"])))
    if again and nisan is not None:
        again = False
        proof.fine.append(f"  ke-{seal.ke} tidak dapat dibuat ulang: tabel terbitan {gone(nisan)}")
    if again and not found and log is not None:
        found += list(_again(home, seal, annex))
    proof.faults += found
    if not found:
        proof.fine.append(
            f"  ke-{seal.ke}: nomor {data['nomor']}, {number(data['jumlah_orang'])} orang, {len(data['lampiran'])} lampiran, "
            f"nilai hash {fingerprint(data['row_hash'][:32])}, kepala catatan {fingerprint(data['kepala_log'])}"
            + (", dibuat ulang sama" if again else "")
        )


def _spelled(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _files(home: Home, folder: Path, files: Mapping[str, str], *, beside: set[str]) -> Iterator[PadananError]:
    """Each file that the seal names, and each that neither it names nor stands `beside` them: the seal and its signature."""
    for name, digest in files.items():
        path = folder / name
        if not path.is_file():
            yield PadananError("berkas penetapan hilang", file=path.relative_to(home.root), cure=BACKUP)
        elif file_sha256(path) != digest:
            yield PadananError("berkas penetapan berubah", file=path.relative_to(home.root), cure=BACKUP)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in files and name not in beside:
            yield PadananError(
                "berkas tidak tercatat di segel",
                file=folder.relative_to(home.root),
                cure="keluarkan berkas itu",
            )


def _rows(home: Home, seal: Seal) -> Iterator[PadananError]:
    con = scratch(home)
    try:
        for table in sealed_tables(seal.data):
            if row_hash(con, seal.folder / table["file"]) != table["row_hash"]:
                yield PadananError("baris data sasaran berubah", file=seal.folder.relative_to(home.root), cure=BACKUP)
    finally:
        con.close()


def _record(home: Home, seal: Seal, log: ReviewLog) -> Iterator[PadananError]:
    """The log must still hold the sealed head, and say what the seal says."""
    own = log_of(home, seal.periode)
    name = own.path.relative_to(home.root)
    record = next((item for item in log.records if item["hash"] == seal.data["kepala_log"]), None)
    if record is None:
        what = "dipotong" if len(log.records) < int(seal.data["jumlah_catatan"]) else "ditulis ulang"
        yield PadananError(
            f"catatan reviu {what}: kepala pada segel ke-{seal.ke} tidak ada lagi di dalamnya",
            file=name,
            cure=own.cure,
        )
        return
    try:
        expected = compose_seal(home, log, record)
    except (PadananError, OSError, ValueError, KeyError, IndexError, TypeError):
        yield PadananError(
            f"catatan atau terbitan untuk segel ke-{seal.ke} tidak lengkap", file=name, cure="pulihkan data home dari cadangan"
        )
        return
    wrong = sorted(key for key, value in expected.items() if seal.data.get(key) != value)
    if wrong:
        yield PadananError(
            f"segel tidak sama dengan catatan reviu: {', '.join(wrong)}", file=seal.path.relative_to(home.root), cure=BACKUP
        )


def _again(home: Home, seal: Seal, annex: MakeAnnex | None) -> Iterator[PadananError]:
    name = seal.path.relative_to(home.root)
    # Beside the decree, on the data home's disk: the data sasaran never lies in a common temporary folder.
    with building(seal.folder.parent) as temporary:
        try:
            made = replay(home, seal, temporary, annex=annex)
        except PadananError as error:
            yield PadananError(f"penetapan tidak dapat dibuat ulang: {error.cause}", file=name, cure=error.cure)
            return
        if made.read_bytes() != seal.path.read_bytes():
            fresh = json.loads(made.read_text(encoding="utf-8"))
            wrong = sorted(key for key in fresh if fresh[key] != seal.data.get(key))
            yield PadananError(
                f"penetapan yang dibuat ulang berbeda pada {', '.join(wrong)}",
                file=name,
                cure="periksa versi program dan pustaka yang menyegelnya; bandingkan row_hash",
            )


def _decided(home: Home, periode: Periode, log: ReviewLog) -> Iterator[PadananError]:
    """What was decided about must still be what is published: a manifest names its tables, and the log names the manifest."""
    for revisi, digest in dict.fromkeys((int(item["revisi"]), item["sidik"]) for item in log.records if item.get("sidik")):
        manifest = home.published(periode, revisi) / "manifest.json"
        if not manifest.is_file() or file_sha256(manifest) != digest:
            yield PadananError(
                f"manifest terbitan {'berubah' if manifest.is_file() else 'hilang'} sejak diputuskan",
                file=manifest.relative_to(home.root),
                cure="pulihkan folder published dari cadangan",
            )


def _scans(home: Home, periode: Periode, log: ReviewLog) -> Iterator[PadananError]:
    for record in log.records:
        scan = record.get("pindaian")
        if scan is None:
            continue
        path = scan_path(home, scan["sha256"])
        if not path.exists() or file_sha256(path) != scan["sha256"]:
            yield PadananError(
                f"pindaian pada catatan ke-{record['no']} {'berubah' if path.exists() else 'hilang'}",
                file=log_path(home, periode).relative_to(home.root),
                place=f"baris {record['no']}",
                cure=log_of(home, periode).cure,
            )
