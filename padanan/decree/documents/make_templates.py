"""Builds the initial DOCX templates, always the same bytes: `python -m padanan.decree.documents.make_templates`.

Legal bases come from `expectations/dasar_hukum.yaml` and the year's plan; whatever an official has to decide or sign stays as
`[… diisi]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from padanan.base.docx import normalised
from padanan.decree.documents.template_parts import Template

FOLDER = Path(__file__).parent / "templates"
PROVINCE = "PROVINSI DAERAH KHUSUS IBUKOTA JAKARTA"
GOVERNOR = "GUBERNUR DAERAH KHUSUS IBUKOTA JAKARTA"
KOP_TKPK = (
    f"TIM KOORDINASI PENANGGULANGAN KEMISKINAN\n{PROVINCE}",
    "SEKRETARIAT: {{ sekretariat_kop }}",
    "[alamat dan telepon kantor diisi]",
)
GUIDE = (
    "Keputusan Sekretaris Daerah Provinsi Daerah Khusus Ibukota Jakarta Nomor 75 Tahun 2023 tentang Pedoman Teknis Pelaksanaan "
    "Program Percepatan Penanggulangan Kemiskinan dan Penghapusan Kemiskinan Ekstrem di Provinsi Daerah Khusus Ibukota Jakarta"
)
INSTRUCTION = "Instruksi Gubernur Nomor 34 Tahun 2022 tentang Percepatan Penghapusan Kemiskinan Ekstrem di Provinsi DKI Jakarta"
ABOUT = "Data Sasaran Program Percepatan Penghapusan Kemiskinan Ekstrem Provinsi DKI Jakarta"


def keputusan() -> Template:
    """The draft Keputusan Gubernur (F17)."""
    t = Template("Rancangan Keputusan Gubernur tentang Data Sasaran")
    t.kop((GOVERNOR,))
    t.title(f"KEPUTUSAN {GOVERNOR}\nNOMOR {{{{ nomor }}}}\n\nTENTANG\n\n{{{{ tentang }}}}")
    t.text("DENGAN RAHMAT TUHAN YANG MAHA ESA", align="tengah", sticky=True)
    t.text(f"{GOVERNOR},", align="tengah", sticky=True)
    weigh = (
        "bahwa hasil pemadanan basis data dari produsen data telah direviu Sekretariat TKPK bersama {{ walidata }} dan "
        "Perangkat Daerah, dan dilaporkan kepada Asisten Kesejahteraan Rakyat Sekretaris Daerah;",
        "bahwa Keputusan Gubernur tentang data sasaran menjadi dasar Perangkat Daerah dalam melaksanakan program percepatan "
        "penghapusan kemiskinan ekstrem;",
        f"bahwa berdasarkan pertimbangan sebagaimana dimaksud dalam huruf a dan huruf b, perlu menetapkan Keputusan Gubernur "
        f"tentang {ABOUT};",
    )
    t.grid(
        (3, 0.5, 0.8, 12.2),
        [("Menimbang" if n == 0 else "", ":" if n == 0 else "", f"{'abc'[n]}.", text) for n, text in enumerate(weigh)],
        align=("kiri", "kiri", "kiri", "penuh"),
        space=4,
    )
    t.text("", style="Rapat")
    t.grid(
        (3, 0.5, 0.8, 12.2),
        [
            ("{%tr for dasar in mengingat %}", "", "", ""),
            ("{{ dasar.kepala }}", "{{ dasar.titik }}", "{{ dasar.nomor }}", "{{ dasar.naskah }}"),
            ("{%tr endfor %}", "", "", ""),
        ],
        align=("kiri", "kiri", "kiri", "penuh"),
        space=4,
    )
    t.head("MEMUTUSKAN:")
    t.doc.paragraphs[-1].alignment = 1
    points = (
        ("Menetapkan", "KEPUTUSAN GUBERNUR TENTANG {{ tentang }}."),
        (
            "KESATU",
            f"Menetapkan {ABOUT} periode {{{{ periode }}}} sebanyak {{{{ jumlah_orang }}}} ({{{{ jumlah_orang_terbilang }}}}) "
            "orang, dengan jumlah menurut wilayah administrasi, kriteria dan dasar hukum data sebagaimana tercantum dalam "
            "Lampiran yang merupakan bagian tidak terpisahkan dari Keputusan Gubernur ini.",
        ),
        (
            "KEDUA",
            "Data sasaran menurut nama dan alamat disimpan beku oleh {{ walidata_singkat }} dengan nilai hash "
            "{{ sidik_data }}, dan didistribusikan kepada Perangkat Daerah melalui Application Programming Interface (API).",
        ),
        (
            "KETIGA",
            "Data sasaran sebagaimana dimaksud dalam diktum KESATU menjadi dasar Perangkat Daerah dalam melaksanakan program "
            "percepatan penghapusan kemiskinan ekstrem, dan Perangkat Daerah wajib menggunakannya.",
        ),
        (
            "KEEMPAT",
            "Data sasaran dimutakhirkan berdasarkan hasil verifikasi dan validasi lapangan serta hasil pelaksanaan program, "
            "menurut Pedoman Teknis yang berlaku.",
        ),
        ("KELIMA", "Keputusan Gubernur ini mulai berlaku pada tanggal ditetapkan."),
    )
    t.grid(
        (3, 0.5, 13),
        [(name, ":", text) for name, text in points],
        align=("kiri", "kiri", "penuh"),
        space=5,
    )
    t.text("", style="Rapat", sticky=True)
    t.sign(("Ditetapkan di Jakarta", "pada tanggal {{ tanggal }}", "", f"{GOVERNOR},", "", "", "", "[nama Gubernur diisi]"))
    t.text("Tembusan:", align="kiri", sticky=True)
    for number, name in enumerate(
        (
            "Sekretaris Daerah Provinsi DKI Jakarta",
            "Para Asisten Sekda Provinsi DKI Jakarta",
            "Para Kepala Perangkat Daerah/Unit Kerja pada Perangkat Daerah Provinsi DKI Jakarta",
        ),
        1,
    ):
        t.item(f"{number}.", name)
    return t


def _listed(t: Template, name: str, tag: str, text: str) -> None:
    """One item for each entry of a tag."""
    t.tag(f"{{%p for {name} in {tag} %}}")
    t.item("–", text)
    t.tag("{%p endfor %}")


def lampiran() -> Template:
    """The annex of counts: of a draft with the watermark, of a decree without it."""
    t = Template("Lampiran Keputusan Gubernur tentang Data Sasaran")
    t.grid(
        (7.5, 9),
        [
            ("", "LAMPIRAN"),
            ("", f"KEPUTUSAN {GOVERNOR}"),
            ("", "NOMOR {{ nomor }}"),
            ("", "TANGGAL {{ tanggal }}"),
            ("", "TENTANG"),
            ("", "{{ tentang }}"),
        ],
    )
    t.title("JUMLAH DATA SASARAN\nPERIODE {{ periode }} ({{ periode_kalimat }})")
    t.text(
        "Data sasaran periode {{ periode }} memuat {{ jumlah_orang }} ({{ jumlah_orang_terbilang }}) orang, dalam "
        "{{ jumlah_keluarga }} ({{ jumlah_keluarga_terbilang }}) keluarga menurut kartu keluarga; {{ tanpa_keluarga }} orang "
        "belum tercatat dalam kartu keluarga. Data dibekukan dari pemadanan revisi {{ revisi }} dengan kriteria versi "
        "{{ kriteria_versi }}, batas kiriman {{ batas }}."
    )
    t.head("A. Menurut kota dan kabupaten administrasi")
    t.table(
        ("No", "Kota/kabupaten administrasi", "Orang", "Bagian"),
        (1.2, 9, 3, 3),
        [
            ("{%tr for baris in kota %}", "", "", ""),
            ("{{ loop.index }}", "{{ baris.nama }}", "{{ baris.orang }}", "{{ baris.bagian }}"),
            ("{%tr endfor %}", "", "", ""),
            ("", "Jumlah", "{{ jumlah_orang }}", "100%"),
        ],
        align=("kanan", "kiri", "kanan", "kanan"),
        bold_last=True,
    )
    t.head("B. Menurut keadaan orang")
    for name, title in (
        ("jenis_kelamin", "Jenis kelamin"),
        ("umur", "Kelompok umur pada {{ batas }}"),
        ("desil", "Desil kesejahteraan"),
        ("status_identitas", "Status identitas"),
    ):
        t.caption(title)
        t.table(
            (title.split(" pada ")[0], "Orang", "Bagian"),
            (9, 3.6, 3.6),
            [
                (f"{{%tr for baris in {name} %}}", "", ""),
                ("{{ baris.nama }}", "{{ baris.orang }}", "{{ baris.bagian }}"),
                ("{%tr endfor %}", "", ""),
                ("Jumlah", "{{ jumlah_orang }}", "100%"),
            ],
            align=("kiri", "kanan", "kanan"),
            bold_last=True,
        )
    t.head("C. Menurut kecamatan dan kelurahan")
    t.tag("{%p for kota in wilayah %}")
    t.head("{{ kota.nama }}", 2)
    t.table(
        ("Kecamatan", "Kelurahan", "Orang"),
        (5.6, 7.4, 3.2),
        [
            ("{%tr for kecamatan in kota.kecamatan %}", "", ""),
            ("{%tr for kelurahan in kecamatan.kelurahan %}", "", ""),
            ("{% vm %}{{ kecamatan.nama }}", "{{ kelurahan.nama }}", "{{ kelurahan.orang }}"),
            ("{%tr endfor %}", "", ""),
            ("{%tr endfor %}", "", ""),
            ("Jumlah", "{{ kota.nama }}", "{{ kota.orang }}"),
        ],
        align=("kiri", "kiri", "kanan"),
        bold_last=True,
    )
    t.tag("{%p endfor %}")
    t.head("D. Kriteria data sasaran")
    _listed(t, "kalimat", "kriteria", "{{ kalimat }}")
    t.head("E. Dasar hukum setiap sumber data")
    _listed(t, "dasar", "dasar_data", "{{ dasar.kalimat }}")
    t.head("F. Keterangan")
    t.item("1.", "{{ keterangan_tutup }}")
    t.item("2.", "Wilayah adalah domisili menurut aturan domisili; “tidak diketahui” berarti sumber tidak menyebutnya.")
    t.item("3.", "Nilai hash data sasaran beku: {{ sidik_data }}. Nilai hash terbitan: {{ sidik_terbitan }}.")
    t.item("4.", "Kepala log keputusan reviu: {{ kepala_log }}.")
    t.text("", style="Rapat", sticky=True)
    t.sign((f"{GOVERNOR},", "", "", "", "[nama Gubernur diisi]"))
    return t


def laporan_asisten() -> Template:
    """The report to the Asisten Kesejahteraan Rakyat (F16)."""
    t = Template("Laporan hasil reviu pemadanan data sasaran")
    t.kop(KOP_TKPK)
    t.title("LAPORAN HASIL REVIU PEMADANAN DATA SASARAN\nPERIODE {{ periode }} REVISI {{ revisi }}")
    t.grid(
        (3, 0.5, 13),
        [
            ("Kepada Yth.", ":", "Asisten Kesejahteraan Rakyat Sekretaris Daerah Provinsi DKI Jakarta"),
            ("Dari", ":", "Sekretariat TKPK Provinsi DKI Jakarta, {{ sekretariat }}"),
            ("Nomor", ":", "[nomor diisi]"),
            ("Tanggal", ":", "[tanggal diisi]"),
            ("Lampiran", ":", "Berita acara reviu; laporan mutu data; rancangan Keputusan Gubernur"),
            ("Hal", ":", "Hasil reviu pemadanan data sasaran periode {{ periode }} ({{ periode_kalimat }})"),
        ],
    )
    t.head("A. Dasar")
    t.item("1.", f"{GUIDE}, butir 3.1.3.")
    t.item("2.", f"{INSTRUCTION}.")
    t.head("B. Kesimpulan")
    t.text("{{ saran }}", bold=True)
    t.tag("{%p for alasan in alasan_saran %}")
    t.item("–", "{{ alasan }}")
    t.tag("{%p endfor %}")
    t.text("{{ keputusan_reviu }}")
    t.head("C. Hasil pemadanan")
    _headline(t)
    t.head("D. Kiriman dan mutu data menurut produsen")
    t.text("{{ kalimat_kiriman }}", sticky=True)
    t.table(
        ("Produsen", "Kiriman", "Catatan", "Dengan celah", "Bagian"),
        (5.4, 4.1, 2.4, 2.4, 2.2),
        [
            ("{%tr for baris in produsen %}", "", "", "", ""),
            ("{{ baris.nama }}", "{{ baris.keadaan }}", "{{ baris.catatan }}", "{{ baris.celah }}", "{{ baris.bagian }}"),
            ("{%tr endfor %}", "", "", "", ""),
            ("Jumlah", "", "{{ jumlah_catatan }}", "{{ jumlah_celah }}", "{{ bagian_celah }}"),
        ],
        align=("kiri", "kiri", "kanan", "kanan", "kanan"),
        bold_last=True,
    )
    t.head("E. Penghalang dan pengecualian")
    _blockers(t)
    t.head("F. Celah terbesar dan tindak lanjutnya")
    _gaps(t)
    t.head("G. Data sasaran yang diusulkan")
    t.text(
        "{{ jumlah_orang }} ({{ jumlah_orang_terbilang }}) orang dalam {{ jumlah_keluarga }} keluarga memenuhi kriteria versi "
        "{{ kriteria_versi }}. {{ keterangan_tutup }}",
        sticky=True,
    )
    t.table(
        ("Kota/kabupaten administrasi", "Orang", "Bagian"),
        (9, 3.6, 3.6),
        [
            ("{%tr for baris in kota %}", "", ""),
            ("{{ baris.nama }}", "{{ baris.orang }}", "{{ baris.bagian }}"),
            ("{%tr endfor %}", "", ""),
            ("Jumlah", "{{ jumlah_orang }}", "100%"),
        ],
        align=("kiri", "kanan", "kanan"),
        bold_last=True,
    )
    t.table(
        ("Keadaan", "Golongan", "Orang", "Bagian"),
        (4.6, 6, 2.8, 2.8),
        [
            ("{%tr for tabel in keadaan %}", "", "", ""),
            ("{%tr for baris in tabel.baris %}", "", "", ""),
            ("{% vm %}{{ tabel.nama }}", "{{ baris.nama }}", "{{ baris.orang }}", "{{ baris.bagian }}"),
            ("{%tr endfor %}", "", "", ""),
            ("{%tr endfor %}", "", "", ""),
        ],
        align=("kiri", "kiri", "kanan", "kanan"),
    )
    t.caption("Kriteria")
    _listed(t, "kalimat", "kriteria", "{{ kalimat }}")
    t.head("H. Usul")
    t.item("1.", "Pembahasan penetapan basis data oleh Asisten Kesejahteraan Rakyat untuk finalisasi hasil analisis data.")
    t.item("2.", "Penyampaian rancangan Keputusan Gubernur terlampir kepada Gubernur melalui Asisten Kesejahteraan Rakyat.")
    t.item("3.", "[usul lain diisi]")
    t.text("Demikian dilaporkan, untuk mendapat arahan lebih lanjut.", sticky=True)
    t.sign(("Jakarta, [tanggal diisi]", "[jabatan pada Sekretariat TKPK diisi],", "", "", "", "[nama diisi]", "NIP [diisi]"))
    return t


def berita_acara() -> Template:
    """The minutes of the review."""
    t = Template("Berita acara reviu hasil pemadanan data sasaran")
    t.kop(KOP_TKPK)
    t.title("BERITA ACARA REVIU HASIL PEMADANAN DATA SASARAN\nNOMOR [diisi]")
    t.text(
        "Pada hari ini, [hari diisi] tanggal [tanggal diisi], bertempat di [tempat diisi], Sekretariat TKPK, "
        "{{ sekretariat }}, bersama {{ walidata }} dan Perangkat Daerah telah mereviu hasil pemadanan data sasaran periode "
        "{{ periode }} ({{ periode_kalimat }}) revisi "
        f"{{{{ revisi }}}}, sebagaimana dimaksud dalam butir 3.1.3 {GUIDE}, dengan hasil sebagai berikut."
    )
    t.head("1. Yang direviu")
    t.grid(
        (5.2, 0.5, 10.8),
        [
            ("Periode dan revisi", ":", "{{ periode }}, revisi {{ revisi }}"),
            ("Batas kiriman", ":", "{{ batas }}"),
            ("Nilai hash terbitan", ":", "{{ sidik_terbitan }}"),
            ("Nilai hash data sasaran", ":", "{{ sidik_data }}"),
            ("Kepala log keputusan", ":", "{{ kepala_log }}"),
        ],
    )
    t.head("2. Hasil pemadanan dan pembersihan data")
    t.text("{{ saran }}", sticky=True)
    _headline(t)
    t.text("{{ kalimat_kiriman }}")
    t.head("3. Penghalang dan pengecualian")
    _blockers(t)
    t.head("4. Celah yang ditindaklanjuti dengan verifikasi lapangan")
    _gaps(t)
    t.head("5. Keputusan")
    t.text("{{ keputusan_reviu }}", sticky=True)
    t.tag("{%p if langkah %}")
    t.table(
        ("Waktu", "Langkah", "Oleh", "Alasan"),
        (3.2, 3.2, 4, 6.1),
        [
            ("{%tr for baris in langkah %}", "", "", ""),
            ("{{ baris.waktu }}", "{{ baris.langkah }}", "{{ baris.oleh }}", "{{ baris.alasan }}"),
            ("{%tr endfor %}", "", "", ""),
        ],
    )
    t.tag("{%p endif %}")
    t.item("–", "[kesepakatan lain diisi]")
    t.head("6. Peserta reviu")
    t.table(
        ("No", "Nama", "Jabatan dan instansi", "Tanda tangan"),
        (1.2, 5.2, 6, 4.1),
        [(str(number), "\n\n", "", "") for number in range(1, 9)],
        align=("kanan", "kiri", "kiri", "kiri"),
    )
    t.text("Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.", sticky=True)
    t.sign(
        ("Jakarta, [tanggal diisi]", "Untuk {{ walidata_singkat }},", "", "", "", "[nama diisi]", "NIP [diisi]"),
        left=("", "Untuk Sekretariat TKPK,", "", "", "", "[nama diisi]", "NIP [diisi]"),
    )
    return t


def _fields(*names: str) -> tuple[str, ...]:
    """One line of a table: a tag a cell."""
    return tuple(f"{{{{ baris.{name} }}}}" for name in names)


def _headline(t: Template) -> None:
    t.table(
        ("Uraian", "Jumlah", "Keterangan"),
        (7, 3.6, 5.9),
        [
            ("{%tr for baris in pokok %}", "", ""),
            ("{{ baris.nama }}", "{{ baris.nilai }}", "{{ baris.catatan }}"),
            ("{%tr endfor %}", "", ""),
        ],
        align=("kiri", "kanan", "kiri"),
    )


def _blockers(t: Template) -> None:
    t.text("{{ kalimat_penghalang }}")
    t.tag("{%p if penghalang %}")
    t.table(
        ("Produsen", "Aturan", "Kota", "Gagal", "Bagian", "Ambang"),
        (3.9, 4.3, 3.2, 1.6, 1.7, 1.8),
        [
            ("{%tr for baris in penghalang %}", *[""] * 5),
            _fields("produsen", "aturan", "kota", "gagal", "bagian", "ambang"),
            ("{%tr endfor %}", *[""] * 5),
        ],
        align=("kiri", "kiri", "kiri", "kanan", "kanan", "kanan"),
    )
    t.tag("{%p endif %}")
    t.text("{{ kalimat_pengecualian }}")
    t.tag("{%p if pengecualian %}")
    t.table(
        ("Produsen", "Aturan", "Kota", "Alasan", "Oleh"),
        (3.2, 3.6, 2.8, 4.4, 2.5),
        [
            ("{%tr for baris in pengecualian %}", *[""] * 4),
            _fields("produsen", "aturan", "kota", "alasan", "oleh"),
            ("{%tr endfor %}", *[""] * 4),
        ],
    )
    t.tag("{%p endif %}")


def _gaps(t: Template) -> None:
    t.text("{{ kalimat_celah }}", sticky=True)
    t.table(
        ("Celah", "Produsen", "Orang", "Tindak lanjut", "Penanggung jawab", "Tenggat"),
        (3.2, 2.7, 1.5, 4.3, 2.8, 2),
        [
            ("{%tr for baris in celah %}", *[""] * 5),
            _fields("aturan", "produsen", "orang", "tindak_lanjut", "penanggung_jawab", "tenggat"),
            ("{%tr endfor %}", *[""] * 5),
        ],
        align=("kiri", "kiri", "kanan", "kiri", "kiri", "kiri"),
    )


TEMPLATES: Mapping[str, Callable[[], Template]] = {
    "laporan-asisten.docx": laporan_asisten,
    "berita-acara.docx": berita_acara,
    "keputusan.docx": keputusan,
    "lampiran.docx": lampiran,
}


def build(folder: Path) -> None:
    """Writes every template into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in TEMPLATES.items():
        path = folder / name
        make().doc.save(path)
        path.write_bytes(normalised(path.read_bytes()))


if __name__ == "__main__":
    build(FOLDER)
