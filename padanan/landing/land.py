"""Taking one delivery in, from the file to its immutable folder and its receipt.

The order of steps stands here; reading, counting, judging and telling belong to the modules beside it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from padanan.base import disk
from padanan.base.commit import building, publish, retire, write_once, writing
from padanan.base.errors import DeliveryError, PadananError, SourceUnavailable, no_space_guard, safe_reason
from padanan.base.folder_proof import FILE as PROOF
from padanan.base.folder_proof import signed_text
from padanan.base.format import moment
from padanan.base.home import Home
from padanan.base.keys import KeyRing
from padanan.base.regular import FOLDER, odd_kind
from padanan.base.shown import safe_name
from padanan.contracts.contract import Contract
from padanan.contracts.due import due_date
from padanan.contracts.plan import YearPlan, load_plans
from padanan.landing import checks
from padanan.landing.arrival import SET, Arrival, arrivals_of, claim_flags, now
from padanan.landing.letter import LETTER, PULL, Letter, moment_of, read_letter, shown_name, with_flags
from padanan.landing.manifest import Delivery, list_rows, manifest_of, papers
from padanan.landing.manifest import write as _write
from padanan.landing.original import NotTaken, copy_in
from padanan.landing.raw import RAW, DamagedFile, Flag, RawTable, Spec
from padanan.landing.reading import read_delivery
from padanan.landing.receipt import NAME, Receipt
from padanan.landing.settled import duplicate_paper, first_arrival
from padanan.landing.stage import stage
from padanan.records.key_register import key_of
from padanan.records.ledger import effective_status, manifests, previous_delivery, released
from padanan.records.tombstone import gone, read_nisan

PULLED = "tarikan.parquet"
PAGE = ".html"


def deliver(
    home: Home,
    contracts: Mapping[str, Contract],
    contract_id: str,
    path: Path | str,
    *,
    periode_data: str | None = None,
    diterima: datetime | date | None = None,
    bagian: str | None = None,
    jumlah_baris: int | None = None,
    nomor_surat: str | None = None,
    plans: Mapping[int, YearPlan] | None = None,
    ring: KeyRing | None = None,
    arrival: Arrival | None = None,
    unopened: Flag | None = None,
) -> Receipt:
    """Takes one delivery in (§3.1.1, §3.1.3.2).

    Nothing is written to the producer's folder. The result is one new folder below `landing/` (accepted or held) or
    `quarantine/`, made by one rename; a kill before it leaves nothing.

    Args:
        home: the data home.
        contracts: all contracts.
        contract_id: whose delivery it is.
        path: the file, or a pull order (`*.tarik.yaml`) for a PostgreSQL source.
        periode_data, bagian, jumlah_baris, nomor_surat: win over the covering letter.
        diterima: when it arrived, set by the caller; manifest and receipt say so. By default the system's own record.
        arrival: the same as recorded by an inbox.
        unopened: why neither the delivery nor its letter is opened: its bytes are quarantined with that flag.
        plans: the years' data plans; by default those of `expectations/plans/`.
        ring: the keys; by default those of the home, which it bears from its first delivery on.

    Returns:
        The receipt; its status says what became of the delivery.

    Raises:
        DeliveryError: no such file or contract.
        SourceUnavailable: the PostgreSQL source does not answer (nothing is recorded: try again).
        NoSpace: the disk is full; nothing was landed.
    """
    home.ensure()
    path = Path(path)
    if contract_id not in contracts:
        raise DeliveryError(
            f"kontrak '{contract_id}' tidak ada",
            file=safe_name(path.name, ()),
            cure="lihat expectations/contracts/, atau beri --producer",
        )
    shown = shown_name(path.name, contracts[contract_id])
    try:
        kind = odd_kind(path)
    except (OSError, ValueError):
        raise DeliveryError("berkas tidak ada", file=shown, cure="periksa nama dan folder berkas") from None
    if kind == FOLDER:
        raise DeliveryError("ini folder, bukan berkas", file=shown, cure="sebut satu berkas di dalamnya")
    item = Delivery(home, contracts[contract_id], path)
    if arrival is None:
        arrival = Arrival(moment_of(diterima), SET) if diterima is not None else _recorded(home, contract_id, path)
    item.arrival = arrival
    try:
        with no_space_guard(f"kiriman {contract_id}"), building(home.landing(contract_id)) as folder:
            return _take(
                item,
                folder,
                plans if plans is not None else load_plans(),
                ring or key_of(home),
                {
                    "periode_data": periode_data,
                    "bagian": bagian,
                    "jumlah_baris": jumlah_baris,
                    "nomor_surat": nomor_surat,
                },
                unopened,
            )
    except PadananError as error:
        if error.file is None:
            raise type(error)(error.cause, cure=error.cure, file=shown, place=error.place) from None
        raise
    except (duckdb.Error, pa.ArrowException) as error:
        # Their messages hold values.
        raise DeliveryError(
            f"kiriman gagal diolah ({safe_reason(error)})", file=shown, cure="ulangi; bila tetap gagal, laporkan tanpa isi data"
        ) from None
    except PermissionError:
        raise DeliveryError(
            "berkas atau data home tidak dapat dibuka", file=shown, cure="periksa hak baca berkas dan pemilik data home"
        ) from None


def _recorded(home: Home, contract_id: str, path: Path) -> Arrival:
    """What the inbox's record says of a file that lies in it; any other file arrives now."""
    if path.parent.resolve() == home.inbox(contract_id).resolve():
        return arrivals_of(home, contract_id, [path])[path.name]
    return Arrival(now())


