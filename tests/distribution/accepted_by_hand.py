"""An accepted publication in which people receive programs of the province and of the centre, by a number that tests know."""

from pathlib import Path

import duckdb

from padanan.base.home import Home
from tests.review.decided_by_hand import accept_all, demo_home, publish

PROGRAMS = {"bpms": 97, "kaj": 83, "kjp_plus": 6, "klj": 9, "pangan_murah": 3, "pbi_jkn": 2, "pkh": 5, "sembako": 4}
CENTRAL = {"pbi_jkn", "pkh", "sembako"}
PEOPLE = 3000


def serve(folder: Path) -> None:
    """Writes who receives what into both tables of a publication that say it."""
    con = duckdb.connect()
    con.execute("create macro angka(a) as ('0x' || left(md5(a), 8))::bigint")
    orang, sasaran = folder / "padanan_orang.parquet", folder / "sasaran.parquet"
    # 57% in no program; the others by a hash of person and program, so that every overlap is there.
    some = ", ".join(
        f"case when angka(id_orang || '{name}') % {number} = 0 then '{name}' end" for name, number in sorted(PROGRAMS.items())
    )
    program = f"case when angka(id_orang) % 7 > 3 then nullif(concat_ws(',', {some}), '') end"
    for path in (orang, sasaran):
        con.execute(f"create or replace table t as select *, {program} as program from '{path}' order by all")
        con.execute(f"copy t to '{path}' (format parquet)")
    con.close()


def accepted_home(root: Path, people: int = PEOPLE, *, accept: bool = True) -> Home:
    """A demo home with one revision, accepted."""
    home = demo_home(root)
    publish(home, people=people, adapt=serve)
    if accept:
        accept_all(home)
    return home
