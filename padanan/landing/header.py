"""Where a table begins and which column is which: title rows, two-line headers, the producer's own names.

Only labels are looked at here; a header that can't be found is never guessed from the values below it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from padanan.base.shown import safe_name
from padanan.landing.raw import DamagedFile, Flag, Spec
from padanan.landing.unread import records_above

SEARCH_ROWS = 15
HEADING = 40
"""How much of a heading outside the contract is shown."""


@dataclass(frozen=True)
class Header:
    """A header that was found.

    Attributes:
        row: its first row, 0-based within the sample; `height` 1 or 2 rows.
        width: number of columns, empty labels at the end included.
        mapping: standard name to column index.
        labels: standard name to the label found.
        unagreed: labels outside the contract, made safe to print.
        repeated: standard names found under more than one column.
        above: rows above it that look like records, 0-based within the sample: nobody reads them.
    """

    row: int
    height: int
    width: int
    mapping: dict[str, int]
    labels: dict[str, str]
    unagreed: tuple[str, ...]
    unnamed: tuple[int, ...]
    repeated: tuple[str, ...]
    above: tuple[int, ...] = ()

    @property
    def score(self) -> int:
        """How many agreed columns it names."""
        return len(self.mapping)


@lru_cache(maxsize=4096)
def normal(label: str) -> str:
    """A label without case, accents, spaces and punctuation: `NO. KK` and `no_kk` are one."""
    flat = unicodedata.normalize("NFKD", label)
    return re.sub(r"[^0-9A-Z]", "", flat.upper())


def known_names(spec: Spec) -> dict[str, str]:
    """Normal label to standard name; an agreed name wins over an alias, an alias over a standard name."""
    names: dict[str, str] = {}
    for standard in spec.columns:
        names[normal(standard)] = standard
    for standard, labels in spec.columns.items():
        for label in labels[1:]:
            names.setdefault(normal(label), standard)
    for standard, labels in spec.columns.items():
        for label in labels[1:-1]:
            names[normal(label)] = standard
    for standard, labels in spec.columns.items():
        names[normal(labels[0])] = standard
    names.pop("", None)
    return names


def find_header(sample: Sequence[Sequence[str]], spec: Spec) -> Header | None:
    """The best header among the first rows: one row, or two where the upper one groups.

    Args:
        sample: the first rows as text; SEARCH_ROWS of them are looked at.
        spec: the agreed names.

    Returns:
        The header that names most agreed columns (on a tie one row before two, then the higher one), or None when
        no row names at least two of them (one for a one-column contract) and a third of the required ones.
    """
    names = known_names(spec)
    best: Header | None = None
    others: dict[int, str] = {}
    for index in range(min(SEARCH_ROWS, len(sample))):
        single = _match(index, 1, [[str(cell)] for cell in sample[index]], names)
        found = [single]
        if index + 1 < len(sample):
            found.append(_match(index, 2, _stack(sample[index], sample[index + 1]), names))
        for header, outside in found:
            if best is None or (header.score, -header.height) > (best.score, -best.height):
                best, others = header, outside
    least = max(min(2, len(spec.columns)), -(-len(spec.required) // 3))
    if best is None or best.score < least:
        return None
    above = [[str(cell) for cell in row] for row in sample[: best.row]]
    # Made fit to print last, for the row that won alone: it costs more than looking for it.
    shown = tuple(heading(label, column, names.values()) for column, label in others.items())
    return replace(best, unagreed=shown, above=records_above(above, best.mapping.values()))


def _stack(upper: Sequence[str], lower: Sequence[str]) -> list[list[str]]:
    """Labels of a two-line header: the lower one, else the upper one, else group and part together."""
    stacked, group = [], ""
    for column in range(max(len(upper), len(lower))):
        top = str(upper[column]).strip() if column < len(upper) else ""
        part = str(lower[column]).strip() if column < len(lower) else ""
        group = top or group
        stacked.append([part, top, f"{group} {part}"] if part else [top])
    return stacked


def _match(row: int, height: int, candidates: list[list[str]], names: dict[str, str]) -> tuple[Header, dict[int, str]]:
    """The header that labels would make, and the labels outside the contract by column, as they were sent."""
    mapping: dict[str, int] = {}
    labels: dict[str, str] = {}
    unagreed: dict[int, str] = {}
    unnamed: list[int] = []
    repeated: list[str] = []
    for column, options in enumerate(candidates):
        standard = next((names[key] for key in map(normal, options) if key in names), None)
        if standard is None:
            label = next((option.strip() for option in options if option.strip()), "")
            if label:
                unagreed[column] = label
            else:
                unnamed.append(column)
        elif standard in mapping:
            repeated.append(standard)
        else:
            mapping[standard] = column
            labels[standard] = next(option for option in options if names.get(normal(option)) == standard)
    _with_notes(candidates, names, mapping, labels, unagreed)
    width = len(candidates)
    return Header(row, height, width, mapping, labels, (), tuple(unnamed), tuple(repeated)), unagreed


_NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*+")


def _with_notes(
    candidates: list[list[str]], names: dict[str, str], mapping: dict[str, int], labels: dict[str, str], unagreed: dict[int, str]
) -> None:
    """Adds columns whose label is agreed but for a note (`TANGGAL LAHIR (dd/mm/yyyy)`), where no column has the bare label."""
    for column in list(unagreed):
        for option in candidates[column]:
            standard = names.get(normal(_NOTE.sub(" ", option)))
            if standard is not None and standard not in mapping:
                mapping[standard], labels[standard] = column, option
                del unagreed[column]
                break


def heading(label: str, column: int, known: Iterable[str]) -> str:
    """A heading outside the contract, fit for a receipt: words that no filing knows are masked, for a value may stand there.

    Args:
        column: its place, from 0, which is told beside it.
        known: headings whose words may be shown.
    """
    shown = re.sub(r"\d{5,}", "…", safe_name(" ".join(label.split()), known))[:HEADING]
    return f"{shown} (kolom ke-{column + 1})"


def require_header(header: Header | None, spec: Spec, what: str) -> Header:
    """The header, or quarantine.

    Raises:
        DamagedFile: no header row, or a column named twice.
    """
    if header is None:
        raise DamagedFile(
            f"baris judul kolom tidak ditemukan pada {SEARCH_ROWS} baris pertama {what}",
            "pakai nama kolom yang disepakati: " + ", ".join(labels[0] for labels in spec.columns.values())[:400],
            rule="kolom_hilang",
        )
    if header.repeated:
        raise DamagedFile(
            f"kolom {', '.join(dict.fromkeys(header.repeated))} muncul lebih dari sekali",
            "sisakan satu kolom untuk setiap nama yang disepakati lalu kirim ulang",
            place=f"baris judul {header.row + 1}",
            rule="berkas_rusak",
        )
    return header


def header_flags(header: Header, spec: Spec) -> list[Flag]:
    """What is wrong with the place of the header: records above it, or not where the contract says."""
    if header.above:
        first, last = header.above[0] + 1, header.above[-1] + 1
        return [
            Flag(
                "judul_di_tengah",
                "karantina",
                f"baris judul ada di baris {header.row + 1}, di bawah {len(header.above)} baris berisi data",
                "pindahkan baris judul ke atas semua baris data (tabel yang diurutkan bersama judulnya menaruhnya di tengah) "
                "lalu kirim ulang",
                f"baris {first}" if first == last else f"baris {first}-{last}",
            )
        ]
    agreed = spec.form.get("baris_judul", "cari")
    if isinstance(agreed, int) and header.row + 1 != agreed:
        return [
            Flag(
                "judul_bergeser",
                "peringatan",
                f"baris judul ada di baris {header.row + 1}, disepakati baris {agreed}",
                "hapus baris di atas judul pada kiriman berikutnya",
                f"baris {header.row + 1}",
            )
        ]
    return []
