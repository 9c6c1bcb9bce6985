"""The file of a delivery that counts people by place, its covering letter, and the truth of each of its rows.

Which cells it holds, and with which faults, is `counts`; files about people are `maker`'s.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.contracts.contract import Contract
from padanan.synthetic.base import days
from padanan.synthetic.counts import FAULTS, CountRows, age_groups, make_cells
from padanan.synthetic.maker import Made, Maker
from padanan.synthetic.profile import rates_of
from padanan.synthetic.truth import apply_masks
from padanan.synthetic.writers import WRITERS, Sheet, kind_of


def make_counts(maker: Maker, contract: Contract) -> Made:
    """Writes one delivery of a `penyebut` and returns what is true of it; no row of it names a person."""
    rates, habits = rates_of(maker.settings, contract.id), maker.habits(contract.id)
    received, kind = maker.received(contract), kind_of(contract, habits)
    rng = maker.draws(contract.id).generator(f"sel/{maker.periode.key}")
    rows = make_cells(contract, maker.world, days(maker.today), rates, rng)
    twins = np.flatnonzero(rng.random(len(rows)) < float(rates.get("baris_kembar", 0.0)))
    order = np.concatenate([np.arange(len(rows)), twins])
    keep = np.arange(len(order)) < len(rows)
    texts = {column.name: pa.array(rows.text[column.name], pa.string()) for column in contract.columns}
    piece = Sheet(texts, {}, {}, np.zeros(0, dtype=np.int64)).take(order)
    name = maker.file_name(contract, kind, None, f"{received:%Y-%m}")
    numbers = np.zeros(len(order), dtype=np.int64)
    if contract.id in maker.wanted:
        inbox = maker.home.inbox(contract.id)
        inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        numbers = WRITERS[kind](inbox / name, contract, piece, habits)
        maker.letter(contract, inbox / name, f"{received:%Y-%m}", None, received, len(order), habits)
        _write_population(maker, contract, rows)
    same = pa.array(np.zeros(len(order), dtype=np.int64))
    nobody = pa.nulls(len(order), pa.string())
    records = pa.table(
        {
            "producer": pa.array([contract.id], pa.string()).take(same),
            "bagian": nobody,
            "file": pa.array([name], pa.string()).take(same),
            "baris": numbers.astype(np.int64),
            "id_truth_person": pa.nulls(len(order), pa.int64()),
            "in_adminduk": pa.array(np.zeros(len(order), dtype=bool)),
            "nik_terpakai": pa.array(np.zeros(len(order), dtype=bool)),
            "canary": pa.array(np.zeros(len(order), dtype=bool)),
            "disisihkan": pa.array(["", "baris_kembar"], pa.string()).take(pa.array((~keep).astype(np.int64))),
            "status_diharapkan": nobody,
            "id_residen_diharapkan": pa.nulls(len(order), pa.int64()),
            "id_sumber": nobody,
            "id_keluarga_sumber": nobody,
        }
    )
    settled = apply_masks(contract, rows.flags)
    counts = {"rows_in": len(order), "rows_readable": len(order), "duplicates": len(twins), "files": [name]}
    matched = np.full(len(order), -1, dtype=np.int32)
    return Made(contract, records, {rule: flag[order] for rule, flag in settled.items()}, matched, keep, counts)


def _write_population(maker: Maker, contract: Contract, rows: CountRows) -> None:
    """`truth/<period>/penduduk.parquet`: the population cell by cell, and the fault of each kelurahan's delivery (null: none)."""
    folder = maker.home.truth / maker.periode.key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kel, female, group = (index.ravel() for index in np.indices(rows.truth.shape))
    names = maker.world.wilayah.texts("kel_code")
    table = pa.table(
        {
            "kode_kelurahan": names.take(pa.array(kel)),
            "jenis_kelamin": pa.array(["L", "P"], pa.string()).take(pa.array(female)),
            "kelompok_umur": pa.array(age_groups(contract), pa.string()).take(pa.array(group)),
            "jiwa": rows.truth.ravel(),
            "kesalahan": pa.array(FAULTS, pa.string()).take(pa.array(rows.struck[kel], mask=rows.struck[kel] < 0)),
        }
    )
    pq.write_table(table, folder / "penduduk.parquet")
