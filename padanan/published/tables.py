"""The published tables and files by name, with the columns that order them: what dbt's YAML says of its models (`meta.terbit`).

Writing them is `run.publication`'s work, reading them `opened`'s.
"""

from __future__ import annotations

from padanan.contracts.dbt_yaml import KEYED, KEYED_EACH, described_models, published_models, written_columns

# What the pairs were judged with: parameters, training counts and thresholds, comparable between revisions.
MODEL = "model_bukti.json"


def tables() -> dict[str, str]:
    """Table -> the columns that name a row, by which its file is ordered; tables in the order of their making."""
    return {name: key_of(name) for name in published_models()}


def key_of(name: str) -> str:
    """The columns by which a table's file is ordered."""
    return str(described_models()[name]["config"]["meta"]["terbit"]["kunci"])


def query_of(name: str) -> tuple[str, bool]:
    """What is written of a warehouse table, in its order, and whether that needs the macro `hmac_hex`.

    A column that dbt's YAML keeps in the warehouse is not read at all; see `contracts.dbt_yaml.written_columns`.
    """
    columns = written_columns(name)
    each = "array_to_string(list_transform(string_split({0}, ';'), lambda one: hmac_hex(one)), ';') as {0}"
    written = {None: "{0}", KEYED: "hmac_hex({0}) as {0}", KEYED_EACH: each}
    shown = ", ".join(written[keyed].format(column) for column, keyed in columns.items())
    return f"select {shown} from {name} order by {key_of(name)}", any(columns.values())


def keyed_columns() -> list[str]:
    """`table.column` of what is published as a keyed hash; a manifest says so, as only what was hashed alike is compared."""
    return sorted(f"{name}.{column}" for name in published_models() for column, keyed in written_columns(name).items() if keyed)
