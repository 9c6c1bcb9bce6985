"""A picture taken from its page keeps its colours and its words, and borrows only what it uses."""

import re

from padanan.pages import svg
from padanan.pages.svg_alone import standalone, told
from tests.contrast import variables


def test_colours_come_with_it_by_value():
    found = standalone(svg.against(30, 100, 0.1, "30 gagal"))
    _, fill = variables("gaya.css")
    for selector in (".ukur .lewat", ".ukur .lulus"):
        assert f"{selector}{{fill: {fill(selector)}" in found
    assert found.startswith('<svg class="ukur"') and 'xmlns="http://www.w3.org/2000/svg"' in found
    assert "var(" not in found and "@" not in found and found.count("<svg") == 1


def test_only_rules_of_its_own_classes_come():
    found = standalone(svg.against(3, 100, 0.1, "3 gagal"))
    style = re.search(r"<style>(.*?)</style>", found)[1]
    named = set(re.findall(r"\.([a-z][a-z0-9-]*)", "".join(re.findall(r"([^{}]+)\{", style))))
    assert named <= {"ukur", "lulus", "gagal", "sobek", "tepi", "ambang"}, named
    assert "position" not in style and "width:" not in style.replace("stroke-width:", "")


def test_borrowed_shapes_stand_before_what_uses_them():
    shapes = '<svg class="pola" width="0" aria-hidden="true"><defs><path id="k0" d="M0 0"/></defs></svg>'
    found = standalone('<svg class="peta"><use href="#k0" class="p2"/></svg>', shapes)
    assert found.index('<g class="pola"><defs><path id="k0"') < found.index("<use ")
    assert ".p2{fill: url(#h2)}" in found and ".p3" not in found


def test_what_it_says():
    assert told('<svg role="img" aria-label="3 &lt;gagal&gt;"><rect/></svg>') == "3 <gagal>"
    assert told('<svg aria-labelledby="a b"><title id="a">Peta.</title><desc id="b">Kelas 1.</desc></svg>') == "Peta. Kelas 1"
    assert told('<svg aria-hidden="true"><g><rect/></g></svg>') == ""
