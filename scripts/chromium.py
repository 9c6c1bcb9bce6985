"""Debian's Chromium without a window, driven over its DevTools pipe: open a page, wait for it, click, take a picture.

Which pages and pictures is the business of the scripts beside it; nothing but the standard library and `chromium` is needed.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

WAIT_SECONDS = 60
SETTLE_SECONDS = 1.0
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-extensions", "--no-first-run")
# Chromium reads commands from descriptor 3 and answers on 4.
AS_3_AND_4 = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


def command() -> str:
    """Chromium's path.

    Raises:
        SystemExit: it is not installed.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise SystemExit("GALAT: chromium tidak ada. Perbaikan: apt-get install chromium")
    return found


class Chromium:
    """One browser with one page; a context manager."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._number = 0

    def __enter__(self) -> Chromium:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, ours_out = _pipe()
        ours_in, theirs_out = _pipe()
        words = [sys.executable, "-c", AS_3_AND_4, str(theirs_in), str(theirs_out), command(), *FLAGS]
        words += ["--remote-debugging-pipe", f"--user-data-dir={self._profile.name}", "about:blank"]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, pass_fds=(theirs_in, theirs_out))
        os.close(theirs_in)
        os.close(theirs_out)
        self._out, self._in = os.fdopen(ours_out, "wb", buffering=0), os.fdopen(ours_in, "rb")
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")
        self._call("Emulation.setTimezoneOverride", timezoneId="Asia/Jakarta")
        self.resize(*self._size)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=WAIT_SECONDS)
        self._out.close()
        self._in.close()
        self._profile.cleanup()

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._read())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise SystemExit(
                        f"GALAT: chromium menolak {method} ({answer['error']['message']}). Perbaikan: perbarui chromium"
                    )
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self) -> bytes:
        found = bytearray()
        while (byte := self._in.read(1)) not in (b"\0", b""):
            found += byte
        if not found:
            raise SystemExit("GALAT: chromium berhenti. Perbaikan: ulangi; periksa sisa memori")
        return bytes(found)

    def resize(self, width: int, height: int) -> None:
        """The window, in CSS pixels."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def ask(self, script: str) -> Any:
        """The value of a JavaScript expression on the page."""
        result = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SystemExit(
                f"GALAT: skrip halaman gagal: {script[:80]}. Perbaikan: UI Dagster berubah; sesuaikan scripts/screenshot_ui.py"
            )
        return result["result"].get("value")

    def open(self, address: str, ready: str) -> None:
        """Goes to a page and waits until the expression `ready` is true of it."""
        self._call("Page.navigate", url=address)
        self.wait(ready)

    def wait(self, ready: str) -> None:
        """Waits until an expression is true, then for what is still being drawn.

        Raises:
            SystemExit: it did not become true in time.
        """
        end = time.monotonic() + WAIT_SECONDS
        guarded = f"(() => {{ try {{ return Boolean({ready}) }} catch {{ return false }} }})()"
        while not self.ask(guarded):
            if time.monotonic() > end:
                raise SystemExit(f"GALAT: halaman tidak menjadi siap ({ready[:80]}). Perbaikan: ulangi, atau sesuaikan skrip ini")
            time.sleep(0.25)
        time.sleep(SETTLE_SECONDS)

    def click(self, x: float, y: float) -> None:
        """A left click at a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        time.sleep(SETTLE_SECONDS)

    def picture(self, path: Path, clip: tuple[float, float, float, float] | None = None, scale: float = 1) -> None:
        """The window, or a part of it (x, y, width, height) drawn larger by `scale`, as PNG."""
        more: dict[str, Any] = {}
        if clip:
            more["clip"] = dict(zip(("x", "y", "width", "height"), clip, strict=True)) | {"scale": scale}
        data = self._call("Page.captureScreenshot", format="png", **more)["data"]
        path.write_bytes(base64.b64decode(data))
        path.chmod(0o644)


def _pipe() -> tuple[int, int]:
    """Both ends of a pipe, with numbers that are not 3 and 4."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
