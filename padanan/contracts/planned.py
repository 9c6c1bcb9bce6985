"""What a run plan holds, typed, and its one way to disk and back: the revision's pinned deliveries, contracts, rules, criteria.

Choosing deliveries and the revision's number is `run.plan`'s work; dbt's macros read the same file by the same names.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from padanan.base.commit import write_once
from padanan.base.config import Config, Listed, told
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.yaml_source import YamlSource
from padanan.contracts.blanks import BlankPlan
from padanan.contracts.criteria import Criteria
from padanan.contracts.field_rules import FieldPlan

# Kept as it is written: 0 and 0.0 are one number and two texts, and the inputs' hash is over the text.
Number = int | float


TRANSLATED = "warehouse/terjemahan"
"""Deliveries of before a change of the key, with today's pseudonyms: work data, made again by any run."""
_TRANSLATED = re.compile(rf"{TRANSLATED}/[0-9a-f]+/")


class PlannedDelivery(Config):
    """One pinned delivery; `path`, relative to the data home, is where its rows are read.

    `terbawa` says that it stands in for a missing one.
    """

    sha16: str
    periode_data: str
    diterima: str
    bagian: str | None = None
    path: str
    rows_on: int
    terbawa: bool
    terlambat: bool | None = None

    @property
    def landed(self) -> str:
        """Where the rows landed: the same, but for a delivery of before a change of the key, whose pseudonyms were translated."""
        found = _TRANSLATED.match(self.path)
        return self.path[found.end() :] if found else self.path


class PlannedColumn(Config):
    """How a column is read in staging."""

    type: str
    code_list: dict[str, str]
    code_system: str | None = None
    date_format: str | None = None


class PlannedRule(Config):
    """A rule as this contract applies it; predicates are SQL over the row of its stage."""

    id: str
    name: str
    dimension: str
    level: str
    stage: str
    threshold: Number
    condition: str
    fails_when: str
    masked_by: Listed[str] = ()
    mask_layer: int = 0
    rincian: str | None = None
    definisi: str
    tindak_lanjut: str
    penanggung_jawab: Listed[str]
    hari: Number


class PlannedContract(Config):
    """One producer in this revision, with what it delivered."""

    id: str
    version: str
    name: str
    owner: str
    dasar_hukum: str = ""
    unit: str
    kind: str
    in_force: bool
    stage_model: str
    peran: Listed[str] = ()
    registri: str | None = None
    pasangan: str | None = None
    family_complete: bool
    family_key: str | None = None
    columns: dict[str, PlannedColumn]
    rules: Listed[PlannedRule]
    program: dict[str, Any]
    deliveries: Listed[PlannedDelivery]

    @property
    def of_places(self) -> bool:
        """Its rows are counts by place and name nobody: no NIK, name or address stands in its staging model."""
        return self.unit == "wilayah"

    @property
    def missing(self) -> bool:
        """In force and not delivered, with or without something carried forward."""
        return self.in_force and not (self.deliveries and not any(one.terbawa for one in self.deliveries))


class FeedbackPlan(Config):
    """What the field found, as known on the cut-off day: the file that dbt reads (below the data home), and its rows' hash."""

    berkas: str
    sidik: str
    orang: int


class PlanInputs(Config):
    """Everything a revision depends on; its hash tells one revision from the next."""

    periode: str
    label: str
    cutoff: str
    code_version: str
    expectations_version: str
    decisions_version: str
    permintaan: Listed[dict[str, Any]]
    key_id: str
    contracts: Listed[PlannedContract]
    sasaran: Criteria
    lapangan: FieldPlan
    kosong: BlankPlan
    umpan_balik: FeedbackPlan | None = None
    # People whom the field found and no register names: read as a contract's rows, by nobody delivered.
    warga_baru: PlannedContract | None = None

    @property
    def matched(self) -> tuple[PlannedContract, ...]:
        """Every contract whose records the padanan holds: the producers', and that of people whom only the field knows."""
        return (*self.contracts, *([self.warga_baru] if self.warga_baru is not None else []))

    def as_json(self) -> dict[str, Any]:
        """The plan as dbt reads it; the names and their order are the file's."""
        return self.model_dump(mode="json")


class PlanData(PlanInputs):
    """The inputs with the revision they make."""

    revisi: int
    inputs_hash: str


def store(home: Home, data: PlanData) -> None:
    """Writes `warehouse/rencana.json`, which every later step of the run reads."""
    with no_space_guard("rencana putaran"):
        write_once(home.run_plan, json.dumps(data.as_json(), indent=1, ensure_ascii=False))


def stored(home: Home) -> PlanData | None:
    """The plan that the warehouse was last built from; None when there is none.

    Raises:
        PadananError: the file is damaged or of another version of the program.
    """
    path: Path = home.run_plan
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise PadananError("rencana putaran tidak terbaca", file=path, cure=_AGAIN) from None
    try:
        return PlanData.model_validate(data)
    except ValidationError as error:
        fault = told(YamlSource(path), PlanData, error)
        raise PadananError(
            f"rencana putaran bukan dari versi program ini: {fault.cause}", file=path, place=fault.place, cure=_AGAIN
        ) from None


_AGAIN = "jalankan lagi job padanan_periode dari awal; rencana disusun ulang"
