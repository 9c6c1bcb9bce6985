"""The workers of a Spark cluster for `padanan.linkage.link`: each searches and compares its shards of the register.

What they do is `padanan/linkage/shards`; this module only sends it there and brings the answers back in order.
"""

from __future__ import annotations

import pickle  # nosec B403  # tasks of this session alone
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from padanan.base.home import CHECKOUT
from padanan.linkage.shards import Shard, Task, dealt

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Rows of the register that are worth a task of their own: fewer cost more in sending the list than in searching.
LEAST_ROWS = 25_000
_SHARD = "bagian"
# The task that came last, by the name of its call: a worker process makes its blocks once, not once a shard.
_known: dict[str, tuple[Task, list[Shard]]] = {}


class SparkWorkers:
    """Workers of a session; the prepared register lies on a disk that all of them see.

    Args:
        spark: the session.
        per_core: shards for each core, so that a slow one does not keep all waiting.
    """

    def __init__(self, spark: SparkSession, per_core: int = 3) -> None:
        self._spark = spark
        self._per_core = per_core

    @cached_property
    def _shipped(self) -> None:
        """The package goes with the session: a worker needs Python and the pinned libraries, but no copy of this checkout."""
        folder = Path(tempfile.mkdtemp(prefix="padanan-"))
        with zipfile.ZipFile(folder / "padanan.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted((CHECKOUT / "padanan").rglob("*.py")):
                archive.write(file, file.relative_to(CHECKOUT))
        self._spark.sparkContext.addPyFile(str(folder / "padanan.zip"))

    def shards(self, rows: int) -> Sequence[Shard]:
        """As many as the cores can use, none of fewer than `LEAST_ROWS` rows."""
        cores = self._spark.sparkContext.defaultParallelism
        return dealt(rows, max(1, min(cores * self._per_core, rows // LEAST_ROWS)))

    def run(self, task: Task, schema: pa.Schema, shards: Sequence[Shard]) -> pa.Table:
        """See `padanan.linkage.shards.Workers`."""
        if not shards:
            return schema.empty_table()
        _ = self._shipped
        sent, call = self._spark.sparkContext.broadcast(pickle.dumps((task, list(shards)))), uuid4().hex
        wide = pa.schema([(_SHARD, pa.int64()), *((field.name, _signed(field.type)) for field in schema)])

        def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            todo, dealt_out = _received(call, sent)
            for batch in batches:
                for number in batch.column(0).to_pylist():
                    table = todo(dealt_out[number])
                    shard = pa.array(np.full(table.num_rows, number, dtype=np.int64))
                    columns = [shard, *(table.column(name).cast(wide.field(name).type) for name in schema.names)]
                    yield from pa.table(columns, schema=wide).combine_chunks().to_batches(max_chunksize=1 << 18)

        from pyspark.sql.pandas.types import from_arrow_schema

        asked = self._spark.range(0, len(shards), 1, len(shards))
        try:
            found = asked.mapInArrow(work, from_arrow_schema(wide)).toArrow()
        finally:
            sent.destroy()
        # Tasks end in any order; the answer is in the shards' own, each shard's rows as it gave them.
        found = found.take(pc.sort_indices(found, sort_keys=[(_SHARD, "ascending")])) if not _ascending(found) else found
        return found.select(schema.names).cast(schema)


def _received(call: str, sent: Any) -> tuple[Task, list[Shard]]:
    if call not in _known:
        _known.clear()
        _known[call] = pickle.loads(sent.value)  # nosec B301  # what this session's own driver sent
    return _known[call]


def _signed(kind: pa.DataType) -> pa.DataType:
    """Spark knows no unsigned numbers."""
    return pa.int64() if kind == pa.uint32() else kind


def _ascending(table: pa.Table) -> bool:
    numbers = table.column(_SHARD).to_numpy()
    return bool((np.diff(numbers) >= 0).all())
