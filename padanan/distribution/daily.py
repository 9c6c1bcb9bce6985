"""What is looked at again by itself: is the record of accesses whole, do the shown files hold whom the seal says.

Proving the chain is `audit_proof`'s, preparing the files `prepare`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from padanan.base.digest import known_sha256
from padanan.base.duck import first_row
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.suppress import ALL
from padanan.distribution.aggregate import PEOPLE
from padanan.distribution.audit_proof import AuditProof, export_head, verify_audit
from padanan.distribution.shelf import open_prepared
from padanan.distribution.state.store import database_url, open_store
from padanan.records.seal_keys import SEAL_SPACE, file_signed
from padanan.records.seals import changed_tables, genuine_seal, newest_seal


def prove_accesses(home: Home, *, now: datetime | None = None) -> AuditProof:
    """Proves the whole chain; where it is whole and something happened, the day's signed head is exported.

    A home whose API was never used has nothing to prove, and no state is made for it.
    """
    address = make_url(database_url(home))
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return AuditProof()
    store = open_store(home)
    try:
        proof = verify_audit(home, store)
        if not proof.faults and proof.events:
            export_head(home, store, now or datetime.now(JAKARTA))
    finally:
        store.close()
    return proof


def seal_faults(home: Home, periode: Periode) -> list[str]:
    """What is wrong with the newest seal of a period, its two signatures and the tables that it names; empty where all agree."""
    seal = newest_seal(home, periode)
    if seal is None:
        return ["segel hilang"]
    faults = [] if genuine_seal(seal.data) else ["isi segel berubah"]
    if "kunci_segel" in seal.data and not file_signed(home, seal.path, SEAL_SPACE):
        faults.append("tanda Ed25519 segel hilang atau palsu")
    return faults + [f"{path.name} hilang atau berubah" for path in changed_tables(seal, known_sha256)]


def counted(home: Home, periode: Periode) -> Mapping[str, int]:
    """People of the newest decree of a period: in its seal, in the file that the API reads, and in the figures for all.

    Raises:
        PadananError: nothing is sealed or prepared, or a prepared file was changed.
    """
    seal = newest_seal(home, periode)
    assert seal is not None, "what was prepared is sealed"
    opened = open_prepared(home, periode, seal.ke)
    try:
        found = first_row(opened.con, "select count(distinct id_orang) from sasaran")
    finally:
        opened.con.close()
    whole = next(
        one["jumlah"]
        for one in opened.aggregate
        if (one["satuan"], one["kode_wilayah"], one["dimensi"], one["nilai"]) == (PEOPLE, "31", ALL, ALL)
    )
    return {"segel": int(seal.data["jumlah_orang"]), "berkas": int(found[0]) if found else 0, "agregat": int(whole)}
