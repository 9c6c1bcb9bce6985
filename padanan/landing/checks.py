"""The delivery rules: what is warned, held, quarantined or refused.

Rules on rows belong to the contracts; here a delivery is judged as a whole, from counts alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from padanan.base.format import number
from padanan.base.home import CHECKOUT
from padanan.base.period import periode_of, periode_start
from padanan.base.rows_said import rows_in_words
from padanan.contracts.contract import FEEDBACK, Contract
from padanan.contracts.plan import YearPlan
from padanan.landing.header import normal
from padanan.landing.letter import Letter
from padanan.landing.no_record import OTHER_HEADER, OTHER_TOTAL, REASONS
from padanan.landing.places import TOLD, detail
from padanan.landing.raw import Detail, Flag, RawTable
from padanan.landing.stage import NO_RECORD, UNREADABLE, Aside, Staged
from padanan.landing.xlsx_flags import FULL_SHEET

# A column this full before and this empty now was lost on the way.
FILLED, EMPTIED = 0.95, 0.50
UNREADABLE_HELD, UNREADABLE_QUARANTINE = 0.10, 0.50
# A second month below this share is a typing fault for the row rules, above it another period's rows.
SECOND_PERIOD = 0.10
_MONTH = re.compile(r"\d{4}-\d{2}")
# So many numbers dated as people's in the column of cards, and so few in that of people, over so many rows: the two are swapped.
SWAPPED, OWN, SWAPPED_ROWS = 0.25, 0.05, 5
WARN_SHARE, HOLD_SHARE = 0.20, 0.50
# So many stretches of rows stand on one line; the receipt has them all.
TOLD_AT_ONCE = 10
ORDER = ("peringatan", "tahan", "karantina", "tolak")
RELEASE = "lepas kiriman ini bila penjelasan produsen diterima"
STATUS = {"tahan": "ditahan", "karantina": "karantina", "tolak": "ditolak"}


def outcome(flags: list[Flag]) -> str:
    """The delivery's status: the heaviest flag decides."""
    worst = max((ORDER.index(flag.outcome) for flag in flags), default=0)
    return STATUS.get(ORDER[worst], "diterima")


def before_reading(contract: Contract, letter: Letter, plans: Mapping[int, YearPlan]) -> Iterator[Flag]:
    """What is wrong before the file is opened: no agreement, no plan, a producer no longer in force."""
    assert letter.periode_data is not None
    day = letter.diterima.date()
    agreements = [plan.agreements[contract.id] for plan in plans.values() if contract.id in plan.agreements]
    if needs_agreement(contract) and not any(item.valid_on(day) for item in agreements):
        yield Flag(
            "tanpa_perjanjian",
            "tolak",
            f"tidak ada perjanjian {contract.id} yang berlaku pada {day.isoformat()}; data tidak disimpan",
            "sepakati perjanjiannya dengan walidata, lalu kirim ulang dengan menyebut nomornya",
            keeper="catat nomor dan masa berlaku perjanjian di expectations/plans/",
        )
    year = periode_start(letter.periode_data).year
    if year not in plans:
        yield Flag(
            "tanpa_rencana",
            "tahan",
            f"tahun {year} tidak punya rencana data yang disepakati sebelum 1 Januari {year}",
            "tidak ada yang perlu dikirim ulang; Sekretariat TKPK dan walidata menyepakati rencana data tahun itu lebih dahulu",
            keeper=f"tulis expectations/plans/{year}.yaml menurut berita acara, periksa dengan 'padanan plan check', lalu lepas",
        )
    if not contract.in_force(periode_of(letter.periode_data)):
        yield Flag(
            "di_luar_masa_berlaku",
            "tahan",
            f"kontrak {contract.id} tidak berlaku untuk periode data {letter.periode_data}",
            "periksa periode data di surat pengantar; bila benar, minta walidata memperbarui masa berlaku kesepakatan datanya",
            keeper="perbarui masa berlaku kontrak, lalu lepas",
        )


