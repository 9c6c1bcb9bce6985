"""What the templates may name: every figure as the text that is printed, by tag.

Counting is in `facts` and the review report; layout is the templates'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from padanan.base import format as id_format
from padanan.base.period import Periode
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.legal_bases import in_sentences, load_legal_bases
from padanan.contracts.plan import load_plans
from padanan.decree.documents.facts import Count, Target
from padanan.decree.documents.terbilang import terbilang
from padanan.pages import words
from padanan.published import groups, wilayah
from padanan.published.groups import UNKNOWN
from padanan.published.report import UNTOLD

TO_FILL = "[diisi]"
DRAFT = "RANCANGAN"
LEGAL_OFFICE = "[diisi: bagian hukum memeriksa keberlakuan dan melengkapi dasar hukum ini]"
WITH_UNKNOWN = " (termasuk yang tidak diketahui)"
NO_LOG = "0" * 64
ABOUT = "DATA SASARAN PROGRAM PERCEPATAN PENGHAPUSAN KEMISKINAN EKSTREM PROVINSI DAERAH KHUSUS IBUKOTA JAKARTA {periode}"
SPLIT_NAMES: Mapping[str, str] = {
    "jenis_kelamin": "Jenis kelamin",
    "umur": "Kelompok umur",
    "desil": "Desil kesejahteraan",
    "status_identitas": "Status identitas",
}
_LINES: Mapping[str, Mapping[str, str]] = {
    "jenis_kelamin": groups.SPLITS["jk"],
    "umur": groups.SPLITS["umur"],
    "status_identitas": words.IDENTITIES,
}


@dataclass(frozen=True)
class Identity:
    """What names a document's figures: the revision, its hashes, and what the decree adds to them."""

    label: str
    start: date
    end: date
    revisi: int
    published_sha256: str
    row_hash: str
    log_head: str
    criteria_version: str
    criteria: Mapping[str, Any]
    number: str | None = None
    day: date | None = None
    changes: tuple[str, str] | None = None

    @property
    def about(self) -> str:
        """The decree's subject; of a change with the number and year of what it changes."""
        subject = ABOUT.format(periode=Periode.parse(self.label).title.upper())
        return subject if self.changes is None else f"PERUBAHAN ATAS KEPUTUSAN GUBERNUR NOMOR {self.changes[0]} TENTANG {subject}"


def numbered(number: str, day: date) -> str:
    """The number as a Keputusan Gubernur prints it: `75 TAHUN 2023`."""
    text = " ".join(number.upper().split())
    return text if "TAHUN" in text else f"{text} TAHUN {day.year}"


def identity_tags(identity: Identity, *, draft: bool) -> dict[str, Any]:
    """The tags that name period, revision, hashes, number and date, and the agencies as they were called at the period's end."""
    day, agencies = identity.day, load_agencies(expectations_dir())
    custodian = agencies.of("walidata")
    return {
        "periode": identity.label,
        "periode_kalimat": f"{id_format.day(identity.start)} sampai dengan {id_format.day(identity.end)}",
        "revisi": id_format.number(identity.revisi),
        "sidik_terbitan": id_format.fingerprint(identity.published_sha256),
        "sidik_data": id_format.fingerprint(identity.row_hash),
        "kepala_log": "belum ada keputusan" if identity.log_head == NO_LOG else id_format.fingerprint(identity.log_head),
        "kriteria_versi": identity.criteria_version,
        "kriteria": list(identity.criteria.get("kalimat") or [UNTOLD]),
        "dasar_data": [
            {**one, "kalimat": in_sentences(one["sumber"], one["dasar"])} for one in identity.criteria.get("dasar_hukum") or []
        ],
        "mengingat": _bases(identity),
        "tanda_rancangan": f" · {DRAFT}" if draft else "",
        "nomor": numbered(identity.number, day) if identity.number and day else TO_FILL,
        "tanggal": id_format.day(day) if day else TO_FILL,
        "tentang": identity.about,
        "walidata": custodian.first(identity.end),
        "walidata_singkat": custodian.on(identity.end).singkat,
        "sekretariat": agencies.of("sekretariat").first(identity.end),
        # The line above it names the province.
        "sekretariat_kop": agencies.of("sekretariat").on(identity.end).nama.removesuffix(" Provinsi DKI Jakarta").upper(),
    }


