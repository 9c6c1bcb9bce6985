"""What may come in and how far it is read: ignored names, limits of letters, forms and readers, how far a claim may lie.

Read from `expectations/delivery.yaml`; who keeps to it are the inboxes and readers.
"""

from __future__ import annotations

import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from padanan.base.config import Config, Count, Filled, Prose, Text, Version, read_config
from padanan.base.sandbox import Allowance
from padanan.base.yaml_source import Limits
from padanan.contracts.contract import expectations_dir

FILE = "delivery.yaml"
LETTER = ".pengantar.yaml"
"""What the name of a covering letter adds to that of its delivery."""
_Seconds = Annotated[float, Field(ge=0)]


class Ignored(Config):
    """A name that is no delivery, as a pattern, and what such files are."""

    nama: Text
    sebab: Prose


class Size(Config):
    """`kiriman`."""

    terbesarMib: Count

    @property
    def most(self) -> int:
        """Bytes of the largest delivery that is copied."""
        return self.terbesarMib << 20


class Letters(Config):
    """`surat`: what a covering letter or a pull order may hold."""

    terbesarKib: Count
    kedalaman: Count
    isian: Count

    @property
    def limits(self) -> Limits:
        """As the YAML reader asks for them."""
        return Limits(self.terbesarKib << 10, self.kedalaman, self.isian)


class Forms(Letters):
    """`formulir`: the same of decision forms, and what the process that looks at a workbook first may use.

    `terbukaMib` and `sel`: how large a workbook may be once it is opened, and how many cells a sheet may span.
    """

    terbukaMib: Count
    sel: Count
    ingatanMib: Annotated[int, Field(ge=256)]
    cpuDetik: _Seconds
    waktuDetik: _Seconds

    @property
    def allowance(self) -> Allowance:
        """As the child process asks for them."""
        return Allowance(self.ingatanMib << 20, self.cpuDetik, self.waktuDetik, self.terbukaMib << 20)


class Reading(Config):
    """`pembaca`: what the process that opens a delivery may use; its time grows with the delivery's size."""

    memoriMib: Annotated[int, Field(ge=256)]
    cpuDetik: _Seconds
    cpuDetikPerMib: _Seconds
    waktuDetik: _Seconds
    waktuDetikPerMib: _Seconds
    tulisMib: Count
    kaliBesarnya: Count
    selTerpanjangKib: Count


class Claims(Config):
    """`pengakuan`: how far the letter's `diterima` may lie from the recorded arrival without a word."""

    lebihAwalHari: Annotated[int, Field(ge=0)]
    sesudahMenit: Annotated[int, Field(ge=0)]


class DeliveryRules(Config):
    """`expectations/delivery.yaml`."""

    version: Version
    diabaikan: Filled[Ignored]
    kiriman: Size
    surat: Letters
    formulir: Forms
    pembaca: Reading
    pengakuan: Claims

    def ignored(self, name: str) -> str | None:
        """Why a name is no delivery; None for any other name."""
        low = name.casefold()
        return next((item.sebab for item in self.diabaikan if fnmatch.fnmatchcase(low, item.nama.casefold())), None)


def load_delivery_rules(folder: Path | None = None) -> DeliveryRules:
    """`delivery.yaml` of an `expectations/` folder; by default of `expectations_dir()`, read again when it changed.

    Raises:
        ContractError: it can't be read, or a field is wrong.
    """
    path = (folder or expectations_dir()) / FILE
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return _loaded(path, stamp)


@lru_cache(maxsize=4)
def _loaded(path: Path, stamp: int) -> DeliveryRules:
    return read_config(path, DeliveryRules)
