"""The rows of Matriks 3: the people of a sealed decree, or of an accepted revision, with what is known of each.

Names are read from the decree's own sealed file, of a revision that is not decreed yet from its identities; which columns a form
has is said in `sheets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import ident, literal
from padanan.base.tabular import scratch
from padanan.contracts.contract import Contract
from padanan.contracts.field_rules import load_field_rules
from padanan.contracts.parts import reference
from padanan.feedback.lp3ke.forms import FEMALE, MALE, RELATIONS
from padanan.feedback.lp3ke.sheets import Programs
from padanan.feedback.lp3ke.verification import SHOWN, Facts, PublishedFacts, ReturnedFacts, newest
from padanan.published.identities import ANSWERED_IDS, BNBA, write_bnba
from padanan.published.opened import WILAYAH_SEED
from padanan.published.proof import verify_published
from padanan.published.revisions import revision_numbers
from padanan.records.decided import standing_acceptance
from padanan.records.review_log import read_log
from padanan.records.seal_keys import SEAL_SPACE, file_signed
from padanan.records.seals import Seal, changed_tables, genuine_seal, newest_seal
from padanan.records.steps import acceptance

NO_SOURCE = "belum ada penetapan"
"""How the cause begins where a period has nothing yet that could be reported about."""
_BATCH = 20_000
_YES_NO = "case when {0} then 'Ya' else 'Tidak' end"


@dataclass(frozen=True)
class Source:
    """Whose people they are: a sealed decree (`seal`), or an accepted revision."""

    periode: Periode
    revisi: int
    seal: Seal | None
    cutoff: date

    @property
    def told(self) -> str:
        """For people: which decree or revision."""
        if self.seal is None:
            return f"padanan {self.periode.label} revisi {self.revisi} yang diterima, belum ditetapkan"
        return f"Keputusan Gubernur nomor {self.seal.data['nomor']} ({self.periode.label}, ke-{self.seal.ke})"


def source_of(home: Home, periode: Periode, *, accepted: bool = False) -> Source:
    """The period's decree in force or, with `accepted` or before there is one, its accepted revision; both proved.

    Raises:
        PadananError: neither stands, a file of it was changed, or the decree is of before names lay apart.
    """
    seal = None if accepted else newest_seal(home, periode)
    if seal is not None:
        place = seal.path.relative_to(home.root)
        if not genuine_seal(seal.data) or ("kunci_segel" in seal.data and not file_signed(home, seal.path, SEAL_SPACE)):
            raise PadananError("segel berubah atau palsu", file=place, cure="periksa dengan 'padanan verify'")
        for path in changed_tables(seal, file_sha256):
            raise PadananError(
                "berkas penetapan hilang atau berubah", file=path.relative_to(home.root), cure="pulihkan dari cadangan"
            )
        if "bnba" not in seal.data:
            cure = "pakai penetapan yang lebih baru"
            raise PadananError("penetapan ini dari sebelum nama dipisahkan", file=place, cure=cure)
        revisi = int(seal.data["revisi"])
    else:
        log = read_log(home, periode)
        found = [number for number in revision_numbers(home, periode) if acceptance(log, number) is not None]
        if not found:
            raise PadananError(
                f"{NO_SOURCE} atau revisi yang diterima untuk {periode.label}",
                file=f"decree/{periode.key}",
                cure=f"pilih periode lain, atau lanjutkan reviu: padanan review show --periode {periode.label}",
            )
        revisi = found[-1]
        standing_acceptance(home, log, periode, revisi)
    manifest = verify_published(home, periode, revisi)
    published = home.published(periode, revisi)
    if seal is not None and file_sha256(published / "manifest.json") != seal.data["published_manifest_sha256"]:
        cure = "pulihkan dari cadangan"
        raise PadananError("terbitan bukan yang ditetapkan", file=published.relative_to(home.root), cure=cure)
    cutoff = manifest.get("cutoff") or periode.end.isoformat()
    return Source(periode, revisi, seal, date.fromisoformat(str(cutoff)[:10]))


@dataclass(frozen=True)
class Place:
    """One kelurahan, or what is known of where people live: its code, its name, the name of its kota."""

    code: str
    name: str
    kota: str

    @property
    def stem(self) -> str:
        """The workbook's name; never a person's."""
        slug = "-".join("".join(ch if ch.isalnum() else " " for ch in self.name.lower()).split())
        return f"matriks-3-{self.code}-{slug}"


class People:
    """Everybody of a source, ready to be read place by place; a context manager that closes its database."""

    def __init__(
        self,
        home: Home,
        source: Source,
        contracts: Mapping[str, Contract],
        programs: Programs,
        facts: Sequence[Facts] = (),
        *,
        until: date,
    ) -> None:
        self.source, self.programs = source, programs
        self.notes: list[str] = []
        self.con = scratch(home)
        published = home.published(source.periode, source.revisi)
        try:
            with building(home.root / "lp3ke") as work:
                self._names(home, work)
                self._served(published, contracts)
                self._relations(published, contracts)
                known = PublishedFacts(published / "padanan_orang.parquet", source.cutoff)
                newest(self.con, (known, ReturnedFacts(home, until), *facts), until, "kabar")
                self._arrange(home)
        except BaseException:
            self.con.close()
            raise

    def __enter__(self) -> People:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def _names(self, home: Home, work: Path) -> None:
        """`orang`: the selected people with name and number, one row a person."""
        seal = self.source.seal
        if seal is not None:
            target, names = seal.folder / seal.data["file"], seal.folder / seal.data["bnba"]["file"]
            picked = "true"
        else:
            target = home.published(self.source.periode, self.source.revisi) / "sasaran.parquet"
            names, picked = work / BNBA, "s.terpilih"
            write_bnba(self.con, home, self.source.periode, self.source.revisi, names)
        columns = {row[0] for row in self.con.execute(f"describe select * from read_parquet({literal(names)})").fetchall()}
        ids = f"b.{ANSWERED_IDS}" if ANSWERED_IDS in columns else "null::struct(keluarga varchar, orang varchar, shdk integer)[]"
        if ANSWERED_IDS not in columns:
            self.notes.append("Terbitan ini belum memuat ID P3KE: kolom (1) dan (2) kosong; padankan lagi untuk mengisinya.")
        self.con.execute(
            f"""create table orang as
            select s.id_orang, s.id_keluarga, b.nama, b.nik, coalesce(b.jk, s.jk) as jk, {ids} as nomor,
                s.kode_kota, s.kode_kelurahan, {"s.program" if self._has(target, "program") else "null::varchar"} as program
            from read_parquet({literal(target)}) s left join read_parquet({literal(names)}) b using (id_orang) where {picked}"""
        )

    def _has(self, path: Path, column: str) -> bool:
        found = self.con.execute(f"describe select * from read_parquet({literal(path)})").fetchall()
        return column in {row[0] for row in found}

    def _served(self, published: Path, contracts: Mapping[str, Contract]) -> None:
        """`layanan`: person and program that serves them, themselves or through their family."""
        records = published / "padanan_record.parquet"
        target = published / "sasaran.parquet"
        family = [item.id for item in contracts.values() if item.kind == "program" and item.unit == "keluarga"]
        listed = ", ".join(map(literal, family)) or "''"
        if records.is_file() and self._has(records, "status_program"):
            programs = ", ".join(literal(item.id) for item in contracts.values() if item.kind == "program")
            card = "id_keluarga" if self._has(records, "id_keluarga") else "null::varchar"
            self.con.execute(
                f"""create table penerima as select distinct id_orang, {card} as kartu, producer as program
                from read_parquet({literal(records)}) where producer in ({programs}) and ({load_field_rules().penerima})"""
            )
        else:
            self.notes.append("Status penerima tidak ada pada terbitan ini: kolom program menurut daftar program pada penetapan.")
            source = f"read_parquet({literal(target)})" if self._has(target, "program") else "orang"
            self.con.execute(
                f"""create table penerima as
                select id_orang, null::varchar as kartu, unnest(string_split(program, ',')) as program
                from {source} where coalesce(program, '') <> ''"""
            )
        cards = f"select id_orang, id_keluarga from read_parquet({literal(target)}) where id_keluarga is not null"
        self.con.execute(
            f"""create table layanan as
            with kartu as ({cards}),
            keluarga as (
                select k.id_keluarga, p.program from penerima p join kartu k using (id_orang) where p.program in ({listed})
                union select kartu, program from penerima where program in ({listed}) and kartu is not null
            )
            select id_orang, program from penerima
            union select o.id_orang, k.program from orang o join keluarga k on k.id_keluarga = o.id_keluarga"""
        )

    def _relations(self, published: Path, contracts: Mapping[str, Contract]) -> None:
        """`hubungan`: the relation on the register's family card, for whom the answered registry says none."""
        members = published / "anggota_keluarga.parquet"
        register = reference(contracts).id
        if members.is_file() and self._has(members, "shdk"):
            said = f"""select id_orang, min(shdk) as shdk from read_parquet({literal(members)})
                where producer = {literal(register)} and shdk between 1 and 11 group by id_orang"""
        else:
            said = "select null::varchar as id_orang, null::integer as shdk where false"
        self.con.execute(f"create table hubungan as {said}")

    def _arrange(self, home: Home) -> None:
        """`baris`: one row for each id of a person in the answered registry, one for who has none; in the order of the books."""
        decreed = newest_seal(home, self.source.periode)
        if self.source.seal is not None:
            decided = "true"
        elif decreed is not None:
            decided = f"o.id_orang in (select id_orang from read_parquet({literal(decreed.folder / decreed.data['file'])}))"
        else:
            decided = "false"
        flags = ", ".join(
            f"{_YES_NO.format(f'list_contains(l.program, {literal(one.contract)})') if one.contract else literal(one.value)} "
            f"as {ident(one.column)}"
            for one in self.programs.every
        )
        relation = " ".join(f"when {number} then {literal(word)}" for number, word in RELATIONS.items())
        words = " ".join(f"when {literal(word)} then {literal(shown)}" for word, shown in SHOWN.items())
        self.con.execute(
            f"""create table baris as
            with acuan as (from read_csv({literal(WILAYAH_SEED)}, all_varchar = true)),
            wilayah as (select kode_kelurahan, any_value(kelurahan) as kelurahan from acuan group by 1),
            kota as (select kode_kota, any_value(kota) as kota from acuan group by 1),
            program as (select id_orang, list(program) as program from layanan group by id_orang),
            nomor as (
                select id_orang, unnest(case when len(coalesce(nomor, [])) = 0 then [null] else nomor end) as nomor from orang
            )
            select row_number() over () as urut, * from (
                select o.id_orang, n.nomor.keluarga as id_keluarga, n.nomor.orang as id_individu, o.nama, o.nik,
                case o.jk when 'L' then {literal(MALE)} when 'P' then {literal(FEMALE)} end as jk,
                case coalesce(n.nomor.shdk, h.shdk) {relation} end as hubungan,
                case v.hasil {words} end as verifikasi, v.hasil,
                {_YES_NO.format(decided)} as ditetapkan{f", {flags}" if flags else ""},
                coalesce(o.kode_kelurahan, o.kode_kota, '00') as tempat,
                coalesce(w.kelurahan, if(k.kota is null, 'tanpa wilayah', 'tanpa kelurahan')) as nama_tempat,
                coalesce(k.kota, '(belum diketahui)') as kota
            from orang o join nomor n using (id_orang)
            left join program l using (id_orang) left join hubungan h using (id_orang) left join kabar v using (id_orang)
            left join wilayah w on w.kode_kelurahan = o.kode_kelurahan
            left join kota k on k.kode_kota = o.kode_kota
            order by tempat, id_keluarga nulls last, coalesce(n.nomor.shdk, h.shdk) nulls last, id_individu nulls last, id_orang
            )"""
        )

    def counts(self) -> dict[str, int]:
        """Rows, people, and of whom something is not known."""
        names = ("baris", "orang", "tanpa_id", "tanpa_nik", "tanpa_nama", "terverifikasi", "di_luar_pilihan")
        row = self.con.execute(
            """select count(*), count(distinct id_orang), count(distinct id_orang) filter (id_individu is null),
            count(distinct id_orang) filter (nik is null), count(distinct id_orang) filter (nama is null),
            count(verifikasi), count(hasil) - count(verifikasi) from baris"""
        ).fetchall()[0]
        selected = self.con.execute("select count(*) from orang").fetchall()[0][0]
        if row[1] != selected:
            raise PadananError(
                f"{selected} orang pada data sasaran, {row[1]} pada Matriks 3",
                file="lp3ke",
                cure="periksa dengan 'padanan verify' lalu laporkan",
            )
        return dict(zip(names, map(int, row), strict=True))

    def places(self) -> list[tuple[Place, int]]:
        """Every place with its number of rows, in the order of the codes."""
        found = self.con.execute(
            "select tempat, any_value(nama_tempat), any_value(kota), count(*) from baris group by 1 order by 1"
        ).fetchall()
        return [(Place(code, name, kota), int(rows)) for code, name, kota, rows in found]

    def rows(self, place: Place) -> Iterator[dict[str, Any]]:
        """The rows of a place in the order of its workbooks; what nobody knows is None."""
        cursor = self.con.cursor()
        found = cursor.sql("select * exclude (urut) from baris where tempat = ? order by urut", params=[place.code])
        reader = found.to_arrow_reader(_BATCH)
        for batch in reader:
            yield from batch.to_pylist()
