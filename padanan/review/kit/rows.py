"""Rows of a producer's own deliveries that its kit gives back: gaps by line, repaired values, rows set aside.

Only this producer's staging and landing are read; of other registries nothing but a rule's name can stand here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.format import day
from padanan.base.home import Home
from padanan.base.sql import literal
from padanan.contracts.contract import Contract
from padanan.contracts.field_parts import Answer
from padanan.contracts.field_rules import Term
from padanan.contracts.planned import PlannedContract

BATCH = 50_000


@dataclass(frozen=True)
class Sheet:
    """One table of the kit: name, what it holds, headings, widths, and a query that gives every cell as text."""

    name: str
    note: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    query: str
    parameters: tuple[Any, ...] = ()

    def rows(self, con: duckdb.DuckDBPyConnection) -> Iterator[Sequence[str | None]]:
        """The rows, read in batches."""
        reader = con.sql(self.query, params=list(self.parameters)).to_arrow_reader(BATCH)
        for batch in reader:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


# (heading, raw column, cleansed column, what was repaired)
_REPAIRS = (
    ("NIK", "nik_mentah", "nik_bersih", "nik_perbaikan"),
    ("No. KK", "kk_mentah", "kk_bersih", "kk_perbaikan"),
    ("Nama", "nama_mentah", "nama_bersih", "nama_perbaikan"),
    ("Tanggal lahir", "tgl_lahir_mentah", "tgl_lahir::varchar", "tgl_lahir_perbaikan"),
)

# What names a row to its producer: the source's own number, or the cell of a count by place.
_OWN_NUMBER = "id_sumber"
_OWN_CELL = "concat_ws(' / ', coalesce(kode_kelurahan_mentah, kelurahan_mentah), jk_mentah, kelompok_umur_mentah)"


def _staged(contract: PlannedContract) -> str:
    """The producer's staging model with `nomor`, by which it knows its row again."""
    return f"(select *, {_OWN_CELL if contract.of_places else _OWN_NUMBER} as nomor from {contract.stage_model})"


def sheets(home: Home, contract: PlannedContract, own: Contract, terms: Sequence[Term], answers: Sequence[Answer]) -> list[Sheet]:
    """The tables of one producer's kit.

    Args:
        contract: the producer as the run plan holds it.
        own: its contract: which columns a rule speaks of, and what the producer calls them.
        terms: the plan's `lapangan.tugas` of this producer.
        answers: the plan's `lapangan.terjawab`.
    """
    files = _files_of(home, contract)
    return [_gaps(home, contract, own, files, terms, answers), _repaired(contract, files), _rejected(home, contract, files)]


def _gaps(
    home: Home, contract: PlannedContract, own: Contract, files: str, terms: Sequence[Term], answers: Sequence[Answer]
) -> Sheet:
    texts = ("kode", "keterangan", "tindak_lanjut", "pemilik", "level")
    rows = [f"({', '.join(literal(getattr(term, name)) for name in texts)}, {term.hari})" for term in terms]
    told = ", ".join(f"({literal(item.id)}, {literal(item.keterangan)})" for item in answers) or "(null, null)"
    known = ", ".join(rows) or "(null, null, null, null, null, null)"
    sent = f"read_parquet([{', '.join(literal(home.root / item.path) for item in contract.deliveries)}], union_by_name = true)"
    names, value = _sent(own, sent)
    return Sheet(
        "Celah per baris",
        "Setiap celah mutu pada kiriman sendiri: kolomnya, yang dikirim di sana, aturannya. Yang dijawab padanan ada di daftar "
        "lain: betulkan di sumber, tanpa kunjungan.",
        (
            *("Berkas", "Baris", "Nomor sumber", "Kolom", "Nilai dikirim", "Aturan", "Arti", "Menurut padanan", "Tindak lanjut"),
            "Penanggung jawab, hari",
        ),
        (11, 6, 17, 12, 16, 14, 18, 13, 9, 10),
        f"""select f.file, s.baris::varchar, s.nomor, k.kolom, {value},
        concat_ws(chr(10), k.nama, g.rule_id, g.level || coalesce(', ' || g.rincian, '')), t.arti, p.arti,
        case when j.record_key is null then t.tindak else 'perbaiki di sumber' end,
        case when j.record_key is null then t.pemilik else ? end || coalesce(', ' || t.hari || ' hari', '')
        from gap g join {_staged(contract)} s on s.record_key = g.record_key
        left join {files} f on f.sha16 = s.delivery
        left join (values {known}) t(kode, arti, tindak, pemilik, level, hari) on t.kode = g.rule_id
        left join (values {names}) k(kode, nama, kolom) on k.kode = g.rule_id
        left join {sent} l on l._record_key = g.record_key
        left join celah_terjawab j on j.record_key = g.record_key and j.rule_id = g.rule_id
        left join (values {told}) p(id, arti) on p.id = j.jawaban
        where g.producer = ? and s.producer = ? order by f.file, s.delivery, s.baris, g.rule_id""",
        (contract.owner, contract.id, contract.id),
    )


