"""Every configuration file, spoilt at every field (missing, misspelt, of the wrong kind): one line says where and how to mend."""

from __future__ import annotations

import copy
import functools
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from yaml import CSafeDumper

from padanan.base.errors import ContractError
from padanan.base.home import Home
from padanan.base.yaml_source import FieldPath, YamlSource
from padanan.contracts import field_rules
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.criteria import load_criteria
from padanan.contracts.delivery import load_delivery_rules
from padanan.contracts.entitlements import load_entitlements
from padanan.contracts.field_rules import load_field_rules
from padanan.contracts.legal_bases import load_legal_bases
from padanan.contracts.lp3ke import load_reporting
from padanan.contracts.plan import all_plans
from padanan.contracts.poverty import published_poverty
from padanan.contracts.retention import load_rules
from padanan.contracts.rules import load_catalogue
from padanan.distribution.catalogue import load_catalogue as load_distribution
from padanan.linkage import load_linkage_config
from padanan.records.people import load_reviewers
from padanan.simulation.parameters import load_parameters

# A value that is wrong in any field, and looks like a person: it may stand in no message.
LAST_CAUSE = ("tanpaProgram", 16, "berlaku")
PERSON = {"SITI AMINAH": "3171012345678901"}


def _reviewers(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_REVIEWERS", str(folder / "reviewers.yaml"))
        load_reviewers(Home(folder))


def _simulation(folder: Path) -> None:
    shutil.copy(expectations_dir() / "kemiskinan.yaml", folder)
    load_parameters(folder=folder)


LOADERS: dict[str, Callable[[Path], Any]] = {
    "sasaran.yaml": load_criteria,
    "lapangan.yaml": load_field_rules,
    "hak.yaml": load_entitlements,
    "instansi.yaml": load_agencies,
    "dasar_hukum.yaml": load_legal_bases,
    "retensi.yaml": lambda folder: load_rules({}, folder),
    "delivery.yaml": load_delivery_rules,
    "distribusi.yaml": load_distribution,
    "reviewers.yaml": _reviewers,
    "linkage.yaml": lambda folder: load_linkage_config(folder / "linkage.yaml"),
    "lp3ke.yaml": load_reporting,
    "plans/2026.yaml": all_plans,
    "kemiskinan.yaml": published_poverty,
    "simulasi.yaml": _simulation,
}
# What may be left out, by the name of the field; in linkage.yaml everything but the version has a default.
OPTIONAL = {
    "sasaran.yaml": {"parameter"},
    "instansi.yaml": {"instansi.lapangan", "instansi.dahulu"},
    "dasar_hukum.yaml": {"dasar.dari"},
    "lapangan.yaml": {"kunjungan.tindakLanjut", "bukti.aturan", "tanpaProgram.berlaku",
                      "tanpaProgram.saluran", "calon", "terjawab", "dokumenLain", "dokumenLain.umurMaks", "dokumenLain.saluran",
                      "prelist.pertanyaan.mohon"},
    "hak.yaml": {"program.dasar", "program.desilMaks", "program.lewat"},
    "retensi.yaml": {"kumpulan.sisakan"},
    "delivery.yaml": set(),
    "distribusi.yaml": {"kolom.hanyaDisabilitas"},
    "lp3ke.yaml": {"penerima.oleh", "penerima.tembusan", "program", "program.tujuan", "kolomTercetak", "tugas",
                   "programLembaga"},
    "kemiskinan.yaml": {"angka.miskinPersen", "angka.miskinRibu", "angka.ekstremPersen", "angka.garisKemiskinan",
                        "angka.garisMakanan", "angka.anggotaRumahTangga"},
    "simulasi.yaml": set(),
    "reviewers.yaml": {"versi", "petugas.contoh", "petugas.berlaku.sampai"},
    "plans/2026.yaml": {"beritaAcara.tempat", "pihak", "jadwal", "rakor", "kebutuhan", "variabel", "perjanjian",
                        "kebutuhan.dashboard", "kebutuhan.verifikasiLapangan", "kriteria", "kriteria.contoh",
                        "kriteria.beritaAcara.tempat"},
}  # fmt: skip
# Whose names are not fields but what they speak of: periods, contracts, datasets, parameters.
NAMED = {"instansi", "kolom", "parameter", "kumpulan", "penetapan", "variabel", "perjanjian", "program", "penerima",
         "kolomTercetak"}  # fmt: skip


def _fields(data: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Every field of a file; of a list's items, and of a map of names, the first two and the last."""
    if isinstance(data, dict):
        named = len(path) == 1 and path[0] in NAMED
        for key, value in [*data.items()][:2] + [*data.items()][2:][-1:] if named else data.items():
            yield (*path, key)
            yield from _fields(value, (*path, key))
    elif isinstance(data, list):
        for index in sorted({0, 1, len(data) - 1} & set(range(len(data)))):
            yield from _fields(data[index], (*path, index))


def _name(path: FieldPath, *, of: str) -> str:
    """The field's name without positions and, under a map of names, without the name."""
    parts = [part for part in path if isinstance(part, str)]
    return ".".join(part for n, part in enumerate(parts) if not (n == 1 and parts[0] in NAMED and len(parts) > 2))


CASES = [
    pytest.param(file, path, id=f"{file}:{'.'.join(map(str, path))}")
    for file in LOADERS
    for path in _fields(YamlSource(expectations_dir() / file).data)
]


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_rules, "load_catalogue", lambda _: _catalogue())
    monkeypatch.setattr(field_rules, "load_criteria", lambda _: _criteria())


@functools.cache
def _catalogue() -> Any:
    return load_catalogue(expectations_dir())


@functools.cache
def _criteria() -> Any:
    return load_criteria()


@functools.cache
def _data(file: str) -> Any:
    return YamlSource(expectations_dir() / file).data


def _spoilt(folder: Path, file: str, path: FieldPath, change: Callable[[Any, Any], None]) -> tuple[Path, str | None]:
    """The file with one field changed, and what is said of it; None when it is read."""
    data = copy.deepcopy(_data(file))
    parent = data
    for part in path[:-1]:
        parent = parent[part]
    change(parent, path[-1])
    target = folder / file
    target.parent.mkdir(exist_ok=True)
    if file != "instansi.yaml":  # the others ask it who is an agency
        shutil.copy(expectations_dir() / "instansi.yaml", folder)
    target.write_text(yaml.dump(data, Dumper=CSafeDumper, sort_keys=False, allow_unicode=True), encoding="utf-8")
    try:
        LOADERS[file](folder)
    except ContractError as error:
        return target, str(error)
    return target, None


def _misspell(parent: Any, key: Any) -> None:
    items = list(parent.items())
    parent.clear()
    parent.update({f"{name}q" if name == key else name: value for name, value in items})


def _told(target: Path, told: str | None, path: FieldPath) -> str:
    """The message, held against file, line, field and cure."""
    field = ".".join(map(str, path))
    assert told is not None, f"{field} was taken"
    line = YamlSource(target).line(path)
    assert told.startswith(f"GALAT {target} baris {line} ({field}"), told
    assert re.search(r"\): \S.*\. Perbaikan: \S", told), told
    return told


@pytest.mark.parametrize(("file", "path"), CASES)
def test_a_missing_field_is_named_or_may_be_left_out(tmp_path: Path, file: str, path: FieldPath) -> None:
    target, told = _spoilt(tmp_path, file, path, lambda parent, key: parent.pop(key))
    name = _name(path, of=file)
    if file == "linkage.yaml" and name != "versi":
        assert told is None
    elif name.split(".")[0] in NAMED and len(path) == 2:
        pass  # one period, contract, dataset or parameter fewer: what needs it says so elsewhere
    elif name in OPTIONAL.get(file, set()) and path != LAST_CAUSE and path[:2] not in {("bukti", 0), ("bukti", 1)}:
        assert told is None, told
    elif path == LAST_CAUSE:
        assert "sebab terakhir tidak selalu berlaku" in (told or "")
    elif file == "lapangan.yaml" and path[0] == "bukti" and path[-1] in ("aturan", "tidakDiukur", "berlaku"):
        assert "bukti tanpa 'aturan' dan 'berlaku'" in (told or "")
    elif path[0] == "dokumenLain" and path[-1] in ("aturan", "kolom"):
        assert "dokumen diukur oleh aturan dan kolom" in _told(target, told, path[:-1])
    elif path[-1] == "selainProgram":
        assert "bukti yang memberatkan" in _told(target, told, (*path[:-1], "aturan", 0))
    elif path[-1] == "berhak":  # `lewat` alone would do
        assert (told is None) == ("lewat" in _data(file)["program"][path[1]])
        assert told is None or "hak diukur dan tidak diukur, atau tidak keduanya" in _told(target, told, path[:-1])
    else:
        assert "belum ada" in _told(target, told, path) and f"isi '{path[-1]}'" in str(told)


@pytest.mark.parametrize(("file", "path"), CASES)
def test_an_unknown_field_is_refused_with_the_nearest_known(tmp_path: Path, file: str, path: FieldPath) -> None:
    target, told = _spoilt(tmp_path, file, path, _misspell)
    if path[0] in NAMED and len(path) == 2 and path[0] != "penetapan":
        return  # a name, not a field: whether there is such a contract or parameter is asked elsewhere
    said = _told(target, told, (*path[:-1], f"{path[-1]}q"))
    assert "tidak dikenal" in said
    assert (path[0] == "penetapan" and len(path) == 2) or f"mungkin maksudnya '{path[-1]}'" in said


@pytest.mark.parametrize(("file", "path"), CASES)
def test_a_value_of_the_wrong_kind_is_refused_and_not_told(tmp_path: Path, file: str, path: FieldPath) -> None:
    was = functools.reduce(lambda data, part: data[part], path, _data(file))
    text_or_number = path in (("versi",), ("version",)) or (path[0] == "parameter" and len(path) == 2)
    for wrong in (PERSON, [PERSON], True, -1.5, "SITI AMINAH", date(2025, 1, 1)):
        alike = type(was) is type(wrong) or (isinstance(was, float) and wrong == -1.5)
        if alike or (text_or_number and isinstance(wrong, str | float)):
            continue
        target, told = _spoilt(tmp_path, file, path, lambda parent, key, wrong=wrong: parent.update({key: wrong}))
        # Where a list would do (`semua` or the columns), its first item is what is wrong.
        inner = isinstance(wrong, list) and f"({'.'.join(map(str, path))}.0)" in (told or "")
        said = _told(target, told, (*path, 0) if inner else path).replace(str(target), "")
        assert "SITI" not in said and "3171" not in said


@pytest.mark.parametrize(
    ("file", "path", "value", "words"),
    [
        ("sasaran.yaml", ("kriteria", 1, "lolos"), "desil <= {desil_mak}", "mungkin maksudnya {desil_maks}"),
        ("sasaran.yaml", ("kriteria", 1, "lolos"), "cast(desil as int) < 4", "cast biasa"),
        ("sasaran.yaml", ("kriteria", 2, "id"), "berdomisili_di_dki", "tertulis dua kali"),
        ("sasaran.yaml", ("sumberDesil",), [], "paling sedikit 1"),
        ("lapangan.yaml", ("berlakuHari",), 0, "paling sedikit 1"),
        ("lapangan.yaml", ("bukti", 0, "aturan", 0), "meningal_di_adminduk", "mungkin maksudnya 'meninggal_di_adminduk'"),
        ("lapangan.yaml", ("penerima",), "  ", "kosong"),
        ("retensi.yaml", ("kumpulan", "karantina", "simpan"), 0, "bilangan bulat mulai 1"),
        ("retensi.yaml", ("kumpulan", "karantina", "satuan"), "windu", "hari, bulan, tahun"),
        ("retensi.yaml", ("kumpulan", "karantina", "simpan"), "permanen", "hapus isian itu"),
        ("delivery.yaml", ("pembaca", "memoriMib"), 1, "paling sedikit 256"),
        ("delivery.yaml", ("surat", "kedalaman"), 0, "paling sedikit 1"),
        ("reviewers.yaml", ("petugas", 0, "id"), "317101", None),
        ("reviewers.yaml", ("petugas", 0, "id"), "3171012345678901", "jangan menulis NIK"),
        ("reviewers.yaml", ("petugas", 0, "peran"), ["raja"], "pengusul, penyetuju, pelapor, asisten, penetap"),
        ("reviewers.yaml", ("petugas", 1, "nama"), "RARA  contoh", "gabungkan perannya"),
        ("reviewers.yaml", ("petugas", 0, "berlaku", "sampai"), date(2000, 1, 1), "berakhir sebelum mulai"),
        ("linkage.yaml", ("ambang", "presisi_otomatis"), 1.2, "paling banyak 1"),
        ("linkage.yaml", ("model", "calon_model"), ["jaringan"], "fellegi_sunter, logistik"),
        ("linkage.yaml", ("model", "m_awal", "nama", "mirip"), 7.0, "paling banyak 1"),
        ("linkage.yaml", ("model", "ditolak_tahap1", "nama"), ["agak_mrip"], "mungkin maksudnya 'agak_mirip'"),
        ("linkage.yaml", ("perbandingan", "nama_jw"), [0.85, 0.93], "terbesar lebih dahulu"),
        ("linkage.yaml", ("perbandingan", "nama_jw"), [0.85], "belum ada|daftar|isi"),
        ("linkage.yaml", ("perbandingan", "tambahan"), [{"kelas": "A", "label": "x", "kolom": "x"}], "modul:Kelas"),
        ("linkage.yaml", ("sumber_daya", "memori"), "banyak", "misalnya 4GB"),
        ("plans/2026.yaml", ("tahun",), 26, "paling sedikit 2000"),
        ("plans/2026.yaml", ("penetapan",), {"2025-S1": date(2026, 6, 30)}, "pindahkan ke rencana tahunnya"),
        ("plans/2026.yaml", ("perjanjian", "adminduk", "berlakuSampai"), date(2020, 1, 1), "berakhir sebelum mulai"),
        ("plans/2026.yaml", ("jadwal", 0, "selesai"), date(2020, 1, 1), "selesai sebelum mulai"),
        ("plans/2026.yaml", ("variabel", "bpms"), ["nik", "nik"], "hapus yang berulang"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_cure(tmp_path: Path, file: str, path: FieldPath, value: Any, words: str | None) -> None:
    target, told = _spoilt(tmp_path, file, path, lambda parent, key: parent.__setitem__(key, value))
    if words is None:
        assert told is None, told
        return
    assert told is not None and told.startswith(f"GALAT {target} baris ") and re.search(words, told), told
    assert re.search(rf"baris \d+ \({re.escape('.'.join(map(str, path[:-1])))}", told), told
    assert "3171" not in told.replace(str(target), "")
