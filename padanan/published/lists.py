"""The lists of one revision, counted by reason, program and kota: who lacks what they are entitled to, flags, missing documents.

Only counts leave here; which of them are covered is decided in `cells`, how they stand on a page is the page's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from padanan.published.groups import OUTSIDE
from padanan.published.opened import Published

Counts = dict[tuple[str, str], int]
UNSERVED, FLAGS, PAPERLESS, PAPERS, UNVISITED = (
    "daftar_tanpa_program",
    "bendera_periksa",
    "tanpa_dokumen",
    "dokumen_kurang",
    "tidak_didatangi",
)
NOT_IN = "daftar_belum_masuk"
UNTOLD = "tidak_diketahui"
_PLACE = f"coalesce(k.kode_kota, '{OUTSIDE}')"
_JOIN = "left join (select distinct kode_kota from wilayah) k on k.kode_kota = t.kode_kota"


def by(source: Published, name: str, column: str) -> Counts:
    """Distinct people of a list by one of its columns and kota."""
    return _pairs(
        source,
        f"select coalesce(t.{column}, '{UNTOLD}') as baris, {_PLACE} as kolom, count(distinct t.id_orang) as n "
        f"from {name} t {_JOIN} group by all order by all",
    )


def distinct(source: Published, name: str) -> dict[str, int]:
    """Distinct people of a list by kota."""
    rows = source.rows(f"select {_PLACE} as kota, count(distinct t.id_orang) as n from {name} t {_JOIN} group by all")
    return {str(line["kota"]): int(line["n"]) for line in rows}


def people(source: Published, name: str, only: str = "true") -> int:
    """Distinct people of a list."""
    return source.value(f"select count(distinct id_orang) from {name} where {only}")


def unserved_by_program(source: Published) -> Counts:
    """People by program and cause, each once a program."""
    return _pairs(
        source,
        f"select coalesce(program, '') as baris, sebab as kolom, count(distinct id_orang) as n from {UNSERVED} "
        "group by all order by all",
    )


def flags_by_program(source: Published) -> Counts:
    """People by program and evidence; one may have several of both."""
    return _pairs(
        source,
        f"select program as baris, bukti as kolom, count(distinct id_orang) as n from {FLAGS} group by all order by all",
    )


def not_visited(source: Published) -> Counts:
    """People by reason for a visit and kota; one may have several reasons."""
    query = f"select unnest(string_split(alasan, ',')) as baris, id_orang, kode_kota from {UNVISITED}"
    return _pairs(
        source,
        f"select t.baris, {_PLACE} as kolom, count(distinct t.id_orang) as n from ({query}) t {_JOIN} group by all order by all",
    )


def paperless(source: Published) -> Counts:
    """People of whom no source gives a NIK, by whether they are in the data sasaran, and kota."""
    return _pairs(
        source,
        f"""select case when s.terpilih then 'sasaran' else 'lain' end as baris, {_PLACE} as kolom,
        count(distinct t.id_orang) as n
        from {PAPERLESS} t left join sasaran s on s.id_orang = t.id_orang {_JOIN} group by all order by all""",
    )


def not_in(source: Published) -> dict[str, int]:
    """People by list of those who are not selected although a source speaks for their need."""
    rows = source.rows(f"select daftar, count(*) as n from {NOT_IN} group by all order by all")
    return {str(line["daftar"]): int(line["n"]) for line in rows}


def _pairs(source: Published, query: str) -> Counts:
    return {(str(line["baris"]), str(line["kolom"])): int(line["n"]) for line in source.rows(query)}


def ordered(known: Sequence[str], counts: Mapping[tuple[str, str], int], side: int = 0) -> list[str]:
    """The known values first, then what else was found."""
    return [*known, *sorted({key[side] for key in counts} - set(known))]
