"""What the API's answers and bodies look like, for readers of the OpenAPI description; rows are sent as DuckDB wrote them.

Problems are `problems`'.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from padanan.distribution.terms import WILAYAH

PERIOD = r"^[0-9]{4}-S[12]$"
Nik = Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,39}$")]
EXAMPLE_ROW = {"id_orang": "000092d7f4fb29b641c4073e39998ce7", "nama": "CONTOH NAMA", "kode_kelurahan": "31.75.06.1002"}

EXAMPLE_LINE = {
    "id_garis": "5d2c0a91b7e64f1d8c3a2b1f0e9d8c7b",
    "id_orang": EXAMPLE_ROW["id_orang"],
    "kode_alasan": "pengaduan",
    "alasan": "Pengaduan warga",
    "prioritas": 2,
    "dibuka": "2026-09-04",
    "tenggat": "2026-10-04",
    "terlambat": False,
    "keadaan": "terbuka",
}


class Shape(BaseModel):
    """Nothing beside what is written."""

    model_config = ConfigDict(extra="forbid")


class Decree(Shape):
    """A decree in force."""

    periode: str = Field(examples=["2025-S2"])
    ke: int = Field(description="1 penetapan, 2 perubahan pertama", examples=[1])
    nomor: str = Field(examples=["812 Tahun 2025"])
    tanggal: str = Field(examples=["2025-12-15"])
    jumlah_orang: int = Field(examples=[1000000])
    row_hash: str = Field(description="nilai hash baris data sasaran pada segel")
    kunci_segel: str | None = Field(description="sidik kunci Ed25519 yang menandai segel")
    segel_sha256: str = Field(description="SHA-256 segel.json")
    perubahan_sejak: list[str] = Field(description="nilai 'sejak' yang dapat diminta", examples=[["2025-S1/1"]])


class Decrees(Shape):
    """Every period's decree in force."""

    penetapan: list[Decree]


class Page(Shape):
    """One page; `berikutnya` is None on the last one."""

    periode: str = Field(examples=["2025-S2"])
    ke: int = Field(examples=[1])
    hibah: str = Field(examples=["klj-dinsos/1"])
    kolom: list[str] = Field(examples=[["id_orang", "nama", "kode_kelurahan"]])
    data: list[dict[str, Any]] = Field(examples=[[EXAMPLE_ROW]])
    berikutnya: str | None = Field(description="nilai 'kursor' halaman berikutnya")


class LinesPage(Shape):
    """One page of prelist lines; `berikutnya` is None on the last one."""

    per: str = Field(description="hari yang barisnya terbuka", examples=["2026-09-30"])
    ke: int = Field(description="nomor potretnya; halaman berikutnya dari potret yang sama", examples=[12])
    hibah: str = Field(examples=["prelist-dinsos/1"])
    kolom: list[str] = Field(examples=[["nama", "alamat", *EXAMPLE_LINE]])
    data: list[dict[str, Any]] = Field(examples=[[{"nama": "CONTOH NAMA", "alamat": "JALAN CONTOH 1", **EXAMPLE_LINE}]])
    berikutnya: str | None = Field(description="nilai 'kursor' halaman berikutnya")


class Search(Shape):
    """A look-up; the number stands here and never in an address."""

    nik: Nik = Field(examples=["3175061703110001"])
    tujuan: Slug = Field(examples=["verifikasi-penerima"])
    hibah: Slug | None = None
    kolom: list[Annotated[str, StringConstraints(max_length=40)]] | None = Field(default=None, max_length=40)


class Found(Shape):
    """The person of a look-up."""

    periode: str = Field(examples=["2025-S2"])
    ke: int = Field(examples=[1])
    hibah: str = Field(examples=["klj-dinsos/1"])
    data: dict[str, Any] = Field(examples=[EXAMPLE_ROW])


class Cell(Shape):
    """One figure; `jumlah` is None where it is covered, and `ditutup` says how."""

    satuan: Literal["orang", "keluarga"]
    tingkat: Literal["provinsi", "kota", "kecamatan", "kelurahan"]
    kode_wilayah: str = Field(examples=["31.75"])
    dimensi: str = Field(examples=["desil"])
    nilai: str = Field(examples=["1"])
    jumlah: int | None = Field(examples=[1250])
    ditutup: str | None = Field(examples=[None])


class Aggregate(Shape):
    """The suppressed figures."""

    periode: str
    ke: int
    data: list[Cell]


class ContractColumn(Shape):
    """One column that a grant of the client holds."""

    nama: str
    klasifikasi: str
    arti: str


