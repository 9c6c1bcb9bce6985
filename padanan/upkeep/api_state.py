"""The API's state in a backup and after a restore: one copy of either database, proved again, and who may read told aloud.

How the database is copied is `distribution.state.copy`'s, that the API stays shut until somebody looked `distribution.hold`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.errors import PadananError
from padanan.base.format import fingerprint
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.distribution.audit import CLIENT
from padanan.distribution.audit_proof import verify_audit
from padanan.distribution.clients import Client, all_clients
from padanan.distribution.grants import Grant, GrantBook, log_of
from padanan.distribution.hold import held_facts, hold
from padanan.distribution.state import tables
from padanan.distribution.state.copy import copy_rows, copy_state, empty
from padanan.distribution.state.store import FILE, SQLITE, Store, database_url, open_store
from padanan.published.revisions import periods
from padanan.records.seals import seals

NAME = f"distribusi/{FILE}"
"""What the copy is called in an archive, whichever database it was made of."""


def copied(home: Home, target: Path) -> dict[str, Any]:
    """Copies the state for an archive.

    Returns:
        How many clients it has and what the newest event is.

    Raises:
        PadananError: there is none, or the database does not answer.
    """
    copy_state(home, target)
    with closing(open_store(home, f"{SQLITE}{target}")) as store, store.reading() as con:
        head = con.execute(select(tables.head)).one()
        clients = len(con.execute(select(tables.client.c.id)).all())
    return {"klien": clients, "kejadian": int(head.no), "hash": str(head.hash)}


def put_back(work: Home, home: Home, index: Mapping[str, Any]) -> None:
    """Brings a restored home's state to where the API will look for it, before the home is put into place, and holds the API.

    A database that is named and empty is filled from the copy. One that holds something is kept where its audit goes on from
    the copy's (the home was lost, the database was not), and nothing of it is changed.

    Args:
        work: the home as it was unpacked.
        home: where it will stand.

    Raises:
        PadananError: the named database does not answer, or holds another audit than the copy's continuation.
    """
    file, address = work.distribusi / FILE, database_url(home)
    facts: Mapping[str, Any] | None = index.get("keadaan")
    own = address == f"{SQLITE}{home.distribusi / FILE}"
    granted = log_of(work).path.exists()
    if own and facts is None and not granted:
        return
    kept = False
    store = open_store(work, f"{SQLITE}{file}" if own else address)
    try:
        if not own:
            with store.reading() as con:
                kept = not empty(con)
            if kept:
                _goes_on(store, facts)
            if facts is not None:
                if not kept:
                    with closing(open_store(work, f"{SQLITE}{file}")) as copy:
                        copy_rows(copy, store)
                disk.unlink(file)
        faults = [str(fault) for fault in verify_audit(work, store).faults]
        if facts is None and not kept and not granted:
            return
    finally:
        store.close()
    last = facts or {"kejadian": 0, "hash": ""}
    told = {"cadangan": index.get("waktu"), "kejadian": last["kejadian"], "hash": last["hash"]}
    hold(work, {**told, "dilanjutkan": kept, "kesalahan": faults})


def _goes_on(live: Store, facts: Mapping[str, Any] | None) -> None:
    """Raises PadananError unless a database's audit holds the newest event of the copy: then it is the same one, grown."""
    last = 0 if facts is None else int(facts["kejadian"])
    with live.reading() as con:
        found = con.execute(select(tables.audit.c.hash).where(tables.audit.c.no == last)).scalar()
    if last and (facts is None or found != facts["hash"]):
        raise PadananError(
            "basis data keadaan API yang ditunjuk berisi catatan akses lain dari yang dicadangkan",
            place=f"audit no. {last}",
            cure="buat basis data kosong dan atur PADANAN_API_DB kepadanya; simpan yang lama sebagai bukti",
        )