def _take(
    item: Delivery, folder: Path, plans: Mapping[int, YearPlan], ring: KeyRing, said: dict[str, Any], unopened: Flag | None
) -> Receipt:
    work = folder / "kerja"
    original = folder / "original"
    for path in (work, original):
        disk.mkdir(path)
    spec = Spec.of(item.contract)
    pull = item.path.name.endswith(PULL)
    try:
        item.sha256, item.size = copy_in(item.path, original)
    except NotTaken as refused:
        item.unread, item.sha256, item.size = True, refused.digest, refused.size
        item.flags.append(refused.flag)
        return _refuse(item, folder, original)
    item.copied = item.sha256
    if unopened is not None:
        item.flags.append(unopened)
        return _quarantine(item, folder, work, ring)
    item.arrival = first_arrival(item.home, item.contract.id, item.sha256, item.arrival)
    try:
        item.letter = with_flags(read_letter(item.path, item.contract, item.arrival.moment), **said)
        item.flags += claim_flags(item.arrival, item.letter.claimed)
        if item.letter.periode_data is None:
            raise DamagedFile(
                "periode data tidak diketahui",
                f"tulis periode_data di surat pengantarnya (nama berkas ditambah {LETTER}), atau pada nama berkas, lalu kirim "
                "ulang",
                rule="tanpa_periode",
                keeper="terima lagi berkas itu dengan 'padanan deliver … --periode-data'",
            )
        item.deadline = due_date(item.contract, item.letter.periode_data, plans)
        item.flags += checks.before_reading(item.contract, item.letter, plans)
        if checks.outcome(item.flags) == "ditolak":
            return _refuse(item, folder, original)
        if pull:
            item.raw, item.sha256 = _pull(item.letter, spec, work)
            disk.copy(item.raw.path, original / PULLED)
        if (twin := _twin(item)) is not None:
            return _duplicate(item, twin)
        if _address(item).exists():
            # The same bytes for another part of one period can't share the address of the first.
            raise DamagedFile(
                "isi berkas sama dengan bagian lain periode ini",
                "kirim berkas bagian yang benar",
                place="bagian",
                rule="isi_berulang",
            )
        if item.raw is None:
            with disk.filling(work / RAW):
                item.raw = read_delivery(original / item.path.name, item.contract, work)
        item.flags += item.raw.flags
        item.flags += checks.after_reading(item.raw, item.contract, item.letter)
        result = checks.outcome(item.flags)
        if result == "ditolak":
            return _refuse(item, folder, original)
        if result == "karantina":
            return _quarantine(item, folder, work, ring)
        item.staged = stage(item.raw, item.contract, item.sha16, ring, folder, work)
    except DamagedFile as fault:
        item.flags.append(Flag(fault.rule, "karantina", fault.cause, fault.cure, fault.place, fault.keeper))
        return _quarantine(item, folder, work, ring)
    previous = previous_delivery(
        item.home,
        item.contract.id,
        periode_data=item.letter.periode_data,
        bagian=item.letter.bagian,
        diterima=item.letter.diterima,
    )
    item.flags += checks.after_staging(item.raw, item.staged, item.contract, item.letter, previous, _same_elsewhere(item))
    if checks.outcome(item.flags) == "karantina":
        return _quarantine(item, folder, work, ring)
    return _land(item, folder, work, ring)


def _pull(letter: Letter, spec: Spec, work: Path) -> tuple[RawTable, str]:
    from padanan.landing.postgres_reader import read_postgres

    if not letter.url_env:
        raise DamagedFile(
            "perintah tarik tanpa url_env",
            "isi url_env dengan nama variabel lingkungan yang memuat alamat PostgreSQL",
            place="url_env",
            rule="pengantar_rusak",
        )
    allowed = tuple(spec.form.get("url_env", ()))
    if letter.url_env not in allowed:
        # Else whoever may write to the inbox could have any secret of the environment sent to a server of theirs.
        raise DamagedFile(
            f"url_env {letter.url_env} tidak disepakati",
            f"pakai {' atau '.join(allowed)}" if allowed else "sepakati namanya di kontrak (bentuk: url_env)",
            place="url_env",
            rule="pengantar_rusak",
        )
    url = os.environ.get(letter.url_env)
    if not url:
        raise SourceUnavailable(
            f"variabel lingkungan {letter.url_env} belum diisi", cure="isi dengan alamat PostgreSQL sumber lalu ulangi"
        )
    pulled = read_postgres(url, spec, work)
    return pulled.table, pulled.sha256


