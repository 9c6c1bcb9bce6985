"""The open lines of a day with what the visiting agencies' grants may show of their people, handed to the API as one snapshot.

How a line opens is `padanan/feedback/lines`', what an agency sees of it `padanan/distribution/gate`'s.
"""

from __future__ import annotations

from padanan.base.sql import literal
from padanan.contracts.feedback import load_feedback
from padanan.distribution.grants import granted_to_anybody
from padanan.distribution.prelist import PERSON, SERVICE, Shown, hide_lines, publish_lines
from padanan.feedback.asked_rows import WILAYAH
from padanan.feedback.cycle import Standing
from padanan.feedback.lines import ACTORS, LINES, REASONS, revision_known
from padanan.feedback.reasons import words_of
from padanan.feedback.told_rows import TOLD, tell
from padanan.published.identities import has_identities, identities

_TABLE = "prelist_instansi"
_PLACES = ("kode_kota", "kode_kecamatan", "kode_kelurahan")
_NAMES = tuple(name for name in PERSON if name not in _PLACES)


def hand_over_lines(standing: Standing) -> Shown | None:
    """Shows the open lines of a day to the agencies that go there; a line whose person nobody can name stays a line.

    Without a grant for them nothing is laid out, and what lay there goes: None.

    Names are those of the publication's identities; of whom it does not know, those of the newest row of feedback about them.

    Raises:
        PadananError: the identities or a landed row were changed, or the snapshot can't be written.
    """
    con, home = standing.con, standing.home
    if not granted_to_anybody(home, SERVICE, standing.day):
        hide_lines(home)
        return None
    known = revision_known(home, standing.day)
    people = "(select null::varchar as id_orang, null::date as tgl_lahir, " + ", ".join(
        f"null::varchar as {name}" for name in _NAMES if name != "tgl_lahir"
    ) + " where false)"  # fmt: skip
    if known is not None and has_identities(home, *known[:2]):
        people = f"read_parquet({literal(identities(home, *known[:2]))})"
    tell(con, home, load_feedback(), f"select id_orang from {LINES} where id_orang not in (select id_orang from {people})")
    words = words_of(str(one[0]) for one in con.execute(f"select distinct kode from {REASONS}").fetchall())
    con.execute("create or replace temp table kata (kode varchar, alasan varchar)")
    if words:
        con.execute("insert into kata select unnest(?), unnest(?)", [list(words), list(words.values())])
    # Of one source as a whole: a name of one row beside the number of another one would be nobody's.
    named = ", ".join(f"case when i.id_orang is not null then i.{name} else s.{name} end as {name}" for name in _NAMES)
    con.execute(
        f"""create or replace temp table {_TABLE} as
        with alasan as (
          select a.id_orang, string_agg(k.alasan, '; ' order by a.urutan) as alasan
          from (select id_orang, unnest(string_split(kode_alasan, ',')) as kode,
              generate_subscripts(string_split(kode_alasan, ','), 1) as urutan from {LINES}) a
          join kata k using (kode) group by 1),
        wilayah as (select distinct {", ".join(_PLACES)} from read_csv({literal(WILAYAH)}, all_varchar=true, header=true))
        select l.id_garis, l.id_orang, l.kode_alasan, a.alasan, l.prioritas, l.dibuka, l.tenggat, l.terlambat,
          l.status as keadaan, string_split(l.pelaku, '{ACTORS}') as pelaku, {named},
          w.kode_kota, w.kode_kecamatan, l.kode_kelurahan
        from {LINES} l join alasan a using (id_orang)
        left join {people} i on i.id_orang = l.id_orang
        left join {TOLD} s on s.id_orang = l.id_orang
        left join wilayah w on w.kode_kelurahan = l.kode_kelurahan"""
    )
    return publish_lines(home, con, _TABLE, standing.day, standing.number(f"select count(*) from {LINES}"))
