"""The report's wording: names of states and stages, and the recommendation's sentence.

Figures come from `facts`; a producer's or rule's own texts and names come from its contract.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from padanan.base.format import listed, number, percent, threshold
from padanan.base.suppress import LIMIT
from padanan.contracts.contract import Contract
from padanan.published.facts import NO_KOTA, Facts, KotaCount

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


def without_long_runs(text: str) -> str:
    """A definition that names sentinel numbers, its long digit runs in groups of four: no page may hold anything like a NIK."""
    return LONG_RUN.sub(lambda found: " ".join(found[0][i : i + 4] for i in range(0, len(found[0]), 4)), text)


# Words of ids that are no common words; the others are written as they stand in the id.
_PROPER = {name.lower(): name for name in ("NIK", "KK", "KTP", "DKI", "DTKS", "DTSEN", "P3KE", "Adminduk")}


def title(name: str) -> str:
    """An id of a catalogue as a short heading: `nik_tidak_di_adminduk` is `NIK tidak di Adminduk`."""
    told = " ".join(_PROPER.get(part, part) for part in name.split("_"))
    return told[:1].upper() + told[1:]


def kota_name(code: str, names: Mapping[str, str]) -> str:
    """The kota's name; for `NO_KOTA` what that group is."""
    return "Tanpa alamat di DKI" if code == NO_KOTA else names.get(code, code)


def recommendation(
    facts: Facts,
    contracts: Mapping[str, Contract],
    blockers: Sequence[KotaCount],
    missing: Sequence[str],
    held: Sequence[str],
    carried: Sequence[str] = (),
) -> tuple[str, str, list[str]]:
    """What TKPK is advised to do: one sentence, its tone (CSS class), and the reasons.

    Args:
        facts: the revision's counts.
        contracts: for names.
        blockers: the penghalang that may be named with their kota, in the order of the report.
        missing, held: names of producers that owe a delivery, or whose only delivery is held.
        carried: names of producers whose data of an earlier period are read, with the month.
    """
    owed = []
    if missing:
        owed.append(f"Belum mengirim: {listed(list(missing))}.")
    if carried:
        owed.append(f"Belum mengirim, dibaca data periode sebelumnya (terbawa): {listed(list(carried))}.")
    if held:
        owed.append(f"Kiriman ditahan atau dikarantina: {listed(list(held))}.")
    every = facts.blockers
    if minors := facts.minors:
        owed.insert(0, minor_sentence(minors))
    if not every:
        lacking = len(missing) + len(held) + len(carried)
        extra = f", dengan catatan {number(lacking)} produsen belum lengkap kirimannya" if lacking else ""
        return (
            f"Padanan ini dapat diterima: {'tidak ada penghalang' if minors else NO_BLOCKER}{extra}.",
            "baik",
            owed,
        )
    producers = {item.producer for item in every}
    example = "semuanya pada jumlah yang ditutup"
    if blockers:
        first = blockers[0]
        rate = percent(first.gagal, first.total)
        example = (
            f"yang terbanyak orangnya “{first.rule.name}” pada {contracts[first.producer].name}, "
            f"{kota_name(first.kota, facts.kota_names)} ({rate}, ambang {threshold(first.rule.threshold)})"
        )
    sentence = (
        f"Padanan ini belum dapat diterima begitu saja: {number(len(every))} penghalang pada {number(len(producers))} dari "
        f"{number(len(facts.rows))} produsen melewati ambang; {example}."
    )
    by_rule: dict[str, int] = {}
    for item in every:
        by_rule[item.rule.id] = by_rule.get(item.rule.id, 0) + 1
    names = {item.rule.id: item.rule.name for item in every}
    top = sorted(by_rule.items(), key=lambda item: (-item[1], item[0]))[:3]
    common = listed([f"{names[rule_id]} ({number(count)})" for rule_id, count in top])
    reasons = [f"Aturan dengan penghalang terbanyak: {common}."]
    if worst := sum(item.rule.level == "blok" for item in every):
        reasons.append(f"{number(worst)} di antaranya bertingkat blok: NIK catatan itu tidak dipakai untuk memadankan.")
    if few := sum(item.gagal < LIMIT for item in every):
        reasons.append(f"{number(few)} di antaranya bersandar pada kurang dari {LIMIT} catatan gagal.")
    return sentence, "buruk", reasons + owed


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
