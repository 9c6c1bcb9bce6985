"""Kinds of Jakarta life with known answers: twins, newborns, namesakes, moved and remarried people, wrong numbers and dates.

Each kind says whether evidence can decide it: if so, what is merged must be right; if not, a person must be asked. The people
around them are `generator`'s; what makes a family is in `town`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.linkage.generator import DEFAULT, Pairing, Profile, generate
from benchmarks.linkage.town import FEMALE, MALE, ONE_WORD, SECOND, SECOND_FEMALE, Person, Town

NEVER = "absen"
RIGHT = "ada"
ASK = "tanya"

# Named alike, yet no typing error makes one of the other.
TWINS = (("HASAN", "HUSEIN"), ("HASANUDIN", "HUSAINI"), ("RAHMAT", "ROHIMAT"), ("SALMAN", "SULAIMAN"), ("ILHAM", "ILYAS"))
TWIN_GIRLS = (("HASNA", "HUSNIA"), ("KHALISA", "KHALILA"), ("NABILA", "NADILA"), ("SALMA", "SELMIA"), ("ANISA", "ANIDA"))
# One vowel apart.
LETTER = (("RAFI", "RAFA"), ("RIZKI", "RIZKA"), ("FAHRI", "FAHRA"), ("DANI", "DANU"), ("ANDI", "ANDA"), ("REVAN", "REVIN"))
SPELT = (
    ("MUHAMMAD", "MOH"),
    ("MUHAMMAD", "MOCHAMAD"),
    ("AHMAD", "ACHMAD"),
    ("ABDUL", "ABD"),
)
OLD = (("SUHARTO", "SOEHARTO"), ("SURYANTO", "SOERJANTO"), ("CAHYADI", "TJAHJADI"), ("SUJATMIKO", "SOEDJATMIKO"))
NICK = (("SUPRIYANTO", "YANTO"), ("SETIAWAN", "WAWAN"), ("KURNIAWAN", "IWAN"), ("SRI SUHARTINI", "TINI"), ("NURHAYATI", "YATI"))
BATAK = ["SIMANJUNTAK", "SITORUS", "SIREGAR", "NASUTION", "HUTAPEA", "PANJAITAN", "SINAGA", "MANURUNG"]
BALI = ("I WAYAN", "I MADE", "I NYOMAN", "I KETUT")


@dataclass(frozen=True)
class Kind:
    """One kind of life.

    Attributes:
        name: in the table; told: in words. answer: `RIGHT` (its person is in the register), `NEVER` (nobody there), `ASK`
            (evidence can't decide, so a person must). live: puts one instance into a town.
    """

    name: str
    told: str
    answer: str
    live: Callable[[Town], None]


KINDS: dict[str, Kind] = {}


def _kind(answer: str, told: str) -> Callable[[Callable[[Town], None]], Callable[[Town], None]]:
    def enter(live: Callable[[Town], None]) -> Callable[[Town], None]:
        name = live.__name__.lstrip("_")
        KINDS[name] = Kind(name, told, answer, live)
        return live

    return enter


def _plain(said: Person, town: Town) -> Person:
    """As most lists say it: no NIK, the mother's name missing for one in four."""
    return said.but(nik="", ibu=None if town.chance(0.25) else said.ibu)


def _child(town: Town, nama: str, youngest: int = 1, oldest: int = 17, jk: str | None = None) -> tuple[Person, Person]:
    """(home, a child of it in the register), its parents there too."""
    home = town.home()
    _, mum = town.parents(home)
    return home, town.someone(home, nama, town.day(youngest, oldest), jk or town.pick(("L", "P")), mum.nama)


def _sibling(town: Town, of: Person, nama: str, tgl: date | None = None, jk: str | None = None, *, there: bool) -> Person:
    return town.someone(of, nama, tgl or of.tgl or date(2010, 5, 4), jk or of.jk, of.ibu, there=there)


def _twins(town: Town, *, there: bool) -> tuple[Person, Person]:
    boys = town.chance(0.5)
    one, two = town.pick(TWINS if boys else TWIN_GIRLS)
    behind = f" {town.pick(SECOND if boys else SECOND_FEMALE)}" if town.chance(0.5) else ""
    _, first = _child(town, one + behind, jk="L" if boys else "P")
    return first, _sibling(town, first, two + behind, there=there)


@_kind(NEVER, "saudara kembar tidak terdaftar, nama lain, satu kartu")
def _kembar_absen(town: Town) -> None:
    town.says(_plain(_twins(town, there=False)[1], town), None)


@_kind(NEVER, "saudara kembar tidak terdaftar, NIK sendiri berurutan")
def _kembar_absen_nik(town: Town) -> None:
    town.says(_twins(town, there=False)[1], None)


@_kind(NEVER, "kembar laki-laki dan perempuan, satu tidak terdaftar")
def _kembar_beda_jk(town: Town) -> None:
    one, two = town.pick(LETTER)
    _, first = _child(town, f"{one} {town.pick(SECOND)}", jk="L")
    town.says(_plain(_sibling(town, first, f"{two} {town.pick(SECOND_FEMALE)}", jk="P", there=False), town), None)


@_kind(ASK, "saudara kembar tidak terdaftar, namanya satu kata lebih panjang")
def _kembar_absen_kata(town: Town) -> None:
    nama = f"SITI {town.pick(FEMALE)}" if town.chance(0.5) else f"{town.pick(FEMALE)} {town.pick(SECOND_FEMALE)}"
    _, first = _child(town, nama, jk="P")
    town.says(_plain(_sibling(town, first, f"{nama} {town.pick(('PUTRI', 'SARI', 'DEWI'))}", there=False), town), None)


@_kind(ASK, "saudara kembar balita tidak terdaftar, namanya satu kata lebih pendek")
def _kembar_absen_pendek(town: Town) -> None:
    nama = f"{town.pick(MALE)} {town.pick(SECOND)}"
    _, first = _child(town, f"{nama} {town.pick(('PUTRA', 'ALAM', 'JAYA'))}", 0, 4, jk="L")
    town.says(_plain(_sibling(town, first, nama, there=False), town), None)


@_kind(ASK, "saudara kembar tidak terdaftar, satu huruf beda (Rafi, Rafa)")
def _kembar_absen_huruf(town: Town) -> None:
    one, two = town.pick(LETTER)
    behind = f" {town.pick(SECOND)}" if town.chance(0.5) else ""
    _, first = _child(town, one + behind, jk="L")
    town.says(_plain(_sibling(town, first, two + behind, there=False), town), None)


@_kind(NEVER, "bayi belum terdaftar, kakaknya bernama mirip")
def _bayi_absen(town: Town) -> None:
    one, two = town.pick(LETTER)
    behind = f" {town.pick(SECOND)}" if town.chance(0.5) else ""
    _, older = _child(town, one + behind, 2, 5, jk="L")
    town.says(_plain(_sibling(town, older, two + behind, town.day(0, 0), there=False), town), None)


@_kind(NEVER, "bayi belum bernama, ibunya terdaftar")
def _bayi_ny(town: Town) -> None:
    home = town.home()
    mum = town.parents(home)[1]
    town.says(_plain(town.someone(home, f"BAYI {mum.nama}", town.day(0, 0), "P", mum.nama, there=False), town), None)


@_kind(NEVER, "anak tidak terdaftar, bernama seperti ayahnya")
def _anak_senama_absen(town: Town) -> None:
    nama = town.name("L")
    home = town.home()
    _, mum = town.parents(home, nama)
    town.says(_plain(town.someone(home, nama, town.day(1, 20), "L", mum.nama, there=False), town), None)


@_kind(RIGHT, "anak bernama seperti ayahnya, dua-duanya terdaftar")
def _anak_senama(town: Town) -> None:
    nama = town.name("L")
    home = town.home()
    _, mum = town.parents(home, nama)
    town.says(_plain(town.someone(home, nama, town.day(1, 20), "L", mum.nama), town))


def _stranger(town: Town) -> tuple[Person, Person]:
    """Somebody of one common word and a default date, and a home elsewhere in that kelurahan."""
    nama = town.pick(ONE_WORD)
    for _ in range(4):
        town.someone(town.home(), nama, town.day(35, 60), "L")
    one = town.someone(town.home(), nama, date(1980, 1, 1), "L")
    return one, town.home().but(kel=one.kel)


@_kind(NEVER, "nama satu kata, lahir 01-01-1980, alamat lain di kelurahan itu")
def _baku_alamat_lain(town: Town) -> None:
    one, other = _stranger(town)
    said = town.someone(other, one.nama, date(1980, 1, 1), "L", there=False)
    town.says(said.but(nik="", ibu=None), None)


@_kind(ASK, "nama satu kata, lahir 01-01-1980, tanpa alamat dan kartu")
def _baku_tanpa_alamat(town: Town) -> None:
    one, other = _stranger(town)
    said = town.someone(other, one.nama, date(1980, 1, 1), "L", there=False)
    town.says(said.but(nik="", kk=None, ibu=None, alamat=None, rt=None, rw=None), None)


@_kind(ASK, "senama di RT itu, tanpa tanggal, kartu dan alamat")
def _senama_rt(town: Town) -> None:
    one = town.someone(town.home(), town.name("P"), town.day(20, 60), "P")
    town.says(one.but(nik="", kk=None, ibu=None, alamat=None, tgl=None), None)


@_kind(NEVER, "senama di RW itu, tanggal lahir lain")
def _senama_rw(town: Town) -> None:
    one = town.someone(town.home(), town.name("L"), town.day(20, 60), "L")
    other = town.home().but(kel=one.kel, rw=one.rw)
    town.says(_plain(town.someone(other, one.nama, town.day(20, 60), "L", there=False), town), None)


@_kind(RIGHT, "kembar terdaftar dua-duanya (Hasan, Husein), satu dicari")
def _kembar_hadir(town: Town) -> None:
    town.says(_plain(_twins(town, there=True)[1], town))


@_kind(RIGHT, "kembar terdaftar dua-duanya, dua-duanya dicari")
def _kembar_dua(town: Town) -> None:
    for one in _twins(town, there=True):
        town.says(_plain(one, town))


@_kind(RIGHT, "memakai NIK saudara kembarnya yang bernama mirip")
def _nik_kembar(town: Town) -> None:
    nama = f"SITI {town.pick(FEMALE)}"
    _, first = _child(town, nama, jk="P")
    two = _sibling(town, first, f"{nama} PUTRI", there=True)
    said, other = (two, first) if town.chance(0.5) else (first, two)
    town.says(said.but(nik=other.nik))


@_kind(RIGHT, "anak memakai NIK orang tuanya")
def _nik_orang_tua(town: Town) -> None:
    home = town.home()
    dad, mum = town.parents(home)
    child = town.someone(home, f"{town.pick(MALE)} {dad.nama.split()[-1]}", town.day(3, 20), "L", mum.nama)
    town.says(child.but(nik=dad.nik))


@_kind(ASK, "anak bernama mirip, NIK dan tanggal lahir ibunya")
def _nik_dan_tanggal_ibu(town: Town) -> None:
    home = town.home()
    mum = town.parents(home)[1]
    child = town.someone(home, f"{mum.nama} PUTRI", town.day(1, 17), "P", mum.nama)
    town.says(child.but(nik=mum.nik, tgl=mum.tgl))


@_kind(RIGHT, "perempuan menikah lagi, kartu dan alamat baru")
def _menikah_lagi(town: Town) -> None:
    old, new = town.home(), town.home()
    one = town.someone(new, town.name("P"), town.day(25, 50), "P")
    town.someone(new, town.name("L"), town.day(30, 55), "L")
    town.says(_plain(one.but(kk=old.kk, alamat=old.alamat, rt=old.rt, rw=old.rw, kel=old.kel), town))


@_kind(RIGHT, "pindah rumah, KK baru di Adminduk")
def _pindah(town: Town) -> None:
    old, (_, one) = town.home(), _child(town, town.name("L"), 18, 40, "L")
    town.says(_plain(one.but(kk=old.kk, alamat=old.alamat, rt=old.rt, rw=old.rw, kel=old.kel), town))


@_kind(RIGHT, "ejaan nama lain (Moh., Muhammad)")
def _ejaan(town: Town) -> None:
    if town.chance(0.7):
        (new, short), behind = town.pick(SPELT), f"{town.pick(MALE)} {town.pick(SECOND)}"
    else:
        (new, short), behind = town.pick(OLD), town.pick(SECOND)
    _, one = _child(town, f"{new} {behind}", 10, 40, "L")
    town.says(_plain(one.but(nama=f"{short} {behind}"), town))


@_kind(RIGHT, "hari dan bulan lahir tertukar")
def _hari_bulan(town: Town) -> None:
    home = town.home()
    _, mum = town.parents(home)
    born = date(2024 - int(town.dice.integers(3, 40)), int(town.dice.integers(1, 7)), int(town.dice.integers(7, 13)))
    one = town.someone(home, town.name("P"), born, "P", mum.nama)
    town.says(_plain(one.but(tgl=born.replace(month=born.day, day=born.month)), town))


@_kind(RIGHT, "satu bagian tanggal lahir salah")
def _tanggal_salah(town: Town) -> None:
    _, one = _child(town, town.name("L"), 3, 40, "L")
    born = one.tgl or date(2000, 5, 4)
    wrong = born.replace(day=born.day % 28 + 1) if town.chance(0.5) else born.replace(year=born.year - 1, day=min(born.day, 28))
    town.says(_plain(one.but(tgl=wrong), town))


def _wrong_digit(nik: str, place: int, swap: bool) -> str:
    if swap and nik[place] != nik[place + 1]:
        return nik[:place] + nik[place + 1] + nik[place] + nik[place + 2 :]
    return nik[:place] + str((int(nik[place]) + 3) % 10) + nik[place + 1 :]


@_kind(RIGHT, "satu angka NIK salah")
def _nik_satu_angka(town: Town) -> None:
    _, one = _child(town, town.name("P"), 5, 50, "P")
    town.says(one.but(nik=_wrong_digit(one.nik, int(town.dice.integers(15)), False), kk=None if town.chance(0.5) else one.kk))


@_kind(RIGHT, "dua angka NIK tertukar")
def _nik_tertukar(town: Town) -> None:
    _, one = _child(town, town.name("L"), 5, 50, "L")
    town.says(one.but(nik=_wrong_digit(one.nik, int(town.dice.integers(15)), True), kk=None if town.chance(0.5) else one.kk))


@_kind(RIGHT, "nama panggilan")
def _panggilan(town: Town) -> None:
    full, nick = town.pick(NICK)
    _, one = _child(town, full, 20, 60, "P" if full.startswith(("SRI", "NUR")) else "L")
    town.says(_plain(one.but(nama=nick), town))


@_kind(RIGHT, "tanpa tanggal lahir")
def _tanpa_tanggal(town: Town) -> None:
    town.says(_plain(_child(town, town.name("P"), 3, 60, "P")[1].but(tgl=None), town))


@_kind(RIGHT, "tanpa nomor KK")
def _tanpa_kartu(town: Town) -> None:
    town.says(_plain(_child(town, town.name("L"), 3, 60, "L")[1].but(kk=None), town))


@_kind(RIGHT, "anak angkat: kartu, alamat dan nama ibu yang lama")
def _anak_angkat(town: Town) -> None:
    old, (_, one) = town.home(), _child(town, town.name("P"), 2, 15, "P")
    town.says(one.but(nik="", kk=old.kk, ibu=town.name("P"), alamat=old.alamat, rt=old.rt, rw=old.rw, kel=old.kel))


@_kind(ASK, "dua saudara, hanya nama depan yang sama ditulis, tanpa tanggal")
def _dua_saudara(town: Town) -> None:
    first = town.pick(MALE)
    one, two = (town.pick(SECOND[:15]), town.pick(SECOND[15:]))
    _, a = _child(town, f"{first} {one}", 5, 10, "L")
    _sibling(town, a, f"{first} {two}", town.day(11, 16), there=True)
    town.says(_plain(a.but(nama=first, tgl=None), town))


@_kind(RIGHT, "gelar yang tertinggal pada nama")
def _gelar(town: Town) -> None:
    _, one = _child(town, town.name("L"), 30, 60, "L")
    town.says(_plain(one.but(nama=town.pick(("HAJI {}", "KYAI {}", "{} SPD")).format(one.nama)), town))


@_kind(RIGHT, "nama Batak tanpa marga")
def _batak(town: Town) -> None:
    _, one = _child(town, f"{town.pick(MALE)} {town.pick(BATAK)}", 20, 60, "L")
    town.says(_plain(one.but(nama=one.nama.split()[0]), town))


@_kind(NEVER, "nama Bali: adik belum terdaftar, kakaknya terdaftar")
def _bali(town: Town) -> None:
    behind = f"{town.pick(('PUTU', 'GEDE', 'AGUNG'))} {town.pick(SECOND)}"
    _, one = _child(town, f"{BALI[0]} {behind}", 6, 15, "L")
    town.says(_plain(_sibling(town, one, f"{town.pick(BALI[1:])} {behind}", town.day(0, 4), there=False), town), None)


@_kind(ASK, "terdaftar dua kali di Adminduk dengan NIK lain")
def _ganda(town: Town) -> None:
    home, one = _child(town, town.name("P"), 5, 50, "P")
    town.someone(home, one.nama, one.tgl or date(2000, 5, 4), "P", one.ibu)
    town.says(_plain(one, town))


@_kind(RIGHT, "anak di kartu ibunya, terdaftar di kartu ayahnya")
def _kartu_ibu(town: Town) -> None:
    mothers, (_, one) = town.home(), _child(town, town.name("L"), 2, 17, "L")
    mum = town.someone(mothers, str(one.ibu), town.day(25, 45), "P")
    town.says(mum, family=mothers.kk, kind="")
    town.says(_plain(one.but(kk=mothers.kk, alamat=mothers.alamat, rt=mothers.rt, rw=mothers.rw, kel=mothers.kel), town))


@_kind(RIGHT, "anak di kartu kakek-neneknya")
def _kartu_kakek(town: Town) -> None:
    old = town.home()
    for jk in ("L", "P"):
        town.someone(old, town.name(jk), town.day(60, 75), jk)
    one = town.someone(old, town.name("P"), town.day(2, 17), "P")
    parents = town.home()
    town.parents(parents)
    town.says(_plain(one.but(kk=parents.kk, alamat=parents.alamat, rt=parents.rt, rw=parents.rw), town), family=parents.kk)


def make(
    out: Path, seed: int, *, each: int = 100, residue: int = 20_000, register: int = 200_000, profile: Profile = DEFAULT
) -> Pairing:
    """Every kind `each` times among the generator's people; the truth has a column `kind`, '' for the others.

    Args:
        out: folder.
        seed: of the cases and of the people around.
        residue: records that step 1 leaves over, those of the kinds among them.
        register: residents around them.
    """
    town = Town(np.random.default_rng([seed, 31]), f"kasus{seed}")
    town.kind = "orang"
    town.crowd([name for pair in (*TWINS, *TWIN_GIRLS, *LETTER) for name in pair], 8)
    for kind in KINDS.values():
        town.kind = kind.name
        for _ in range(each):
            kind.live(town)
    base = generate(out, residue - sum(bool(item[3]) for item in town.listed), register, profile, seed)
    paths = [out / f"{name}-kasus{each}-{base.list.stem}.parquet" for name in ("register", "daftar", "benar")]
    for path, mine, around in zip(paths, town.tables(), (base.register, base.list, base.truth), strict=True):
        theirs = pq.read_table(around)
        if "kind" in mine.column_names:
            theirs = theirs.append_column("kind", pa.array([""] * theirs.num_rows))
        pq.write_table(pa.concat_tables([theirs.cast(mine.schema), mine]), path)
    return Pairing(*paths)
