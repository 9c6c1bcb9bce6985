"""What a suite's run says: counts per rule, never a value of a row.

How the counts come about belongs to `run.py`; what they mean for the review belongs to the report.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RuleResult:
    """One rule of one contract.

    `gagal` and `total` count rows (rows that fail; rows to which the rule applies). `in_gap` is the rule's count in
    the gap table, None when it was not compared. `severity` is ERROR or WARN; a count that differs from the gap
    table is always an ERROR, because one of the two then lies about the data.
    """

    contract_id: str
    rule_id: str
    gagal: int
    total: int
    dimension: str
    level: str
    threshold: float
    severity: str
    success: bool
    in_gap: int | None = None

    @property
    def rate(self) -> float:
        """The share (0-1) of rows that fail among those the rule applies to."""
        return self.gagal / self.total if self.total else 0.0

    @property
    def gap_agrees(self) -> bool:
        """Whether the gap table holds as many rows; true when it was not compared."""
        return self.in_gap is None or self.in_gap == self.gagal


@dataclass(frozen=True)
class ShapeResult:
    """One check of the staging table's shape; `observed` is a number, or None where the check has none."""

    contract_id: str
    check_id: str
    description: str
    observed: float | None
    success: bool
    severity: str = "ERROR"


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
    def errors(self) -> tuple[str, ...]:
        """Ids of the checks that failed with severity ERROR; gap rows of a rule the suite lacks count as one."""
        failed = [rule.rule_id for rule in self.rules if not rule.success and rule.severity == "ERROR"]
        shape = [check.check_id for check in self.shape if not check.success]
        return (*shape, *failed, *self.unknown_in_gap)

    @property
    def success(self) -> bool:
        """Whether nothing failed with severity ERROR."""
        return not self.errors
