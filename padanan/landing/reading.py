"""A delivery read by a child process: what it may use, what it hands back, and what its end means for the delivery.

The readers run in the child (`reading_child`); their counts and flags come back as JSON, rows as Parquet files.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from padanan.base.errors import NoSpace
from padanan.base.regular import is_regular
from padanan.base.sandbox import Allowance, ChildStopped, run
from padanan.contracts.contract import Contract
from padanan.contracts.delivery import Reading, load_delivery_rules
from padanan.landing.raw import RAW, REJECT_SCHEMA, DamagedFile, Detail, Flag, RawTable, Spec, oddly_packed, raw_schema

TASK = "padanan.landing.reading_child:read"
REJECTS = "tak_terbaca.parquet"
ROW_BYTES = 16
_MENDED = (
    "hapus isian yang jauh di bawah atau di kanan tabel, simpan ulang berkasnya, atau bagi menjadi beberapa berkas (bagian), "
    "lalu kirim ulang"
)


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Detail(_Told):
    cause: str
    count: int
    where: str
    left: int


class _Flag(_Told):
    rule_id: str
    outcome: str
    cause: str
    cure: str
    place: str | None
    keeper: str | None
    details: list[_Detail]


class _Damage(_Told):
    cause: str
    cure: str
    place: str | None
    rule: str
    keeper: str | None


class _Read(_Told):
    columns: list[str]
    labels: dict[str, str]
    counted: int
    facts: dict[str, Any]
    control: dict[str, int]
    flags: list[_Flag]
    missing: list[str]
    unagreed: list[str]
    positions: dict[str, int]


class _Answer(_Told):
    """What a child says: exactly one of them."""

    read: _Read | None = None
    damage: _Damage | None = None
    no_space: bool = False


def limits_of(contract: Contract) -> Reading:
    """`pembaca` of `delivery.yaml`, or of the contract where it says so."""
    rules, own = load_delivery_rules().pembaca, contract.properties.pembaca
    return rules if own is None else rules.model_copy(update=own.model_dump(exclude_unset=True))


def allowance_for(contract: Contract, size: int) -> Allowance:
    """What a child may use to read `size` bytes."""
    chosen = limits_of(contract)
    mib = size / (1 << 20)
    return Allowance(
        memory=chosen.memoriMib << 20,
        cpu=chosen.cpuDetik + chosen.cpuDetikPerMib * mib,
        wall=chosen.waktuDetik + chosen.waktuDetikPerMib * mib,
        file_size=chosen.tulisMib << 20,
    )


def read_delivery(path: Path, contract: Contract, work: Path) -> RawTable:
    """Reads a delivered file in a child process.

    Args:
        path: the delivery's own copy.
        work: a private folder; all that the child may write to.

    Raises:
        DamagedFile: see the readers; also when the child broke, hung, or asked for more than it may use.
        NoSpace: the disk is full.
    """
    spec, size, limits = Spec.of(contract), path.stat().st_size, limits_of(contract)
    try:
        told, _ = run(
            TASK,
            {"path": str(path), "spec": _as_json(spec), "longest": limits.selTerpanjangKib << 10},
            work=work,
            reads=[path],
            allowance=allowance_for(contract, size),
        )
        answer = _Answer.model_validate(told)
    except ChildStopped as stopped:
        raise DamagedFile(f"berkas {stopped.cause}", _MENDED, rule="pembaca_berhenti") from None
    except ValidationError:
        raise DamagedFile(
            "berkas membuat pembacanya memberi hasil yang tidak dikenal", _MENDED, rule="pembaca_berhenti"
        ) from None
    if answer.no_space:
        raise NoSpace("ruang simpan habis ketika membaca kiriman", cure="kosongkan ruang pada disk data home lalu jalankan ulang")
    if answer.damage is not None:
        damage = answer.damage
        raise DamagedFile(damage.cause, damage.cure, place=damage.place, rule=damage.rule, keeper=damage.keeper)
    if answer.read is None:
        raise DamagedFile("berkas membuat pembacanya memberi hasil yang tidak dikenal", _MENDED, rule="pembaca_berhenti")
    return _table(answer.read, spec, work, (64 << 20) + size * limits.kaliBesarnya)


def _table(read: _Read, spec: Spec, work: Path, most: int) -> RawTable:
    columns = tuple(read.columns)
    if not set(columns) | set(read.missing) <= set(spec.columns):
        raise DamagedFile("pembaca menyebut kolom di luar kontrak", _MENDED, rule="pembaca_berhenti")
    _check_parquet(work / RAW, raw_schema(columns), most)
    _check_parquet(work / REJECTS, REJECT_SCHEMA, most)
    return RawTable(
        path=work / RAW,
        rejects=work / REJECTS,
        columns=columns,
        labels=read.labels,
        counted=read.counted,
        facts=read.facts,
        control=read.control,
        flags=[
            Flag(
                **one.model_dump(exclude={"details"}),
                details=tuple(Detail(**detail.model_dump()) for detail in one.details),
            )
            for one in read.flags
        ],
        missing=tuple(read.missing),
        unagreed=tuple(read.unagreed),
        positions=read.positions,
    )


def _check_parquet(path: Path, schema: pa.Schema, most: int) -> None:
    """That the child's rows are what the next step reads, and unpack to no more than a delivery may hold."""
    try:
        if not is_regular(path):
            raise OSError
        meta = pq.read_metadata(path)
        found = meta.schema.to_arrow_schema()
    except (pa.ArrowException, OSError):
        raise DamagedFile("hasil pembaca tidak terbaca", _MENDED, rule="pembaca_berhenti") from None
    if oddly_packed(meta) or {field.name: field.type for field in found} != {field.name: field.type for field in schema}:
        raise DamagedFile("hasil pembaca tidak menurut bentuknya", _MENDED, rule="pembaca_berhenti")
    # Rows of nothing take no room in a file and all the room of whoever reads them on.
    rows = meta.num_rows * ROW_BYTES
    if rows + sum(meta.row_group(index).total_byte_size for index in range(meta.num_row_groups)) > most:
        raise DamagedFile(f"berkas menjadi lebih besar dari {most >> 20} MiB ketika dibaca", _MENDED, rule="pembaca_berhenti")


def _as_json(spec: Spec) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(spec).items()}
