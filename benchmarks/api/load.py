"""A cheap client: HTTP/1.1 on kept connections without a library, so that what is measured is the server.

What is asked and which goal holds is said in `__main__`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Load:
    """Seconds of each answer, and the answers that were not 200."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Milliseconds that a share of the answers did not exceed."""
        found = sorted(self.seconds)
        return found[min(len(found) - 1, int(share * len(found)))] * 1000 if found else 0.0


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    """Status and body of one request."""
    writer.write(request)
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(head[9:12]), await reader.readexactly(length)


def request_of(token: str, path: str, body: bytes | None = None) -> bytes:
    """The bytes of a request."""
    start = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    if body is None:
        return (start + "\r\n").encode()
    return (start + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


async def many(port: int, tokens: list[str], seconds: float, following: Callable[[int, bytes | None], bytes]) -> Load:
    """One connection a token, each asking as fast as it is answered.

    Args:
        following: number of the client and its last answer's body -> the next request.
    """
    load, until = Load(), time.perf_counter() + seconds

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        last: bytes | None = None
        while time.perf_counter() < until:
            started = time.perf_counter()
            status, body = await ask(reader, writer, following(number, last))
            load.seconds.append(time.perf_counter() - started)
            last = body if status == 200 else None
            if status != 200:
                load.errors.append(f"{status} {body[:120]!r}")
        writer.close()

    await asyncio.gather(*(one(number) for number in range(len(tokens))))
    return load
