"""Where pages of the report are found over HTTP: the base address from the environment, and the path below it.

Serving them is `server.py`; what a page shows is the business of its maker.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from padanan.base.errors import PadananError
from padanan.base.period import Periode

PORT = "PADANAN_LAPORAN_PORT"
URL = "PADANAN_LAPORAN_URL"
DEFAULT_PORT = 3001
HOST = "127.0.0.1"


def port(env: Mapping[str, str] | None = None) -> int:
    """The port of the report's server: PADANAN_LAPORAN_PORT, by default 3001.

    Raises:
        PadananError: it is no port number.
    """
    text = (os.environ if env is None else env).get(PORT) or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise PadananError(f"{PORT} bukan nomor port", cure=f"isi 1 sampai 65535, misalnya {DEFAULT_PORT}")
    return int(text)


def base_address(env: Mapping[str, str] | None = None) -> str:
    """What every link to the report begins with: PADANAN_LAPORAN_URL, by default this machine's own server; ends in a slash."""
    env = os.environ if env is None else env
    return (env.get(URL) or f"http://{HOST}:{port(env)}").rstrip("/") + "/"


def page_path(periode: Periode, revisi: int, page: str = "index.html") -> str:
    """The path of a page below the base address, the same as below `reports/`: `2025-07-01/rev-1/index.html`."""
    return f"{periode.key}/rev-{revisi}/{page}"


CYCLE_FOLDER, CYCLE_PAGE = "siklus", "siklus.html"
"""Where below `reports/<period>` the page of the update cycle stands, beside the revisions' reports."""
