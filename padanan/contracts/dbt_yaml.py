"""What dbt's YAML says of models and columns: the one place where the row's types are written.

Rendering it for readers is `generated`'s work.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT
from padanan.base.yaml_source import YamlSource

MODELS = CHECKOUT / "dbt_project" / "models"
PLACE = "wilayah"
"""The unit whose staging row speaks of places."""
IDENTITY = "identitas"
"""`meta.terbit.tempat` of the one model that holds names: its file lies in a folder of its own, apart from what is published."""
KEPT, KEYED, KEYED_EACH = "tidak", "samaran", "samaran_daftar"
"""`meta.terbit` of a column: it stays in the warehouse, or its keyed hash (HMAC) is published in its place, or that of each item
of a list joined by semicolons.
"""


@cache
def _described(models: Path) -> tuple[dict[str, dict[str, Any]], str, str]:
    """Published models in their order, and the models that describe the staging rows of people and of places."""
    found: list[tuple[int, dict[str, Any]]] = []
    staging: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    for path in sorted(models.rglob("_*.yml")):
        for model in (YamlSource(path).data or {}).get("models") or []:
            meta = (model.get("config") or {}).get("meta") or {}
            if meta.get("baris_baku"):
                _check(model, path)
                (places if meta["baris_baku"] == PLACE else staging).append(model)
            elif meta.get("terbit"):
                _check(model, path)
                found.append((_place(model, meta["terbit"], path), model))
    for rows, value in ((staging, "true"), (places, PLACE)):
        if len(rows) != 1:
            raise PadananError(
                f"{len(rows)} model staging menguraikan baris baku",
                file=models,
                cure=f"beri satu model config.meta.baris_baku: {value}",
            )
    ordered = sorted(found, key=lambda item: item[0])
    if (named := [model["name"] for _, model in ordered if _apart(model)])[1:]:
        raise PadananError(
            f"{' dan '.join(named)} sama-sama tabel identitas", file=models, cure="satukan; nama orang berada di satu tempat saja"
        )
    for (place, one), (other, two) in pairwise(ordered):
        if place == other:
            raise PadananError(
                f"{one['name']} dan {two['name']} sama-sama urutan {place}",
                file=models,
                cure="ubah meta.terbit.urutan salah satunya",
            )
    described = [*(model for _, model in ordered), staging[0], places[0]]
    return {model["name"]: model for model in described}, staging[0]["name"], places[0]["name"]


def _place(model: dict[str, Any], terbit: Any, path: Path) -> int:
    known = isinstance(terbit, dict) and terbit.get("tempat", IDENTITY) == IDENTITY
    if not known or set(terbit) - {"tempat"} != {"urutan", "kunci"} or not isinstance(terbit["urutan"], int):
        raise PadananError(
            f"meta.terbit {model['name']} tidak lengkap", file=path, cure='tulis terbit: {urutan: 18, kunci: "id_orang"}'
        )
    names = {column["name"] for column in model.get("columns") or []}
    keys = {part.split()[0] for part in str(terbit["kunci"]).split(", ")}
    if keys != {"all"} and not keys <= names:
        raise PadananError(
            f"kunci {model['name']} memakai kolom yang tidak ada", file=path, cure="pakai nama kolom tabel itu, atau all"
        )
    return int(terbit["urutan"])


def staging_model(unit: str = "", models: Path = MODELS) -> str:
    """The staging model that describes the row of a unit (`meta.baris_baku`): that of places has no person's columns."""
    _, people, places = _described(models)
    return places if unit == PLACE else people


def described_models(models: Path = MODELS) -> dict[str, dict[str, Any]]:
    """The published models (`meta.terbit`) in their order, then the two staging rows, by name, as their YAML describes them.

    Raises:
        PadananError: a table or a column lacks type, description or classification, or a table its order and key.
    """
    return dict(_described(models)[0])


def published_models(models: Path = MODELS) -> dict[str, dict[str, Any]]:
    """The published models alone, in the order in which they follow from each other; that of the identities is none of them."""
    rows = _described(models)[1:]
    return {name: model for name, model in described_models(models).items() if name not in rows and not _apart(model)}


def identity_model(models: Path = MODELS) -> str:
    """The model that holds names and numbers of people (`meta.terbit.tempat: identitas`).

    Raises:
        PadananError: no model is marked so.
    """
    for name, model in described_models(models).items():
        if _apart(model):
            return name
    raise PadananError("tidak ada model identitas", file=models, cure="beri satu model meta.terbit dengan tempat: identitas")


def _apart(model: dict[str, Any]) -> bool:
    terbit = model["config"]["meta"].get("terbit")
    return isinstance(terbit, dict) and terbit.get("tempat") == IDENTITY


def written_columns(model: str, models: Path = MODELS) -> dict[str, str | None]:
    """The columns that are written to a model's file, in order, with `KEYED` or `KEYED_EACH` where hashes take their place."""
    columns = described_models(models)[model]["columns"]
    return {column["name"]: publishing(column) for column in columns if publishing(column) != KEPT}


def publishing(column: dict[str, Any]) -> str | None:
    """A column's `meta.terbit`: `KEPT`, `KEYED`, or None where it is written as it is."""
    found = ((column.get("config") or {}).get("meta") or {}).get("terbit")
    return None if found is None else str(found)


def columns_of(model: str, models: Path = MODELS) -> tuple[str, ...]:
    """The described columns of a published model or of the staging row, in order."""
    return tuple(column["name"] for column in described_models(models)[model]["columns"])


def _check(model: dict[str, Any], path: Path) -> None:
    for column in [model, *(model.get("columns") or [])]:
        if not column.get("description"):
            raise PadananError(f"{model['name']}.{column['name']} tanpa uraian", file=path, cure="isi description")
    for column in model.get("columns") or []:
        if not column.get("data_type") or classification(column) not in ("umum", "pribadi", "spesifik"):
            raise PadananError(
                f"kolom {model['name']}.{column['name']} tanpa tipe atau klasifikasi",
                file=path,
                cure="isi data_type dan config.meta.klasifikasi",
            )
        if publishing(column) not in (None, KEPT, KEYED, KEYED_EACH):
            raise PadananError(
                f"meta.terbit kolom {model['name']}.{column['name']} tidak dikenal",
                file=path,
                cure=f"tulis '{KEPT}' (tinggal di gudang) '{KEYED}' (terbit sebagai HMAC) atau '{KEYED_EACH}', atau hapus",
            )


def classification(column: dict[str, Any]) -> str:
    """The data-protection class of a column."""
    return str(((column.get("config") or {}).get("meta") or {}).get("klasifikasi", ""))