def _address(item: Delivery) -> Path:
    """The content-addressed folder of a delivery."""
    assert item.letter is not None
    return item.home.landing(item.contract.id) / f"period={item.letter.periode_data}" / f"delivery={item.sha16}"


def _twin(item: Delivery) -> dict[str, Any] | None:
    """The same bytes, landed for the same period and part."""
    assert item.letter is not None
    for known in manifests(item.home, item.contract.id):
        same = known["sha256"] == item.sha256 and known["periode_data"] == item.letter.periode_data
        if same and known.get("bagian") == item.letter.bagian:
            return known
    return None


def _same_elsewhere(item: Delivery) -> str | None:
    """The period of the same bytes landed for another period or part: an old file sent as a new one."""
    for known in manifests(item.home, item.contract.id):
        if known["sha256"] == item.sha256:
            return f"periode data {known['periode_data']}" + (f" bagian {known['bagian']}" if known.get("bagian") else "")
    return None


def _land(item: Delivery, folder: Path, work: Path, ring: KeyRing) -> Receipt:
    status = checks.outcome(item.flags)
    manifest = manifest_of(item, status, ring)
    list_rows(item, folder)
    disk.remove_tree(work)
    target = _address(item)
    _write(item, folder, target, manifest)
    disk.mkdir(target.parent, exist_ok=True)
    if not publish(folder, target):
        return _duplicate(item, {**manifest, "folder": target})
    return Receipt(item.contract.id, status, item.sha16, target, manifest, target / f"{NAME}.html")


def _quarantine(item: Delivery, folder: Path, work: Path, ring: KeyRing) -> Receipt:
    manifest = manifest_of(item, "karantina", ring)
    list_rows(item, folder)
    for name in ("part.parquet", "rejects.parquet"):
        disk.unlink(folder / name, missing_ok=True)
    disk.remove_tree(work)
    return _aside(item, folder, manifest)


def _refuse(item: Delivery, folder: Path, original: Path) -> Receipt:
    """A refused delivery leaves its receipt only: there is no right to keep its content."""
    disk.remove_tree(original)
    disk.remove_tree(folder / "kerja")
    manifest = manifest_of(item, "ditolak", None)
    return _aside(item, folder, manifest)


def _aside(item: Delivery, folder: Path, manifest: dict[str, Any]) -> Receipt:
    target = item.home.root / "quarantine" / item.contract.id / item.sha16
    _write(item, folder, target, manifest)
    retire(target)
    publish(folder, target)
    return Receipt(item.contract.id, manifest["status"], item.sha16, target, manifest, target / f"{NAME}.html")


def _duplicate(item: Delivery, twin: dict[str, Any]) -> Receipt:
    """The delivery is there already: its folder stays untouched, this arrival gets a receipt of its own."""
    manifest = {name: value for name, value in twin.items() if name != "folder"}
    first = moment(manifest.get("diterima"))
    nisan = read_nisan(twin["folder"])
    held = not nisan and effective_status(twin, released(item.home)) == "ditahan"
    lost = f" dan {gone(nisan)}" if nisan else " dan masih ditahan" if held else ""
    cure = (
        "kirim data periode yang masih disimpan" if nisan
        else "perbaiki yang disebut di sini lalu kirim ulang, atau jelaskan tertulis kepada walidata" if held
        else "tidak perlu mengirim ulang"
    )  # fmt: skip
    # What holds it is said again: this paper may be the only one that its reader has.
    still = [flag for flag in twin["flags"] if held and flag["akibat"] != "peringatan"]
    manifest |= {
        "status": "duplikat",
        "file": shown_name(item.path.name, item.contract),
        "diterima": item.arrival.moment.isoformat(),
        "diterima_oleh": item.arrival.by,
        "diterima_surat": item.letter.claimed.isoformat() if item.letter and item.letter.claimed else None,
        "flags": [*still, Flag("duplikat", "peringatan", f"isi yang sama sudah diterima {first}{lost}", cure).as_dict()],
    }
    folder: Path = twin["folder"]
    base = duplicate_paper(item.home, item.contract.id, item.sha16, manifest["diterima"], item.path.name)
    receipts = base.parent
    # The page last: where it stands, its receipt is whole.
    told = dict(sorted(papers(manifest, item.contract, base.name).items(), key=lambda one: one[0].endswith(PAGE)))
    for name, content in told.items():
        with writing(receipts / name) as draft:
            disk.write_bytes(draft, content)
    place, names = receipts.relative_to(item.home.root).as_posix(), list(told)
    mark = f"{base.name}.{PROOF}"
    write_once(receipts / mark, signed_text(receipts, place, names, file=mark))
    return Receipt(item.contract.id, "duplikat", item.sha16, folder, manifest, base.with_suffix(PAGE))
