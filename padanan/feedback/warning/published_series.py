"""Series over publications: one point a period, by the revision by which it counts, each figure with its mark in the report.

What came back from the field since then is `field_series`' business.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from padanan.base.errors import PadananError
from padanan.base.suppress import ALL
from padanan.contracts.early_warning import KECAMATAN, KELURAHAN, KOTA, LEVELS, PROVINCE
from padanan.feedback.outreach import Publications
from padanan.feedback.warning.points import Known, Point, SeriesSet, Where
from padanan.published.cells.declared import Key
from padanan.published.cells.lists import list_key, not_in_key
from padanan.published.cells.matching import update_key
from padanan.published.cells.places import place_key, rule_key
from padanan.published.lists import FLAGS, UNSERVED
from padanan.published.report import Report
from padanan.published.wilayah import ROOT, UNKNOWN, Node


def published_series(publications: Publications, day: date, most: int) -> SeriesSet:
    """The series of the newest publications whose cut-off is not after a day.

    A publication that an older program wrote, and that lacks a table, gives no point where it lacks one.

    Raises:
        PadananError: a publication was changed.
    """
    found = SeriesSet()
    for periode, revisi in publications.until(day)[-most:]:
        report, _ = publications.of(periode, revisi)
        _points(found, report, f"{report.cutoff.isoformat()}/{revisi:04d}", f"{periode.label} r{revisi}")
    return found


def _points(into: SeriesSet, report: Report, order: str, name: str) -> None:
    cells = report.cells

    def add(
        series: str, level: str, code: str, key: Key, whole: Key | None = None, part: str = "", base: Known | None = None
    ) -> None:
        if not cells.has(key):
            return
        of = Known.cell(cells, whole) if whole is not None and cells.has(whole) else base
        into.add(Where(series, level, code, part), Point(order, name, Known.cell(cells, key), of))

    for node in report.tree.root.every():
        level, code = LEVELS[len(node.path) - 1], "" if node.path == ROOT else node.code
        if UNKNOWN in node.path:
            continue
        into.places[level, code] = _called(level, node) if code else into.places[PROVINCE, ""]
        add("terpilih", level, code, place_key(node.path, "sasaran"), place_key(node.path, "orang"))
    places = [(PROVINCE, "", ALL), *((KOTA, code, code) for code in report.facts.kota_names)]
    everybody = {code: place_key(ROOT if not code else (*ROOT, code), "orang") for _, code, _ in places}
    selected = {code: place_key(ROOT if not code else (*ROOT, code), "sasaran") for _, code, _ in places}
    add("belum_berdesil", PROVINCE, "", not_in_key("belum_berdesil"), everybody[""])
    for level, code, kota in places:
        add("tanpa_program", level, code, list_key(UNSERVED, "sebab", kota=kota), selected[code])
        path = (ALL,) if kota == ALL else (kota,)
        add("pemutakhiran", level, code, update_key(path, "diperbarui"), update_key(path, "catatan"))
        for key in _flags(report):
            add("bendera", level, code, list_key(FLAGS, "bukti", key, kota), part=key)
    totals = {(one.producer, one.rule.id): one for one in report.facts.rules}
    for (producer, rule), one in totals.items():
        part = f"{producer}/{rule}"
        into.parts["celah", part] = (
            f"{report.contracts[producer].name}, {one.rule.name}" if producer in report.contracts else part
        )
        add("celah", PROVINCE, "", rule_key(producer, rule), part=part, base=Known.of(one.total))
    for own in report.facts.kotas:
        if own.kota in report.facts.kota_names:
            failing = rule_key(own.producer, own.rule.id, own.kota)
            add("celah", KOTA, own.kota, failing, part=f"{own.producer}/{own.rule.id}", base=Known.of(own.total))


def _flags(report: Report) -> list[str]:
    with suppress(KeyError, PadananError):
        return [one for one in report.cells.cross(f"{FLAGS}/bukti").rows if one != ALL]
    return []


def _called(level: str, node: Node) -> str:
    return {KOTA: node.name, KECAMATAN: f"Kecamatan {node.name}", KELURAHAN: f"Kelurahan {node.name}"}[level]