def standing(home: Home, former: Home | None = None) -> Iterator[str]:
    """What a person has to look at before the API is opened again, a line at a time; nothing where nothing is held.

    Args:
        former: the home as it was before it was lost, where it can still be read.
    """
    facts = held_facts(home)
    if facts is None:
        return
    store = open_store(home)
    try:
        grants, clients = GrantBook(home).all(), {one.id: one for one in all_clients(store)}
        when = facts["cadangan"]
        if facts["dilanjutkan"]:
            yield f"Basis data keadaan API dilanjutkan: catatan aksesnya memuat cadangan dari {when} dan yang sesudahnya."
        else:
            last = f"{facts['kejadian']} kejadian, kepala {fingerprint(facts['hash'][:32])}"
            yield f"Keadaan API dipulihkan sebagaimana pada {when}: {last}."
            yield "Klien dan kuota sesudah saat itu tidak ada di dalamnya; token tidak ikut."
        yield "API DITAHAN. Hibah dan klien yang dicabut atau diganti sesudah cadangan HIDUP KEMBALI. Yang dapat membaca:"
        yield from _alive(grants, clients)
        differing = [*_after(store, facts, grants), *(_compared(home, former, grants, clients) if former else ())]
        if differing:
            yield "Berbeda dari keadaan sebelum pemulihan:"
            yield from (f"  {line}" for line in differing)
        elif former is None and not facts["dilanjutkan"]:
            yield "Keadaan sebelum kehilangan tidak dapat dibaca dari sini (--former HOME): cocokkan dengan surat pencabutan."
        else:
            yield "Tidak ada yang berbeda dari keadaan yang masih dapat dibaca."
        yield "Cabut yang tidak berlaku lagi ('padanan hibah revoke', 'padanan klien revoke'), lalu"
        yield "  padanan api resume --by NAMA --reason TEKS"
        for periode in sorted(one for one in periods(home) if seals(home, one)):
            yield f"  padanan api publish --periode {periode.label}"
    finally:
        store.close()


def _alive(grants: Mapping[str, Grant], clients: Mapping[str, Client]) -> Iterator[str]:
    day = datetime.now(JAKARTA).date()
    for name, one in grants.items():
        if one.holds(day):
            yield f"  hibah {name} versi {one.version}, klien {one.terms.klien}, sampai {one.terms.sampai}"
    for name, client in clients.items():
        if client.revoked is None:
            yield f"  klien {name}, {client.agency}"


def _after(store: Store, facts: Mapping[str, Any], grants: Mapping[str, Grant]) -> Iterator[str]:
    """What the kept database's audit says of the time after the backup: newer versions of grants, changed clients."""
    newest: dict[str, int] = {}
    with store.reading() as con:
        own = tables.audit
        for content in con.execute(select(own.c.isi).where(own.c.no > facts["kejadian"]).order_by(own.c.no)).scalars():
            said = json.loads(content)
            if said["jenis"] == CLIENT:
                yield f"klien {said['klien']}: {said['tindakan']} {said['waktu'][:16]} oleh {said['oleh']}"
            elif said.get("hibah") is not None and said.get("hibah_versi") is not None:
                newest[said["hibah"]] = max(newest.get(said["hibah"], 0), int(said["hibah_versi"]))
    for name, version in newest.items():
        held = grants[name].version if name in grants else 0
        if version > held:
            restored = f"versi {held}" if held else "tidak ada"
            yield f"hibah {name}: versi {version} sudah dipakai sesudah cadangan, yang dipulihkan {restored}"


def _compared(home: Home, former: Home, grants: Mapping[str, Grant], clients: Mapping[str, Client]) -> Iterator[str]:
    """What differs from the home as it was."""
    before = GrantBook(former).all()
    for name in sorted({*grants, *before}):
        old, new = _grant(before.get(name)), _grant(grants.get(name))
        if old != new:
            yield f"hibah {name}: sebelumnya {old}, sekarang {new}"
    if not (former.distribusi / FILE).exists():
        return
    with building(home.root) as folder:
        # A copy: what is proof is not opened for writing.
        target = folder / FILE
        copy_state(former, target)
        with closing(open_store(home, f"{SQLITE}{target}")) as store:
            known = {one.id: one for one in all_clients(store)}
    for name in sorted({*clients, *known}):
        was, now = _client(known.get(name)), _client(clients.get(name))
        if was != now:
            yield f"klien {name}: sebelumnya {was}, sekarang {now}"


def _grant(one: Grant | None) -> str:
    return "tidak ada" if one is None else f"versi {one.version} {'dicabut' if one.revoked else 'berlaku'}"


def _client(one: Client | None) -> str:
    if one is None:
        return "tidak ada"
    return (
        f"dicabut {one.revoked[:10]}"
        if one.revoked
        else "hidup"
        if one.secret is None
        else f"hidup, rahasia sampai {one.secret_until}"
    )
