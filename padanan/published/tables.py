"""The published tables and files by name, with the columns that order them: what dbt's YAML says of its models (`meta.terbit`).

Writing them is `run.publication`'s work, reading them `opened`'s.
"""

from __future__ import annotations

from padanan.contracts.dbt_yaml import published_models

# What the pairs were judged with: parameters, training counts and thresholds, comparable between revisions.
MODEL = "model_bukti.json"


def tables() -> dict[str, str]:
    """Table -> the columns that name a row, by which its file is ordered; tables in the order of their making."""
    return {name: model["config"]["meta"]["terbit"]["kunci"] for name, model in published_models().items()}
