"""The covering letter of a delivery: period, claimed day of receipt, part, control total; from sidecar, file name or flags.

Whether what it says holds is for `checks`; nothing here opens the delivery itself.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.errors import ContractError
from padanan.base.period import JAKARTA, periode_start
from padanan.base.shown import safe_name
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import Contract
from padanan.contracts.delivery import LETTER as LETTER
from padanan.contracts.delivery import load_delivery_rules
from padanan.landing.raw import DamagedFile

PULL = ".tarik.yaml"
# Digits alone, or in groups of three: `12.50` is no count, and nobody's guess is made of it.
_COUNT = re.compile(r"[0-9]{1,12}|[0-9]{1,3}([.,])[0-9]{3}(\1[0-9]{3})*")
_FORMS = "tulis seperti 2025-10, 2025-10-31, 2025-TW4, 2025-S2, atau 2025"


@dataclass(frozen=True)
class Letter:
    """What is known about a delivery besides its content.

    Attributes:
        periode_data: as written (`2025-10`, `2025-S2` …), checked; None only inside this module.
        diterima: when it arrived, as recorded; with time zone.
        claimed: when it was received as the letter has it, or None.
        bagian: the part of a split delivery (a kota code), or None.
        jumlah_baris: the producer's own control total.
        nomor_surat: number of the letter.
        url_env: for a pull order, the environment variable that holds the address.
    """

    periode_data: str | None
    diterima: datetime
    claimed: datetime | None = None
    bagian: str | None = None
    jumlah_baris: int | None = None
    nomor_surat: str | None = None
    url_env: str | None = None


def sidecar_of(path: Path) -> Path | None:
    """The covering letter beside a file, whatever lies there; None when there is none or its name would be too long."""
    sidecar = path.with_name(path.name + LETTER)
    try:
        os.lstat(sidecar)
    except OSError:
        return None
    return sidecar


def read_letter(path: Path, contract: Contract, arrived: datetime) -> Letter:
    """The letter beside a file, completed from its name (`pola_nama`).

    Args:
        arrived: when the delivery arrived, as recorded; what the letter says of it is only a claim.

    Raises:
        DamagedFile: the letter is no regular file, no YAML mapping within its limits (`surat` of `delivery.yaml`), or a field
            can't be read.
    """
    sidecar = path if path.name.endswith(PULL) else sidecar_of(path)
    data = {} if sidecar is None else _fields(sidecar)
    named = _from_name(path.name, contract)
    return Letter(
        periode_data=_periode(data.get("periode_data") or named.get("periode"), sidecar),
        diterima=arrived,
        claimed=_moment(data.get("diterima"), sidecar),
        bagian=_short(data.get("bagian") or named.get("bagian")),
        jumlah_baris=_whole(data.get("jumlah_baris"), sidecar),
        nomor_surat=_shown_number(data.get("nomor_surat")),
        url_env=_short(data.get("url_env")),
    )


def shown_name(name: str, contract: Contract) -> str:
    """A producer's file as receipts and logs call it: what is no word of filing or of its contract is masked."""
    return safe_name(name, (contract.id, contract.name))


def _fields(sidecar: Path) -> dict[str, Any]:
    try:
        loaded = YamlSource(sidecar, limits=load_delivery_rules().surat.limits).data
    except ContractError as error:
        raise _bad(f"surat pengantar tidak dapat dipakai: {error.cause}", error.place, sidecar, error.cure) from None
    if not isinstance(loaded, dict):
        raise _bad("surat pengantar tidak berisi pasangan nama: nilai", None, sidecar)
    for name, value in loaded.items():
        plain = value is None or isinstance(value, date | str | float) or (isinstance(value, int) and abs(value) < 10**15)
        if not plain:
            raise _bad("isian bukan satu teks, bilangan, atau tanggal", safe_name(str(name), ())[:40], sidecar)
    return loaded


def with_flags(
    letter: Letter,
    *,
    periode_data: str | None,
    bagian: str | None,
    jumlah_baris: int | None,
    nomor_surat: str | None,
) -> Letter:
    """What the caller says wins over the letter."""
    changes: dict[str, Any] = {}
    if periode_data is not None:
        changes["periode_data"] = _periode(periode_data, None)
    for name, value in (("bagian", bagian), ("jumlah_baris", jumlah_baris), ("nomor_surat", nomor_surat)):
        if value is not None:
            changes[name] = value
    return replace(letter, **changes)


def _from_name(name: str, contract: Contract) -> dict[str, str]:
    pattern = contract.form.get("pola_nama")
    if not pattern:
        return {}
    match = re.match(str(pattern), name, re.IGNORECASE)
    return {key: value for key, value in match.groupdict().items() if value} if match else {}


def _periode(value: Any, file: Path | None) -> str | None:
    if value in (None, ""):
        return None
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    try:
        if not text.isascii():
            raise ValueError
        periode_start(text)
    except ValueError:
        raise _bad("periode_data tidak terbaca", "periode_data", file, _FORMS) from None
    return text.upper()


def moment_of(value: datetime | date | str) -> datetime:
    """A moment as a caller gives it, in Jakarta where it names no zone.

    Raises:
        DamagedFile: it can't be read.
    """
    moment = _moment(value, None)
    assert moment is not None
    return moment


def _moment(value: Any, file: Path | None) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)
        else:
            moment = datetime.fromisoformat(str(value).strip())
        # Without a zone it is Jakarta's clock, wherever this machine stands.
        return moment.replace(tzinfo=JAKARTA) if moment.tzinfo is None else moment.astimezone(JAKARTA)
    except (ValueError, OverflowError):
        raise _bad("diterima tidak terbaca", "diterima", file, "tulis seperti 2025-10-10T09:00:00+07:00") from None


def _whole(value: Any, file: Path | None) -> int | None:
    if value in (None, ""):
        return None
    # YAML has made one number of `1.000` and `1.0` by now: a thousand rows, or one. Written out it is no count.
    text = str(value).strip()
    if not _COUNT.fullmatch(text):
        raise _bad("jumlah_baris bukan bilangan bulat", "jumlah_baris", file, "tulis bilangan bulat tanpa titik, misalnya 1000")
    return int(re.sub("[.,]", "", text))


def _short(value: Any) -> str | None:
    text = "" if value is None else re.sub(r"[^\w./ -]", "", str(value)).strip()[:60]
    return text or None


def _shown_number(value: Any) -> str | None:
    """A letter's number as the receipt tells it: who writes a NIK there has written no number of a letter."""
    text = _short(value)
    return None if text is None else safe_name(text)


def _bad(
    cause: str, place: str | None, file: Path | None, cure: str = "perbaiki surat pengantar lalu kirim ulang"
) -> DamagedFile:
    where = " ".join(part for part in (safe_name(file.name, ()) if file else None, place) if part)
    return DamagedFile(cause, cure, place=where or None, rule="pengantar_rusak")
