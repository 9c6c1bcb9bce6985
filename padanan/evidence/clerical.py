"""The clerical queue as a workbook: out with the pairs whose answer matters most first, back with decisions that are checked.

What a decision does in the next run belongs to `decisions` and `resolve`; the workbook's look belongs to `clerical_book`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.errors import PadananError, no_space_guard
from padanan.base.format import decimal, percent
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA, Periode
from padanan.base.sql import literal
from padanan.base.typed import has_long_number
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.planned import PlanData
from padanan.evidence import clerical_book as book
from padanan.evidence import decisions, sources
from padanan.linkage import explain
from padanan.linkage.threshold import Thresholds
from padanan.published.pairs import newest, pairs_table, shaped, thresholds
from padanan.published.run_plan import read_plan, rebuild_cure

_SEEN = {
    "nama_bersih": "Nama",
    "nama_ibu_bersih": "Ibu",
    "tgl_lahir": "Lahir",
    "jk": "L/P",
    "nik_bersih": "NIK",
    "kk_bersih": "KK",
    "alamat_jalan": "Alamat",
    "rt": "RT",
    "rw": "RW",
    "kelurahan": "Kelurahan",
}
"""What of both sides a reviewer compares, line by line, and what it is called."""


def export(home: Home, periode: Periode, path: Path, *, entitled: bool = False) -> int:
    """Writes the queue of a period's newest revision.

    Pairs whose answer is expected to settle most others come first (`padanan/linkage/lessons.py`); where none would, the nearest
    to the automatic threshold.

    Args:
        entitled: names, numbers and addresses in full; else masked (initials, last four digits, year).

    Returns:
        How many pairs were written.

    Raises:
        PadananError: nothing is published, or the warehouse was rebuilt for another revision.
    """
    periode, revisi, folder = newest(home, periode)
    plan = read_plan(home)
    if (plan.periode.key, plan.revisi) != (periode.key, revisi):
        raise PadananError(
            f"gudang berisi {plan.periode.label} rev-{plan.revisi}, yang terbit terakhir {periode.label} rev-{revisi}",
            file="warehouse/padanan.duckdb",
            cure=rebuild_cure(periode),
        )
    con = connect_warehouse(home)
    try:
        rows = _queue(con, plan.data, folder)
    finally:
        con.close()
    limits = thresholds(folder)
    rows.sort(key=lambda row: order_of(row, limits[row["producer"]]))
    with no_space_guard("antrean klerikal"):
        names = {item.id: item.name for item in plan.data.matched}
        book.write(path, (_locked(row, names, entitled) for row in rows), f"{periode.label} revisi {revisi}")
    return len(rows)


def order_of(row: Mapping[str, Any], limits: Thresholds) -> tuple[float, float, str, str, str]:
    """Where a pair stands in the queue: most effect first, then nearest to the threshold; the same for the same pairs."""
    distance = abs(row["bobot"] - limits.upper / 100)
    return -round(row["menyelesaikan"] or 0.0, 4), distance, row["producer"], row["record_key"], row["register_key"]


def _queue(con: duckdb.DuckDBPyConnection, data: PlanData, folder: Path) -> list[dict[str, Any]]:
    """The best pair of every record that waits for a person, with both sides' values."""
    sources.arrange(con, data)
    models = sorted({item.model for item in sources.listings_of(con, data)})
    sources.fingerprints(con, models)
    published = literal(folder / "padanan_record.parquet")
    place = "coalesce(w.kelurahan, {0}.kode_kelurahan)::varchar"
    left, right = (
        ", ".join(f"{place.format(side) if name == 'kelurahan' else f'{side}.{name}::varchar'} as {as_}_{name}" for name in _SEEN)
        for side, as_ in (("s", "daftar"), ("a", "acuan"))
    )
    wilayah = "left join (select distinct kode_kelurahan, kelurahan from ref_wilayah) w on w.kode_kelurahan = {0}.kode_kelurahan"
    arms = " union all ".join(
        f"""select s.record_key, {left} from {model} s {wilayah.format("s")}
        where s.record_key in (select record_key from tunggu)"""
        for model in models
    )
    con.execute(
        f"""create temp table tunggu as
        select record_key, record_key_calon, coalesce(alasan_bukti like 'konflik:%', false) as konflik
        from read_parquet({published}) where status = 'mungkin_padan'"""
    )
    table = con.sql(
        f"""select p.*, r.entity_key, s.sidik, d.id_penduduk, x.* exclude (record_key), {right}
        from {pairs_table(folder)} p join tunggu t on t.record_key = p.record_key and t.record_key_calon = p.register_key
        join rekaman r on r.record_key = p.record_key join sidik s on s.record_key = p.record_key
        join penduduk d on d.register_key = p.register_key join ({arms}) x on x.record_key = p.record_key
        join {sources.reference_of(data).model} a on a.record_key = p.register_key
        {wilayah.format("a")}
        where p.keputusan is null or t.konflik order by p.producer, p.record_key"""
    ).to_arrow_table()
    return [shaped(row) for row in table.to_pylist()]


