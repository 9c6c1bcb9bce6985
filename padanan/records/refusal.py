"""A decision that is refused: which field of it is wrong, so that a form can name its cell and a command its option.

Nothing is decided here; who raises it changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from padanan.base.errors import PadananError

# A decision's field and the option of the command line that fills it; a field that only a form has is in no option.
OPTIONS = {
    "akhir": "--until",
    "alasan": "--reason",
    "ke": "--ke",
    "nomor": "--number",
    "oleh": "--by",
    "penetap": "--by",
    "pengusul": "--pengusul",
    "penyetuju": "--penyetuju",
    "periode": "--periode",
    "pindaian": "--scan",
    "revisi": "--revisi",
    "sidik": "--fingerprint",
    "tanggal": "--date",
}


class Refusal(PadananError):
    """A refused decision.

    Args:
        field: the field's name in a form (`pengusul`, `sidik`, `pengecualian.2.alasan` …).
    """

    def __init__(self, cause: str, *, cure: str, field: str, file: str | Path | None = None, place: str | None = None) -> None:
        self.field = field
        super().__init__(cause, cure=cure, file=file, place=place)

    def at(self, file: str | Path | None, place: str) -> Refusal:
        """The same refusal, told with the place where a person finds the field."""
        return Refusal(self.cause, cure=self.cure, field=self.field, file=file, place=place)


@contextmanager
def fields_as_options() -> Iterator[None]:
    """A refusal names the option that its field came from."""
    try:
        yield
    except Refusal as refusal:
        option = OPTIONS.get(refusal.field)
        raise refusal.at(refusal.file, option) if option else refusal from None
