"""The rules of retention: per contract from its `retention`, for what has no contract from `expectations/retensi.yaml`.

Which files fall under a rule is found in `things`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from padanan.base.errors import ContractError
from padanan.base.period import months_before
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import Contract, expectations_dir

FILE = "retensi.yaml"
PERMANENT = "permanen"
# Worklists and kits carry their own last day, which their register repeats.
EXPIRY = "kedaluwarsa"
UNITS = {"hari": 0, "bulan": 1, "tahun": 12}
SINCE = ("diterima", "akhirPeriode", "berkas")
LANDING = "landing"
# What stays of a destroyed delivery: counts, hashes and its receipt.
LANDING_KEEPS = ("manifest.json", "tanda_terima.json", "tanda_terima.md")


@dataclass(frozen=True)
class Rule:
    """How long one dataset is kept.

    Attributes:
        dataset: `landing/<contract id>` or a name of `retensi.yaml`.
        folder: the folder of the data home it lives in.
        amount, unit: None and `permanen` when it is never destroyed.
        since: from which day the time runs.
        keeps: files that stay beside the tombstone.
    """

    dataset: str
    folder: str
    amount: int | None
    unit: str
    since: str
    keeps: tuple[str, ...]
    owner: str
    content: str

    @property
    def words(self) -> str:
        """`24 bulan sejak diterima`, for people and the register."""
        if self.since == EXPIRY:
            return "sampai kedaluwarsa yang tercatat"
        return PERMANENT if self.amount is None else f"{self.amount} {self.unit} sejak {SINCE_WORDS[self.since]}"

    def expires(self, start: date) -> date | None:
        """The last day on which it is kept; month-end safe; None when it is never destroyed."""
        if self.amount is None:
            return None
        if self.unit == "hari":
            return start + timedelta(days=self.amount)
        return months_before(start, -self.amount * UNITS[self.unit])


SINCE_WORDS = {"diterima": "diterima", "akhirPeriode": "akhir periode", "berkas": "perubahan berkas terakhir"}


def contract_rule(contract: Contract) -> Rule:
    """The rule of a producer's raw deliveries.

    Raises:
        ContractError: its retention can't be read.
    """
    amount, _, unit = contract.retention.partition(" ")
    if not amount.isdigit() or int(amount) < 1 or unit not in UNITS:
        raise ContractError(
            f"masa simpan '{contract.retention[:40]}' tidak terbaca",
            file=contract.path,
            place="slaProperties retention",
            cure="tulis value bilangan dan unit hari, bulan atau tahun",
        )
    return Rule(
        f"{LANDING}/{contract.id}", LANDING, int(amount), unit, "diterima", LANDING_KEEPS, contract.owner, "kiriman mentah"
    )


def load_rules(contracts: Mapping[str, Contract], folder: Path | None = None) -> dict[str, Rule]:
    """Every rule by dataset.

    Raises:
        ContractError: a field is missing or wrong; file, line and field are named.
    """
    rules = {rule.dataset: rule for rule in map(contract_rule, contracts.values())}
    source = YamlSource((folder or expectations_dir()) / FILE)
    data = source.data if isinstance(source.data, dict) else {}
    sets = data.get("kumpulan")
    if not isinstance(sets, dict) or not sets:
        raise source.error(("kumpulan",), "daftar masa simpan kosong", "isi kumpulan")
    for name, spec in sets.items():
        rules[name] = _rule(source, str(name), spec if isinstance(spec, dict) else {})
    return rules


def _rule(source: YamlSource, name: str, spec: Mapping[str, Any]) -> Rule:
    path = ("kumpulan", name)
    for field in ("folder", "simpan", "pemilik", "isi"):
        if spec.get(field) in (None, ""):
            raise source.error((*path, field), f"{name} tanpa '{field}'", f"isi '{field}'")
    if spec["simpan"] == PERMANENT:
        return Rule(name, spec["folder"], None, PERMANENT, "", (), spec["pemilik"], spec["isi"])
    if spec["simpan"] == EXPIRY:
        return Rule(name, spec["folder"], 0, "hari", EXPIRY, (), spec["pemilik"], spec["isi"])
    if not isinstance(spec["simpan"], int) or spec["simpan"] < 1:
        raise source.error(
            (*path, "simpan"), f"masa simpan {name} bukan bilangan", "tulis bilangan bulat, permanen atau kedaluwarsa"
        )
    if spec.get("satuan") not in UNITS:
        raise source.error((*path, "satuan"), f"satuan {name} tidak dikenal", "pakai " + ", ".join(UNITS))
    if spec.get("sejak") not in SINCE:
        raise source.error((*path, "sejak"), f"awal masa simpan {name} tidak dikenal", "pakai " + ", ".join(SINCE))
    keeps = spec.get("sisakan") or []
    if not isinstance(keeps, list):
        raise source.error((*path, "sisakan"), f"sisakan {name} bukan daftar", "tulis [manifest.json]")
    return Rule(
        name,
        spec["folder"],
        spec["simpan"],
        spec["satuan"],
        spec["sejak"],
        tuple(map(str, keeps)),
        spec["pemilik"],
        spec["isi"],
    )
