"""What a suite's run says: counts per rule, never a value of a row.

How the counts come about belongs to `run.py`; what they mean for the review belongs to the report.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RuleResult:
    """One rule of one contract.

    `gagal` and `total` count rows (rows that fail; rows to which the rule applies); `success` is the share of them
    against `limit`. `in_gap` is the rule's count in the gap table, None when it was not compared; a count that differs
    is no verdict about the rule, but an error of the whole suite (`SuiteResult.disagreeing`).
    """

    contract_id: str
    rule_id: str
    gagal: int
    total: int
    dimension: str
    level: str
    threshold: float
    mostly: float
    severity: str
    success: bool
    in_gap: int | None = None

    @property
    def rate(self) -> float:
        """The share (0-1) of rows that fail among those the rule applies to."""
        return self.gagal / self.total if self.total else 0.0

    @property
    def limit(self) -> float:
        """The share (0-1) of failing rows above which the rule fails."""
        return round(1 - self.mostly, 9)

    @property
    def gap_agrees(self) -> bool:
        """Whether the gap table holds as many rows; true when it was not compared."""
        return self.in_gap is None or self.in_gap == self.gagal


@dataclass(frozen=True)
class ShapeResult:
    """One check of the staging table's shape: `observed` rows or columns where `expected` are right.

    `observed` is None where the question could not be answered.
    """

    contract_id: str
    check_id: str
    description: str
    observed: int | None
    expected: int
    success: bool


@dataclass(frozen=True)
class SuiteResult:
    """One contract's suite. Times are in seconds; `import_seconds` is what importing GX cost in this call (0 later)."""

    contract_id: str
    rows: int
    rules: tuple[RuleResult, ...]
    shape: tuple[ShapeResult, ...]
    wall_seconds: float
    cpu_seconds: float
    import_seconds: float
    unknown_in_gap: dict[str, int] = field(default_factory=dict)

    @property
    def disagreeing(self) -> tuple[str, ...]:
        """Ids of the rules whose rows in the gap table are not what GX counted; one of the two then lies about the data."""
        return (*(rule.rule_id for rule in self.rules if not rule.gap_agrees), *self.unknown_in_gap)

    @property
    def errors(self) -> tuple[str, ...]:
        """What is wrong with severity ERROR: checks of the shape, rules of that severity, rules that the gap contradicts."""
        failed = [rule.rule_id for rule in self.rules if not rule.success and rule.severity == "ERROR"]
        shape = [check.check_id for check in self.shape if not check.success]
        return tuple(dict.fromkeys((*shape, *failed, *self.disagreeing)))

    @property
    def success(self) -> bool:
        """Whether nothing failed with severity ERROR."""
        return not self.errors
