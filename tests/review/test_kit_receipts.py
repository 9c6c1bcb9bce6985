"""Receipts in a producer's kit: each one stands there, whatever became of the file it speaks of."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from padanan.review.kit.archive import _receipts

SHA16 = "3171012345678901"


@pytest.mark.feature("F10")
def test_a_file_refused_first_and_taken_in_later_has_both_receipts(home):
    """The receipt of the refusal stood in the place of the other one; and no name reads like a NIK."""
    for base, text in (("landing", "diterima"), ("quarantine", "karantina")):
        folder = home.root / base / "klj" / "period=2025-11" / f"delivery={SHA16}"
        folder.mkdir(parents=True)
        # An older home told the refusal in Markdown.
        for kind in ("html", "pdf") if base == "landing" else ("md",):
            (folder / f"tanda_terima.{kind}").write_text(text)
        (folder / "manifest.json").write_text(json.dumps({"diterima": "2025-11-09T08:00:00+07:00"}))
    found = _receipts(home, SimpleNamespace(cutoff=date(2025, 12, 1)), "klj")
    assert found == [
        {f"tanda-terima/2025-11-09-3171-0123-4567-8901.{kind}": b"diterima" for kind in ("html", "pdf")},
        {"tanda-terima/2025-11-09-3171-0123-4567-8901-karantina.md": b"karantina"},
    ]
