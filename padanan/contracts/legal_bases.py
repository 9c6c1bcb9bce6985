"""The legal bases that the draft decree cites, read from `expectations/dasar_hukum.yaml`, and short ones spelled out.

Which data rest on which law is each contract's (`dasarHukum`); how a document prints them is its template's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import Field

from padanan.base.config import Config, Day, Listed, Prose, Version, read_config

FILE = "dasar_hukum.yaml"
UNCHECKED = "[judul dan keberlakuannya diperiksa bagian hukum]"
_SHORT = {
    "UU": "Undang-Undang",
    "PP": "Peraturan Pemerintah",
    "Perpres": "Peraturan Presiden",
    "Inpres": "Instruksi Presiden",
    "Permendagri": "Peraturan Menteri Dalam Negeri",
    "Permensos": "Peraturan Menteri Sosial",
    "Permendikbud": "Peraturan Menteri Pendidikan dan Kebudayaan",
    "Permen PUPR": "Peraturan Menteri Pekerjaan Umum dan Perumahan Rakyat",
    "Kepmenko PMK": "Keputusan Menteri Koordinator Bidang Pembangunan Manusia dan Kebudayaan",
    "Kepsekda DKI": "Keputusan Sekretaris Daerah Provinsi DKI Jakarta",
    "Pergub DKI": "Peraturan Gubernur Provinsi DKI Jakarta",
    "Ingub DKI": "Instruksi Gubernur Provinsi DKI Jakarta",
}
_LAW = re.compile(rf"\b({'|'.join(sorted(_SHORT, key=len, reverse=True))}) (\d+)/(\d{{4}})")
_MARK = re.compile(r"\s*\[U\]")


class LegalBasis(Config):
    """One basis as it is cited; `diperiksa` when its title was compared with a document."""

    naskah: Prose
    sumber: Prose
    diperiksa: bool
    dari: Day | None = None


class LegalBases(Config):
    """`dasar_hukum.yaml`, in the order of citing."""

    version: Version = Field(examples=["1.0.0"])
    dasar: Listed[LegalBasis] = Field(min_length=1)

    def cited(self, day: date, more: Iterable[str] = ()) -> tuple[str, ...]:
        """What a decree of a day cites, what the year's plan adds behind; an unchecked one asks the legal office."""
        own = [
            one.naskah if one.diperiksa else f"{one.naskah} {UNCHECKED}"
            for one in self.dasar
            if one.dari is None or one.dari <= day
        ]
        return (*own, *more)


def load_legal_bases(folder: Path) -> LegalBases:
    """The register of an `expectations/` folder.

    Raises:
        ContractError: a field is missing, unknown or wrong.
    """
    return read_config(folder / FILE, LegalBases)


def in_sentences(source: str, basis: str) -> str:
    """The legal basis of a source of data as a document says it: `UU 24/2013 pasal 58; hak akses belum diperiksa [U]` in full.

    What is no law (that nobody checked a right) becomes a sentence of its own; the mark [U] is told in words.
    """
    laws, notes = [], []
    for part in basis.split(";"):
        text = _LAW.sub(lambda found: f"{_SHORT[found[1]]} Nomor {found[2]} Tahun {found[3]}", part.strip()).replace(
            "§", "butir "
        )
        unchecked, text = bool(_MARK.search(text)), _MARK.sub("", text)
        if re.search(r"Nomor \d+ Tahun \d{4}", text):
            laws.append(f"{text} (belum diperiksa pada naskahnya)" if unchecked else text)
        else:
            notes.append(f"{text[:1].upper()}{text[1:]}.")
    told = laws[0] if len(laws) == 1 else f"{'; '.join(laws[:-1])}; dan {laws[-1]}" if laws else "dasar yang belum disebut"
    return " ".join([f"{source} dipakai berdasarkan {told}.", *notes])
