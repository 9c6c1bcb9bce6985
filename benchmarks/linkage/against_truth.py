"""`python -m benchmarks.linkage.against_truth`: a made-up home's published padanan against its generator's truth, list by list.

Real data has no truth: there `ukuran_bukti` holds expected figures and people's answers; tests assert the limits.
"""

from __future__ import annotations

import argparse

import duckdb

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.published.pairs import newest

# Of the records that NIK left over: merged rightly, merged at all, with a person in Adminduk, without one, of those merged.
_QUERY = """
with kirim as (
    select m.contract_id as producer, m.file, p._baris as baris, p._record_key as record_key
    from read_parquet({parts}, filename = true) p join manifests m on m.folder = parse_dirpath(p.filename)
),
benar as (
    select k.record_key, r.producer, r.id_truth_person as orang, r.in_adminduk
    from read_parquet({truth}) r join kirim k using (producer, file, baris)
),
nilai as (
    select p.producer, b.in_adminduk, p.status = 'padan_bukti' as digabung, b.orang is not distinct from a.orang as sama
    from read_parquet({records}) p join benar b using (record_key) left join benar a on a.record_key = p.record_key_acuan
    where p.producer <> 'adminduk' and p.status_nik <> 'padan_nik'
)
select coalesce(producer, 'semua') as daftar, count(*) filter (digabung and sama) as tepat,
    count(*) filter (digabung) as digabung, count(*) filter (in_adminduk) as ada, count(*) filter (not in_adminduk) as tidak_ada,
    count(*) filter (digabung and not in_adminduk) as salah_gabung
from nilai group by rollup (producer) order by producer nulls last
"""


def rows(home: Home, periode: Periode | None) -> list[tuple[str, int, int, int, int, int]]:
    """(list, right, merged, with a person, without, merged without one) of every list, the whole last.

    Raises:
        PadananError: nothing is published, or the home is not made up.
    """
    periode, _, folder = newest(home, periode)
    truth = home.root / "truth" / periode.key / "records.parquet"
    if not truth.exists():
        raise PadananError("rumah data ini tidak dibuat-buat, jadi tidak ada kebenarannya", cure="pakai rumah hasil make demo")
    paths = sorted(home.root.glob("landing/*/*/*/manifest.json"))
    con = duckdb.connect()
    con.execute("create table manifests (folder varchar, contract_id varchar, file varchar)")
    for path in paths:
        con.execute("insert into manifests select ?, contract_id, file from read_json(?)", [str(path.parent), str(path)])

    parts = "[" + ", ".join(literal(path.with_name("part.parquet")) for path in paths) + "]"
    query = _QUERY.format(parts=parts, truth=literal(truth), records=literal(folder / "padanan_record.parquet"))
    found = con.execute(query).fetchall()
    con.close()
    return [(str(r[0]), *(int(v) for v in r[1:])) for r in found]  # type: ignore[misc]


def main() -> None:
    """Prints the table as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage.against_truth")
    parser.add_argument("--periode", help="misalnya 2025-S2 (bawaan: yang terakhir terbit)")
    args = parser.parse_args()
    print(
        "| daftar | sisa dengan orangnya | digabung | presisi | recall | F1 | tanpa orang | digabung salah |\n" + "|---" * 8 + "|"
    )
    for name, right, merged, there, absent, wrong in rows(Home.from_env(), Periode.parse(args.periode) if args.periode else None):
        precision, recall = (right / whole if whole else float("nan") for whole in (merged, there))
        f1 = 2 * right / (merged + there) if merged + there else float("nan")
        print(f"| {name} | {there} | {merged} | {precision:.4f} | {recall:.4f} | {f1:.4f} | {absent} | {wrong} |")


if __name__ == "__main__":
    main()
