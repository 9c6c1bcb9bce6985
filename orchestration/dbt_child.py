"""The dbt process that Dagster starts: it dies with its parent and its output never carries a row's value.

Which models run is decided by the caller; this file is executed as a script, not imported.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from padanan.base.cycles import look_seldom
from padanan.base.parent import end_with

PARENT = "PADANAN_INDUK"

# DuckDB and dbt quote the offending value in these messages; a value may be a NIK or a name.
TELLTALE = re.compile(
    r"conver[ts]|invalid input|constraint|out of range|could not parse|duplicate key|violat|cast|malformed|"
    r"failed to parse|original line",
    re.IGNORECASE,
)
QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|original line:.*", re.IGNORECASE)
LONG_NUMBER = re.compile(r"(?<![\w-])\d{10,}(?![\w-])")


# Parts of an event that name dbt nodes; a test's unique id ends in hex digits that may look like a number.
NAMES = ("node_info", "unique_id", "node_name", "path")


def redact_text(text: str) -> str:
    """A message without quoted text when it tells of a failing value, and without numbers of ten digits or more."""
    if TELLTALE.search(text):
        text = QUOTED.sub("…", text)
    return LONG_NUMBER.sub("…", text)


def redact(line: str) -> str:
    """One line of dbt's output; in a JSON event only errors and warnings can carry values, so only they change."""
    try:
        event = json.loads(line)
    except ValueError:
        return redact_text(line)
    if not isinstance(event, dict) or event.get("info", {}).get("level") not in ("error", "warn"):
        return line
    return json.dumps(_walk(event), ensure_ascii=False)


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {key: item if key in NAMES else _walk(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item) for item in value]
    return value


class RedactingStream:
    """A text stream that passes every complete line through `redact`."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._pending = ""

    def write(self, text: str) -> int:
        """Writes the complete lines of `text`; the rest waits for its line end."""
        *lines, self._pending = (self._pending + text).split("\n")
        for line in lines:
            self._stream.write(redact(line) + "\n")
        return len(text)

    def flush(self) -> None:
        """Flushes what is complete."""
        self._stream.flush()

    def close_pending(self) -> None:
        """Writes an unfinished last line."""
        if self._pending:
            self._stream.write(redact(self._pending))
            self._pending = ""
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def die_with_parent() -> None:
    """Ends with the Dagster run, which names itself (`PARENT`), so that no orphan keeps the warehouse lock."""
    end_with(int(os.environ.get(PARENT) or os.getppid()))


def _target(arguments: Sequence[str]) -> str | None:
    return arguments[arguments.index("--target") + 1] if "--target" in arguments[:-1] else None


def main() -> None:
    """Runs dbt with this process's arguments and exits with dbt's code."""
    die_with_parent()
    look_seldom()
    out = RedactingStream(sys.stdout)
    sys.stdout = out
    # The script's own folder is first on sys.path; it holds no module that dbt may import by accident.
    sys.path.pop(0)
    sys.argv[0] = "dbt"
    from dbt.cli.main import cli

    try:
        if _target(sys.argv) == "spark":
            from padanan.base.home import Home
            from padanan.spark import cursor, session

            session.start(Home.from_env())
            cursor.install()
        cli(prog_name="dbt")
    finally:
        out.close_pending()


if __name__ == "__main__":
    main()
