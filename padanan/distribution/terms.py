"""The words that a request and a grant have in common: places, services, short names, papers.

What a grant says is `grants`', what a request asks for `requests`'.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import StringConstraints

from padanan.base.config import Config, Day, Text

DecreeService = Literal["sasaran", "cari", "perubahan", "prioritas", "adendum"]
Service = Literal["sasaran", "cari", "perubahan", "prioritas", "adendum", "prelist"]
"""`prelist`: the open lines that the agency itself goes to; it is no service for those who do not verify."""
Rows = Literal["penerima", "sasaran"]
"""The recipients of the program, or the whole data sasaran of the wilayah."""
# DKI, a kota, a kecamatan or a kelurahan, as the seed of wilayah writes them.
WILAYAH = re.compile(r"31(\.\d{2}(\.\d{2}(\.\d{4})?)?)?")
Place = Annotated[str, StringConstraints(pattern=WILAYAH.pattern.join(("^", "$")))]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,39}$")]


class Paper(Config):
    """A letter or a decision: its number and day."""

    nomor: Text
    tanggal: Day