def after_reading(raw: RawTable, contract: Contract, letter: Letter) -> Iterator[Flag]:
    """Columns, and the producer's own control total."""
    labels = {column.name: column.source for column in contract.columns}
    if raw.missing:
        yield Flag(
            "kolom_hilang",
            "karantina",
            "kolom wajib tidak ada: " + ", ".join(labels[name] for name in raw.missing),
            "bila hanya judulnya yang berganti (lihat kolom di luar kontrak), kembalikan; bila tidak, lengkapi; lalu kirim ulang"
            if raw.unagreed
            else "lengkapi kolom itu dengan nama yang disepakati lalu kirim ulang",
            "baris judul",
        )
    optional = [column.source for column in contract.columns if column.name not in raw.columns and not column.required]
    if optional:
        yield Flag(
            "kolom_opsional_hilang",
            "peringatan",
            f"{len(optional)} kolom yang disepakati tidak ditemukan, dibaca kosong: {', '.join(optional)}",
            "pakai judul kolom yang disepakati; bila kolom itu memang tidak ada lagi, beri tahu walidata",
            "baris judul",
        )
    if raw.unagreed:
        refused = contract.kind == "pendukung"
        shown = ", ".join(raw.unagreed[:10]) + (f" dan {len(raw.unagreed) - 10} lain" if len(raw.unagreed) > 10 else "")
        yield Flag(
            "kolom_tak_disepakati",
            "tolak" if refused else "peringatan",
            f"kolom di luar kontrak {'menyebabkan kiriman ditolak' if refused else 'tidak disalin'}: {shown}",
            "hapus kolom itu, atau usulkan kepada walidata agar disepakati"
            + ("; jangan dihapus bila itu kolom wajib yang berganti judul" if raw.missing else ""),
            "baris judul",
        )
    if not raw.counted:
        yield Flag("berkas_rusak", "karantina", "tidak ada baris data di bawah judul", "kirim ulang berkas yang berisi data")
    if letter.jumlah_baris is not None and letter.jumlah_baris != raw.counted:
        yield Flag(
            "total_kendali",
            "karantina",
            f"surat pengantar menyebut {letter.jumlah_baris} baris, berkas memuat {raw.counted}",
            "kirim ulang berkas utuh atau perbaiki jumlah_baris",
        )
    if raw.facts.get("bentuk") == "csv" and raw.control["garis"] == FULL_SHEET:
        yield Flag(
            "lembar_penuh",
            "peringatan",
            "tepat 1.048.576 garis: mungkin disimpan dari lembar Excel yang penuh",
            "bandingkan jumlah baris dengan sumber; ekspor CSV langsung dari basis data",
        )


def after_staging(
    raw: RawTable,
    staged: Staged,
    contract: Contract,
    letter: Letter,
    previous: Mapping[str, Any] | None,
    same_elsewhere: str | None,
) -> Iterator[Flag]:
    """Figures of the landed rows against themselves and against the delivery before."""
    apart, sheets = sum(staged.aside.values()), sheets_of(raw)
    if raw.counted != staged.rows_on + apart:
        yield Flag(
            "total_kendali",
            "karantina",
            f"{raw.counted} baris masuk, {staged.rows_on} diteruskan + {apart} disisihkan",
            "beri tahu walidata: kesalahan ini bukan pada berkas; berkas asli disimpan",
            keeper="laporkan sebagai galat program, tanpa isi data",
        )
    for cause, aside in staged.causes.items():
        if cause.startswith(OTHER_TOTAL):
            yield Flag(
                "total_kendali",
                "tahan",
                f"{CAUSES[OTHER_TOTAL]}{_detail(cause)} baris: berkas mungkin terpotong",
                "jalankan ulang kuerinya dan kirim berkas utuh; bila memang lengkap, hapus baris penutup itu",
                rows_in_words(aside.found, sheets),
            )
    yield from _unreadable(raw, staged)
    yield from _no_records(staged, sheets)
    if staged.aside["baris_kembar"]:
        yield Flag(
            "baris_kembar",
            "peringatan",
            f"{number(staged.aside['baris_kembar'])} baris sama persis dengan baris sebelumnya, disisihkan",
            "hapus baris kembar di sumber",
            rows_in_words([(staged.twins[next(iter(staged.twins))].first,) * 2], sheets) if staged.twins else None,
            details=_details(staged.twins, sheets, lambda _: "baris kembar"),
        )
    if same_elsewhere:
        yield Flag(
            "isi_berulang",
            "tahan",
            f"isi berkas sama persis dengan kiriman {same_elsewhere}",
            "pastikan ini memang data periode yang baru; bila ya, jelaskan tertulis kepada walidata, bila tidak, kirim berkas "
            "yang benar",
            keeper=RELEASE,
        )
    yield from _periods(raw, staged, contract, letter)
    yield from _numbers(raw, staged)
    yield from _swapped(raw, staged, contract)
    if contract.unit == "wilayah":
        yield from _places_without_rows(staged)
    # What happened in a month says nothing of how much happens in the next.
    if previous and contract.kind != FEEDBACK:
        yield from _against(previous, raw, staged, contract)


