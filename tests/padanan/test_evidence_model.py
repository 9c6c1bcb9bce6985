"""The model of a revision beside the last one's, and the drawn explanation."""

from __future__ import annotations

import copy
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from padanan.base.errors import PadananError
from padanan.linkage import explain
from padanan.linkage.comparison import COLUMNS
from padanan.linkage.levels import WIDTH
from padanan.linkage.model import CLASSES, Model
from padanan.linkage.threshold import Thresholds
from padanan.published import model_compare
from padanan.review.report import evidence_tables
from padanan.review.report.evidence_svg import calibration


def _body() -> dict[str, Any]:
    shares = np.r_[1.0, 0.8, 0.1, 0.05, 0.02, np.full(WIDTH - 5, 0.01)]
    m = np.tile(shares, (len(COLUMNS), 1))
    model = Model(m, np.stack([m] * len(CLASSES)), np.array([0.1, 0.5, 0.2, 0.2]), facts={"label": 900})
    group = {
        "model": "fellegi_sunter", "daftar": ["dtks"], "label": 900, "ambang_otomatis_bit": 5.0, "ambang_klerikal_bit": 1.0,
        "kelengkapan": 0.99, "presisi_harapan": 0.997, "recall_harapan": 0.98, "f1_label_uji": 0.99, "pasangan": 1000,
        "fitted": json.loads(model.to_json()),
    }  # fmt: skip
    return {"periode": "2025-07-01", "revisi": 1, "acuan": "a" * 16, "konfigurasi": "b" * 16, "kelompok": {"dtks": group}}


@pytest.mark.feature("F14")
def test_what_changed_between_two_models_is_named() -> None:
    """Data, threshold, labels, one m and one u: each is one line with both values; what stayed is not told."""
    before = _body()
    now = copy.deepcopy(before)
    assert model_compare.compare(before, now) == []
    assert "Tidak ada yang berubah" in model_compare.lines([])[0]
    now["acuan"] = "c" * 16
    group = now["kelompok"]["dtks"]
    group["ambang_otomatis_bit"], group["label"] = 6.25, 1200
    name = [c.name for c in COLUMNS].index("nama")
    group["fitted"]["m"][name][1] = 0.7
    group["fitted"]["m"][name][2] = 0.102  # within noise
    group["fitted"]["u"][1][name][1] = 0.6
    now["kelompok"]["carik"] = copy.deepcopy(group)
    found = model_compare.compare(before, now)
    assert [(c.model, c.what) for c in found] == [
        ("", "cuplikan Adminduk"), ("carik", "model"), ("dtks", "label latih"), ("dtks", "ambang otomatis (bit)"),
        ("dtks", "m: Nama sama"), ("dtks", "u serumah: Nama sama"),
    ]  # fmt: skip
    assert found[3].size == pytest.approx(1.25) and found[4].size == pytest.approx(-0.1)
    text = "\n".join(model_compare.lines(found))
    assert "900 ->" in text and "1.200" in text and "-0,1" in text and "cccc-cccc" in text
    assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", text)


def test_a_level_that_is_numbered_anew_is_compared_by_name() -> None:
    """A column with its levels in another order is the same model."""
    before = _body()
    now = copy.deepcopy(before)
    fitted = now["kelompok"]["dtks"]["fitted"]
    place = [c.name for c in COLUMNS].index("kk")
    levels = fitted["kolom"]["kk"]
    levels["sama"], levels["beda"] = levels["beda"], levels["sama"]
    for row in (fitted["m"], *fitted["u"]):
        row[place][1], row[place][3] = row[place][3], row[place][1]
    assert model_compare.compare(before, now) == []


def test_a_revision_without_a_model_is_told(tmp_path: Path) -> None:
    """Cause and cure, no traceback."""
    with pytest.raises(PadananError, match="Perbaikan"):
        model_compare.read(tmp_path)


