"""Papers of data protection: the berita acara pemusnahan and the register of processing (UU 27/2022 art. 31).

What was destroyed stands in the signed register, who received what in the register of handing over; nothing is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.format import day as tanggal
from padanan.base.format import fingerprint, number
from padanan.base.home import Home
from padanan.base.markdown import md_table
from padanan.contracts.contract import Contract
from padanan.contracts.contract_file import CLASSIFICATIONS
from padanan.contracts.dbt_yaml import (
    IDENTITY,
    classification,
    described_models,
    identity_model,
    published_models,
    written_columns,
)
from padanan.contracts.retention import LANDING, Rule
from padanan.distribution.grants import GIVE
from padanan.distribution.grants import log_of as grants_log
from padanan.forms.handover import HANDED, register_of
from padanan.records.kinds import DESTRUCTION
from padanan.records.log import Log
from padanan.upkeep.retention.things import shown_place


def destruction_paper(home: Home, year: int) -> str:
    """The berita acara of everything destroyed in a year, one section a day and pair of people.

    Raises:
        PadananError: nothing was destroyed that year, or the register was changed.
    """
    records = Log(home, DESTRUCTION, str(year)).read().records
    if not records:
        raise PadananError(f"tidak ada pemusnahan tercatat pada {year}", cure="pilih tahun lain dengan --year")
    lines = [
        "# Berita Acara Pemusnahan Data",
        "",
        f"Pemusnahan menurut masa simpan, tahun {year} (UU 27/2022 pasal 42-44).",
        "",
    ]
    acts: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for record in records:
        acts.setdefault((record["tanggal"], record["oleh"], record["saksi"]), []).append(record)
    for (day, by, witness), items in acts.items():
        files = sum(int(item.get("jumlah_berkas") or 0) for item in items)
        size = sum(int(item.get("ukuran") or 0) for item in items)
        lines += [
            f"## {tanggal(day)}",
            "",
            f"Dimusnahkan {number(len(items))} hal, {number(files)} berkas, {number(size)} bita. Nilai hash dan jumlahnya tetap "
            "tersimpan pada nisan.",
            "",
            *md_table(
                ("No", "Kumpulan data", "Tempat", "Masa simpan", "Disimpan sampai", "Berkas", "Baris", "Nilai hash nisan"),
                (
                    (
                        str(item["no"]),
                        item["kumpulan"],
                        shown_place(item["tempat"]),
                        item["aturan"],
                        tanggal(item["disimpan_sampai"]),
                        number(item.get("jumlah_berkas")),
                        number(item.get("baris_masuk")),
                        fingerprint(str(item.get("nisan_sha256") or "")[:16]) or "–",
                    )
                    for item in items
                ),
            ),
            "",
            *md_table(("Yang memusnahkan", "Saksi"), ((by, witness), ("", ""))),
            "",
        ]
    lines += [f"Kepala register: {fingerprint(str(records[-1]['hash']))}", ""]
    return "\n".join(lines)


def processing_register(home: Home, contracts: Mapping[str, Contract], rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Every dataset and every recipient that exists, as data.

    Returns:
        `kumpulan`: one entry a contract and one a rule of `retensi.yaml`; `penerima`: one entry a handing over and
        one a version of a grant.

    Raises:
        PadananError: a line of the register of recipients can't be read.
    """
    datasets = []
    for contract in contracts.values():
        counts = Counter(column.classification for column in contract.columns)
        datasets.append(
            {
                "kumpulan": f"{LANDING}/{contract.id}",
                "nama": contract.name,
                "tujuan": contract.description,
                "dasar_hukum": contract.legal_basis,
                "pemilik": contract.owner,
                "satuan": contract.unit,
                "klasifikasi": {name: counts[name] for name in CLASSIFICATIONS},
                "kolom": {column.name: column.classification for column in contract.columns},
                "masa_simpan": rules[f"{LANDING}/{contract.id}"].words,
                "tempat": f"{LANDING}/{contract.id}",
                "berlaku": [
                    contract.in_force_from.isoformat(),
                    contract.in_force_to.isoformat() if contract.in_force_to else None,
                ],
            }
        )
    for rule in rules.values():
        if rule.folder != LANDING:
            datasets.append(
                {
                    "kumpulan": rule.dataset,
                    "nama": rule.content,
                    "pemilik": rule.owner,
                    "masa_simpan": rule.words,
                    "tempat": rule.folder,
                    **_written(rule.folder),
                }
            )
    return {"kumpulan": datasets, "penerima": [*_recipients(home), *_granted(home)]}


