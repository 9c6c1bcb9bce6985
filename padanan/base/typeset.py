"""PDF/UA from a Typst template and figures: the one place that calls the typesetter.

What a PDF says comes from its caller; the fonts are those in Typst's wheel (Libertinus Serif, OFL 1.1), so that every machine
sets the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

PRELUDE = Path(__file__).with_suffix(".typ")


def typeset(template: Path, figures: Mapping[str, Any]) -> bytes:
    """A tagged PDF/UA-1.

    Args:
        template: a Typst file that finds its figures in `d` and the functions of `typeset.typ`.
        figures: what it may read; must be JSON.

    Raises:
        typst.TypstError: the template has a fault; that is a fault of this program.
    """
    compiled = typst.compile(
        PRELUDE.read_bytes() + template.read_bytes(),
        sys_inputs={"data": json.dumps(figures, ensure_ascii=False)},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return bytes(compiled)
