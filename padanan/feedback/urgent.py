"""The urgent list (F27, §3.1.3.4.i): whom a visit found with a need that can't wait, who of them may enter an addendum, why not.

Nobody enters by this: what people propose and decide is `urgent_steps`', where it is kept `padanan/records/addenda`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_today
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback import links, renamed
from padanan.feedback.people import newest
from padanan.feedback.state import CONCLUSIVE, DISPUTES, HOLDING, STATE, Moment, open_state
from padanan.published.proof import prove_opened
from padanan.records import addenda
from padanan.records.addenda import Addendum
from padanan.records.seals import Seal, changed_tables, genuine_seal, in_force, made_with

BARRED = {
    "meninggal": "meninggal menurut verivali",
    "konflik": "hasil instansi berbeda, menunggu putusan",
    "sengketa": "peristiwanya bersengketa, menunggu putusan",
    "pindah": "pindah menurut verivali",
    "tidak_ditemukan": "belum ada kunjungan yang menemukan orangnya",
    "lama": "hasil kunjungannya sudah lewat masa berlaku",
    "tidak_segera": "kunjungan terakhir tidak lagi menyebut perlu segera",
    "musyawarah": "warga baru, belum ada musyawarah kelurahan yang menyatakan layak",
    "penetapan": "sudah ada dalam penetapan yang berlaku",
    "adendum": "sudah ada dalam adendum yang berlaku",
    "menunggu": "sudah diusulkan, menunggu putusan",
}
"""Why somebody whom a visit said to need help fast may not be proposed, the first that holds."""
RESTS_ON = ("verivali", "muskel", "lampid")
"""The contracts whose events an addendum rests on: where a person is, whether they live, what the musyawarah said. What is paid
or told of them meanwhile changes nothing of it."""
FLAGGED = "mendesak"
"""The table that `open_flagged` makes."""


@dataclass(frozen=True)
class Flagged:
    """Somebody whom a visit said to need help fast.

    Attributes:
        id: pseudonym. newcomer: known by feedback alone. visited: the day of the agreed result. programs: which the visits named.
        evidence: fingerprint of all events that this rests on, and of which of them hold.
        barred: why they may not be proposed (a key of `BARRED`); None when they may.
        recorded_dead: Disdukcapil recorded a death; that bars nobody, and is told to whoever decides.
        refused_by_meeting: the musyawarah said that they are not eligible; likewise.
    """

    id: str
    newcomer: bool
    kelurahan: str | None
    visited: date | None
    programs: tuple[str, ...]
    evidence: str
    barred: str | None
    recorded_dead: bool
    refused_by_meeting: bool


def require_decree(home: Home, day: date | None = None) -> Seal:
    """The decree in force (on a day), to which an addendum adds.

    Raises:
        PadananError: nothing was decreed yet, or its seal is broken.
    """
    seal = in_force(home, day)
    if seal is None:
        raise PadananError("belum ada penetapan", file="decree", cure="adendum menambah penetapan; tetapkan dahulu datanya")
    if not genuine_seal(seal.data):
        cure = "periksa dengan 'padanan verify', lalu pulihkan folder decree dari cadangan"
        raise PadananError("segel penetapan berubah atau palsu", file=seal.path.relative_to(home.root), cure=cure)
    return seal


def flagged(home: Home, today: date, *, but: int | None = None) -> list[Flagged]:
    """Everybody whom a visit that was not decided away said to need help fast, in the order of identifiers.

    Args:
        today: the day as of which, and as known on which, it is asked.
        but: a proposal that bars nobody: the one that is being decided.

    Raises:
        PadananError: nothing was decreed yet; an event, a register, the publication or the decree was changed.
    """
    con = scratch(home)
    try:
        open_flagged(con, home, today, but=but)
        rows = con.execute(
            f"""select id_orang, warga_baru, kode_kelurahan, kunjungan, program, bukti, sebab, tercatat_meninggal, ditolak_muskel
            from {FLAGGED} order by id_orang"""
        ).fetchall()
    finally:
        con.close()
    return [Flagged(who, new, place, day, tuple(programs), *rest) for who, new, place, day, programs, *rest in rows]


def open_flagged(con: duckdb.DuckDBPyConnection, home: Home, today: date, *, but: int | None = None) -> None:
    """Makes the table `mendesak`, one row a person; see `flagged`."""
    seal = require_decree(home, today)
    open_state(con, home, load_feedback(), Moment(today, today))
    open_decreed(con, home, seal)
    listed(con, "beradendum", sorted(standing(home, today)))
    listed(con, "diusulkan", sorted(proposed(home, today, but=but)))
    _places(con, home)
    conclusive = ", ".join(map(literal, CONCLUSIVE))
    rests_on = ", ".join(map(literal, RESTS_ON))
    fresh = load_catalogue().hasilBerlakuHari
    con.execute(
        f"""create or replace table {FLAGGED} as
        with ditandai as (
          select distinct id_orang from satu where kontrak = 'verivali' and mendesak and id_orang is not null
            and terjadi <= date '{today.isoformat()}'
            and id_peristiwa not in (select id_peristiwa from putusan where not berlaku)),
        -- Of each agency the last visit that says where the person is says whether it is still urgent, and what is needed.
        terakhir as (
          select id_orang, instansi, arg_max(mendesak, (terjadi, id_peristiwa)) as masih,
            arg_max(coalesce(program, ''), (terjadi, id_peristiwa)) as program
          from {HOLDING} where kontrak = 'verivali' and hasil in ({conclusive}) group by all),
        menyebut as (
          select id_orang, bool_or(masih) as masih, list_sort(list(distinct program) filter (masih and program <> '')) as program
          from terakhir group by 1),
        bukti as (
          select s.id_orang, sha256(string_agg(s.id_peristiwa || case when h.id_peristiwa is null then '-' else '+' end, '|'
            order by s.id_peristiwa))[:16] as bukti
          from satu s left join {HOLDING} h on h.id_peristiwa = s.id_peristiwa where s.kontrak in ({rests_on}) group by 1)
        select d.id_orang, coalesce(k.baru, false) as warga_baru, coalesce(k.kode_kelurahan, t.kode_kelurahan) as kode_kelurahan,
          k.verivali_pada as kunjungan, coalesce(m.program, []) as program, b.bukti,
          case
            when k.meninggal_terverifikasi then 'meninggal'
            when k.konflik then 'konflik'
            when d.id_orang in (select id_orang from {DISPUTES} where id_orang is not null) then 'sengketa'
            when k.verivali_hasil = 'pindah' then 'pindah'
            when coalesce(k.verivali_hasil, '') <> 'ditemukan' then 'tidak_ditemukan'
            when k.verivali_pada + {fresh} < date '{today.isoformat()}' then 'lama'
            when not coalesce(m.masih, false) then 'tidak_segera'
            when k.baru and not k.boleh_masuk then 'musyawarah'
            when d.id_orang in (select id_orang from ditetapkan) then 'penetapan'
            when d.id_orang in (select id_orang from beradendum) then 'adendum'
            when d.id_orang in (select id_orang from diusulkan) then 'menunggu'
          end as sebab,
          k.meninggal_tercatat is not null as tercatat_meninggal,
          coalesce(k.muskel_hasil = 'tidak_layak', false) as ditolak_muskel
        from ditandai d left join {STATE} k on k.id_orang = d.id_orang left join menyebut m on m.id_orang = d.id_orang
        left join bukti b on b.id_orang = d.id_orang left join tempat t on t.id_orang = d.id_orang"""
    )


def standing(home: Home, day: date, known_at: date | None = None) -> dict[str, Addendum]:
    """Who stands on an addendum on a day, by today's identifier: a newcomer who turned out to be somebody known is that person.

    Raises:
        PadananError: a register was changed.
    """
    now = names_now(home, known_at)
    return {now.get(one, one): addendum for one, addendum in addenda.in_force(home, day, known_at).items()}


def names_now(home: Home, known_at: date | None = None) -> dict[str, str]:
    """Earlier identifier -> today's: of newcomers who were found to be somebody known, or entered the padanan.

    Raises:
        PadananError: a register or a publication was changed.
    """
    con = scratch(home)
    try:
        renamed.open_renamed(con, home, known_at)
        entered = {str(old): str(new) for old, new in con.execute(f"select lama, baru from {renamed.RENAMED}").fetchall()}
    finally:
        con.close()
    linked = links.standing(home, known_at).links
    return entered | {one: entered.get(person, person) for one, person in linked.items()}


def open_names(con: duckdb.DuckDBPyConnection, home: Home, known_at: date | None = None) -> None:
    """Makes the table `sekarang(lama, baru)` of `names_now`."""
    now = names_now(home, known_at)
    con.execute("create or replace table sekarang (lama varchar, baru varchar)")
    if now:
        con.execute("insert into sekarang select unnest(?::varchar[]), unnest(?::varchar[])", [list(now), list(now.values())])


def addenda_of(home: Home, id_orang: str, known_at: date | None = None) -> list[tuple[Addendum, date | None]]:
    """The addenda on which somebody stands or stood, with the first day on which they were taken off again."""
    names = {id_orang, *(one for one, person in names_now(home, known_at).items() if person == id_orang)}
    return [
        (one, min((one.off[name] for name in names & one.off.keys()), default=None))
        for one in addenda.addenda(home, known_at)
        if names & one.people
    ]


def open_added(con: duckdb.DuckDBPyConnection, home: Home, day: date, known_at: date | None = None) -> None:
    """Makes the table `adendum(id_orang, program)` of everybody who stands on an addendum on a day, by today's identifier.

    `open_state` must have made its tables; `program` lists what the visits named, null where they named none.

    Raises:
        PadananError: a register was changed, or the folder of an addendum in force.
    """
    con.execute("create or replace table adendum_isi (id_orang varchar, program varchar)")
    open_names(con, home, known_at)
    there = standing(home, day, known_at)
    for one in {addendum.name: addendum for addendum in there.values()}.values():
        path = literal(addenda.proved(home, one) / addenda.PEOPLE)
        made, name = str(one.record["kunci_hmac"]), "id_orang"
        if made != (ring := load_ring(home)).names[-1]:
            register_today(con, ring, made)
            name = "hmac_kini(id_orang)"
        con.execute(f"insert into adendum_isi select {name}, program from read_parquet({path})")
    listed(con, "beradendum", sorted(there))
    con.execute(
        """create or replace table adendum as select b.id_orang, string_agg(i.program, ',') as program from beradendum b
        left join (select coalesce(t.baru, i.id_orang) as id_orang, i.program from adendum_isi i
          left join sekarang t on t.lama = i.id_orang) i using (id_orang) group by 1"""
    )


def doubts(who: str) -> str:
    """SQL for the word of `BARRED` that the field says of somebody since, `who` their identifier and `k` their row of the state.

    Nobody is taken off an addendum by it: two people do that.
    """
    return f"""case when k.meninggal_terverifikasi then {literal(BARRED["meninggal"])}
      when k.konflik then {literal(BARRED["konflik"])}
      when {who} in (select id_orang from {DISPUTES} where id_orang is not null) then {literal(BARRED["sengketa"])}
      when k.verivali_hasil = 'pindah' then {literal(BARRED["pindah"])} end"""


def doubted(home: Home, today: date) -> dict[str, str]:
    """Who stands on an addendum in force and is said by the field to be dead, moved or in doubt, by their name on it, and which.

    Raises:
        PadananError: an event or a register was changed.
    """
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(today, today))
        now = names_now(home, today)
        con.execute("create or replace table pada_adendum (nama_adendum varchar, id_orang varchar)")
        for one in addenda.in_force(home, today, today):
            con.execute("insert into pada_adendum values (?, ?)", [one, now.get(one, one)])
        return dict(
            con.execute(
                f"""select * from (select p.nama_adendum, {doubts("p.id_orang")} as sebab
                from pada_adendum p left join {STATE} k on k.id_orang = p.id_orang) where sebab is not null"""
            ).fetchall()
        )
    finally:
        con.close()


def proposed(home: Home, today: date, *, but: int | None = None) -> set[str]:
    """Who stands on a proposal of this year for this decree that waits for a decision, by today's identifier."""
    now = names_now(home)
    seal = require_decree(home, today)
    found: set[str] = set()
    for one in addenda.proposals(home, today):
        if one.number != but and one.kind == addenda.ENTER and one.waits(seal, today):
            found |= {now.get(name, name) for name in one.people(home)}
    return found


