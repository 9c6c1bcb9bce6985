"""What Matriks 1, 2 and 4 hold before anybody fills them in: printed rows, programs of the contracts, figures of a decree.

What nobody's data say stays blank for who answers; the rows of Matriks 3 stand in `people`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from padanan.base.format import number
from padanan.base.sql import literal
from padanan.base.suppress import LIMIT, printed
from padanan.contracts.agencies import Agencies
from padanan.contracts.contract import Contract
from padanan.contracts.lp3ke import Reporting
from padanan.feedback.lp3ke import forms
from padanan.feedback.lp3ke.people import People
from padanan.feedback.lp3ke.sheets import M1_COLUMNS, M2_COLUMNS, M4_COLUMNS
from padanan.published.opened import WILAYAH_SEED

Line = dict[str, Any]
Answers = Mapping[str, Mapping[str, Any]]
"""Row -> column -> what was answered: of Matriks 1 by the row's key, of Matriks 2 and 4 by its number."""


def m1(answers: Answers) -> list[Line]:
    """The rows of Matriks 1 as printed; of a heading nothing is asked."""
    return [
        {
            "uraian": text,
            "kunci": key,
            "judul": "" if key else "judul",
            **(_only(answers.get(key, {}), M1_COLUMNS) if key else {}),
        }
        for key, text in forms.M1_ROWS
    ]


def m2(
    people: People | None, contracts: Mapping[str, Contract], agencies: Agencies, reporting: Reporting, answers: Answers
) -> list[Line]:
    """One row a program contract, then blank ones; the rows of answers that were accepted before stand as they were.

    Args:
        people: None where no decree or accepted revision is at hand: then no figures.
    """
    known: list[Line] = []
    for item in _programs(contracts):
        line = reporting.program.get(item.id)
        origin = str(item.program.get("asal"))
        funding = reporting.funding.pusat if origin == "pusat" else reporting.funding.daerah
        known.append(
            {
                "tujuan": line.tujuan if line and line.tujuan else "",
                "pd": item.parties.own.nama,
                "program": item.name,
                "kode": line.kode if line and line.kode else "",
                "sumber": funding if origin in ("pusat", "daerah") else "",
                **(_figures(people, item) if people is not None else {}),
            }
        )
    return _numbered(known, answers, M2_COLUMNS, reporting.spare)


def m4(contracts: Mapping[str, Contract], agencies: Agencies, reporting: Reporting, answers: Answers) -> list[Line]:
    """One row a program contract with its agency, and the agency's duty where the configuration has its text; then blank ones."""
    ids = {agency.nama: agency_id for agency_id, agency in agencies.instansi.items()}
    known: list[Line] = []
    for item in _programs(contracts):
        agency = item.parties.own.nama
        known.append({"pd": agency, "program": item.name, "tugas": reporting.duties.get(ids.get(agency, ""), "")})
    return _numbered(known, answers, M4_COLUMNS, reporting.spare)


def _numbered(known: Sequence[Line], answers: Answers, columns: Sequence[str], spare: int) -> list[Line]:
    rows = list(known) + [{} for _ in range(spare)]
    # Answers of an edition with more contracts than today's keep their rows.
    rows += [{} for _ in range(max(map(int, answers), default=0) - len(rows))]
    found = []
    for place, row in enumerate(rows, 1):
        # Where anything was answered, a row without an answer was emptied on purpose.
        found.append({"no": f"{place}.", **(_only(answers.get(str(place), {}), columns) if answers else row)})
    return found


def _only(values: Mapping[str, Any], columns: Sequence[str]) -> Line:
    return {name: values[name] for name in columns if name in values}


def _programs(contracts: Mapping[str, Contract]) -> list[Contract]:
    return [item for item in contracts.values() if item.kind == "program"]


def _figures(people: People, item: Contract) -> Line:
    """Who of the data sasaran a program serves, where, and what each receives where the records agree."""
    con = people.con
    served, families = con.execute(
        """select count(distinct o.id_orang), count(distinct o.id_keluarga) from orang o join layanan l using (id_orang)
        where l.program = ?""",
        [item.id],
    ).fetchall()[0]
    if not served:
        return {}
    told = f"{printed(served)} orang"
    if item.unit == "keluarga" and families:
        told = f"{printed(families)} keluarga ({told})"
    return {"sasaran": f"{told} pada data sasaran", "lokasi": _places(people, item.id)}


def _places(people: People, program: str) -> str:
    """The kecamatan in which so many receive it that naming them tells of nobody."""
    rows = people.con.execute(
        f"""select w.kecamatan, count(distinct o.id_orang) >= {LIMIT} from orang o join layanan l using (id_orang)
        join (
            select distinct kode_kelurahan, kecamatan, kode_kecamatan from read_csv({literal(WILAYAH_SEED)}, all_varchar = true)
        ) w using (kode_kelurahan)
        where l.program = ? group by w.kecamatan, w.kode_kecamatan order by w.kode_kecamatan""",
        [program],
    ).fetchall()
    shown = [name for name, enough in rows if enough]
    return f"{number(len(shown))} kecamatan: {', '.join(shown)}" if shown else ""
