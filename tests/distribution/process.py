"""A real server process over a home, for what can only be seen from outside: kills, floods, swaps."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

import httpx

from padanan.base.home import CHECKOUT


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(home, *options, **env):
    """(process, address) of `padanan api serve`, ready to answer."""
    port = free_port()
    env = os.environ | {"PADANAN_HOME": str(home.root), "PYTHONPATH": str(CHECKOUT)} | env
    command = [sys.executable, "-m", "padanan.cli", "api", "serve", "--port", str(port), *options]
    # Into a file: a pipe that nobody reads would stop the server.
    told = tempfile.TemporaryFile()  # noqa: SIM115
    process = subprocess.Popen(command, env=env, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=told)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{url}/openapi.json", timeout=30)
                break
            except httpx.TransportError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.1)
        yield process, url
    finally:
        process.kill()
        process.wait()
        told.close()


def token_of(url, client, secret):
    """A token of a running server."""
    answer = httpx.post(f"{url}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, secret), timeout=60)
    return answer.json()["access_token"]
