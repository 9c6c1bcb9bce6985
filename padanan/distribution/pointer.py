"""A small signed file that says which prepared files are shown, swapped in one rename; one that nobody signed leads nowhere.

What it points to, and who is led there, belongs to its readers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.signing import genuine, sign, signer
from padanan.records.chain import canonical


def read(home: Home, path: Path, purpose: str, names: tuple[str, ...], *, cure: str) -> dict[str, Any]:
    """What the pointer says, by these names; empty where there is none.

    Raises:
        PadananError: it was not written by us.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        data = {name: content[name] for name in names}
        intact = genuine(purpose, canonical(data), content["tanda"], content["kunci"])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise PadananError("penunjuk distribusi berubah", file=path.relative_to(home.root), cure=cure)
    return data


def write(path: Path, purpose: str, data: dict[str, Any]) -> None:
    """Signs what the pointer says and puts it into place."""
    content = {**data, "kunci": signer(), "tanda": sign(purpose, canonical(data))}
    write_once(path, json.dumps(content, indent=1, sort_keys=True) + "\n", mode=0o600)
