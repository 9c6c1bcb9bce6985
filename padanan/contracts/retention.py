"""The rules of retention: per contract from its `retention`, for what has no contract from `expectations/retensi.yaml`.

Which files fall under a rule is found in `things`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from padanan.base.config import Config, Listed, Prose, Text, Version, fault, read_config
from padanan.base.errors import ContractError
from padanan.base.period import months_before
from padanan.contracts.contract import Contract, expectations_dir

FILE = "retensi.yaml"
PERMANENT = "permanen"
# Worklists and kits carry their own last day, which their register repeats.
EXPIRY = "kedaluwarsa"
UNITS = {"hari": 0, "bulan": 1, "tahun": 12}
SINCE = ("diterima", "akhirPeriode", "berkas")
LANDING = "landing"
RECEIPT = ("tanda_terima.json", "tanda_terima.html", "tanda_terima.pdf", "tanda_terima.csv", "tanda_terima.md")
"""The papers of a delivery's receipt: the list of rows where a page could not hold it, and Markdown as it was in older homes."""
# What stays of a destroyed delivery: counts, hashes and its receipt.
LANDING_KEEPS = ("manifest.json", "sidik.json", *RECEIPT)


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


class _Keeping(Config):
    """One dataset of `retensi.yaml` as it is written."""

    folder: Text
    simpan: Any = Field(examples=[24])
    satuan: Literal["hari", "bulan", "tahun"] | None = None
    sejak: Literal["diterima", "akhirPeriode", "berkas"] | None = None
    sisakan: Listed[Text] = ()
    pemilik: Text
    isi: Prose

    @field_validator("simpan")
    @classmethod
    def _time(cls, value: Any) -> Any:
        if value in (PERMANENT, EXPIRY) or (type(value) is int and value >= 1):
            return value
        raise fault("masa simpan bukan bilangan", f"tulis bilangan bulat mulai 1, {PERMANENT} atau {EXPIRY}")

    @model_validator(mode="after")
    def _counted_or_not(self) -> Self:
        counted = isinstance(self.simpan, int)
        for name, choices in (("satuan", tuple(UNITS)), ("sejak", SINCE)):
            if counted and getattr(self, name) is None:
                raise fault(f"isian '{name}' belum ada", f"isi '{name}': {', '.join(choices)}", at=(name,))
            if not counted and getattr(self, name) is not None:
                raise fault(f"'{name}' tidak berlaku bagi simpan: {self.simpan}", "hapus isian itu", at=(name,))
        return self

    def rule(self, name: str) -> Rule:
        if self.simpan == PERMANENT:
            return Rule(name, self.folder, None, PERMANENT, "", (), self.pemilik, self.isi)
        if self.simpan == EXPIRY:
            return Rule(name, self.folder, 0, "hari", EXPIRY, (), self.pemilik, self.isi)
        return Rule(name, self.folder, self.simpan, str(self.satuan), str(self.sejak), self.sisakan, self.pemilik, self.isi)


class _Kept(Config):
    version: Version = Field(examples=["1.0.0"])
    kumpulan: dict[Text, _Keeping] = Field(min_length=1)


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
    kept = read_config((folder or expectations_dir()) / FILE, _Kept)
    return rules | {name: item.rule(name) for name, item in kept.kumpulan.items()}
