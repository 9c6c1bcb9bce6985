"""Numbers, dates and fingerprints as an Indonesian official reads them (Babel, id_ID).

Which figure is shown where is decided by the pages; nothing here knows a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from padanan.base.period import JAKARTA

LOCALE = "id_ID"
NOT_MEASURED = "tidak diukur"


def number(value: float | int | None) -> str:
    """A count: `1.234.567`; an en dash when there is none."""
    return "–" if value is None else str(format_decimal(value, format="#,##0", locale=LOCALE))


def percent(part: float | int | None, whole: float | int | None, digits: int = 1) -> str:
    """A share as `12,3%`. A share that is not zero never reads as 0, one that is not whole never as 100."""
    if part is None or not whole:
        return "–"
    share = part / whole
    if share in (0, 1):
        return f"{(part and 100) or 0}%"
    step = 10.0 ** -(digits + 2)
    if 0 < share < step:
        return f"<{_share(step, digits)}"
    if 1 - step < share < 1:
        return f">{_share(1 - step, digits)}"
    return _share(share, digits)


def _share(value: float, digits: int) -> str:
    pattern = "0." + "0" * digits + "%" if digits else "0%"
    return str(format_decimal(value * 100, format=pattern.replace("%", ""), locale=LOCALE)) + "%"


def threshold(share: float) -> str:
    """A contract's threshold: `5%`, `0,5%`."""
    return str(format_decimal(share * 100, format="0.##", locale=LOCALE)) + "%"


def decimal(value: float) -> str:
    """A measure with at most one digit after the comma: `5`, `12,5`."""
    return str(format_decimal(value, format="#,##0.#", locale=LOCALE))


def exact(value: Decimal) -> str:
    """A decimal with all the digits it has: `0,5`, `2.083.669,67`, `1.579.503`."""
    return str(format_decimal(value, format="#,##0.######", locale=LOCALE))


def rupiah(value: Decimal | int) -> str:
    """Money to the sen, without the sen where there are none: `2.083.669,67`, `1.579.503`."""
    whole = value == int(value)
    return str(format_decimal(value, format="#,##0" if whole else "#,##0.00", locale=LOCALE))


def rough(value: Decimal | int) -> str:
    """Money as it is spoken of: `206,3 miliar`, `2,48 triliun`; below a million as it is."""
    for power, word, digits in ((12, "triliun", "0.00"), (9, "miliar", "0.0"), (6, "juta", "0.0")):
        if abs(value) >= 10**power:
            return f"{format_decimal(Decimal(value).scaleb(-power), format=digits, locale=LOCALE)} {word}"
    return rupiah(value)


def shares(part: float, whole: float, limit: float) -> tuple[str, str]:
    """An observed share and its threshold (0-1) in one unit and with as many digits as tell them apart: `5,02%`, `5,00%`."""
    observed = part / whole if whole else 0.0
    for digits in range(1, 6):
        if observed == limit or round(observed * 100, digits) != round(limit * 100, digits):
            break
    return percent(part, whole, digits), _share(limit, digits)


def points(now: float | None, before: float | None) -> str | None:
    """A change of a share in percentage points: `+0,4 poin`; None when one side was not measured."""
    if now is None or before is None:
        return None
    change = round((now - before) * 100, 1)
    if change == 0:
        return "tetap"
    sign = "+" if change > 0 else "−"
    return f"{sign}{format_decimal(abs(change), format='0.0', locale=LOCALE)} poin"


def day(value: date | datetime | str | None) -> str:
    """A date in Jakarta: `12 Juli 2025`; an en dash when unknown."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return "–"
    if isinstance(value, datetime):
        value = (value.astimezone(JAKARTA) if value.tzinfo else value).date()
    return str(format_date(value, format="d MMMM y", locale=LOCALE))


def moment(value: str | None) -> str:
    """An ISO time as it is told in Jakarta: `12 Juli 2025 pukul 14.30 WIB`; a bare date stays one, nothing is nothing."""
    if not value:
        return ""
    found = datetime.fromisoformat(value)
    if len(value) <= 10:
        return day(found)
    found = found.astimezone(JAKARTA) if found.tzinfo else found
    return f"{day(found)} pukul {found:%H.%M} WIB"


def short_day(value: date | None) -> str:
    """A date for a narrow column: `12 Jul 2025`."""
    return "–" if value is None else str(format_date(value, format="d MMM y", locale=LOCALE))


def month(value: str | None) -> str:
    """A `periode_data` such as `2025-10`: `Oktober 2025`; other texts stay as they are."""
    if not value:
        return "–"
    try:
        first = date.fromisoformat(f"{value[:7]}-01")
    except ValueError:
        return value
    return str(format_date(first, format="MMMM y", locale=LOCALE)) if len(value) == 7 else day(value)


def fingerprint(digest: str) -> str:
    """A hex digest in dashed groups of four, so that no run of digits looks like a NIK."""
    return "-".join(digest[index : index + 4] for index in range(0, len(digest), 4))


def listed(items: Sequence[str]) -> str:
    """`a, b dan c`."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " dan " + items[-1]


def letter(column: int) -> str:
    """A column, from 0, as a spreadsheet calls it: `A`, `Z`, `AA`."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
