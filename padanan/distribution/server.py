"""The process that serves the API: uvicorn on one address, its log without addresses or values.

What is served is `api.app`'s; TLS is a proxy's.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from padanan.base.home import Home


def public_url(host: str, port: int, named: str | None) -> str:
    """The address that clients know: named, of PADANAN_API_URL, or the process's own."""
    return (named or os.environ.get("PADANAN_API_URL") or f"http://{host}:{port}").rstrip("/")


def run_server(home: Home, host: str, port: int, url: str | None) -> int:
    """Serves until it is told to stop; open streams end first.

    Raises:
        PadananError: state or files can't be opened.
    """
    import uvicorn

    from padanan.distribution.api.app import create_app
    from padanan.distribution.api.door import open_door

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    door = open_door(home, public_url(host, port, url))
    try:
        # No access log: it would print addresses, and somebody's number may stand in one.
        uvicorn.run(
            create_app(door),
            host=host,
            port=port,
            access_log=False,
            log_level="warning",
            server_header=False,
            # Who asked is what the proxy of this machine says; anybody else only claims it, whatever FORWARDED_ALLOW_IPS says.
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1",
            timeout_graceful_shutdown=30,
            backlog=1024,
        )
    finally:
        door.close()
    return 0


def described() -> dict[str, Any]:
    """The OpenAPI description, made over an empty home."""
    from padanan.distribution.api.app import create_app
    from padanan.distribution.api.door import open_door

    with tempfile.TemporaryDirectory(prefix="padanan-openapi-") as folder:
        home = Home(Path(folder) / "data").ensure()
        door = open_door(home, "https://api.contoh.jakarta.go.id", database=f"sqlite:///{folder}/keadaan.sqlite")
        try:
            found: dict[str, Any] = create_app(door).openapi()
        finally:
            door.close()
    return found
