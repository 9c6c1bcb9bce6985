"""What a list of the field holds, one entry at a time: causes, evidence, documents, answers, groups and questions.

Reading `expectations/lapangan.yaml` whole, and what follows for tasks, is `field_rules`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from padanan.base.config import Config, Count, Filled, Listed, Prose, Text, fault
from padanan.contracts.rules import Owners

VISIT, AT_SOURCE, AS_LIST = "lapangan", "sumber", "daftar"


class Cause(Config):
    """Why somebody stands in a list, and what follows: what is done, by whom, in how many days."""

    id: Text
    keterangan: Prose
    tindak_lanjut: Prose = Field(validation_alias="tindakLanjut", examples=["verifikasi lapangan"])
    penanggung_jawab: Owners = Field(validation_alias="penanggungJawab", examples=["[DPPAPP, Dinsos]"])
    hari: Count = Field(examples=[30])
    berlaku: Prose | None = None
    saluran: Literal["lapangan", "sumber", "daftar"] | None = None

    @property
    def asks(self) -> bool:
        """There is a task for each person; else the owner gets the list as a whole."""
        return self.saluran != AS_LIST

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A cause without a predicate or a channel of its own has no such field in the run plan."""
        return {name: value for name, value in handler(self).items() if value is not None}


class Evidence(Cause):
    """Evidence against a recipient, measured by rules, a predicate or both."""

    aturan: Listed[Text] = ()


class Unmeasured(Config):
    """Evidence that no source tells of, and why."""

    id: Text
    keterangan: Prose
    tidak_diukur: Prose = Field(validation_alias="tidakDiukur")


class Document(Cause):
    """A document that people of the data sasaran lack: by rules that every record fails, or by a column of the register.

    `umur_maks` is in full years.
    """

    aturan: Listed[Text] = ()
    kolom: Text | None = None
    umur_maks: Count | None = Field(default=None, validation_alias="umurMaks")


class Answer(Config):
    """What the padanan knows about a gap: another record of the person holds it. `keterangan` is what the producer is told."""

    id: Text
    keterangan: Prose
    aturan: Filled[Text]
    berlaku: Prose
    selain_program: bool = Field(default=False, validation_alias="selainProgram")


class Group(Config):
    """People whom the field may be sent to."""

    id: Text
    keterangan: Prose
    berlaku: Prose


class Question(Config):
    """The question that a prelist line asks when one of its reasons is among `kode`; the first one in the file is asked.

    A rule of the catalogue names its question itself; `kode` are the reasons that are no rule. `tanya` may say `{orang}` and
    `{alamat}`; `mohon` is what to look at and to write, after the word "Mohon".
    """

    id: Text
    tanya: Prose
    mohon: Prose | None = None
    kode: Listed[Text]

    @field_validator("tanya")
    @classmethod
    def _known_places(cls, tanya: str) -> str:
        try:
            tanya.format(orang="", alamat="")
        except (LookupError, ValueError, AttributeError):
            raise fault("pertanyaan memuat isian yang tidak dikenal", "pakai hanya {orang} dan {alamat}") from None
        return tanya

    def asked(self, orang: str = "orang ini", alamat: str = "alamat ini") -> str:
        """The question about a person and an address; without them, about anybody."""
        return self.tanya.format(orang=orang, alamat=alamat)
