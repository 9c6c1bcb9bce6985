"""The report's wording: names of states and stages, and sentences that several pages say.

Figures come from `facts`; a producer's or rule's own texts and names come from its contract.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from padanan.base.format import listed, number, percent
from padanan.published.facts import NO_KOTA, KotaCount

STATUSES = {
    "padan_nik": ("Padan lewat NIK", "s1"),
    "padan_bukti": ("Padan lewat bukti", "s5"),
    "mungkin_padan": ("Mungkin padan", "s6"),
    "nik_padan_identitas_beda": ("NIK padan, identitas beda", "s2"),
    "nik_tidak_ditemukan": ("NIK tidak ditemukan", "s3"),
    "tanpa_nik": ("Tanpa NIK yang dapat dipakai", "s4"),
    "tidak_padan": ("Tidak padan", "s4"),
}
# Shown also when no record has them; the others are the final words of revisions before the padanan by evidence.
FINAL = ("padan_nik", "padan_bukti", "mungkin_padan", "tidak_padan")
PADAN = ("padan_nik", "padan_bukti")
IDENTITIES = {
    "terdaftar": "Terdaftar di Adminduk",
    "sementara_nik": "Sementara: NIK sah, belum ditemukan di Adminduk",
    "sementara": "Sementara: tanpa NIK yang dapat dipakai, atau identitas berbeda",
}
STAGES = {
    "landing": "Penerimaan",
    "cleansing": "Pembersihan",
    "padanan": "Pemadanan",
    "sasaran": "Penilaian sasaran",
    "penyebut": "Penyebut",
}
# word, symbol, CSS class
DELIVERY_STATES = {
    "tepat_waktu": ("tepat waktu", "●", "baik"),
    "terlambat": ("terlambat", "▲", "awas"),
    "terbawa": ("terbawa", "▲", "awas"),
    "ditahan": ("ditahan", "■", "buruk"),
    "belum_ada": ("belum ada kiriman", "■", "buruk"),
    "tidak_berlaku": ("tidak berlaku", "○", "redup"),
}
# Records that a rule or a dimension must have judged before a green mark may stand over it. Rule of three: of so many records
# without one fault the true failing share may still be 3/60 = 5% (95%), which is above the threshold of most rules; over fewer
# a green mark would only say that nothing was seen.
ENOUGH_TO_JUDGE = 60
UNJUDGED = "belum dapat dinilai"
LONG_RUN = re.compile(r"\d{12,}")
SHORT = re.compile(r"\(([^()]{2,20})\)$")


def without_long_runs(text: str) -> str:
    """A definition that names sentinel numbers, its long digit runs in groups of four: no page may hold anything like a NIK."""
    return LONG_RUN.sub(lambda found: " ".join(found[0][i : i + 4] for i in range(0, len(found[0]), 4)), text)


# Words of ids that are no common words; the others are written as they stand in the id.
_PROPER = {name.lower(): name for name in ("NIK", "KK", "KTP", "DKI", "DTKS", "DTSEN", "P3KE", "Adminduk")}


def title(name: str) -> str:
    """An id of a catalogue as a short heading: `nik_tidak_di_adminduk` is `NIK tidak di Adminduk`."""
    told = " ".join(_PROPER.get(part, part) for part in name.split("_"))
    return told[:1].upper() + told[1:]


def short_name(name: str) -> str:
    """A list's short name: the abbreviation in brackets at its end, else what stands before brackets, without commas."""
    found = SHORT.search(name)
    if found and any(letter.isupper() for letter in found[1]):
        return found[1]
    plain = (name[: found.start()] if found else name).strip().replace(",", "")
    return plain if len(plain) <= 26 else f"{plain[:25]}…"


def kota_name(code: str, names: Mapping[str, str]) -> str:
    """The kota's name; for `NO_KOTA` what that group is."""
    return "Tanpa alamat di DKI" if code == NO_KOTA else names.get(code, code)


NO_BLOCKER = "tidak ada penghalang, semua aturan di bawah ambang kontraknya"


def minor_sentence(minors: Sequence[KotaCount]) -> str:
    """What a reader must know of the catatan kecil; by producer, since they are waived so."""
    producers = len({item.producer for item in minors})
    return (
        f"{number(len(minors))} catatan kecil pada {number(producers)} produsen: di atas ambang, tetapi oleh sedikit "
        "catatan atau mungkin kebetulan, dan tidak menghalangi orang sasaran; dikecualikan sekali per produsen."
    )


def producer_sentence(name: str, blockers: Sequence[KotaCount], rows: int, failing: int) -> str:
    """The first line of a producer's page."""
    base = f"{number(failing)} dari {number(rows)} catatan ({percent(failing, rows)}) mempunyai celah"
    if not blockers:
        return f"{name}: {base}; tidak ada penghalang."
    rules = sorted({item.rule.name for item in blockers})
    shown = listed(rules) if len(rules) <= 4 else f"{len(rules)} aturan"
    return f"{name}: {base}; {number(len(blockers))} penghalang, yaitu {shown}."
