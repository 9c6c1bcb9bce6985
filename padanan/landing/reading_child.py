"""What the child process of `reading` does: calls the readers and turns what they hand over into words that JSON can hold.

It imports no more than the readers do: each module costs every program that lands its time to load.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from padanan.base.errors import NoSpace, no_space_guard
from padanan.landing.raw import DamagedFile, Spec
from padanan.landing.readers import read_file

# A column chunk that holds no more than this, and this a row, is not looked into for a long cell.
_CHUNK, _A_ROW = 1 << 16, 256


def read(*, work: Path, path: str, spec: dict[str, Any], longest: int) -> dict[str, Any]:
    """Reads, and says what came of it in words that JSON can hold."""
    try:
        with no_space_guard("kiriman"):
            table = read_file(Path(path), _from_json(spec), work)
            _check_cells(table.path, longest)
    except DamagedFile as damage:
        return {"damage": vars(damage)}
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
            "positions": table.positions,
        }
    }


def _check_cells(path: Path, longest: int) -> None:
    """Raises:
    DamagedFile: a cell is longer than a spreadsheet could hold; the column is named.
    """
    with pq.ParquetFile(path) as file:
        for group in range(file.metadata.num_row_groups):
            facts = file.metadata.row_group(group)
            for index in range(facts.num_columns):
                chunk = facts.column(index)
                if chunk.total_uncompressed_size <= _CHUNK + _A_ROW * facts.num_rows:
                    continue
                column = file.read_row_group(group, columns=[chunk.path_in_schema]).column(0)
                most = pc.max(pc.binary_length(column)).as_py() if pa.types.is_string(column.type) else 0
                if (most or 0) > longest:
                    raise DamagedFile(
                        f"ada sel yang lebih panjang dari {longest >> 10} KiB",
                        "perbaiki sel itu di sumber lalu kirim ulang",
                        place=f"kolom {chunk.path_in_schema}",
                    )


def _from_json(data: dict[str, Any]) -> Spec:
    columns = {name: tuple(labels) for name, labels in data["columns"].items()}
    sets = {name: frozenset(value) for name, value in data.items() if name not in ("columns", "form")}
    return Spec(columns=columns, form=data["form"], **sets)
