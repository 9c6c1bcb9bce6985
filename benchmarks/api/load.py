"""A cheap client in a process of its own: HTTP/1.1 on kept connections without a library, so that what is measured is the server.

What is asked and which goal holds is said in `__main__`; here is only how fast it is answered, and what asking cost.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvloop

PAGE, FIND, SPDCI = "page", "find", "spdci"


@dataclass
class Load:
    """Milliseconds of each answer in order, the answers that were not 200, and the CPU seconds of asking."""

    millis: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    cpu: float = 0.0
    lasted: float = 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds that a share of the answers did not exceed."""
        return self.millis[min(len(self.millis) - 1, int(share * len(self.millis)))] if self.millis else 0.0


@dataclass
class Asked:
    """What is asked: connections with the tokens they take in turn, and of a look-up the numbers of people.

    Attributes:
        grants: for each token the client's id and its columns, rows and places follow from its grant on the server.
    """

    port: int
    kind: str
    base: str
    purpose: str
    connections: int
    seconds: float
    tokens: list[str]
    clients: list[str]
    niks: list[str] = field(default_factory=list)


def measured(asked: Asked) -> Load:
    """Runs the load in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.api.load"]
    done = subprocess.run(command, input=json.dumps(asdict(asked)), capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout))


class _Connection(asyncio.Protocol):
    """One connection that asks again as soon as it is answered, each time with the next of its tokens."""

    def __init__(self, asked: Asked, number: int, load: Load, until: float, ended: asyncio.Future[None]) -> None:
        self._asked, self._load, self._until, self._ended = asked, load, until, ended
        self._places = list(range(number, len(asked.tokens), asked.connections))
        self._after: dict[int, str] = {}
        self._chance = random.Random(number)
        self._turn, self._want = -1, 0
        self._parts: list[bytes] = []
        self._got = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._turn += 1
        self._place = self._places[self._turn % len(self._places)]
        self._parts, self._got, self._want = [], 0, 0
        request = _request(self._asked, self._place, self._after.get(self._place), self._chance)
        self._started = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        self._got += len(data)
        if not self._want:
            head = data if len(self._parts) == 1 else b"".join(self._parts)
            end = head.find(b"\r\n\r\n")
            if end < 0:
                return
            start = head.index(b"ontent-length: ", 0, end) + 15
            self._want = end + 4 + int(head[start : head.find(b"\r\n", start)])
        if self._got >= self._want:
            self._answered(self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))

    def _answered(self, answer: bytes) -> None:
        now = time.perf_counter()
        self._load.millis.append((now - self._started) * 1000)
        if answer[9:12] != b"200":
            self._load.errors.append(answer[9:12].decode() + answer[answer.find(b'"kode"') :][:60].decode("utf-8", "replace"))
        elif self._asked.kind == PAGE:
            place = answer.rindex(b'"berikutnya":') + 13
            self._after[self._place] = "" if answer[place : place + 1] == b"n" else answer[place + 1 : -2].decode()
        elif self._asked.kind == SPDCI and b'"reg_records":[{' not in answer:
            self._load.errors.append("nobody found")
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None or time.perf_counter() < self._until:
            self._load.errors.append("connection lost")
        if not self._ended.done():
            self._ended.set_result(None)


def _request(asked: Asked, place: int, after: str | None, chance: random.Random) -> bytes:
    token = asked.tokens[place]
    head = f"HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    if asked.kind == PAGE:
        params = {"tujuan": asked.purpose, "batas": "100"} | ({"kursor": after} if after else {})
        return f"GET {asked.base}/sasaran?{urlencode(params)} {head}\r\n".encode()
    nik = chance.choice(asked.niks)
    if asked.kind == FIND:
        path, content = f"{asked.base}/sasaran/cari", {"nik": nik, "tujuan": asked.purpose}
    else:
        path, content = "/registry/sync/search", _message(asked.clients[place], nik, asked.purpose)
    body = json.dumps(content).encode()
    return f"POST {path} {head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _message(client: str, nik: str, purpose: str) -> dict[str, Any]:
    """A SearchRequest of SPDCI for one NIK, unsigned."""
    number, now = f"{random.getrandbits(96):024x}", time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    search = {
        "version": "1.0.0",
        "query_type": "idtype-value",
        "query": {"type": "NIK", "value": nik},
        "authorize": {"purpose": {"code": purpose}},
    }
    header = {
        "version": "1.0.0",
        "message_id": number,
        "message_ts": now,
        "action": "search",
        "sender_id": client,
        "total_count": 1,
    }
    request = {"reference_id": number, "timestamp": now, "search_criteria": search}
    return {"header": header, "message": {"transaction_id": number, "search_request": [request]}}


async def _run(asked: Asked) -> Load:
    load, loop = Load(), asyncio.get_running_loop()
    started, ends = time.perf_counter(), []
    for number in range(asked.connections):
        ended: asyncio.Future[None] = loop.create_future()
        ends.append(ended)
        await loop.create_connection(
            lambda number=number, ended=ended: _Connection(asked, number, load, started + asked.seconds, ended),  # type: ignore[misc]
            "127.0.0.1",
            asked.port,
        )
    await asyncio.gather(*ends)
    load.lasted, load.cpu = time.perf_counter() - started, time.process_time()
    load.millis.sort()
    return load


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(_run(Asked(**json.loads(sys.stdin.read())))))))
