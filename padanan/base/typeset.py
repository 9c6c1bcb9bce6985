"""PDF/UA from a Typst template and figures: the one place that calls the typesetter.

What a PDF says comes from its caller; the fonts are those in Typst's wheel (Libertinus Serif, OFL 1.1), so that every machine
sets the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

PRELUDE = Path(__file__).with_suffix(".typ")
UNSET = "□"
# What these fonts surely have: Latin letters, and the signs of our own texts.
_SURE = re.compile(r"[^\u0000-\u017f\u2010-\u2027\u2030-\u203a\u2190-\u2193\u2260-\u2265\u25a0-\u25cf…•−]")


def typeset(template: Path, figures: Mapping[str, Any]) -> bytes:
    """A tagged PDF/UA-1.

    Args:
        template: a Typst file that finds its figures in `d` and the functions of `typeset.typ`.
        figures: what it may read; must be JSON.

    A letter that the fonts lack (a heading, a file's name of a producer) is set as an empty box: it must not keep a paper back.

    Raises:
        typst.TypstError: the template has a fault; that is a fault of this program.
    """
    said = json.dumps(figures, ensure_ascii=False)
    try:
        return _compile(template, said)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    return _compile(template, _SURE.sub(UNSET, said))


def _compile(template: Path, said: str) -> bytes:
    compiled = typst.compile(
        PRELUDE.read_bytes() + template.read_bytes(),
        sys_inputs={"data": said},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return bytes(compiled)
