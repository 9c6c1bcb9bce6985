"""The rakor (§3.2.2, F48): minutes and follow-up items as append-only records in `decisions/rakor/<year>.jsonl`.

The agenda of the next meeting is made in `agenda`; when two a year are missed is said in `twice`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.commit import writing
from padanan.base.digest import copy_hashed, file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import has_long_number
from padanan.base.yaml_source import YamlSource
from padanan.records.kinds import MEETINGS
from padanan.records.log import Log, logs

FOLDER = "rakor"
HELD, DONE = "rakor", "selesai"
FIELDS = ("uraian", "penanggungJawab", "tenggat")


@dataclass(frozen=True)
class FollowUp:
    """One thing that a rakor asked for; `done` is the day on which it was reported as finished."""

    number: str
    text: str
    owner: str
    due: date
    meeting: date
    done: date | None


def read_follow_ups(path: Path) -> list[dict[str, str]]:
    """The follow-up items of a meeting from a YAML list of `uraian`, `penanggungJawab`, `tenggat`.

    Raises:
        ContractError: a field is missing, not readable or holds something like a NIK; with its line.
    """
    source = YamlSource(path)
    data = source.data if source.data is not None else []
    if isinstance(data, dict):
        data = data.get("tindakLanjut", data)
    if not isinstance(data, list):
        raise source.error((), "tindak lanjut bukan daftar", "tulis '- uraian: …', 'penanggungJawab: …', 'tenggat: YYYY-MM-DD'")
    base: tuple[str | int, ...] = ("tindakLanjut",) if isinstance(source.data, dict) else ()
    items = []
    for index, given in enumerate(data):
        item = given if isinstance(given, dict) else {}
        for name in FIELDS:
            if item.get(name) in (None, ""):
                raise source.error((*base, index, name), f"tindak lanjut tanpa '{name}'", f"isi '{name}'")
        for name in FIELDS[:2]:
            if has_long_number(str(item[name])):
                raise source.error((*base, index, name), "isian memuat nomor panjang seperti NIK", "hapus nomor itu")
        due = item["tenggat"]
        if not isinstance(due, date):
            try:
                due = date.fromisoformat(str(due))
            except ValueError:
                raise source.error((*base, index, "tenggat"), "tanggal tidak terbaca", "tulis YYYY-MM-DD") from None
        owner = " ".join(str(item["penanggungJawab"]).split())
        items.append({"uraian": " ".join(str(item["uraian"]).split()), "penanggung_jawab": owner, "tenggat": due.isoformat()})
    return items


def record_meeting(
    home: Home, day: date, file: Path, items: list[dict[str, str]], *, by: str, now: datetime | None = None
) -> Mapping[str, Any]:
    """Records a rakor that was held: its day, the minutes (scan or text, kept under its hash) and its follow-up items.

    Raises:
        PadananError: the day lies ahead or is recorded already, the file can't be read, or nobody is named.
    """
    moment = now or datetime.now(JAKARTA)
    if not by.strip():
        raise PadananError("pencatatan tanpa nama", cure="isi --by")
    if day > moment.astimezone(JAKARTA).date():
        raise PadananError("rakor belum berlangsung", cure="catat setelah tanggalnya")
    if day in meetings_held(home):
        raise PadananError(f"rakor {day.isoformat()} sudah dicatat", cure="tambahkan tindak lanjut pada rakor berikutnya")
    kept = _keep(home, file)
    register = Log(home, MEETINGS, str(day.year))
    first = sum(len(one["tindak_lanjut"]) for one in register.read().records if one["tindakan"] == HELD)
    numbered = [{"nomor": f"TL-{day.year}-{first + index:03d}", **item} for index, item in enumerate(items, 1)]
    entry = {"tindakan": HELD, "tanggal": day.isoformat(), "oleh": by.strip(), "tindak_lanjut": numbered, **kept}
    return register.append([entry], moment)[0]


def finish(home: Home, number: str, day: date, *, by: str, note: str, now: datetime | None = None) -> Mapping[str, Any]:
    """Records that a follow-up item is done.

    Raises:
        PadananError: no such open item, or who and what are missing.
    """
    moment = now or datetime.now(JAKARTA)
    if not by.strip() or not note.strip():
        raise PadananError("penyelesaian tanpa nama atau catatan", cure="isi --by dan --note")
    if has_long_number(note):
        raise PadananError("catatan memuat nomor panjang seperti NIK", cure="hapus nomor itu")
    found = next((item for item in follow_ups(home) if item.number == number), None)
    if found is None or found.done:
        cause = "tindak lanjut itu tidak ada" if found is None else f"tindak lanjut itu sudah selesai {found.done}"
        raise PadananError(cause, cure="lihat nomornya dengan 'padanan calendar'")
    if not found.meeting <= day <= moment.astimezone(JAKARTA).date():
        raise PadananError("tanggal selesai di luar masa tindak lanjut", cure="isi tanggal antara rakor dan hari ini")
    entry = {"tindakan": DONE, "nomor": number, "tanggal": day.isoformat(), "oleh": by.strip(), "catatan": note.strip()}
    return Log(home, MEETINGS, str(found.meeting.year)).append([entry], moment)[0]


def meetings_held(home: Home) -> list[date]:
    """The days on which a rakor is recorded, in order."""
    return sorted(date.fromisoformat(one["tanggal"]) for one in _records(home) if one["tindakan"] == HELD)


def follow_ups(home: Home, until: date | None = None) -> list[FollowUp]:
    """Every follow-up item, by number; only of meetings up to a day, if one is given."""
    records = _records(home)
    done = {one["nomor"]: date.fromisoformat(one["tanggal"]) for one in records if one["tindakan"] == DONE}
    found = [
        FollowUp(
            item["nomor"],
            item["uraian"],
            item["penanggung_jawab"],
            date.fromisoformat(item["tenggat"]),
            date.fromisoformat(one["tanggal"]),
            done.get(item["nomor"]),
        )
        for one in records
        if one["tindakan"] == HELD and (until is None or date.fromisoformat(one["tanggal"]) <= until)
        for item in one["tindak_lanjut"]
    ]
    return sorted(found, key=lambda item: item.number)


def _records(home: Home) -> list[Mapping[str, Any]]:
    return [record for log in logs(home, MEETINGS) for record in log.read().records]


def _keep(home: Home, file: Path) -> dict[str, str]:
    """Keeps the minutes under their hash, so that the register can prove them; the file's own name may say anything."""
    try:
        digest = file_sha256(file)
    except OSError:
        raise PadananError("berkas notula tidak terbaca", file=file, cure="periksa nama dan hak bacanya") from None
    suffix = re.sub(r"[^a-z0-9.]", "", file.suffix.lower())[:6]
    target = home.decisions / FOLDER / "notula" / f"{digest[:16]}{suffix}"
    if not target.exists():
        with no_space_guard("notula rakor"), writing(target, mode=0o600) as draft:
            if copy_hashed(file, draft) != digest:
                raise PadananError("berkas notula berubah ketika disalin", file=file, cure="ulangi setelah berkasnya utuh")
    return {"berkas": target.relative_to(home.root).as_posix(), "sha256": digest}