def _written(folder: str) -> dict[str, Any]:
    """The classes of the columns that the system itself writes into a folder, where dbt describes them."""
    tables = {"published": tuple(published_models()), IDENTITY: (identity_model(),)}.get(folder)
    if tables is None:
        return {}
    described = described_models()
    columns = {
        f"{table}.{column['name']}": classification(column)
        for table in tables
        for column in described[table]["columns"]
        if column["name"] in written_columns(table)
    }
    counts = Counter(columns.values())
    return {"klasifikasi": {name: counts[name] for name in CLASSIFICATIONS}, "kolom": columns}


def register_text(data: Mapping[str, Any]) -> str:
    """The register of processing in Markdown."""
    lines = [
        "# Register kegiatan pemrosesan",
        "",
        "Menurut UU 27/2022 pasal 31. Klasifikasi: jumlah kolom umum, pribadi, spesifik.",
        "",
        "## Kumpulan data",
        "",
        *md_table(
            ("Kumpulan", "Nama dan tujuan", "Dasar hukum", "Pemilik", "Klasifikasi", "Masa simpan", "Tempat"),
            (
                (
                    item["kumpulan"],
                    item["nama"] + (f": {item['tujuan']}" if item.get("tujuan") else ""),
                    item.get("dasar_hukum", "–"),
                    item["pemilik"],
                    " / ".join(str(item["klasifikasi"][name]) for name in CLASSIFICATIONS) if item.get("klasifikasi") else "–",
                    item["masa_simpan"],
                    item["tempat"],
                )
                for item in data["kumpulan"]
            ),
        ),
        "",
        "## Penerima",
        "",
    ]
    if data["penerima"]:
        names = ("kepada", "keperluan", "berkas", "sha256", "oleh", "waktu", "kedaluwarsa")
        head = ("Penerima", "Keperluan", "Berkas", "Sidik", "Diserahkan oleh", "Waktu", "Berlaku sampai")
        lines += md_table(head, (tuple(_shown(item[name]) for name in names) for item in data["penerima"]))
    else:
        lines.append("Belum ada data yang diserahkan kepada penerima.")
    return "\n".join([*lines, ""])


def _recipients(home: Home) -> list[dict[str, Any]]:
    """Who received which file for what, until when; from the signed register of handing over."""
    names = ("kepada", "keperluan", "jenis", "folder", "berkas", "sha256", "oleh", "waktu", "kedaluwarsa")
    return [
        {name: record.get(name) for name in names}
        for record in register_of(home).read().records
        if record.get("peristiwa") == HANDED
    ]


def _granted(home: Home) -> list[dict[str, Any]]:
    """Who may read through the API for what, until when; each version of a grant that was given is one line."""
    found = []
    for record in grants_log(home).read().records:
        terms, given = record["isi"], record["tindakan"] == GIVE
        whose = f"{terms['lembaga']} melalui {terms['melalui']}" if terms.get("lembaga") else terms["instansi"]
        found.append(
            {
                "kepada": whose,
                "keperluan": ", ".join(terms["tujuan"]) if given else "dicabut",
                "jenis": "api",
                "folder": None,
                "berkas": f"API, hibah {record['hibah']}/{record['versi']}: {', '.join(terms['kolom'])}",
                "sha256": None,
                "oleh": (record.get("penyetuju") or record["pengusul"])["nama"],
                "waktu": record["waktu"],
                "kedaluwarsa": terms["sampai"] if given else record["waktu"][:10],
            }
        )
    return found


def _shown(value: Any) -> str:
    if isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef"):
        return fingerprint(value[:16])
    return "–" if value in (None, "") else str(value)
