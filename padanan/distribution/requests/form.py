"""The form of a request as a workbook or YAML: written empty, read back with every fault at once, each with its cell or line.

What a field may say is `asked`'s; taking the request in is `flow`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once, writing
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.shown import safe_name
from padanan.base.yaml_source import YamlSource
from padanan.contracts.delivery import load_delivery_rules
from padanan.distribution.catalogue import Catalogue, programs
from padanan.distribution.requests.asked import Asked, examine
from padanan.forms.answers import Refused, date_of, text_of
from padanan.forms.sealed_book import Fault, Layout, formats, judged, looked_at, sealed_all, workbook, write_sheet
from padanan.forms.sealed_cells import open_workbook

SUFFIXES = (".xlsx", ".yaml", ".yml")
SHEET = "Permohonan"
CURE = "pakai formulir hasil 'padanan permohonan formulir'; isi hanya sel berwarna"
_LISTED = re.compile(r"[,;\n]")
# A year that no letter or end of a request can lie beyond.
_FAR = timedelta(days=3660)


@dataclass(frozen=True)
class Field:
    """One line of the form: what it is called, what to write, and what it is (`teks`, `daftar`, `tanggal`)."""

    label: str
    hint: str
    kind: str = "teks"


def fields(catalogue: Catalogue) -> Mapping[str, Field]:
    """The lines of the form in their order, by the field of the request that they fill."""
    return {
        "lembaga": Field("Nama lembaga", "Seperti pada kop surat"),
        "pemohon": Field("Penanggung jawab", "Nama yang menandatangani surat"),
        "klien": Field("Id klien API", "Bila lembaga sudah punya sistem yang akan membaca; boleh kosong"),
        "surat.nomor": Field("Nomor surat permohonan", "Surat kepada Sekretariat TKPK"),
        "surat.tanggal": Field("Tanggal surat", "Misalnya 12 Januari 2026", "tanggal"),
        "profil.kegiatan": Field("Nama program lembaga", "Profil program, dibahas pada forum"),
        "profil.uraian": Field("Uraian program", "Apa yang dilakukan, di mana, bersama siapa"),
        "profil.bantuan": Field("Bantuan", "Apa yang diterima sasaran"),
        "profil.dana": Field("Sumber dana", ""),
        "program": Field("Program data sasaran", f"Satu dari: {', '.join(sorted(programs()))}"),
        "baris": Field(
            "Baris", "penerima (penerima program itu; bila kosong) atau sasaran (seluruh data sasaran di wilayah itu)"
        ),
        "wilayah": Field("Wilayah", "Kode, dipisah koma: 31 seluruh DKI, 31.74 kota, 31.74.06 kecamatan", "daftar"),
        "kolom": Field("Kolom", f"Hanya yang diperlukan, dipisah koma: {', '.join(catalogue.kolom)}", "daftar"),
        "layanan": Field("Layanan", "Dipisah koma: sasaran, cari, perubahan, prioritas, adendum", "daftar"),
        "tujuan": Field("Tujuan", "Satu kata atau bersambung garis, misalnya penyaluran-bantuan", "daftar"),
        "mulai": Field("Mulai", "Misalnya 1 Februari 2026", "tanggal"),
        "sampai": Field("Sampai", "Hari terakhir data dipakai", "tanggal"),
    }


def _layout() -> Layout:
    return Layout(
        sheet=SHEET,
        purpose="permohonan",
        opened=("isi",),
        locked=("isian", "petunjuk", "kunci"),
        hidden=("kunci",),
        titles={"isi": "Isi", "isian": "Isian", "petunjuk": "Cara mengisi"},
        widths={"isi": 60, "isian": 26, "petunjuk": 50},
        note="Permohonan data sasaran bagi lembaga bukan pemerintah. Isi kolom berwarna, lalu serahkan bersama pindaian surat. "
        "Jangan menulis NIK atau nomor KK siapa pun.",
        cure=CURE,
        opened_first=False,
    )


def write_form(path: Path, catalogue: Catalogue) -> None:
    """Writes an empty form, mode 0600, by the suffix of its name.

    Raises:
        PadananError: the file exists, or the suffix is unknown.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise PadananError("jenis formulir tidak dikenal", file=safe_name(path.name), cure="pakai nama berkas .xlsx atau .yaml")
    if path.exists():
        raise PadananError("berkas sudah ada", file=safe_name(path.name), cure="pakai nama lain; formulir tidak ditimpa")
    with no_space_guard("formulir"):
        disk.mkdir(path.parent, parents=True, exist_ok=True)
        if path.suffix.lower() != ".xlsx":
            write_once(path, _yaml_text(catalogue), mode=0o600)
            return
        layout = _layout()
        lines = [{"isian": one.label, "petunjuk": one.hint, "kunci": name} for name, one in fields(catalogue).items()]
        with writing(path, mode=0o600) as draft:
            book = workbook(draft, "Formulir permohonan data sasaran")
            write_sheet(book, layout, sealed_all(layout, lines), formats(book), "Formulir permohonan")
            book.close()


