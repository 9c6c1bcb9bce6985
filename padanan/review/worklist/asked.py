"""What the field reads of a person: who it is and where, and everything that is to be found out as one plain question.

The questions are those of lapangan.yaml; which reasons a person has is decided by the prelist.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from padanan.base.format import short_day
from padanan.contracts.field_parts import Question

CHILD_UNTIL = 17
"""Years; from then on one has a KTP and is addressed as an adult (UU 24/2013 art. 63)."""
UNKNOWN = "tidak tercatat"
NO_NAME, NO_ADDRESS = f"nama {UNKNOWN}", f"alamat {UNKNOWN}"


def card(row: Mapping[str, str], number: str = "") -> str:
    """Who and where, six lines: number with RW and RT, address, name, sex and birth, NIK, No. KK.

    Args:
        row: `rw`, `rt`, `alamat`, `nama`, `jk`, `tgl_lahir`, `nik`, `no_kk`; empty where no list holds it.
        number: the house and the person in it, `12.1`.
    """
    place = f"RW {row['rw'] or '…'} / RT {row['rt'] or '…'}"
    born = f"lahir {short_day(date.fromisoformat(row['tgl_lahir']))}" if row["tgl_lahir"] else f"tanggal lahir {UNKNOWN}"
    return "\n".join(
        (
            f"{number}   {place}".strip(),
            row["alamat"] or NO_ADDRESS,
            row["nama"] or NO_NAME,
            f"{row['jk']}, {born}" if row["jk"] else born,
            f"NIK {row['nik'] or UNKNOWN}",
            f"KK {row['no_kk'] or UNKNOWN}",
        )
    )


def named_on(told: str) -> tuple[str, str, str]:
    """Name, day of birth as it is printed, and NIK of a card that came back; empty where the lists hold none.

    Counted from its end: an address may have lines of its own.
    """
    lines = told.split("\n")
    name, born = lines[-4], lines[-3].rpartition("lahir ")[2]
    number = lines[-2].removeprefix("NIK ")
    return (
        "" if name == NO_NAME else name,
        "" if born.endswith(UNKNOWN) else born,
        "" if number == UNKNOWN else number,
    )


BOLD_LINES = (0, 2)
"""The lines of a card by which it is found: where, and who."""


def question(row: Mapping[str, str], codes: Collection[str], questions: Sequence[Question], today: date) -> str:
    """The one question of a person: that of the first reason, then what to look at and write for each.

    Args:
        row: see `card`.
        codes: the reasons.
        questions: in the order in which they are asked.
        today: the day by which somebody is a child or an adult.
    """
    asked = [item for item in questions if set(item.kode) & set(codes)]
    if not asked:
        return ""
    requests = "; ".join(dict.fromkeys(item.mohon for item in asked if item.mohon))
    told = asked[0].asked(addressed(row, today), where(row))
    return f"{told} Mohon {requests}." if requests else told


def addressed(row: Mapping[str, str], today: date) -> str:
    """A person as one asks about them: `Ibu SITI AMINAH`."""
    name = row["nama"]
    if not name:
        return "orang ini"
    if row["tgl_lahir"]:
        born = date.fromisoformat(row["tgl_lahir"])
        if today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < CHILD_UNTIL:
            return f"anak {name}"
    return f"{ {'P': 'Ibu', 'L': 'Bapak'}.get(row['jk'], 'Bapak/Ibu') } {name}"


def where(row: Mapping[str, str]) -> str:
    """An address in a sentence, as far as the lists hold it."""
    parts = [row["alamat"], f"RT {row['rt']}" if row["rt"] else "", f"RW {row['rw']}" if row["rw"] else ""]
    return ", ".join(part for part in parts if part) or "kelurahan ini"