def _locked(row: Mapping[str, Any], names: Mapping[str, str], entitled: bool) -> dict[str, str]:
    """One row's locked cells, as text: both sides line by line, and what speaks for and against them, strongest first."""
    out = {name: str(row[name]) for name in ("record_key", "register_key", "entity_key", "sidik", "id_penduduk")}
    out |= {
        "sumber": row["producer"],
        "nama_sumber": names.get(row["producer"], row["producer"]),
        "peluang": percent(row["peluang"], 1.0),
        "menyelesaikan": decimal(row["menyelesaikan"] or 0.0),
    }
    for side in ("daftar", "acuan"):
        values = {name: row[f"{side}_{name}"] for name in _SEEN}
        told = {
            name: None if value is None else str(value) if entitled else masked(name, str(value))
            for name, value in values.items()
        }
        out[side] = "\n".join(f"{title}: {told[name] or '–'}" for name, title in _SEEN.items())
    # the first step is where every pair begins
    steps = sorted(explain.parts(row)[1:], key=lambda step: -abs(step.bits))
    found = {
        "Mendukung": [f"{step.label} ({step.seen})" for step in steps if step.bits >= 0.05],
        "Melawan": [f"{step.label} ({step.seen})" for step in steps if step.bits <= -0.05],
    }
    out["uraian"] = "\n".join(f"{what}: {'; '.join(items)}." for what, items in found.items() if items)
    return out


def masked(name: str, value: str) -> str:
    """A value that a reviewer without entitlement may see: initials, last four digits, year; no address."""
    if name in ("nama_bersih", "nama_ibu_bersih"):
        return " ".join(word[:1] + "•" * (len(word) - 1) for word in value.split())
    if name in ("nik_bersih", "kk_bersih"):
        return "•" * max(len(value) - 4, 0) + value[-4:] if len(value) > 4 else "•" * len(value)
    if name == "tgl_lahir":
        return f"{value[:4]}-••-••"
    if name == "alamat_jalan":
        return "••••"
    return value


def import_decisions(home: Home, path: Path, reviewer: str) -> tuple[int, int]:
    """Reads a filled-in workbook and appends its decisions; all or nothing.

    Args:
        reviewer: who decided.

    Returns:
        (decisions added, pairs on which reviewers now disagree).

    Raises:
        PadananError: the file is no queue of ours; a locked cell was edited, a row is unknown or stands twice, a cell holds a
            formula, a word is not padan, bukan or ragu, a reason is missing; with the cell and the cure. Nothing changes then.
    """
    reviewer = " ".join(reviewer.split())
    if not reviewer or any(not ch.isprintable() for ch in reviewer) or len(reviewer) > 80:
        raise PadananError("nama petugas kosong atau tidak sah", cure="tulis --by dengan nama petugas, paling panjang 80 huruf")
    fresh = [
        {
            **{name: cells[name] for name in ("sumber", "entity_key", "sidik", "register_key", "id_penduduk")},
            "keputusan": word,
            "nama": reviewer,
            "alasan": reason,
        }
        for cells, word, reason in _checked(path)
    ]
    before = decisions.read(home)
    decisions.log_of(home).append(fresh, datetime.now(JAKARTA))
    return len(fresh), _disagreements([*before, *fresh], fresh)


def _checked(path: Path) -> Iterator[tuple[Mapping[str, str], str, str]]:
    """Rows with a decision, after the whole workbook was checked; pseudonyms of before a change of the key become today's."""
    good = []
    ring = load_ring()
    seen: dict[tuple[str, str], int] = {}
    for row in book.read(path):
        pair = (row.cells["record_key"], row.cells["register_key"])
        if pair in seen:
            raise PadananError(
                "pasangan ini ada dua kali",
                file=path.name,
                place=f"baris {seen[pair]} dan {row.number}",
                cure="hapus salah satu barisnya",
            )
        seen[pair] = row.number
        word, reason = row.cells["keputusan"].lower(), row.cells["alasan"]
        if not word and not reason:
            continue
        if word not in decisions.WORDS:
            raise PadananError(
                "keputusan bukan padan, bukan atau ragu",
                file=path.name,
                place=f"sel {book.cell_name('keputusan', row.number)}",
                cure="pilih salah satu dari tiga kata itu",
            )
        if not reason:
            raise PadananError(
                "keputusan tanpa alasan",
                file=path.name,
                place=f"sel {book.cell_name('alasan', row.number)}",
                cure="tulis alasannya dalam satu kalimat",
            )
        if has_long_number(reason):
            raise PadananError(
                "alasan memuat nomor panjang",
                file=path.name,
                place=f"sel {book.cell_name('alasan', row.number)}",
                cure="jangan menulis NIK atau nomor KK",
            )
        today = {name: ring.today(row.cells[name], row.made_with) for name in decisions.KEYED}
        good.append(({**row.cells, **today}, word, reason))
    if not good:
        raise PadananError("tidak ada keputusan di berkas ini", file=path.name, cure="isi kolom keputusan dan alasan lalu ulangi")
    yield from good


def _disagreements(rows: list[dict[str, Any]], fresh: list[dict[str, str]]) -> int:
    last: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        last.setdefault(_pair(row), {})[row["nama"]] = row["keputusan"]
    touched = {_pair(row) for row in fresh}
    return sum({"padan", "bukan"} <= set(words.values()) for pair, words in last.items() if pair in touched)


def _pair(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("sumber", "entity_key", "sidik", "id_penduduk"))