def _yaml_text(catalogue: Catalogue) -> str:
    lines, group = ["# Formulir permohonan data sasaran bagi lembaga bukan pemerintah; jangan menulis NIK siapa pun."], ""
    for name, one in fields(catalogue).items():
        outer, _, inner = name.rpartition(".")
        if outer and outer != group:
            lines.append(f"{outer}:")
        group = outer
        empty = {"daftar": "[]", "tanggal": "", "teks": ""}[one.kind]
        indent = "  " if outer else ""
        lines += [f"{indent}# {one.label}. {one.hint}".rstrip(". "), f"{indent}{inner}: {empty}".rstrip()]
    return "\n".join(lines) + "\n"


def read_form(path: Path, catalogue: Catalogue, day: date) -> tuple[Asked | None, list[Fault]]:
    """A filled-in form: the request, or every fault with the cell or line where it stands.

    Args:
        day: today.

    Raises:
        PadananError: the file as a whole is no form of ours.
    """
    name = safe_name(path.name)
    if path.suffix.lower() not in SUFFIXES:
        raise PadananError("jenis formulir tidak dikenal", file=name, cure="pakai formulir .xlsx atau .yaml")
    return _from_book(path, catalogue, day) if path.suffix.lower() == ".xlsx" else _from_yaml(path, catalogue, day)


def _from_book(path: Path, catalogue: Catalogue, day: date) -> tuple[Asked | None, list[Fault]]:
    layout, known = _layout(), fields(catalogue)
    sheet = open_workbook(path, [SHEET], CURE)[SHEET]
    data: dict[str, Any] = {}
    places: dict[str, str] = {}
    faults: list[Fault] = []
    for row in judged(looked_at(sheet, safe_name(path.name), layout), layout):
        faults += row.faults
        name = row.cells["kunci"]
        if row.faults or name not in known:
            continue
        at = f"sel {layout.cell('isi', row.number)}"
        if name in places:
            faults.append(Fault(at, "baris ini tertulis dua kali", CURE))
            continue
        places[name] = at
        try:
            _put(data, name, _value(row.raw["isi"], known[name].kind, day))
        except Refused as wrong:
            faults.append(Fault(at, wrong.cause, wrong.cure))
            _put(data, name, None)
    gone = [one.label for name, one in known.items() if name not in places] if not faults else []
    faults += [Fault(f"lembar {SHEET}", f"baris '{label}' hilang", CURE) for label in gone]
    told = {fault.place for fault in faults}
    asked, more = _examined(data, catalogue, day, lambda field: places.get(field, f"lembar {SHEET}"))
    faults += [one for one in more if (one.place not in told and one.place != f"lembar {SHEET}") or not faults]
    return (None, sorted(faults, key=_line)) if faults else (asked, [])


def _line(fault: Fault) -> int:
    """The first number of a place: faults are told in the order of the form."""
    found = re.search(r"[0-9]+", fault.place)
    return int(found[0]) if found else 0


def _value(raw: Any, kind: str, day: date) -> Any:
    """What a cell says; None where it says nothing."""
    if text_of(raw) == "":
        return None
    if kind == "tanggal":
        return date_of(raw, day - _FAR, day + _FAR)
    if not isinstance(raw, str):
        raise Refused("isi tersimpan sebagai angka atau tanggal", "ubah sel itu menjadi teks, lalu ketik lagi")
    return [text_of(one) for one in _LISTED.split(raw) if text_of(one)] if kind == "daftar" else text_of(raw)


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    outer, _, inner = name.rpartition(".")
    place = data.setdefault(outer, {}) if outer else data
    place[inner] = value


def _from_yaml(path: Path, catalogue: Catalogue, day: date) -> tuple[Asked | None, list[Fault]]:
    source = YamlSource(path, limits=load_delivery_rules().formulir.limits)
    if not isinstance(source.data, dict):
        raise PadananError("isi formulir bukan isian YAML", file=safe_name(path.name), cure=CURE)
    return _examined(source.data, catalogue, day, lambda field: f"baris {source.line(field.split('.'))} ({safe_name(field)})")


def _examined(
    data: Mapping[str, Any], catalogue: Catalogue, day: date, place: Callable[[str], str]
) -> tuple[Asked | None, list[Fault]]:
    asked, wrong = examine(data, catalogue, day)
    return asked, sorted((Fault(place(one.field), one.cause, one.cure) for one in wrong), key=_line)
