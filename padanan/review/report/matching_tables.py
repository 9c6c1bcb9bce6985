"""The tables and pictures of the padanan: records by status, people, families, and the overlap of the registries.

Counting is in `facts` and `overlap`; drawing in `svg`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from padanan.base import format as id_format
from padanan.contracts.parts import reference
from padanan.pages import svg, words
from padanan.pages.table import Cell, Column, Table, count, counted, heads, row, share, table, text
from padanan.published import overlap
from padanan.published.cells.declared import Key
from padanan.published.cells.matching import WITHIN, overlap_key, registry_key
from padanan.published.facts import Facts
from padanan.published.opened import LATER
from padanan.published.report import Report


def statuses(facts: Facts) -> list[str]:
    """The statuses to show: the final ones always, others where some record has them."""
    seen = {status for counts in facts.statuses.values() for status in counts}
    return [status for status in words.STATUSES if status in words.FINAL or status in seen]


def records(report: Report) -> Table:
    """Records by producer and status."""
    facts, shown = report.facts, statuses(report.facts)
    rows = []
    for contract_id, counts in sorted(facts.statuses.items(), key=lambda item: list(report.contracts).index(item[0])):
        whole = sum(counts.values())
        segments = [svg.Segment(words.STATUSES[key][1], counts.get(key, 0), words.STATUSES[key][0]) for key in shown]
        told = "; ".join(f"{part.label} {id_format.percent(part.value, whole)}" for part in segments if part.value)
        rows.append(
            row(
                text(report.contracts[contract_id].name),
                Cell("", picture=svg.bar(segments, told)),
                count(whole),
                *(count(counts.get(key, 0)) for key in shown),
                share(sum(counts.get(key, 0) for key in words.PADAN), whole),
                produsen=contract_id,
            )
        )
    names = [f"{words.STATUSES[key][0]}#" for key in shown]
    columns = heads("Produsen", "Gambar", "Catatan#", *names, "Bagian padan#")
    return table("tabel-padanan", "Catatan menurut keadaan padanan", columns, rows, label="Hasil pemadanan")


def people(facts: Facts) -> Table:
    """People by the state of their identity."""
    whole = sum(facts.people.values())
    rows = [
        row(text(words.IDENTITIES.get(key, key)), count(facts.people.get(key, 0)), share(facts.people.get(key, 0), whole))
        for key in {**words.IDENTITIES, **facts.people}
    ]
    note = (
        "Setiap orang yang disebut sumber mana pun dihitung sekali; "
        "orang tanpa penduduk Adminduk bersifat sementara sampai ada bukti."
    )
    foot = [row(text("Jumlah"), count(whole, name="jumlah-orang"), share(whole, whole))]
    return table(
        "tabel-orang",
        "Orang menurut keadaan identitas",
        heads("Keadaan identitas", "Orang#", "Bagian#"),
        rows,
        note=note,
        foot=foot,
    )


def families(facts: Facts, names: Mapping[str, str]) -> Table:
    """Families by registry."""
    keys = ("keluarga", "anggota", "tanpa_kepala", "kepala_ganda", "terpecah")
    rows = [
        row(
            text(names.get(line["sumber"], line["sumber"])),
            *(count(int(line[key])) for key in keys),
            registri=str(line["sumber"]),
        )
        for line in facts.families
    ]
    columns = ("Registri", "Keluarga#", "Keanggotaan#", "Tanpa kepala#", "Kepala lebih dari satu#", "Terpecah di Adminduk#")
    note = (
        "Keluarga tiap registri dipisahkan dan ditautkan lewat kartu keluarga Adminduk anggotanya; "
        f"gabungannya {id_format.number(facts.families_joined)} keluarga."
    )
    return table("tabel-keluarga", "Keluarga menurut registri", heads(*columns), rows, note=note)


def overlap_table(data: overlap.Overlap, kota: str, caption: str, *, total: bool = False) -> Table:
    """The sets of registries of one kota, or of all."""
    whole = data.total(kota)
    rows = []
    for members, number in data.sets(kota):
        mark = data.covered.get((kota, members))
        hidden = bool(mark) or (kota, None) in data.covered
        rows.append(
            row(
                text(overlap.set_name(members, data.names)),
                count(number, mark, key=overlap_key(data.unit, kota, overlap.set_key(members))),
                replace(
                    share(number, whole, hidden),
                    ratio=(overlap_key(data.unit, kota, overlap.set_key(members)), overlap_key(data.unit, kota)),
                ),
                irisan=overlap.set_key(members),
            )
        )
    foot = [row(text("Jumlah"), count(whole), share(whole, whole))] if total else []
    return table(
        f"tabel-irisan-{data.unit}",
        caption,
        heads("Ada di registri", f"{data.unit.capitalize()}#", "Bagian#"),
        rows,
        note=f"Setiap {data.unit} masuk tepat satu baris.",
        foot=foot,
    )


def _told(report: Report, key: Key, number: int, total: int) -> tuple[str, str]:
    """A count that a cell tells, and its share; covered with the cell."""
    mark = report.cells.mark(key) if report.cells.has(key) else None
    return (mark.text, "–") if mark else (id_format.number(number), id_format.percent(number, total))


def overlap_section(report: Report, unit: str) -> tuple[dict[str, Any], dict[str, Table]]:
    """The part on one unit: title, message, picture; and its two tables."""
    data = report.overlaps[unit]
    sets, total = data.sets(), data.total()
    known = [name for name in data.names if data.within(name)]
    lines = [svg.Intersection(members, number) for members, number in sets if (overlap.ALL, members) not in data.covered]
    register = reference(report.contracts).registry
    assert register is not None
    only = frozenset({register.id})
    alone = count(next((number for members, number in sets if members == only), 0), data.covered.get((overlap.ALL, only))).text
    several = sum(number for members, number in sets if len(members) > 1)
    several_told, several_share = _told(report, registry_key(unit), several, total)
    unregistered = total - data.within(register.id)
    inside = registry_key(unit, WITHIN, register.id)
    outside_told, outside_share = _told(report, inside, unregistered, total)
    message = (
        f"{id_format.number(total)} {unit} ada di sedikitnya satu registri; "
        f"{several_told} ({several_share}) "
        f"di dua registri atau lebih, {alone} hanya di {register.name}, dan {outside_told} "
        f"({outside_share}) di registri lain tetapi tidak di {register.name}."
        + (f" {id_format.listed(list(data.absent))} {LATER}." if data.absent else "")
    )
    if not data.names:
        message = f"Irisan {unit} {LATER}."
    title = f"Irisan {unit}: {id_format.listed([data.names[name] for name in known])}" if known else f"Irisan {unit}"
    picture = svg.upset([(name, data.names[name]) for name in known], lines, title, message, f"irisan-{unit}")
    section = {"satuan": unit, "judul": title, "pesan": message, "gambar": picture}
    own = table(
        f"tabel-registri-{unit}",
        f"{unit.capitalize()} per registri",
        (Column("Registri"), Column(unit.capitalize(), "n"), Column("Bagian dari semua", "n")),
        [
            row(
                text(data.names[name]),
                counted(report.cells, key),
                share(data.within(name), total, report.cells.mark(key) is not None),
            )
            for name, key in ((name, registry_key(unit, WITHIN, name)) for name in known)
        ],
    )
    return section, {
        f"irisan_{unit}": overlap_table(data, overlap.ALL, f"{title}: tabel", total=bool(data.names)),
        f"registri_{unit}": own,
    }


def selection(report: Report) -> Table:
    """People by the first criterion that failed."""
    facts = report.facts
    texts = {item.id: item.keterangan for item in report.criteria.kriteria}
    known = {**dict.fromkeys(texts, 0), **facts.selection}
    judged = facts.selected + sum(facts.selection.values())
    rows = [
        row(
            text("Masuk data sasaran"),
            count(facts.selected),
            share(facts.selected, judged),
            css="induk pokok",
            kriteria="terpilih",
        )
    ]
    rows += [
        row(
            Cell(f"Tidak masuk; tidak terpenuhi: {texts.get(key, key)}", more=(key,)),
            count(number),
            share(number, judged),
            kriteria=key,
        )
        for key, number in known.items()
    ]
    foot = [row(text("Orang yang dinilai"), count(judged), share(judged, judged))]
    columns = (Column("Hasil", more=("Kriteria",)), *heads("Orang#", "Bagian#"))
    return table("tabel-sasaran", "Orang menurut hasil kriteria", columns, rows, foot=foot, label="Data sasaran")
