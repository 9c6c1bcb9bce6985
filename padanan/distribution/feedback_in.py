"""Files that agencies send back: written into the producer's inbox with a covering letter, with a receipt of their arrival.

What is in them is landing's to read; nothing is opened here.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from padanan.base import disk
from padanan.base.commit import building, put
from padanan.base.errors import no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.delivery import LETTER
from padanan.contracts.feedback import load_deliverable
from padanan.distribution.audit import UPLOAD, AuditWriter, Event
from padanan.distribution.clients import Client
from padanan.distribution.gate import Refused, nothing_there
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store


class Upload:
    """A file on its way in: it takes its place in the inbox whole, or not at all."""

    def __init__(self, home: Home, store: Store, client: Client, contract: str, form: str) -> None:
        self._home, self._store, self._client, self._contract, self._form = home, store, client, contract, form
        self._stack = ExitStack()
        self._folder: Path = self._stack.enter_context(building(home.inbox(contract)))
        self._draft = self._folder / "isi"
        self._open: int | None = disk.opened(self._draft, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, part: bytes) -> None:
        """Adds the next part."""
        with no_space_guard("unggahan umpan balik"):
            assert self._open is not None
            disk.append(self._open, part, self._draft)
        self._digest.update(part)
        self.size += len(part)

    def finish(self, writer: AuditWriter, now: datetime, request_id: str, period: str, rows: int | None) -> dict[str, Any]:
        """Puts the file into the inbox, its letter first, and returns the receipt.

        Raises:
            Refused: 400, nothing was sent.
        """
        if not self.size:
            raise Refused(400, "berkas-kosong", "Isi permintaan kosong.")
        self._close()
        number = f"ub-{now.astimezone(JAKARTA):%Y%m%d}-{secrets.token_hex(8)}"
        receipt = {
            "nomor": number,
            "kontrak": self._contract,
            "sha256": self._digest.hexdigest(),
            "ukuran": self.size,
            "waktu": now.astimezone(JAKARTA).isoformat(timespec="seconds"),
        }
        said = {name: receipt[name] for name in ("nomor", "kontrak", "sha256", "ukuran")}
        writer.add(Event(UPLOAD, {"permintaan": request_id, "klien": self._client.id, **said}))
        with self._store.writing() as con:
            con.execute(insert(tables.receipt).values(klien=self._client.id, **receipt))
        target = self._home.inbox(self._contract) / f"{number}.{self._form}"
        letter = {"periode_data": period, "nomor_surat": number} | ({} if rows is None else {"jumlah_baris": rows})
        # JSON is YAML; a number of a letter is never taken for another type that way.
        disk.write_text(self._folder / "surat", json.dumps(letter) + "\n")
        put(self._folder / "surat", target.with_name(target.name + LETTER))
        put(self._draft, target)
        return receipt

    def discard(self) -> None:
        """Removes what did not take its place."""
        self._close()
        self._stack.close()

    def _close(self) -> None:
        if self._open is not None:
            os.close(self._open)
            self._open = None


def receive(home: Home, store: Store, client: Client, contract: str, form: str) -> Upload:
    """Begins an upload.

    Raises:
        Refused: 404, the contract is not one of the client's agency.
    """
    found = load_deliverable().get(contract)
    agency = load_agencies(expectations_dir()).instansi[client.agency]
    if found is None or found.agency != agency.singkat:
        raise nothing_there()
    return Upload(home, store, client, contract, form)


def receipt_of(store: Store, client: Client, number: str) -> dict[str, Any] | None:
    """A receipt of this client's own."""
    with store.reading() as con:
        row = con.execute(
            select(tables.receipt).where((tables.receipt.c.nomor == number) & (tables.receipt.c.klien == client.id))
        ).first()
    return None if row is None else {name: getattr(row, name) for name in ("nomor", "kontrak", "sha256", "ukuran", "waktu")}
