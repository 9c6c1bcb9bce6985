"""Append-only registers under `decisions/<folder>/`: the simplest `chain`, each record for itself.

What a record means belongs to its owner: rakor, destruction, handing over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.chain import Chain
from padanan.home import Home

CURE = "pulihkan folder decisions dari cadangan; catatan hanya ditambah, tidak disunting"


@dataclass(frozen=True)
class Register:
    """One file of records, `decisions/<folder>/<name>.jsonl`, with its signed head beside it."""

    home: Home
    folder: str
    name: str

    @property
    def path(self) -> Path:
        """The records; below `decisions/`, so that they are no input of a run (`runplan.decisions_version`)."""
        return self.home.decisions / self.folder / f"{self.name}.jsonl"

    @property
    def chain(self) -> Chain:
        """The file's chain."""
        head = self.path.with_suffix(".kepala.json")
        return Chain(self.home.root, self.path, head, self.folder, f"kepala {self.folder}", self.name, "catatan", CURE)

    def read(self) -> tuple[Mapping[str, Any], ...]:
        """Every record, oldest first, after the chain was proved.

        A torn last line (a kill while it was written) is no record and is left to the next `append`.

        Raises:
            PadananError: a record was changed, removed or forged, with its line; or the key is another one.
        """
        chain = self.chain
        head, content = chain.contents()
        records = chain.proved(content)
        # What one call adds carries one time.
        chain.check_head(head, records, first=sum(record["waktu"] == records[0]["waktu"] for record in records))
        return records

    def append(self, entries: Sequence[Mapping[str, Any]], now: datetime) -> tuple[Mapping[str, Any], ...]:
        """Adds records, one writer at a time; what a killed writer left unfinished is taken off first.

        Raises:
            PadananError: the register is not intact; nothing is added to a broken chain.
        """
        chain = self.chain
        with chain.locked():
            known = self.read()
            added = chain.compose(known, entries, now)
            chain.append(added)
            if newest := (*known, *added)[-1:]:
                chain.write_head(len(known) + len(added), str(newest[0]["hash"]))
        return added


def registers(home: Home, folder: str) -> list[Register]:
    """Every register of a folder, by name."""
    return [Register(home, folder, path.stem) for path in sorted((home.decisions / folder).glob("*.jsonl"))]
