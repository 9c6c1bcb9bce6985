"""The workbooks of TKPK, one a kecamatan: who is not selected although a source speaks for them, who receives a poverty program.

They are read, not filled in: TKPK decides list by list, in the criteria it agrees (`ktpPendatang`, `belumBerdesil`); what must
be seen is asked of the field. Rows come out of the warehouse and the identities that `rows` opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.book import READ_SIZE
from padanan.base.format import day, fingerprint
from padanan.base.sql import literal
from padanan.forms.sealed_book import Layout, formats, guide, workbook, write_sheet
from padanan.pages import words
from padanan.published.run_plan import RunPlan
from padanan.published.targeting import poverty_programs, receiving
from padanan.review.worklist.book import GUIDE, Stamp, stamped

NOT_IN, RECEIVERS = "belum_masuk", "penerima_program"
"""What the two sheets' rows are called in counts."""
PREFIX = "tkpk-"
_TITLES = {
    "nama": "Nama",
    "nomor": "NIK dan No. KK",
    "lahir": "L/P, lahir",
    "tinggal": "Alamat",
    "daftar": "Daftar",
    "alasan": "Alasan",
    "desil": "Desil",
    "kelurahan": "Kelurahan",
    "program": "Program",
    "status_program": "Status di program",
    "dalam_sasaran": "Data sasaran",
}
_WIDTHS = {
    "nama": 17, "nomor": 20, "lahir": 12, "tinggal": 19, "kelurahan": 11, "daftar": 11, "alasan": 18, "desil": 6, "program": 12,
    "status_program": 9, "dalam_sasaran": 8,
}  # fmt: skip
_WHO = ("nama", "nomor", "lahir", "tinggal", "kelurahan")


def _layout(sheet: str, purpose: str, locked: tuple[str, ...], hidden: tuple[str, ...], note: str) -> Layout:
    cure = "buat lagi dengan 'padanan worklist make'"
    return Layout(
        sheet=sheet, purpose=purpose, opened=(), locked=locked, hidden=hidden, titles=_TITLES, widths=_WIDTHS, note=note,
        cure=cure, filters=True,
    )  # fmt: skip


NOT_SELECTED = _layout(
    "Belum masuk",
    "tkpk-belum-masuk",
    (*_WHO, "daftar", "alasan", "desil", "program", "id_orang", "berkas"),
    ("id_orang", "berkas"),
    "Tidak masuk data sasaran walau desil atau sebuah sumber menandai kebutuhannya; tiap orang satu baris, satu daftar.",
)
SERVED = _layout(
    "Penerima program",
    "tkpk-penerima",
    ("program", *_WHO, "status_program", "dalam_sasaran", "alasan", "id_orang", "record_key", "berkas"),
    ("id_orang", "record_key", "berkas"),
    "Baris di balik ketepatan sasaran: setiap catatan penerima program untuk penduduk miskin. Tidak menghentikan bantuan.",
)
SHEETS: Mapping[str, Layout] = {NOT_IN: NOT_SELECTED, RECEIVERS: SERVED}


@dataclass(frozen=True)
class District:
    """The file a row goes to: a kecamatan, or what of a kota or of everything has none."""

    code: str
    name: str

    @property
    def stem(self) -> str:
        """The file's name without its ending; never a person's."""
        slug = "-".join("".join(ch if ch.isalnum() else " " for ch in self.name.lower()).split())
        return f"{PREFIX}{self.code}-{slug}" if self.code else f"{PREFIX}tanpa-wilayah"


class Lists:
    """TKPK's two lists of one revision, ready to be read file by file, on the connection that `rows` opened."""

    def __init__(self, con: duckdb.DuckDBPyConnection, plan: RunPlan, folder: Path) -> None:
        self.con = con
        self.names = {item.id: item.name for item in plan.data.matched}
        self.programs = list(poverty_programs(plan.data.contracts))
        self.who = plan.data.lapangan.penerima
        self.folder = folder
        _arrange(con, folder, receiving(self.who), self.programs)

    def totals(self) -> dict[str, int]:
        """Counts of the published tables, without the joins of the lists."""
        published = f"select count(*) from read_parquet({literal(self.folder / 'daftar_belum_masuk.parquet')})"
        records = receiving(self.who, f"read_parquet({literal(self.folder / 'padanan_record.parquet')})")
        return {
            NOT_IN: self.con.execute(published).fetchall()[0][0],
            RECEIVERS: self.con.execute(f"select count(*) from ({records})", [self.programs]).fetchall()[0][0],
        }

    def files(self) -> Iterator[tuple[District, dict[str, list[dict[str, str]]]]]:
        """Every file with the rows of its sheets, in the order of places; rows by list, kelurahan and person."""
        places = self.con.execute(
            """select tempat, any_value(nama_tempat) from (select tempat, nama_tempat from isi_belum_masuk
            union all select tempat, nama_tempat from isi_penerima) group by 1 order by 1"""
        ).fetchall()
        for code, name in places:
            yield (
                District(code, name),
                {
                    NOT_IN: self._rows("isi_belum_masuk", "daftar, kelurahan, id_orang", code),
                    RECEIVERS: self._rows("isi_penerima", "program, dalam_sasaran, kelurahan, id_orang, record_key", code),
                },
            )

    def _rows(self, table: str, order: str, place: str) -> list[dict[str, str]]:
        found = (
            self.con.sql(f"select * from {table} where tempat = ? order by {order}", params=[place]).to_arrow_table().to_pylist()
        )
        return [self._told(row) for row in found]

    def _told(self, row: Mapping[str, Any]) -> dict[str, str]:
        told = {name: "" if value is None else str(value) for name, value in row.items()}
        told["program"] = "; ".join(self.names.get(name, name) for name in told["program"].split(",") if name)
        told["daftar"] = words.title(told.get("daftar", ""))
        told["nomor"] = "\n".join(f"{what} {told[name]}" for what, name in (("NIK", "nik"), ("KK", "no_kk")) if told[name])
        told["lahir"] = ", ".join(part for part in (told["jk"], day(row["tgl_lahir"]) if told["tgl_lahir"] else "") if part)
        place = " / ".join(f"{what} {told[name]}" for what, name in (("RT", "rt"), ("RW", "rw")) if told[name])
        told["tinggal"] = "\n".join(part for part in (told["alamat"], place) if part)
        return told


