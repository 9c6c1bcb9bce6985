"""What Renstra Kemensos 2020–2024 asks of the indicators that padanan data can tell, from `expectations/renstra.yaml`.

Counting them is the work of `padanan/published`, wording them the report's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from padanan.base.config import Config, Version, read_config
from padanan.base.suppress import LIMIT
from padanan.contracts.contract import expectations_dir

Percent = Annotated[int, Field(ge=1, le=100)]
# Of nothing nobody is active, and with one record a share says nothing.
Part = Annotated[float, Field(gt=0, le=1)]


class Targets(Config):
    """Yearly targets in percent."""

    identified: Mapping[int, Percent] = Field(validation_alias="teridentifikasi", examples=[{2020: 30}])
    active: Mapping[int, Percent] = Field(validation_alias="daerahAktif", examples=[{2020: 30}])


class Activeness(Config):
    """When a kelurahan and a kota count as active in updating."""

    share: Part = Field(validation_alias="bagianDiperbarui", examples=[0.05])
    updated: Annotated[int, Field(ge=LIMIT)] = Field(validation_alias="catatanDiperbarui", examples=[5])
    least: Annotated[int, Field(ge=LIMIT)] = Field(validation_alias="catatanMinimal", examples=[30])
    kelurahan: Part = Field(validation_alias="bagianKelurahan", examples=[0.5])


class Renstra(Config):
    """The whole file."""

    version: Version = Field(examples=["1.0.0"])
    target: Targets
    active: Activeness = Field(validation_alias="daerahAktif")


def load_renstra(folder: Path | None = None) -> Renstra:
    """The file of an `expectations/` folder; by default `expectations_dir()`.

    Raises:
        ContractError: a field is missing, unknown or wrong; file, line and field are named.
    """
    return read_config((folder or expectations_dir()) / "renstra.yaml", Renstra)
