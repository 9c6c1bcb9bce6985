# ruff: noqa: E501
"""Supporting data about persons and about families that nobody foresaw: two contracts in a copy of `expectations/`, and a
delivery of each whose every line has a known fate.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

PERSONS, FAMILIES = "penghuni_panti", "rumah_rawan"
OWNER = "Dinas Sosial Provinsi DKI Jakarta"
_COLUMN = "      - {{name: {name}, physicalName: {name}, logicalType: string, {more}classification: {level}, description: Kolom {name}{custom}}}"
_CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: {id}
name: {name}
version: 1.0.0
status: active
domain: penanggulangan-kemiskinan
tenant: Pemerintah Provinsi DKI Jakarta
description:
  purpose: "Data pendukung bersatuan {unit}, hanya untuk pengujian."
  limitations: "Tidak ikut dipadankan."
schema:
  - name: {id}_baris
    physicalName: {id}
    logicalType: object
    physicalType: table
    description: Satu baris per {unit}.
    properties:
{columns}
    quality: []
slaProperties:
  - {{property: frequency, value: semesteran}}
  - {{property: retention, value: 24, unit: bulan}}
customProperties:
  - {{property: instansi, value: dinsos}}
  - {{property: dasarHukum, value: "Kepsekda DKI 75/2023 §3.1.1.5"}}
  - {{property: satuan, value: {unit}}}
  - {{property: jenis, value: pendukung}}
  - {{property: berlakuDari, value: "2023-01-01"}}
  - {{property: tenggat, value: {{bulanSebelumPenetapan: 1}}}}
  - property: bentuk
    value: {{jenis: csv, pemisah: ",", kutip: '"', baris_judul: 1, pola_nama: '^{id}[-_ ](?P<periode>\\d{{4}}-\\d{{2}}).*\\.csv$'}}
  - {{property: kunciEntitas, value: [{key}]}}
"""
COLUMNS = {
    PERSONS: ("id_sumber", "nik", "no_kk", "nama", "tgl_lahir", "jenis_kelamin", "kelurahan", "kecamatan", "kota"),
    FAMILIES: ("id_keluarga_sumber", "no_kk", "nama", "alamat", "kelurahan", "kecamatan", "kota"),
}
_PUBLIC = ("kelurahan", "kecamatan", "kota")
_CUSTOM = {
    "jenis_kelamin": ", customProperties: [{property: daftarKode, value: jenis_kelamin}]",
    "tgl_lahir": ", customProperties: [{property: formatTanggal, value: yyyy-mm-dd}]",
}


def add_supporting(expectations: Path) -> None:
    """Writes both contracts, and a line for each into every plan that names variables."""
    for key, unit, name in ((PERSONS, "orang", "Penghuni Panti"), (FAMILIES, "keluarga", "Rumah Rawan")):
        columns = "\n".join(
            _COLUMN.format(
                name=column,
                more="required: true, " if column.startswith("id_") else "",
                level="umum" if column in _PUBLIC else "pribadi",
                custom=_CUSTOM.get(column, ""),
            )
            for column in COLUMNS[key]
        )
        text = _CONTRACT.format(id=key, name=name, unit=unit, owner=OWNER, columns=columns, key=COLUMNS[key][0])
        (expectations / "contracts" / f"{key}.yaml").write_text(text, encoding="utf-8")
    for plan in sorted((expectations / "plans").glob("*.yaml")):
        told = plan.read_text(encoding="utf-8")
        lines = f"\nvariabel:\n  {PERSONS}: semua\n  {FAMILIES}: semua\n"
        plan.write_text(told.replace("\nvariabel:\n", lines), encoding="utf-8")


def write_deliveries(folder: Path, residents: Sequence[Sequence[str]]) -> dict[str, Path]:
    """A delivery of each contract, of residents (nik, no_kk, nama, tgl_lahir) whose numbers the register knows.

    The first person has no NIK, the second a sex that no list knows, the last line stands twice. The first family has a No KK
    of 15 digits, the last line stands twice.
    """
    place = ("GAMBIR", "GAMBIR", "JAKARTA PUSAT")
    persons = [[f"P{i}", *one, "L", *place] for i, one in enumerate(residents)]
    persons[0][1] = ""
    persons[1][5] = "?"
    families = [[f"K{i}", one[1], one[2], "JL MELATI 3", *place] for i, one in enumerate(residents)]
    families[0][1] = families[0][1][:15]
    made = {}
    for key, rows in ((PERSONS, persons), (FAMILIES, families)):
        made[key] = folder / f"{key}_2025-10.csv"
        with made[key].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS[key], *rows, rows[-1]])
    return made
