"""The prelist as it stands on a day (F24): every reason to see a person, open or closed and why, and one open line a person.

What holds of a person is `state`'s; the reasons of the padanan itself come from its published prelist.
"""

from __future__ import annotations

from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.feedback import FeedbackCatalogue
from padanan.feedback.state import HOLDING, STATE
from padanan.published.proof import prove_opened
from padanan.published.pseudonyms import today as today_of
from padanan.published.revisions import published_periods, published_revisions

REASONS, LINES = "alasan_garis", "garis"
OPEN, AWAITING, CONFLICT, DONE, MOOT = "terbuka", "menunggu_muskel", "konflik", "selesai", "gugur"
STANDING = (OPEN, AWAITING, CONFLICT)
"""The states of a reason that keep a line open."""
FROM_PADANAN = "padanan"
ABOUT_DEATH = ("lampid_mati", "bendera_meninggal")
"""The reasons that a verified death answers; every other one that stood at the visit it makes moot."""
ACTORS = ", "
"""What stands between the short names of the agencies that go there."""
_PRIORITY_OF_PADANAN = 5


def revision_known(home: Home, known_at: date | None) -> tuple[Periode, int, date] | None:
    """The newest publication whose cut-off is not after a day, with that cut-off; None before there is any."""
    found: list[tuple[Periode, int, date]] = []
    for periode in published_periods(home):
        for number, manifest in published_revisions(home, periode):
            cutoff = date.fromisoformat(str(manifest["cutoff"]))
            if known_at is None or cutoff <= known_at:
                found.append((periode, number, cutoff))
    return max(found, key=lambda one: (one[2], one[0].key, one[1]), default=None)


def open_lines(
    con: duckdb.DuckDBPyConnection, home: Home, catalogue: FeedbackCatalogue, *, today: date, known_at: date | None = None
) -> None:
    """Makes `alasan_garis` (one row a reason) and `garis` (one row a person with an open one); `keadaan` must stand.

    `pelaku` of a line are all agencies that one of its open reasons asks for; `ditutup` is the day by which a reason that is done
    or moot was answered: that of the visit, or of the musyawarah where one was needed and came later.

    Args:
        today: the day by which a line is late. known_at: up to which day publications are known.

    Raises:
        PadananError: the publication was changed.
    """
    opened = _from_events(catalogue)
    found = revision_known(home, known_at)
    if found is not None:
        periode, number, cutoff = found
        prove_opened(home, periode, number)
        prelist = today_of(home, con, (periode, number), "prelist", other={})
        opened.append(
            f"""select id_orang, unnest(string_split(kode_alasan, ',')) as kode, date '{cutoff.isoformat()}' as dibuka,
            '{FROM_PADANAN}' as asal, {_PRIORITY_OF_PADANAN} as prioritas, tenggat,
            {literal(_visitors())} as pelaku, false as perlu_muskel, kode_kelurahan from {prelist}"""
        )
    answered = f"p.kode in ({', '.join(map(literal, ABOUT_DEATH))})"
    con.execute(
        f"""create or replace table {REASONS} as
        with dibuka as ({" union all ".join(opened)}),
        dijawab as (
          select d.*, coalesce(k.verivali_hasil is not null and k.verivali_pada >= d.dibuka
            - case when d.asal = '{FROM_PADANAN}' then {catalogue.hasilBerlakuHari} else 0 end, false) as terjawab
          from dibuka d left join {STATE} k on k.id_orang = d.id_orang where d.id_orang is not null),
        -- What opens a reason again after its answer is another opening: the answered ones count only where nothing else does.
        -- One reason is one, also where several contracts tell it.
        pertama as (
          select id_orang, kode, min(asal) as asal, bool_and(terjawab) as terjawab, min(dibuka) as dibuka,
            min(prioritas) as prioritas, min(tenggat) as tenggat, any_value(pelaku) as pelaku,
            bool_or(perlu_muskel) as perlu_muskel, max(kode_kelurahan) as kode_kelurahan
          from (select *, terjawab > bool_and(terjawab) over (partition by id_orang, kode, asal = '{FROM_PADANAN}') as lewat
            from dijawab)
          where not lewat group by id_orang, kode, asal = '{FROM_PADANAN}'),
        dinilai as (
        select p.id_orang, p.kode, p.asal, p.dibuka, p.prioritas, p.tenggat, p.pelaku,
          coalesce(k.kode_kelurahan, p.kode_kelurahan) as kode_kelurahan,
          case
            when k.konflik then '{CONFLICT}'
            when k.meninggal_terverifikasi and {answered} then '{DONE}'
            -- What somebody tells of the dead after the visit may say that they live: it is looked at.
            when k.meninggal_terverifikasi and (p.terjawab or p.asal = '{FROM_PADANAN}') then '{MOOT}'
            when not p.terjawab then '{OPEN}'
            when p.perlu_muskel and k.muskel_hasil is null then '{AWAITING}'
            else '{DONE}' end as status,
          case when k.meninggal_terverifikasi and not {answered} and (p.terjawab or p.asal = '{FROM_PADANAN}')
              then 'meninggal terverifikasi'
            when p.terjawab or (k.meninggal_terverifikasi and {answered}) then k.verivali_hasil end as sebab,
          k.verivali_pada as hasil_pada,
          case when p.perlu_muskel and not coalesce(k.meninggal_terverifikasi, false) then k.muskel_pada end as muskel_pada
        from pertama p left join {STATE} k on k.id_orang = p.id_orang)
        select * exclude (muskel_pada),
          case when status in ('{DONE}', '{MOOT}') then greatest(dibuka, hasil_pada, muskel_pada) end as ditutup
        from dinilai"""
    )
    standing = ", ".join(map(literal, STANDING))
    every_actor = f"array_to_string(list_sort(list_distinct(flatten(list(string_split(pelaku, '{ACTORS}'))))), '{ACTORS}')"
    con.execute(
        f"""create or replace table {LINES} as
        select id_orang, md5('garis|' || id_orang || '|' || min(dibuka)) as id_garis, min(dibuka) as dibuka,
          string_agg(kode, ',' order by prioritas, kode) as kode_alasan, min(prioritas) as prioritas, min(tenggat) as tenggat,
          {every_actor} as pelaku, max(kode_kelurahan) as kode_kelurahan,
          case when bool_or(status = '{CONFLICT}') then '{CONFLICT}' when bool_and(status = '{AWAITING}') then '{AWAITING}'
            else '{OPEN}' end as status,
          min(tenggat) < date '{today.isoformat()}' as terlambat
        from {REASONS} where status in ({standing}) group by id_orang"""
    )


def _visitors() -> str:
    """Who goes to the people of the padanan's own prelist: its worklists go to both parts (§3.1.3.4.f)."""
    agencies = load_agencies(expectations_dir())
    return ACTORS.join((agencies.of("verifikasi").singkat, agencies.of("validasi").singkat))


def _from_events(catalogue: FeedbackCatalogue) -> list[str]:
    found = []
    for kode, opening in catalogue.garis.items():
        found.append(
            f"""select id_orang, {literal(kode)} as kode, dicatat as dibuka, kontrak as asal,
            {opening.prioritas} as prioritas,
            dicatat + {opening.hari} as tenggat, {literal(ACTORS.join(opening.pelaku))} as pelaku,
            {str(opening.muskel).lower()} as perlu_muskel, kode_kelurahan
            from {HOLDING} where id_orang is not null and ({opening.dari})"""
        )
    return found
