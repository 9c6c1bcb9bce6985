"""A small town of families with Indonesian names: residents, their cards, and list records that say something else about them.

Which kinds of life are told with it belongs to `cases`; the mass of people around them belongs to `generator`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MALE = _words(
    """
    AGUS BAMBANG BUDI DEDI EKO FAJAR GUNAWAN HENDRA IRFAN JAMAL KURNIA LUTFI MAULANA NANANG OKTA PANDU RIDWAN SATRIO
    TAUFIK UMAR WAHYU YOGA ZULKIFLI ARIEF BAYU CAHYO DIMAS ERWIN FERDI GALIH HARTONO IQBAL JOKO KRISNA LUKMAN MARWAN
    NOVAL PRASETYO RUDI SOLEH
    """
)
FEMALE = _words(
    """
    AYU BUNGA CITRA DEWI ENDAH FITRI GITA HERLINA INDAH JULIANA KARTIKA LESTARI MAYA NINGSIH OLIVIA PUSPITA RATNA
    SULASTRI TUTI UMI VINA WIDYA YULI ZAHRA ANGGRAINI BERLIAN CHANDRA DIANA ERNAWATI FARIDA HALIMAH ISNAINI KHADIJAH
    LAILA MARLINA NURUL ROHANI
    """
)
SECOND = _words(
    """
    SETIAWAN SAPUTRA HIDAYAT NUGROHO KUSUMA WIBOWO SANTOSO SUSANTO RAMADHAN FIRMANSYAH PERMANA HAKIM IRAWAN SYAHPUTRA
    MAHENDRA ADITYA PRATAMA WIJAYA SURYADI HANDOKO BASUKI MULYADI ROSYID ANSHORI BAEHAQI SUGIARTO KARTONO DARMAWAN
    YULIANTO SUBAGYO
    """
)
SECOND_FEMALE = _words(
    """
    RAHAYU UTAMI SAFITRI PERTIWI HANDAYANI WULANDARI SUSILAWATI KURNIASIH MAHARANI OKTAVIANI PURWANTI ROSDIANA SETYOWATI
    TRIANA WAHYUNI YUNIARTI APRILIA FEBRIANTI HASANAH JUWITA KOMALASARI MELATI NOVITASARI PARAMITHA SARASWATI
    """
)
ONE_WORD = _words(
    """
    SUPARMAN SUTRISNO SUKIMAN WAGIMAN PONIMAN SUTINAH SUMIATI SUKARTI PAINEM TUKIYEM SURATMI SUTARNO
    """
)
STREETS = _words(
    """
    KAMBOJA FLAMBOYAN CEMARA ANGGREK DELIMA KENANGA MANGGIS RAMBUTAN SAWO BELIMBING PEPAYA NANGKA DUKU MATOA
    """
)


@dataclass(frozen=True)
class Person:
    """What is true of somebody, in the words of staging; `key` names the resident."""

    key: str
    nik: str
    kk: str | None
    nama: str
    ibu: str | None
    tgl: date | None
    jk: str
    alamat: str | None
    rt: str | None
    rw: str | None
    kel: str

    def but(self, **changes: Any) -> Person:
        """The same person said otherwise."""
        return replace(self, **changes)


@dataclass
class Town:
    """People of the register and records of the list, collected; every number comes from `dice`."""

    dice: np.random.Generator
    label: str
    register: list[Person] = field(default_factory=list)
    listed: list[tuple[Person, str, str | None, str]] = field(default_factory=list)
    serials: dict[str, int] = field(default_factory=dict)
    cards: int = 0
    kind: str = ""

    def pick(self, words: list[str] | tuple[Any, ...]) -> Any:
        """One of them."""
        return words[int(self.dice.integers(len(words)))]

    def chance(self, share: float) -> bool:
        """True so often."""
        return bool(self.dice.random() < share)

    def day(self, youngest: int, oldest: int) -> date:
        """A birthday of somebody of that age in years (both ends), on no default day."""
        born = date(2024, 6, 30) - timedelta(days=int(self.dice.integers(youngest * 365, oldest * 365 + 365)))
        return born if (born.month, born.day) != (1, 1) else born.replace(day=2)

    def name(self, jk: str) -> str:
        """A given and a second name."""
        words = (MALE, SECOND) if jk == "L" else (FEMALE, SECOND_FEMALE)
        return f"{self.pick(words[0])} {self.pick(words[1])}"

    def nik(self, kel: str, tgl: date, jk: str) -> str:
        """A NIK as it is given out: place, day (+ 40 for women), next serial."""
        head = kel.replace(".", "")[:6] + f"{tgl.day + 40 * (jk == 'P'):02d}{tgl.month:02d}{tgl.year % 100:02d}"
        # Far from the serials of the people around.
        self.serials[head] = self.serials.get(head, 6000) + 1
        return head + f"{self.serials[head]:04d}"

    def home(self) -> Person:
        """An address and a card of their own, as somebody who is nobody yet."""
        self.cards += 1
        k = int(self.dice.integers(267))
        kel = f"31.{71 + k // 6 % 5}.{1 + k // 6 % 9:02d}.{1001 + k}"
        day, month, year, serial = (int(self.dice.integers(low, high)) for low, high in ((1, 29), (1, 13), (8, 24), (0, 4)))
        card = f"{kel.replace('.', '')[:6]}{day:02d}{month:02d}{year:02d}{7000 + serial * 500 + self.cards % 500:04d}"
        street, number = self.pick(STREETS), int(self.dice.integers(1, 200))
        rt, rw = (f"{int(self.dice.integers(1, most)):03d}" for most in (15, 13))
        return Person("", "", card, "", None, None, "", f"JL {street} NO {number}", rt, rw, kel)

    def someone(self, home: Person, nama: str, tgl: date, jk: str, ibu: str | None = None, *, there: bool = True) -> Person:
        """A member of a home, in the register unless not `there`."""
        key = f"{self.label}-{self.kind}-{len(self.register)}-{len(self.serials)}"
        one = home.but(key=key, nik=self.nik(home.kel, tgl, jk), nama=nama, ibu=ibu or self.name("P"), tgl=tgl, jk=jk)
        if there:
            self.register.append(one)
        return one

    def parents(self, home: Person, father: str | None = None) -> tuple[Person, Person]:
        """Father and mother; half of the time the list names one of them with a good NIK."""
        dad = self.someone(home, father or self.name("L"), self.day(28, 45), "L")
        mum = self.someone(home, self.name("P"), self.day(25, 42), "P")
        if self.chance(0.5):
            self.says(self.pick((dad, mum)), family=home.kk, kind="")
        return dad, mum

    def crowd(self, names: Iterable[str], each: int) -> None:
        """So many strangers for every given name: names are borne by others too."""
        for name in names:
            for _ in range(each):
                jk = self.pick(("L", "P"))
                self.someone(self.home(), f"{name} {self.pick(SECOND)}", self.day(1, 70), jk)

    def says(self, said: Person, true: str | None = "", *, family: str | None = None, kind: str | None = None) -> None:
        """A record of the list.

        Args:
            said: what it says, NIK too.
            true: key of the resident ("" is the one of `said`), None when the person is in no register.
            family: what the list's family is called; its records share it.
            kind: the kind it counts for ("" for nobody: it only stands by).
        """
        key = said.key if true == "" else true
        self.listed.append((said, family or said.kk or said.key, key, self.kind if kind is None else kind))

    def tables(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """(register, list, truth with `kind`) in the columns of `generator`."""
        keys = [f"{self.label}-daftar-{n}" for n in range(len(self.listed))]
        said = [item[0] for item in self.listed]
        truth = {
            "record_key": keys,
            "register_key": pa.array([item[2] for item in self.listed], pa.string()),
            "residue": [bool(item[3]) for item in self.listed],
            "kind": [item[3] for item in self.listed],
        }
        register = _staging(self.register, [p.key for p in self.register], [p.kk for p in self.register])
        return register, _staging(said, keys, [item[1] for item in self.listed]), pa.table(truth)


def _staging(people: list[Person], keys: list[str], families: list[str | None]) -> pa.Table:
    columns = {
        "record_key": keys,
        "entity_key": ["e" + key for key in keys],
        "nik_bersih": [p.nik or None for p in people],
        "kk_bersih": [p.kk for p in people],
        "nama_bersih": [p.nama for p in people],
        "nama_ibu_bersih": [p.ibu for p in people],
        "tgl_lahir": [p.tgl for p in people],
        "jk": [p.jk for p in people],
        "alamat_jalan": [p.alamat for p in people],
        "rt": [p.rt for p in people],
        "rw": [p.rw for p in people],
        "kode_kelurahan": [p.kel for p in people],
        "family_id": families,
    }
    kinds = {name: pa.date32() if name == "tgl_lahir" else pa.string() for name in columns}
    return pa.table({name: pa.array(values, kinds[name]) for name, values in columns.items()})
