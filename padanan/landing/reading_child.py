"""What the child process of `reading` does: calls the readers and turns what they hand over into words that JSON can hold.

It imports no more than the readers do: each module costs every program that lands its time to load.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from padanan.base.errors import NoSpace, no_space_guard
from padanan.landing.raw import DamagedFile, Spec
from padanan.landing.readers import read_file


def read(*, work: Path, path: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Reads, and says what came of it in words that JSON can hold."""
    try:
        with no_space_guard("kiriman"):
            table = read_file(Path(path), _from_json(spec), work)
    except DamagedFile as damage:
        return {"damage": {"cause": damage.cause, "cure": damage.cure, "place": damage.place, "rule": damage.rule}}
    except NoSpace:
        return {"no_space": True}
    return {
        "read": {
            "columns": list(table.columns),
            "labels": table.labels,
            "counted": table.counted,
            "facts": table.facts,
            "control": table.control,
            "flags": [asdict(flag) for flag in table.flags],
            "missing": list(table.missing),
            "unagreed": list(table.unagreed),
        }
    }


def _from_json(data: dict[str, Any]) -> Spec:
    columns = {name: tuple(labels) for name, labels in data["columns"].items()}
    sets = {name: frozenset(value) for name, value in data.items() if name not in ("columns", "form")}
    return Spec(columns=columns, form=data["form"], **sets)
