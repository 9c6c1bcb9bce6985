"""How one delivered cell reads as SQL: sixteen digits, a day, an amount, a code; what can't be read for certain is null.

Which cells a contract has is `contract`'s; what an unreadable cell leads to belongs to whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from padanan.base.sql import literal

# Sixteen digits, alone or between apostrophes, spaces and quotes, or in regular groups: what `clean_number` of the macros
# reads as a number (tests/cleansing/test_repairs.py holds the two together).
_EDGE = r"[\s\pZ\pC=\"'`´‘’ʼ]*"
_GROUPS = ((6, 6, 4), (4, 4, 4, 4), (2, 2, 2, 6, 4), (2, 2, 2, 2, 2, 2, 4), (6, 2, 2, 2, 4), (2,) * 8, (8, 8))
NUMBER = (
    f"{_EDGE}(?:[0-9]{{16}}|"
    + "|".join(
        separator.join(f"[0-9]{{{size}}}" for size in groups)
        for separator in (r"[\s\x{a0}\x{2000}-\x{200a}\x{202f}\x{3000}]{1,2}", "-", "[.]")
        for groups in _GROUPS
        if separator != "[.]" or len(groups) > 2
    )
    + f"){_EDGE}"
)

# A long number as a spreadsheet writes it into a CSV, its last digits lost (3,17E+15); the rule for rows is `nik_rusak_excel`.
POWER = r"\s*[0-9]([.,][0-9]+)?[eE]\+?[0-9]+\s*"

# As Indonesia writes a day; an ISO day may bear the midnight that spreadsheets add.
_DAY_FIRST = r"\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})\s*"
_ISO = r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]00:00(?::00)?)?\s*"


def sixteen(cell: str, nobody: tuple[str, ...] = ()) -> str:
    """The sixteen digits of a NIK or No KK, null where the cell is no such number or one of those that are nobody's."""
    digits = f"regexp_replace({cell}, '[^0-9]', '', 'g')"
    nobodys = f" not in ({', '.join(map(literal, nobody))})" if nobody else ""
    # Nearly every cell is the bare number: it needs neither the long pattern nor another text.
    return (
        f"case when regexp_full_match({cell}, '[0-9]{{16}}'){nobodys and f' and {cell}{nobodys}'} then {cell} "
        f"when regexp_full_match({cell}, {literal(NUMBER)}){nobodys and f' and {digits}{nobodys}'} then {digits} end"
    )


def day(cell: str) -> str:
    """A DATE from `2026-01-12`, `12/01/2026`, `12-1-2026`, `12.1.2026`; a short year or a month first is nobody's guess."""
    first = f"regexp_replace({cell}, {literal('^' + _DAY_FIRST + '$')}, '\\3-\\2-\\1')"
    return (
        f"case when regexp_full_match({cell}, {literal(_ISO)}) "
        f"then try_cast(regexp_extract({cell}, '([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})', 1) as date) "
        f"when regexp_full_match({cell}, {literal(_DAY_FIRST)}) then try_cast({first} as date) end"
    )


def whole(cell: str) -> str:
    """A BIGINT, of rupiah too: `300000`, `300000.0`, `Rp 300.000,00`, `300.000`; words and fractions are null."""
    bare = f"regexp_replace(upper({cell}), 'RP\\.?|,-$|\\s', '', 'g')"
    return (
        f"case when regexp_full_match({bare}, '-?[0-9]{{1,15}}([.,]0{{1,2}})?') "
        f"then try_cast(regexp_replace({bare}, '[.,]0{{1,2}}$', '') as bigint) "
        f"when regexp_full_match({bare}, '-?[0-9]{{1,3}}(\\.[0-9]{{3}}){{1,4}}(,00?)?') "
        f"then try_cast(replace(regexp_replace({bare}, ',00?$', ''), '.', '') as bigint) end"
    )


def decimal(cell: str) -> str:
    """A DOUBLE with a point or a comma before its decimals."""
    number = f"regexp_full_match({cell}, '\\s*-?[0-9]+([.,][0-9]+)?\\s*')"
    return f"case when {number} then try_cast(replace({cell}, ',', '.') as double) end"


def code(cell: str, codes: Mapping[str, str]) -> str:
    """The standard value of a code list, compared in upper case with single spaces; null for what the list does not have."""
    pairs = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in codes.items())
    return f"map {{{pairs}}}[upper(trim(regexp_replace({cell}, '\\s+', ' ', 'g')))]"