def _unreadable(raw: RawTable, staged: Staged) -> Iterator[Flag]:
    count = staged.aside[UNREADABLE]
    if not count:
        return
    share = count / max(raw.counted, 1)
    result = "karantina" if share > UNREADABLE_QUARANTINE else "tahan" if share > UNREADABLE_HELD else "peringatan"
    details = _details(staged.causes, sheets_of(raw), lambda cause: f"{CAUSES.get(cause.split(' ')[0], cause)}{_detail(cause)}")
    rule = "berkas_rusak" if result == "karantina" else "baris_tak_terbaca"
    yield Flag(
        rule,
        result,
        f"{number(count)} dari {number(raw.counted)} baris tidak terbaca, disisihkan: "
        + _counted(staged.causes, details, sheets_of(raw)),
        "perbaiki baris itu di sumber lalu kirim ulang sebagai koreksi",
        rows_in_words([(min(aside.first for aside in staged.causes.values()),) * 2], sheets_of(raw)),
        details=details,
    )


def _no_records(staged: Staged, sheets: Sequence[str]) -> Iterator[Flag]:
    """Totals, groups, signatures and the like: named with their lines, so that nobody looks for them among the people."""
    if not staged.aside[NO_RECORD]:
        return
    if OTHER_HEADER in staged.no_records:
        yield Flag(
            OTHER_HEADER,
            "karantina",
            "baris judul kedua menyebut kolom dalam susunan lain; isi di bawahnya akan terbaca di kolom yang salah",
            "samakan susunan kolomnya, atau kirim tabel itu sebagai lembar atau berkas sendiri",
            rows_in_words(staged.no_records[OTHER_HEADER].found, sheets),
        )
    details = _details(staged.no_records, sheets, lambda cause: REASONS[cause])
    yield Flag(
        "bukan_rekaman",
        "peringatan",
        f"{number(staged.aside[NO_RECORD])} baris bukan rekaman, disisihkan: " + _counted(staged.no_records, details, sheets),
        "hapus baris itu pada kiriman berikutnya; bila ternyata orang, isi NIK, nama, atau tanggal lahirnya",
        rows_in_words([(min(aside.first for aside in staged.no_records.values()),) * 2], sheets),
        details=details,
    )


def sheets_of(raw: RawTable) -> tuple[str, ...]:
    """The sheets of a workbook in the order of their rows."""
    return tuple(map(str, raw.facts.get("lembar") or ()))


