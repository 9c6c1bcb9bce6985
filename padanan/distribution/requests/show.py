"""A request as lines that people read: state, what is waited for until when, what it is linked with, every step.

What the API tells the body itself is `told`; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from padanan.base.format import fingerprint
from padanan.distribution.catalogue import Clocks
from padanan.distribution.requests.flow import SHOWN
from padanan.distribution.requests.register import (
    DECIDE,
    FORUM,
    OPEN,
    REFUSED,
    STATE_TEXT,
    Request,
    links,
    spelt_otherwise,
)


def line(one: Request, clocks: Clocks, day: date) -> str:
    """Number, body, program and state in one line."""
    asked = one.asked
    return (
        f"{one.number}: {asked.lembaga}, program {asked.program}, sampai {asked.sampai}; {STATE_TEXT[one.state_on(day, clocks)]}"
    )


def waiting(every: Mapping[str, Request], one: Request, clocks: Clocks, day: date) -> Iterator[str]:
    """What is waited for, and which other requests it is linked with."""
    due = one.due(clocks)
    if due is not None and one.state_on(day, clocks) in OPEN:
        late = f", terlambat {(day - due[1]).days} hari" if day > due[1] else ""
        yield f"menunggu langkah {due[0]}, tenggat {due[1]}{late}"
    if one.grant is not None:
        yield f"hibah {one.grant} melalui {one.agency}"
    for number, why in links(every, one, [*OPEN, REFUSED]).items():
        other = every[number]
        written = f", ditulis '{other.asked.lembaga}'" if spelt_otherwise(one, other) else ""
        yield f"terkait {number} ({why}{written}): {STATE_TEXT[other.state_on(day, clocks)]}"


def history(one: Request) -> Iterator[str]:
    """The contents as they are now, their fingerprint, and every step with who took it."""
    asked = one.asked
    yield f"sidik isi: {fingerprint(one.digest[:SHOWN])}"
    yield f"surat {asked.surat.nomor}, {asked.surat.tanggal}; SHA-256 {one.letter['sha256']}"
    yield f"penanggung jawab {asked.pemohon}" + (f", klien {asked.klien}" if asked.klien else "")
    yield f"profil: {asked.profil.kegiatan}. {asked.profil.uraian} Bantuan: {asked.profil.bantuan}. Dana: {asked.profil.dana}."
    yield f"{asked.baris} di {', '.join(asked.wilayah)}; layanan {', '.join(asked.layanan)}; tujuan {', '.join(asked.tujuan)}"
    yield f"kolom {', '.join(asked.kolom)}; {asked.mulai} sampai {asked.sampai}"
    for step in one.steps:
        who = step["oleh"].get("nama", step["oleh"]["id"])
        yield f"{step['waktu'][:16]} {step['langkah']}{_result(step)}, oleh {who}" + (
            f": {step['alasan']}" if "alasan" in step else f" (sidik {fingerprint(step['sidik'][:SHOWN])})"
        )


def _result(step: Mapping[str, Any]) -> str:
    said = f" {step['hasil']}, dokumen {step['dokumen']['nomor']}" if "hasil" in step else ""
    said += f", hadir {', '.join(step['hadir'])}" if "hadir" in step else ""
    said += f" {step['instansi']}" if "instansi" in step else ""
    return said + (f", mengingat {', '.join(step['terkait'])}" if step.get("terkait") else "")


def told(every: Mapping[str, Request], one: Request, clocks: Clocks, day: date) -> dict[str, Any]:
    """A request as its own client reads it: no official's name, of linked requests the client's own alone."""
    asked, due = one.asked, one.due(clocks)
    state = one.state_on(day, clocks)
    own = [number for number in links(every, one, [*OPEN, REFUSED]) if every[number].asked.klien == asked.klien]
    decided = one.taken.get(DECIDE)
    return {
        "nomor": one.number,
        "keadaan": state,
        "menunggu": due[0] if due is not None and state in OPEN else None,
        "tenggat": due[1].isoformat() if due is not None and state in OPEN else None,
        "isi": {**asked.model_dump(mode="json", exclude={"lembaga", "klien"}), "surat": _letter(one)},
        "lembaga": asked.lembaga,
        "sidik": one.digest,
        "forum": one.taken[FORUM]["hasil"] if FORUM in one.taken else None,
        "keputusan": None if decided is None else {"hasil": decided["hasil"], **decided["dokumen"], "alasan": decided["alasan"]},
        "instansi": one.agency,
        "hibah": one.grant,
        "terkait": own,
        "langkah": [{"langkah": step["langkah"], "waktu": step["waktu"]} for step in one.steps],
    }


def _letter(one: Request) -> dict[str, str]:
    return {**one.asked.surat.model_dump(mode="json"), "sha256": one.letter["sha256"]}
