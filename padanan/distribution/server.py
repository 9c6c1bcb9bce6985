"""The process that serves the API: uvicorn on one address, its log without addresses or values.

What is served is `api.app`'s; TLS is a proxy's.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.home import Home
from padanan.base.parent import end_with

if TYPE_CHECKING:
    from fastapi import FastAPI

_PARENT = "PADANAN_API_INDUK"


def public_url(host: str, port: int, named: str | None) -> str:
    """The address that clients know: named, of PADANAN_API_URL, or the process's own."""
    return (named or os.environ.get("PADANAN_API_URL") or f"http://{host}:{port}").rstrip("/")


def run_server(home: Home, host: str, port: int, url: str | None, workers: int = 1) -> int:
    """Serves until it is told to stop; open streams end first.

    Args:
        workers: processes that answer. Each reads token, client and grant of every call itself; audit, row quotas and the
            frequency of calls are kept by all of them together.

    Raises:
        PadananError: state or files can't be opened.
    """
    import uvicorn

    from padanan.distribution.api.door import open_door

    address = public_url(host, port, url)
    # No access log: it would print addresses, and somebody's number may stand in one.
    settings: dict[str, Any] = {
        "host": host,
        "port": port,
        "access_log": False,
        "log_level": "warning",
        "server_header": False,
        # Who asked is what the proxy of this machine says; anybody else only claims it, whatever FORWARDED_ALLOW_IPS says.
        "proxy_headers": True,
        "forwarded_allow_ips": "127.0.0.1",
        "timeout_graceful_shutdown": 30,
        "backlog": 1024,
    }
    if workers > 1:
        # What can't be opened is told here, once, and tables are brought to their newest form before anybody serves.
        open_door(home, address).close()
        os.environ |= {"PADANAN_HOME": str(home.root), "PADANAN_API_URL": address, _PARENT: str(os.getpid())}
        uvicorn.run("padanan.distribution.server:served", factory=True, workers=workers, **settings)
        return 0
    uvicorn.run(served(home, address), **settings)
    return 0


def served(home: Home | None = None, url: str | None = None) -> FastAPI:
    """The application over a home, to be run; without arguments that of a worker, whose parent told it by the environment.

    Raises:
        PadananError: state or files can't be opened.
    """
    from padanan.distribution.api.app import create_app
    from padanan.distribution.api.door import open_door

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if home is None:
        end_with(int(os.environ[_PARENT]), signal.SIGTERM)
        home = Home.from_env()
    app = create_app(open_door(home, url or os.environ["PADANAN_API_URL"]), closing=True)
    # What was loaded until now stays: looking through it again and again for garbage costs a tenth of every page.
    gc.collect()
    gc.freeze()
    return app


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