def _details(found: Mapping[str, Aside], sheets: Sequence[str], named: Callable[[str], str]) -> tuple[Detail, ...]:
    told = max(TOLD // max(len(found), 1), 10)
    return tuple(
        detail(named(cause), aside.count, aside.found, aside.stretches, sheets, told=told) for cause, aside in found.items()
    )


def _counted(found: Mapping[str, Aside], details: Sequence[Detail], sheets: Sequence[str]) -> str:
    """Each cause with its count and first rows, on one line."""
    return "; ".join(
        f"{one.cause}: {number(one.count)} ({rows_in_words(aside.found[:TOLD_AT_ONCE], sheets)}"
        f"{' …' if aside.stretches > TOLD_AT_ONCE else ''})"
        for one, aside in zip(details, found.values(), strict=True)
    )


CAUSES = {
    "kutip_tidak_tertutup": "tanda kutip tidak tertutup",
    "karakter_nul": "karakter NUL",
    "sel_galat": "semua isi baris berupa galat rumus",
    "jumlah_kolom": "jumlah kolom",
    OTHER_TOTAL: "baris penutup kueri menyebut",
}


def _detail(cause: str) -> str:
    name, _, figures = cause.partition(" ")
    return f" {figures}" if name in ("jumlah_kolom", OTHER_TOTAL) and figures else ""


def _periods(raw: RawTable, staged: Staged, contract: Contract, letter: Letter) -> Iterator[Flag]:
    if contract.form.get("periode_banyak") or not staged.periods:
        return
    total = sum(staged.periods.values())
    months = [month for month, count in staged.periods.items() if count >= SECOND_PERIOD * total]
    if len(months) > 1:
        yield Flag(
            "dua_periode",
            "tahan",
            f"satu berkas memuat beberapa periode: {', '.join(sorted(months))}",
            "kirim satu berkas untuk setiap periode; bila memang disepakati digabung, jelaskan tertulis kepada walidata",
            keeper=RELEASE,
        )
    # A letter of a half-year names no month to hold the rows against.
    elif months and _MONTH.fullmatch(letter.periode_data or "") and months[0] != letter.periode_data and staged.period:
        yield Flag(
            "periode_beda",
            "peringatan",
            f"surat menyebut periode data {letter.periode_data}, sebagian besar baris menyebut {months[0]}",
            "cocokkan keduanya; bila surat yang keliru, kirim lagi dengan surat yang benar; bila memang demikian, biarkan",
            f"kolom {raw.column(staged.period)}",
        )


def _numbers(raw: RawTable, staged: Staged) -> Iterator[Flag]:
    """Excel keeps fifteen digits of a number: a NIK that went through one may end in a 0 that is not its own."""
    for name, count in staged.number_cells.items():
        yield Flag(
            "id_angka",
            "peringatan",
            f"{number(count)} sel berisi angka, bukan teks; angka ke-16 dapat sudah berubah menjadi 0",
            "format kolom itu sebagai Teks dan isi lagi dari sumbernya; baris yang rusak disebut di laporan mutu",
            f"kolom {raw.column(name)}",
        )


def _swapped(raw: RawTable, staged: Staged, contract: Contract) -> Iterator[Flag]:
    """A column of sixteen-digit numbers that holds none, while a text column is full of them; or NIK where No KK should be."""
    rows = staged.of_people.get("baris", 0)
    if rows >= SWAPPED_ROWS and staged.of_people["no_kk"] > SWAPPED * rows and staged.of_people["nik"] < OWN * rows:
        yield Flag(
            "kolom_tertukar",
            "tahan",
            "isi kolom tampak tertukar: nomor di kolom No. KK bertanggal lahir seperti NIK, nomor di kolom NIK tidak",
            "cocokkan judul dengan isi kolom lalu kirim ulang",
            f"kolom {raw.column('nik')} dan {raw.column('no_kk')}",
        )
    lacking = [name for name in ("nik", "no_kk") if name in staged.digits16 and staged.digits16[name] < 0.10]
    ids = {column.name for column in contract.columns if column.id_like}
    odd = [
        name
        for name, share in staged.digits16.items()
        if share > 0.90 and name not in ids and name not in ("nik", "no_kk", "nik_ibu")
    ]
    if lacking and odd:
        yield Flag(
            "kolom_tertukar",
            "tahan",
            f"isi kolom tampak tertukar: {raw.labels.get(lacking[0], lacking[0])} tanpa nomor 16 angka, "
            f"{raw.labels.get(odd[0], odd[0])} berisi nomor 16 angka",
            "cocokkan judul dengan isi kolom lalu kirim ulang",
            f"kolom {raw.column(lacking[0])} dan {raw.column(odd[0])}",
        )


def _against(previous: Mapping[str, Any], raw: RawTable, staged: Staged, contract: Contract) -> Iterator[Flag]:
    before = int(previous.get("rows_on") or 0)
    what = f"kiriman {previous['periode_data']} ({previous['sha16']})"
    if before:
        change = (staged.rows_on - before) / before
        warn = float(contract.tolerance.get("peringatan", WARN_SHARE))
        hold = float(contract.tolerance.get("tahan", HOLD_SHARE))
        if abs(change) > warn:
            percent = f"{change * 100:+.1f}".replace(".", ",")
            yield Flag(
                "volume_berubah",
                "tahan" if abs(change) > hold else "peringatan",
                f"{staged.rows_on} baris, {percent}% terhadap {before} baris pada {what}",
                "jelaskan perubahannya, atau kirim ulang berkas yang lengkap",
            )
    gone = _vanished(previous.get("per_kelurahan") or {}, staged.per_kelurahan)
    if gone:
        yield Flag(
            "kelurahan_nihil",
            "peringatan",
            f"{len(gone)} kelurahan tanpa baris, sebelumnya ada: {listing(gone)}",
            "periksa apakah bagian kelurahan itu tertinggal",
            "kolom kelurahan",
        )
    emptied = sorted(
        name
        for name, share in (previous.get("fill") or {}).items()
        if share >= FILLED and name in staged.fill and staged.fill[name] <= EMPTIED
    )
    if emptied:
        yield Flag(
            "kolom_kosong",
            "tahan",
            f"kolom yang tadinya terisi kini kosong: {', '.join(map(raw.column, emptied))}",
            "kirim ulang dengan kolom itu terisi",
            f"kolom {raw.column(emptied[0])}",
        )


def _places_without_rows(staged: Staged) -> Iterator[Flag]:
    """Kelurahan of DKI that a delivery about places leaves out: no row can be at fault for what isn't there."""
    present = {normal(key) for key in staged.per_kelurahan}
    lacking = [f"{name} ({code})" for code, name in official_places() if not {normal(code), normal(name)} & present]
    if lacking:
        yield Flag(
            "kelurahan_tanpa_baris",
            "peringatan",
            f"{len(lacking)} kelurahan tanpa baris: {listing(lacking)}",
            "lengkapi kelurahan itu lalu kirim ulang sebagai koreksi; sampai itu bagian penduduknya tidak diukur",
            "kolom kelurahan",
        )


def listing(names: list[str]) -> str:
    """The first twenty of a list, and how many more."""
    return ", ".join(names[:20]) + (f" dan {len(names) - 20} lain" if len(names) > 20 else "")


def _vanished(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    official = _official()
    present = {normal(key) for key in now}
    return sorted(
        key for key, count in before.items() if count and normal(key) not in present and (not official or normal(key) in official)
    )


@lru_cache(maxsize=1)
def _official() -> frozenset[str]:
    """Codes and names of DKI's kelurahan, without dots and spaces: a misspelling that vanishes is no news."""
    return frozenset(normal(text) for place in official_places() for text in place)


@lru_cache(maxsize=1)
def official_places() -> tuple[tuple[str, str], ...]:
    """Code and name of each kelurahan of DKI that is in force, by code."""
    path: Path = CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as handle:
        found = [(row["kode_kelurahan"], row["kelurahan"]) for row in csv.DictReader(handle) if not row.get("valid_to")]
    return tuple(sorted(found))


def needs_agreement(contract: Contract) -> bool:
    """Whether the contract says `perjanjian: wajib` (Permendagri 102/2019)."""
    return contract.properties.perjanjian == "wajib"