def listed(con: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> None:
    """Makes a table of identifiers."""
    con.execute(f"create or replace table {table} (id_orang varchar)")
    if names:
        con.execute(f"insert into {table} select unnest(?::varchar[])", [list(names)])


def open_decreed(con: duckdb.DuckDBPyConnection, home: Home, seal: Seal) -> None:
    """Makes the table `ditetapkan(id_orang, program)` of the decree's people by today's pseudonyms, one row a person.

    `program` is what they received when it was decreed. `open_state` must have made its tables.

    Raises:
        PadananError: a file of the decree is not the sealed one, or its identifiers can't be translated to today's key.
    """
    for path in changed_tables(seal, file_sha256):
        raise PadananError(
            "berkas penetapan hilang atau berubah", file=path.relative_to(home.root), cure="pulihkan dari cadangan"
        )
    ring, made, name = load_ring(home), made_with(home, seal), "id_orang"
    if made is None and len(ring.keys) > 1:
        raise PadananError(
            "terbitan penetapan ini tidak ada lagi dan kunci pernah diganti; orangnya tidak dapat dibandingkan",
            file=home.published(seal.periode, int(seal.data["revisi"])).relative_to(home.root),
            cure="pulihkan folder published dari cadangan",
        )
    if made is not None and made != ring.names[-1]:
        register_today(con, ring, made)
        name = "hmac_kini(id_orang)"
    people = literal(seal.folder / seal.data["file"])
    # Who entered as a newcomer may go by another identifier since.
    con.execute(
        f"""create or replace table ditetapkan as
        select coalesce(r.baru, d.id_orang) as id_orang, string_agg(d.program, ',') as program
        from (select {name} as id_orang, program from read_parquet({people})) d
        left join {renamed.RENAMED} r on r.lama = d.id_orang group by 1"""
    )


def _places(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Makes the table `tempat`: where the newest publication says that people live."""
    known = newest(home)
    if known is None:
        con.execute("create or replace table tempat (id_orang varchar, kode_kelurahan varchar)")
        return
    prove_opened(home, known.periode, known.revisi)
    people = literal(home.published(known.periode, known.revisi) / "padanan_orang.parquet")
    con.execute(f"create or replace table tempat as select id_orang, kode_kelurahan from read_parquet({people})")