class GrantTold(Shape):
    """One of the client's own grants."""

    hibah: str
    versi: int
    instansi: str
    lembaga: str | None
    program: str
    baris: str
    wilayah: list[str]
    layanan: list[str]
    tujuan: list[str]
    kolom: list[ContractColumn]
    dasar_hukum: str
    surat: str
    keputusan: str
    mulai: str
    sampai: str
    baris_per_hari: int
    baris_terpakai_hari_ini: int
    simpan_hari: int


class Contract(Shape):
    """What the client may do: its grants that hold today, and the limits."""

    klien: str
    lingkup: list[str]
    hibah: list[GrantTold]
    permintaan_per_menit: int
    halaman_terbesar: int


class LetterSent(Shape):
    """The letter of a request."""

    nomor: str = Field(min_length=1, max_length=100, examples=["012/YC/I/2026"])
    tanggal: date = Field(examples=["2026-01-12"])
    berkas: str = Field(
        min_length=8,
        json_schema_extra={"contentEncoding": "base64"},
        description="pindaian surat (PDF, JPEG, PNG atau TIFF) sebagai base64; paling besar menurut expectations/distribusi.yaml",
    )


class ProfileSent(Shape):
    """The program that the body will carry out."""

    kegiatan: str = Field(min_length=1, max_length=200, examples=["Pendampingan lansia"])
    uraian: str = Field(min_length=1, max_length=2000, examples=["Kunjungan mingguan bersama kader"])
    bantuan: str = Field(min_length=1, max_length=200, examples=["Paket gizi"])
    dana: str = Field(min_length=1, max_length=200, examples=["Donasi"])


class _Wanted(Shape):
    pemohon: str = Field(
        min_length=1, max_length=200, description="yang menandatangani surat", examples=["Nama Penanggung Jawab"]
    )
    profil: ProfileSent
    program: str = Field(description="id kontrak program", examples=["klj"])
    baris: Literal["penerima", "sasaran"] = "penerima"
    wilayah: list[Annotated[str, StringConstraints(pattern=WILAYAH.pattern.join(("^", "$")))]] = Field(
        min_length=1, examples=[["31.74"]]
    )
    kolom: list[Annotated[str, StringConstraints(max_length=40)]] = Field(min_length=1, examples=[["nama", "alamat"]])
    layanan: list[Literal["sasaran", "cari", "perubahan", "prioritas", "adendum"]] = Field(min_length=1, examples=[["sasaran"]])
    tujuan: list[Slug] = Field(min_length=1, examples=[["penyaluran-bantuan"]])
    mulai: date = Field(examples=["2026-02-01"])
    sampai: date = Field(examples=["2026-12-31"])


class RequestSent(_Wanted):
    """A request of a non-government body; whose it is follows from the client."""

    surat: LetterSent


class LetterTold(Shape):
    """A letter that is kept under its hash."""

    nomor: str
    tanggal: str
    sha256: str


class RequestContents(_Wanted):
    """What was asked."""

    surat: LetterTold


class RequestStep(Shape):
    """One step that was taken."""

    langkah: str = Field(examples=["forum"])
    waktu: str


class RequestDecision(Shape):
    """What TKPK decided."""

    hasil: Literal["setuju", "tolak"]
    nomor: str
    tanggal: str
    alasan: str


class RequestTold(Shape):
    """A request of the client's own."""

    nomor: str = Field(examples=["p-2026-0001"])
    keadaan: Literal[
        "diajukan",
        "direkomendasikan",
        "tidak_direkomendasikan",
        "disetujui",
        "ditolak",
        "ditunjuk",
        "dihibahkan",
        "ditarik",
        "kedaluwarsa",
    ]
    menunggu: str | None = Field(description="langkah yang ditunggu")
    tenggat: str | None
    lembaga: str
    isi: RequestContents
    sidik: str = Field(description="SHA-256 isi dan surat; persetujuan berlaku bagi isi ini saja")
    forum: Literal["layak", "tidak_layak"] | None
    keputusan: RequestDecision | None
    instansi: str | None = Field(description="perangkat daerah yang ditunjuk")
    hibah: str | None
    terkait: list[str] = Field(description="permohonan lain klien ini dengan lembaga atau surat yang sama")
    langkah: list[RequestStep]


class RequestsTold(Shape):
    """The client's own requests."""

    permohonan: list[RequestTold]


class Receipt(Shape):
    """What is proved to have come in; what landing finds in it is told in the receipt of the delivery."""

    nomor: str = Field(examples=["ub-20261129-4f0c2a9e1b7d4c55"])
    kontrak: str = Field(examples=["klj"])
    sha256: str
    ukuran: int = Field(description="bita")
    waktu: str = Field(description="kapan diterima")


class Token(Shape):
    """RFC 6749 §5.1."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(examples=[900])
    scope: str = Field(examples=["sasaran:bnba"])


class TokenProblem(BaseModel):
    """RFC 6749 §5.2."""

    error: str = Field(examples=["invalid_client"])
    error_description: str | None = None
