"""What every fuzzing target shares: what an input may end in, how it is judged, where the inputs that taught us something lie.

Which bytes mean what belongs to each target (`*_target.py`); who makes the bytes: `test_targets` in CI, `by_hand` for longer.
"""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import write_key

CORPUS = Path(__file__).with_name("corpus")
WAITS = 6
NAMES = ("csv", "xlsx", "parquet", "letter", "yaml", "form", "deliver", "feedback", "api")


class Lost(AssertionError):
    """Rows came in that are neither landed nor refused."""


@dataclass(frozen=True)
class Account:
    """What became of one input: rows it held, rows that went on, rows set aside; `word` is the way it ended."""

    rows: int = 0
    landed: int = 0
    refused: int = 0
    word: str = "terbaca"

    def __post_init__(self) -> None:
        if self.rows != self.landed + self.refused:
            raise Lost(f"{self.rows} rows in, {self.landed} landed, {self.refused} refused")


@dataclass(frozen=True)
class Target:
    """One door for foreign bytes.

    Attributes:
        limit: seconds of processor that one input may take; of the clock `WAITS` times as many, for others work here too.
        opened: makes what the target needs and gives the function that takes one input; it raises for a crash.
        seeds: inputs to start from, made by code; what was found lies in the corpus.
        tokens: words worth putting into an input.
    """

    name: str
    limit: float
    opened: Callable[[], AbstractContextManager[Callable[[bytes], Account]]]
    seeds: Callable[[], dict[str, bytes]]
    tokens: tuple[bytes, ...] = ()

    def corpus(self) -> dict[str, bytes]:
        """Seeds and found inputs, by name."""
        kept = sorted((CORPUS / self.name).glob("*")) if (CORPUS / self.name).is_dir() else []
        return {**self.seeds(), **{path.name: path.read_bytes() for path in kept}}


def load(name: str) -> Target:
    """A target by its name."""
    found = importlib.import_module(f"tests.fuzz.{name}_target").TARGET
    assert isinstance(found, Target)
    return found


@dataclass(frozen=True)
class Found:
    """An input that must not have ended so: `kind` is crash, hang or lost; `where` names the fault's place in our code."""

    kind: str
    where: str
    told: str


def judge(target: Target, one: Callable[[bytes], Account], data: bytes) -> tuple[Found | None, Account | None, float]:
    """Gives one input to a target and says what is wrong with how it ended, if anything; and the seconds of processor it took."""
    start, used, account, found = time.perf_counter(), time.process_time(), None, None
    try:
        account = one(data)
    except Lost as lost:
        found = Found("lost", where(lost), str(lost))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        found = Found("crash", f"{type(error).__name__} {where(error)}", str(error)[:300])
    seconds, spent = time.perf_counter() - start, time.process_time() - used
    if found is None and (spent > target.limit or seconds > target.limit * WAITS):
        found = Found("hang", "-", f"{spent:.1f} s of processor, {seconds:.1f} s")
    return found, account, spent


def where(error: BaseException) -> str:
    """The last place in our own code that an error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/padanan/" in frame.filename and "/site-packages/" not in frame.filename]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


@contextmanager
def private_place() -> Iterator[Path]:
    """A folder with a home and the tests' key, of this process alone."""
    before = {name: os.environ.get(name) for name in ("PADANAN_HOME", "PADANAN_KEY_FILE")}
    logging.disable(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="padanan-fuzz-") as folder:
        root = Path(folder)
        os.environ["PADANAN_HOME"] = str(root / "data")
        os.environ["PADANAN_KEY_FILE"] = str(write_key(root / "kunci" / "key"))
        try:
            yield root
        finally:
            logging.disable(logging.NOTSET)
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def emptied(folder: Path) -> Path:
    """A folder with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