def write(path: Path, place: District, stamp: Stamp, rows: Mapping[str, list[dict[str, str]]]) -> dict[str, int]:
    """Writes one workbook, mode 0600; the same rows give the same bytes. Returns the rows by kind, as they were written."""
    book = workbook(path, "Daftar untuk diputuskan TKPK", streamed=True, rows=sum(map(len, rows.values())))
    styles = formats(book, READ_SIZE)
    texts = [
        ("Periode dan revisi", f"{stamp.label}, revisi {stamp.revisi}"),
        ("Nilai hash kontrak", fingerprint(stamp.contracts)),
        ("Isi", f"{len(rows[NOT_IN])} orang belum masuk data sasaran, {len(rows[RECEIVERS])} catatan penerima program"),
        ("Belum masuk", "Diputuskan TKPK per daftar, dalam kriteria rencana data tahun itu (KTP pendatang, belum berdesil)."),
        ("Penerima program", "Baris di balik angka ketepatan sasaran pada laporan; ya dan tidak dengan alasannya."),
        ("Bantuan", "Tidak satu pun daftar ini menghentikan bantuan atau memutuskan seseorang."),
        ("Kerahasiaan", "Memuat data pribadi (UU 27/2022). Hanya untuk anggota TKPK yang tercatat menerima; hapus sesudah masa "
         "berlakunya."),
    ]  # fmt: skip
    guide(book, GUIDE, f"Daftar untuk diputuskan TKPK: {place.name}", texts, stamp.told)
    foot = f"{stamp.told} · {place.name} · memuat data pribadi, hanya untuk anggota TKPK"
    counts = {
        kind: write_sheet(book, layout, stamped(layout, rows[kind], stamp), styles, foot) for kind, layout in SHEETS.items()
    }
    book.close()
    disk.chmod(path, 0o600)
    return counts


def _arrange(con: duckdb.DuckDBPyConnection, folder: Path, receivers: str, programs: list[str]) -> None:
    """Temporary tables `isi_belum_masuk` and `isi_penerima`: published rows with what a person is called.

    Who is not selected is called by the revision's identities, a recipient by the program's own record. The place is where the
    person lives.
    """
    con.execute("create temp view kecamatan_dki as select distinct kode_kecamatan, kecamatan, kode_kota, kota from ref_wilayah")
    kelurahan = "(select distinct kode_kelurahan, kelurahan from ref_wilayah)"
    place = """coalesce(k.kode_kecamatan, q.kode_kota, '') as tempat,
        coalesce('Kecamatan ' || k.kecamatan, 'kecamatan tidak diketahui, ' || q.kota, 'wilayah tidak diketahui') as nama_tempat,
        w.kelurahan"""
    joins = f"""left join kecamatan_dki k on k.kode_kecamatan = s.kode_kecamatan
        left join (select distinct kode_kota, kota from kecamatan_dki) q on q.kode_kota = s.kode_kota
        left join {kelurahan} w on w.kode_kelurahan = s.kode_kelurahan"""
    names = "nik, {0}.no_kk, {0}.nama, {0}.tgl_lahir, {0}.jk, {0}.alamat, {0}.rt, {0}.rw"
    con.execute(
        f"""create temp table isi_belum_masuk as
        select s.id_orang, s.daftar, s.alasan, s.desil, s.program, o.{names.format("o")}, {place}
        from read_parquet({literal(folder / "daftar_belum_masuk.parquet")}) s
        left join orang_dilihat o on o.id_orang = s.id_orang {joins}"""
    )
    con.execute(
        f"""create temp table isi_penerima as
        select p.producer as program, p.status_program, p.record_key, p.id_orang, d.{names.format("d")},
            case when s.terpilih then 'ya' else 'tidak' end as dalam_sasaran, s.alasan, {place}
        from ({receivers}) p left join semua_dilihat d on d.record_key = p.record_key
        left join read_parquet({literal(folder / "sasaran.parquet")}) s on s.id_orang = p.id_orang {joins}""",
        [programs],
    )
