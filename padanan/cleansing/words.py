"""What a check says in one Indonesian sentence: what was observed beside its threshold, both in one unit.

Counting is `run.py`; which checks exist is `suite.py`.
"""

from __future__ import annotations

from padanan.base.format import number, shares
from padanan.cleansing.results import RuleResult, ShapeResult, SuiteResult

NOT_IN_FORCE = "Kontrak tidak berlaku pada periode ini; tidak ada yang dinilai."
SHAPE = {
    "bentuk_kolom": "{observed} kolom baku staging hilang; ambang {expected}.",
    "bentuk_jumlah_baris": "{observed} baris di staging; seharusnya {expected}, menurut kiriman yang dipakai.",
    "bentuk_record_key_kosong": "{observed} baris tanpa record_key; ambang {expected}.",
    "bentuk_record_key_ganda": "{observed} baris mengulang record_key baris lain; ambang {expected}.",
}


def rule_sentence(rule: RuleResult) -> str:
    """`1,8% dari 12.345 baris melanggar (222 baris); ambang 5,0%.`"""
    observed, limit = shares(rule.gagal, rule.total, rule.limit)
    if not rule.total:
        return f"Tidak ada baris yang dinilai aturan ini; ambang {limit}."
    return f"{observed} dari {number(rule.total)} baris melanggar ({number(rule.gagal)} baris); ambang {limit}."


def shape_sentence(check: ShapeResult) -> str:
    """`0 baris tanpa record_key; ambang 0.`"""
    return SHAPE[check.check_id].format(observed=number(check.observed), expected=number(check.expected))


def gap_sentence(suite: SuiteResult) -> str:
    """`0 dari 34 aturan berbeda antara tabel celah dan Great Expectations; ambang 0.`"""
    judged = len(suite.rules) + len(suite.unknown_in_gap)
    found = number(len(suite.disagreeing))
    return f"{found} dari {number(judged)} aturan berbeda antara tabel celah dan Great Expectations; ambang 0."


def gap_differences(suite: SuiteResult) -> str:
    """Which rules differ and by how much, for the person who mends it: `nik_kosong: celah 41, Great Expectations 42`."""
    counted = [(rule.rule_id, rule.in_gap, rule.gagal) for rule in suite.rules if not rule.gap_agrees]
    unknown = [(rule_id, held, None) for rule_id, held in suite.unknown_in_gap.items()]
    return "; ".join(
        f"{rule_id}: celah {number(held)}, Great Expectations {'tanpa aturan itu' if found is None else number(found)}"
        for rule_id, held, found in [*counted, *unknown]
    )
