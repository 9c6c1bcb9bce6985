"""The field, as tests play it: people of a published period, files about them, delivered and taken in.

Who is whom comes from the home's identities, as a worklist would say it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.feedback import load_deliverable, load_feedback
from padanan.feedback.intake import Taken, take_all
from padanan.feedback.state import Moment, open_state
from padanan.landing.land import deliver
from padanan.records.returned import EVENTS, FAULTS, folder_of

RIGHT: dict[str, dict[str, str]] = {
    "lampid": {"NOMOR": "L1", "PERISTIWA": "PINDAH", "TANGGAL PERISTIWA": "03/11/2025", "KODE KELURAHAN ASAL": "3171011001"},
    "verivali": {
        "NOMOR": "V1", "VERIFIKATOR": "DPPAPP", "PETUGAS": "Siti", "TANGGAL KUNJUNGAN": "04/11/2025", "HASIL": "DITEMUKAN",
    },
    "muskel": {
        "NOMOR USULAN": "M1", "NOMOR BERITA ACARA": "BA-1", "TANGGAL MUSYAWARAH": "10/11/2025", "KODE KELURAHAN": "3171011001",
        "USULAN": "BARU", "HASIL": "LAYAK",
    },
    "realisasi": {
        "NOMOR TRANSAKSI": "R1", "PROGRAM": "klj", "MASA": "2025-11", "TANGGAL SALUR": "05/11/2025", "NOMINAL": "300000",
        "STATUS": "TERSALUR",
    },
    "pengaduan": {"NOMOR TIKET": "P1", "KANAL": "JAKI", "TANGGAL": "06/11/2025", "JENIS": "GANDA"},
    "kesiapan": {"NOMOR": "K1", "PROGRAM": "klj", "TANGGAL": "07/11/2025", "BUREKOL": "YA", "SYARAT LENGKAP": "YA"},
    "pemohon": {"NOMOR PERMOHONAN": "A1", "PROGRAM": "klj", "TANGGAL": "08/11/2025", "STATUS": "MENUNGGU"},
    "panti": {"NOMOR REGISTRASI": "T1", "PANTI": "Panti Uji", "TANGGAL MASUK": "09/11/2025"},
    "sosialisasi": {
        "NOMOR KEGIATAN": "S1", "TANGGAL": "10/11/2025", "KODE KELURAHAN": "3171011001", "MATERI": "KLJ", "PESERTA": "40",
    },
    "desil": {"ID SERAH": "D1", "TANGGAL PEMERINGKATAN": "11/11/2025", "DESIL": "2"},
}  # fmt: skip
"""A right row of each contract, without whom it speaks of."""
NUMBER = {name: next(iter(row)) for name, row in RIGHT.items()}
"""The column of a contract's number."""
CAME = datetime(2025, 12, 1, 9, tzinfo=JAKARTA)


@dataclass
class Field:
    """A home and its key."""

    home: Home
    key: Path
    sent: int = 0

    def people(self, count: int = 5, where: str = "true") -> list[dict[str, str]]:
        """People of the newest publication as a file names them; `id` is their identifier."""
        found = duckdb.execute(
            f"""select i.id_orang, i.nik, i.nama, i.tgl_lahir from '{self.home.root}/identitas/*/rev-*/identitas.parquet' i
            join '{self.home.root}/published/*/rev-*/prelist.parquet' p using (id_orang)
            where i.nik is not null and i.tgl_lahir < date '2000-01-01' and {where} order by i.id_orang limit {count}"""
        ).fetchall()
        return [{"id": one[0], "NIK": one[1], "NAMA": one[2], "TANGGAL LAHIR": one[3].strftime("%d/%m/%Y")} for one in found]

    def row(self, kind: str, person: Mapping[str, str] | None = None, **changes: str) -> dict[str, str]:
        """A right row about a person, changed where the test says so (`_` stands for a space)."""
        who = {name: value for name, value in (person or {}).items() if name != "id"} if kind != "sosialisasi" else {}
        return {**RIGHT[kind], **who, **{name.replace("_", " "): value for name, value in changes.items()}}

    def send(
        self,
        kind: str,
        rows: Iterable[Mapping[str, str]],
        *,
        month: str = "2025-11",
        came: datetime | date = CAME,
        name: str = "",
    ) -> Any:
        """Delivers rows as a CSV; the receipt of landing."""
        columns = [column.source for column in load_feedback()[kind].columns]
        self.sent += 1
        path = self.home.root.parent / f"{kind}_{month}_{name or self.sent}.csv"
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return deliver(self.home, load_deliverable(), kind, path, periode_data=month, diterima=came)

    def take(self) -> list[Taken]:
        """Takes in what waits."""
        return take_all(self.home)

    def returned(self, kind: str, *rows: Mapping[str, str], **options: Any) -> Taken:
        """Rows delivered and taken in."""
        receipt = self.send(kind, rows, **options)
        assert receipt.status == "diterima", receipt.flags
        (taken,) = self.take()
        return taken

    def events(self, taken: Taken) -> list[dict[str, Any]]:
        """The events of a delivery."""
        return self._rows(folder_of(self.home, taken.contract_id, taken.sha16) / EVENTS)

    def faults(self, taken: Taken) -> dict[int, set[str]]:
        """The rules that failed, by row of the file."""
        found: dict[int, set[str]] = {}
        for one in self._rows(folder_of(self.home, taken.contract_id, taken.sha16) / FAULTS):
            found.setdefault(one["baris"], set()).add(one["aturan"])
        return found

    def state(self, id_orang: str, as_of: date | None = None, known_at: date | None = None) -> dict[str, Any] | None:
        """What holds of a person on a day, as known on a day."""
        with duckdb.connect() as con:
            open_state(con, self.home, load_feedback(), Moment(as_of, known_at))
            cursor = con.execute("select * from keadaan where id_orang = ?", [id_orang])
            names = [one[0] for one in cursor.description or ()]
            found = cursor.fetchall()
        return dict(zip(names, found[0], strict=True)) if found else None

    @staticmethod
    def _rows(path: Path) -> list[dict[str, Any]]:
        cursor = duckdb.execute("from read_parquet(?)", [str(path)])
        names = [one[0] for one in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