def _sent(own: Contract, sent: str) -> tuple[str, str]:
    """What a gap's rule speaks of: rows (rule, name, columns as the producer calls them), and the value that was sent there.

    Args:
        sent: the deliveries as a table of SQL; the value is read from its row `l`, for the rule of `g`.
    """
    with duckdb.connect() as con:
        present = {row[0] for row in con.execute(f"describe select * from {sent}").fetchall()}
    called = {column.name: column.source for column in own.columns}
    names, cases = [], []
    for rule in own.rules:
        kolom = " / ".join(called.get(name, name) for name in rule.columns)
        names.append(f"({literal(rule.id)}, {literal(rule.name)}, {literal(kolom)})")
        cells = [f"coalesce(nullif(trim(l.{name}), ''), '(kosong)')" for name in rule.columns if name in present]
        if cells:
            cases.append(f"when {literal(rule.id)} then concat_ws(' / ', {', '.join(cells)})")
    value = f"case g.rule_id {' '.join(cases)} end" if cases else "null"
    return ", ".join(names) or "(null, null, null)", value


def _repaired(contract: PlannedContract, files: str) -> Sheet:
    model = _staged(contract)
    repairs = () if contract.of_places else _REPAIRS
    arms = [
        f"""select {number} as urut, {literal(title)} as kolom, delivery, baris, nomor, {raw} as mentah, {clean} as bersih,
        {repair} as perbaikan from {model} where producer = ? and coalesce({repair}, '') <> ''"""
        for number, (title, raw, clean, repair) in enumerate(repairs)
    ]
    arms.append(
        f"""select {len(_REPAIRS)} as urut, 'Kelurahan' as kolom, delivery, baris, nomor, kelurahan_mentah as mentah,
        w.kelurahan as bersih, 'ejaan' as perbaikan
        from {model} join (select distinct kode_kelurahan, kelurahan from ref_wilayah) w using (kode_kelurahan)
        where producer = ? and wilayah_hasil = 'ejaan'"""
    )
    return Sheet(
        "Diperbaiki",
        "Nilai yang dibaca setelah diperbaiki: yang dikirim, yang dipakai, dan perbaikannya. Betulkan juga di sumber.",
        ("Berkas", "Baris", "Nomor sumber", "Kolom", "Nilai dikirim", "Nilai dipakai", "Perbaikan"),
        (18, 8, 16, 13, 27, 27, 17),
        f"""select f.file, r.baris::varchar, r.nomor, r.kolom, r.mentah, r.bersih, r.perbaikan
        from ({" union all ".join(arms)}) r left join {files} f on f.sha16 = r.delivery
        order by f.file, r.delivery, r.baris, r.urut""",
        (contract.id,) * len(arms),
    )


def _rejected(home: Home, contract: PlannedContract, files: str) -> Sheet:
    paths = [(item.sha16, home.root / Path(item.path).parent / "rejects.parquet") for item in contract.deliveries]
    arms = [
        f"""select {literal(sha16)} as delivery, _baris as baris, alasan, {"sebab" if _has_cause(path) else "null"} as sebab, isi
        from read_parquet({literal(path)})"""
        for sha16, path in paths
    ]
    return Sheet(
        "Disisihkan",
        "Baris yang tidak terbaca atau kembar persis: tidak dipakai, tetap disimpan. Isinya seperti dikirim.",
        ("Berkas", "Baris", "Alasan", "Sebab", "Isi baris"),
        (18, 8, 14, 22, 64),
        f"""select f.file, r.baris::varchar, r.alasan, r.sebab, r.isi from ({" union all ".join(arms)}) r
        left join {files} f on f.sha16 = r.delivery order by f.file, r.delivery, r.baris, r.isi""",
    )


def _has_cause(path: Path) -> bool:
    with duckdb.connect() as con:
        columns = con.execute("select name from parquet_schema(?)", [str(path)]).fetchall()
    return ("sebab",) in columns


def _files_of(home: Home, contract: PlannedContract) -> str:
    import json

    pairs = []
    for item in contract.deliveries:
        manifest = json.loads((home.root / Path(item.path).parent / "manifest.json").read_text(encoding="utf-8"))
        pairs.append(f"({literal(item.sha16)}, {literal(manifest['file'])})")
    return f"(select * from (values {', '.join(pairs)}) v(sha16, file))"


def summary(contract: PlannedContract) -> str:
    """Which deliveries a kit speaks of, in words: `2025-11 (diterima 9 November 2025)`."""
    return "; ".join(f"{item.periode_data} (diterima {day(item.diterima)})" for item in contract.deliveries)