def decided_mark(identity: Identity) -> str:
    """What the head of a paper about a decided revision says in place of the draft's mark."""
    assert identity.number is not None and identity.day is not None
    return f" · ditetapkan dengan Keputusan Gubernur Nomor {numbered(identity.number, identity.day)}"


def _bases(identity: Identity) -> list[dict[str, str]]:
    """The lines of Mengingat on the period's last day; the word itself stands before the first."""
    folder, year = expectations_dir(), identity.end.year
    plan = load_plans(folder).get(year)
    cited = load_legal_bases(folder).cited(identity.end, plan.legal_bases if plan else ())
    return [
        {
            "kepala": "Mengingat" if number == 1 else "",
            "titik": ":" if number == 1 else "",
            "nomor": f"{number}.",
            "naskah": f"{text};",
        }
        for number, text in enumerate((*cited, LEGAL_OFFICE), 1)
    ]


def target_tags(target: Target) -> dict[str, Any]:
    """The tags of the frozen data sasaran."""
    tree, root = target.tree, target.tree.root
    splits = {
        name: [_line(name, item, target.people) for item in lines if item.value or item.key != UNKNOWN]
        for name, lines in target.splits.items()
    }
    without = target.without_family
    return {
        "batas": id_format.day(target.day),
        "jumlah_orang": id_format.number(target.people),
        "jumlah_orang_terbilang": terbilang(target.people),
        "jumlah_keluarga": id_format.number(target.families),
        "jumlah_keluarga_terbilang": terbilang(target.families),
        "tanpa_keluarga": without.cover.text if without.cover else id_format.number(without.value),
        "kota": [
            {"kode": node.code, "nama": node.name, "orang": tree.text(node, "sasaran"), "bagian": _share(tree, node)}
            for node in root.children
            if node.code != wilayah.UNKNOWN or node.values["sasaran"]
        ],
        "wilayah": [
            {
                "kode": kota.code,
                "nama": kota.name,
                "orang": tree.text(kota, "sasaran"),
                "kecamatan": [
                    {"kode": kecamatan.code, "nama": kecamatan.name, "kelurahan": _villages(tree, kecamatan)}
                    for kecamatan in kota.children
                    if kecamatan.code != wilayah.UNKNOWN or kecamatan.values["sasaran"]
                ],
            }
            for kota in root.children
            if kota.code != wilayah.UNKNOWN
        ],
        **splits,
        "keadaan": [{"nama": SPLIT_NAMES[name], "baris": lines} for name, lines in splits.items()],
        "keterangan_tutup": (
            "Jumlah di bawah 5 orang ditulis “<5”, dan jumlah lain yang memungkinkan orang menghitungnya kembali ditulis "
            "“ditutup”; jumlah seluruhnya tetap tepat."
        ),
    }


def _villages(tree: wilayah.Tree, kecamatan: wilayah.Node) -> list[dict[str, str]]:
    """The kelurahan of a kecamatan with the kecamatan's sum under them; people whose kelurahan is unknown as a line."""
    lines = [
        {"kode": node.code, "nama": node.name, "orang": tree.text(node, "sasaran")}
        for node in kecamatan.children
        if node.code != wilayah.UNKNOWN or node.values["sasaran"]
    ]
    return [*lines, {"kode": kecamatan.code, "nama": "Jumlah kecamatan", "orang": tree.text(kecamatan, "sasaran")}]


def _share(tree: wilayah.Tree, node: wilayah.Node) -> str:
    if (node.path, "sasaran") in tree.covered:
        return "–"
    return id_format.percent(node.values["sasaran"], tree.root.values["sasaran"])


def _line(table: str, item: Count, people: int) -> dict[str, str]:
    name = groups.SPLITS["umur"][UNKNOWN] if item.key == UNKNOWN else _LINES.get(table, {}).get(item.key)
    return {
        "kode": item.key,
        "nama": (name or (f"Desil {item.key}" if table == "desil" else item.key)) + (WITH_UNKNOWN if item.with_unknown else ""),
        "orang": item.cover.text if item.cover else id_format.number(item.value),
        "bagian": "–" if item.cover else id_format.percent(item.value, people),
    }


def clean(value: Any) -> Any:
    """The same tags with every long run of digits in groups: no document may hold anything like a NIK."""
    if isinstance(value, str):
        return words.without_long_runs(value)
    if isinstance(value, Mapping):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value