@pytest.mark.feature("F14")
def test_no_line_is_green_against_what_was_seen_and_thin_lists_say_so() -> None:
    """Seventeen labels say nothing, eight hundred contradict, a list without labels has a line that says it is untested."""
    line = {"bawah": 0.95, "atas": 0.99, "n": 51, "label": 17, "dinyatakan": 0.97, "teramati": 0.12}
    line |= {"teramati_bawah": 0.03, "teramati_atas": 0.34}
    broken = line | {"n": 2400, "label": 800, "teramati_bawah": 0.1, "teramati_atas": 0.14}
    kept = broken | {"teramati": 0.968, "teramati_bawah": 0.955, "teramati_atas": 0.98}
    groups = {
        "dtsen": {"daftar": ["dtsen"], "label": 900, "kalibrasi": [line, broken, kept, line | {"n": 0}]},
        "kecil": {"daftar": ["kecil"], "label": 17, "kalibrasi": []},
    }
    report: Any = SimpleNamespace(contracts={})
    made, contradicted = evidence_tables.calibration(report, {"kelompok": groups})
    states = [[(r.cells[-1].text, r.cells[-1].css) for r in body] for body in made.bodies]
    assert states == [
        [("terlalu sedikit label", "redup"), ("lain dari yang dinyatakan", "awas"), ("sesuai", "baik")],
        [("terlalu sedikit label", "redup")],
    ]
    assert contradicted == 1
    assert [made.bodies[0][0].cells[2].text, made.bodies[1][0].cells[2].text] == ["17", "17"]
    assert "belum diuji" in made.bodies[1][0].cells[1].text and "0,97" not in "".join(c.text for c in made.bodies[1][0].cells)
    drawn = calibration([("DTSEN", [line, broken])], "k")
    assert drawn.count('class="sedikit"') == 1 and drawn.count("<circle") == 2


def test_what_stands_behind_a_probability_is_told() -> None:
    """So many labels, or the model alone."""
    limits = Thresholds(500, 100, 0.99, 0.98, 0.99, 100, 0.1, 1234)
    assert explain.tested(limits) == "dikalibrasi pada 1.234 padanan lewat NIK"
    assert "belum diuji" in explain.tested(replace(limits, labels=0))


@pytest.mark.feature("F14")
def test_the_drawing_shows_every_step_and_adds_up() -> None:
    """Numbers at the right edge sum to the total; a title and a description are there for who can't see it."""
    bits = dict.fromkeys((f"bit_{c.name}" for c in COLUMNS), 1.25)
    row: dict[str, Any] = {
        "record_key": "r", "register_key": "a", "status": "padan_bukti", "peluang": 0.99, "kunci": 3,
        "pola": sum(1 << c.shift for c in COLUMNS), "pembanding": "serumah", "kerabat": 1, "penanda": 18, "bit_awal": -3.5,
        **bits, "bit_kelas_lain": -0.25, "bit_kelangkaan": 2.0, "bit_keluarga": 0.0, "bit_putusan": 0.0, "bit_saingan": -0.5,
    }  # fmt: skip
    row["bobot"] = sum(value for name, value in row.items() if name.startswith("bit_"))
    svg = explain.waterfall_svg(row, Thresholds(500, 100, 0.99, 0.98, 0.99, 100, 0.1, 1000), "satu")
    tree = ET.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    right = [t.text or "" for t in tree.iter(f"{space}text") if re.fullmatch(r"[+-]\d+,\d\d", t.text or "")]
    values = [round(float(text.replace(",", ".")) * 100) for text in right]
    assert sum(values[:-1]) == values[-1] == round(row["bobot"] * 100)
    assert len(values) == len(explain.parts(row)) + 1
    assert [e.get("id") for e in (tree.find(f"{space}title"), tree.find(f"{space}desc")) if e is not None] == ["satu-t", "satu-d"]
    heeded = [t.text or "" for t in tree.iter(f"{space}text") if (t.text or "").startswith("Perhatikan")]
    assert len(heeded) == 2 and "kembar" in heeded[0] and "01-01" in heeded[1]
    assert tree.get("aria-labelledby") == "satu-t satu-d" and svg.count("http") == 1
