"""A program that nobody foresaw: one contract and one line of the year's plan, written into a copy of `expectations/`."""

from __future__ import annotations

import re
from pathlib import Path

from padanan.contracts.contract import Contract, load_contracts

NEW = "kartu_uji"


def pattern() -> Contract:
    """A shipped program of persons, of which the new one is made."""
    return next(item for item in load_contracts().values() if item.kind == "program" and item.unit == "orang")


def add_program(expectations: Path) -> Path:
    """Writes `contracts/kartu_uji.yaml` and a line into every plan that names variables; returns the contract's file."""
    shipped = pattern()
    text = shipped.path.read_text(encoding="utf-8")
    text = re.sub(rf"(?<![a-z]){shipped.id}(?=[^a-z])", NEW, text)
    text = re.sub(r"^name: .*$", "name: Kartu Uji Jakarta", text, flags=re.MULTILINE)
    text = re.sub(r"pola_nama: '\^[^\[(]*", f"pola_nama: '^{NEW}", text)
    text = re.sub(r"tidakBersama: \[[^\]]*\]", "tidakBersama: []", text)
    made = expectations / "contracts" / f"{NEW}.yaml"
    made.write_text(text, encoding="utf-8")
    for plan in sorted((expectations / "plans").glob("*.yaml")):
        told = plan.read_text(encoding="utf-8")
        plan.write_text(told.replace("\nvariabel:\n", f"\nvariabel:\n  {NEW}: semua\n"), encoding="utf-8")
    return made
