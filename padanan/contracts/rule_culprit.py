"""Names the rule whose predicate failed on real rows, after dbt or Great Expectations told no more than that something did.

Rules are tried one by one and only counted; no value of a row is read out and no message of DuckDB is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from padanan.base.errors import ContractError, PadananError
from padanan.base.home import Home
from padanan.base.sql import ident, literal
from padanan.contracts.contract import Contract, load_contracts
from padanan.contracts.planned import PlannedContract, stored
from padanan.contracts.rule_places import Places
from padanan.contracts.rules import Rule

# The models that are made of rules, the stage of these rules, and the relation of all contracts where there is one.
GAP_MODELS = {"gap_cleansing": ("cleansing", None), "gap_padanan": ("padanan", "padanan_record")}
CURE = "perbaiki predikat itu agar setiap isian dapat dinilai: try_cast, nullif, atau tipe yang lebih lebar"


@dataclass(frozen=True)
class Trial:
    """One rule as it ran."""

    rule_id: str
    applies: str
    fails_when: str
    rincian: str | None = None

    @classmethod
    def of(cls, rule: Rule) -> Trial:
        """A loaded rule; the run plan's entries carry the same fields."""
        return cls(rule.id, rule.condition, rule.fails_when, rule.rincian)

    @property
    def condition(self) -> str:
        """What the gap model computes of every row."""
        return f"({self.applies}) and ({self.fails_when})"


@dataclass(frozen=True)
class Culprit:
    """A rule that can't be evaluated: which of its texts, and the class of the error."""

    rule_id: str
    part: str
    kind: str


def culprits(trials: Sequence[Trial], rows: str, run: Callable[[str], object]) -> list[Culprit]:
    """The rules that fail on these rows.

    Args:
        trials: the rules of one contract.
        rows: a FROM clause (with its WHERE) over the contract's rows.
        run: evaluates a query to its end and raises when DuckDB refuses it.
    """

    def fails(*texts: tuple[str, str]) -> str | None:
        counts = ", ".join(f"count(case when {condition} then {value} end)" for condition, value in texts)
        try:
            run(f"select {counts} from {rows}")
        except Exception as error:
            return str(getattr(error, "kind", type(error).__name__))
        return None

    def whole(trial: Trial) -> list[tuple[str, str]]:
        return [(trial.condition, "1"), *([(trial.condition, f"({trial.rincian})")] if trial.rincian else [])]

    if not trials or fails(*(text for trial in trials for text in whole(trial))) is None:
        return []
    found: list[tuple[int, Culprit]] = []
    for trial in trials:
        if kind := fails((f"({trial.applies})", "1")):
            found.append((len(trial.applies), Culprit(trial.rule_id, "berlaku", kind)))
        elif kind := fails((trial.condition, "1")):
            found.append((0, Culprit(trial.rule_id, "gagal", kind)))
        elif kind := fails(*whole(trial)):
            found.append((0, Culprit(trial.rule_id, "rincian", kind)))
    # A rule's mistake stands, folded in, in the condition of every rule that it silences too: the shortest is the cause.
    shortest = min((length for length, _ in found), default=0)
    return [culprit for length, culprit in found if length == shortest]


def told(found: Sequence[Culprit], contract: Contract, places: Places) -> ContractError:
    """The culprits of one contract as one line at the first one's text."""
    first = found[0]
    others = f" (juga {', '.join(item.rule_id for item in found[1:4])})" if len(found) > 1 else ""
    return places.error(
        contract,
        first.rule_id,
        first.part,
        f"aturan {first.rule_id}{others} gagal dijalankan atas kiriman {contract.id} ({first.kind})",
        CURE,
    )


def rule_failure(home: Home, text: str, expectations: Path | None = None) -> ContractError | None:
    """The rule behind a failed dbt call; call it once dbt has let go of the warehouse.

    Args:
        text: dbt's error lines; only the names of models are looked for.
        expectations: the folder that the run plan was made from; by default `expectations_dir()`.

    Returns:
        The error at the rule's file and line, or None when no model of rules failed or every rule can be evaluated.
    """
    import duckdb

    models = [model for model in GAP_MODELS if re.search(rf"\bmodel {model}\b", text)]
    if not models:
        return None
    try:
        contracts = load_contracts(expectations)
        plan = stored(home)
        con = duckdb.connect(str(home.warehouse_db), read_only=True)
    except (PadananError, OSError, ValueError, duckdb.Error):
        return None  # the call's own failure is told then
    if plan is None:
        con.close()
        return None
    try:
        for model in models:
            if found := _first_in(plan.contracts, model, lambda query: con.execute(query).fetchall()):
                return told(found[1], contracts[found[0]], Places(expectations)) if found[0] in contracts else None
    finally:
        con.close()
    return None


def _first_in(planned: Iterable[PlannedContract], model: str, run: Callable[[str], object]) -> tuple[str, list[Culprit]] | None:
    """The first contract of the plan that has a culprit, and its culprits."""
    stage, relation = GAP_MODELS[model]
    for item in planned:
        trials = [Trial(rule.id, rule.condition, rule.fails_when, rule.rincian) for rule in item.rules if rule.stage == stage]
        rows = f"{ident(relation or item.stage_model)} where producer = {literal(item.id)}"
        if item.deliveries and (found := culprits(trials, rows, run)):
            return item.id, found
    return None
