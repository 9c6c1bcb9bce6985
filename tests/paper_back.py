"""Prints a workbook as an office does (LibreOffice, to PDF) and reads the paper back: pages, sizes of letters, boxes of words.

It knows nothing of the code that made the workbook.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from pypdf import PdfReader

NEEDED = ("soffice", "pdftotext")
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


@dataclass(frozen=True)
class Word:
    """A word and its box in points, the origin at the top left."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str


@dataclass(frozen=True)
class Sheet:
    """One printed page: width and height in points, its words, and the sizes of its letters with how many letters have each."""

    width: float
    height: float
    words: tuple[Word, ...]
    sizes: dict[float, int]

    @property
    def text(self) -> str:
        """All words, in reading order."""
        return " ".join(word.text for word in self.words)

    @property
    def overprinted(self) -> list[tuple[str, str]]:
        """Words that stand on each other; boxes are taken without the room above and below the letters."""
        found = []
        words = sorted(self.words, key=lambda word: word.y0)
        for place, one in enumerate(words):
            for other in words[place + 1 :]:
                if other.y0 >= one.y1:
                    break
                high = min(one.y1, other.y1) - max(one.y0, other.y0)
                wide = min(one.x1, other.x1) - max(one.x0, other.x0)
                if wide > 1 and high > 0.35 * min(one.y1 - one.y0, other.y1 - other.y0):
                    found.append((one.text, other.text))
        return found


def printed(workbooks: Sequence[Path], folder: Path) -> dict[str, list[Sheet]]:
    """The printed pages of each workbook, by its name.

    Skips where the machine can't print; in CI a skipped test is a failed one.
    """
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"belum terpasang: {', '.join(missing)} (libreoffice-calc, poppler-utils)")
    profile = f"-env:UserInstallation=file://{folder / 'profil'}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), *map(str, workbooks)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-1000:]
    return {path.name: _pages(folder / f"{path.stem}.pdf") for path in workbooks}


def _pages(path: Path) -> list[Sheet]:
    boxes = subprocess.run(["pdftotext", "-bbox-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    found = []
    for page, part in zip(PdfReader(path).pages, boxes.split("<page ")[1:], strict=True):
        sizes: dict[float, int] = {}

        def seen(text, around, matrix, _, size, sizes=sizes):
            letters = len("".join(text.split()))
            if letters:
                points = round(abs(size * matrix[3] * around[3]), 2)
                sizes[points] = sizes.get(points, 0) + letters

        page.extract_text(visitor_text=seen)
        words = tuple(Word(*map(float, word[:4]), unescape(word[4])) for word in _WORD.findall(part))
        found.append(Sheet(float(page.mediabox.width), float(page.mediabox.height), words, sizes))
    return found
