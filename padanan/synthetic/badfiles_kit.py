"""What the makers of damaged deliveries share: good rows, places, letters, the list of what was made.

The damages themselves are `badfiles_text` and `badfiles_books`; which belong to the corpus is `badfiles`.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ACCEPTED, HELD, QUARANTINED = "diterima", "ditahan", "karantina"
Rows = list[list[str]]


@dataclass(frozen=True)
class BadFile:
    """One damaged delivery.

    Attributes:
        name: what is wrong with it.
        contract_id: whose inbox it belongs in.
        path: the file; its covering letter lies beside it.
        expected: `diterima` (with gaps or rows set aside), `ditahan` or `karantina`.
        rule: the delivery rule that must be named in the receipt, where one decides.
        rows: data rows in the file as a person would count them, None where that can't be said.
        aside: rows that must be set aside, None where it depends on how a reader splits them.
        before: a good delivery of an earlier month that must be taken in first, or None.
    """

    name: str
    contract_id: str
    path: Path
    expected: str
    rule: str | None = None
    rows: int | None = None
    aside: int | None = None
    before: Path | None = None


@dataclass
class Kit:
    """Good tables to damage, and where to put the results."""

    folder: Path
    tables: dict[str, tuple[list[str], Rows]]
    good: dict[str, Path]
    made: list[BadFile] = field(default_factory=list)

    def path(self, name: str, contract_id: str, suffix: str) -> Path:
        target = self.folder / contract_id / f"{contract_id}_2025-10_{name}.{suffix}"
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return target

    def add(self, name: str, contract_id: str, path: Path, expected: str, **more: Any) -> None:
        """Registers a file and writes its letter; `letter` overrides fields, `month` the period."""
        letter: dict[str, Any] = {
            "periode_data": more.pop("month", "2025-10"),
            "diterima": "2025-10-10T09:00:00+07:00",
            "nomor_surat": f"UJI/{name}",
        }
        letter.update(more.pop("letter", {}))
        raw_letter = more.pop("raw_letter", None)
        text = raw_letter if raw_letter is not None else yaml.safe_dump(letter, sort_keys=True)
        path.with_name(path.name + ".pengantar.yaml").write_text(text, encoding="utf-8")
        self.made.append(BadFile(name, contract_id, path, expected, **more))

    def before(self, contract_id: str, name: str) -> Path:
        """A copy of the good delivery, dated a month earlier."""
        source = self.good[contract_id]
        target = self.folder / contract_id / f"{contract_id}_2025-09_sebelum_{name}{source.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(source, target)
        letter = {"periode_data": "2025-09", "diterima": "2025-09-10T09:00:00+07:00"}
        target.with_name(target.name + ".pengantar.yaml").write_text(yaml.safe_dump(letter), encoding="utf-8")
        return target


def separated(
    head: Sequence[str], rows: Sequence[Sequence[str]], separator: str = "|", newline: str = "\n", quote: bool = True
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=newline, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL)
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def some(kit: Kit, contract_id: str = "dtks", count: int = 60) -> tuple[list[str], Rows]:
    head, rows = kit.tables[contract_id]
    return head, [list(row) for row in rows[:count]]
