"""YAML with the line of every field, so that a wrong contract can be shown where it is wrong; the only reader of YAML.

What the fields mean belongs to the modules that read them. What comes from outside is read within `Limits`.
"""

from __future__ import annotations

import pickle  # nosec B403  # bytes of this process alone
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from padanan.base.errors import ContractError
from padanan.base.regular import NotRegular, read_regular
from padanan.base.shown import safe_name

FieldPath = tuple[str | int, ...]
# libyaml's loader where the wheel has it: the same nodes and marks, three times faster.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Limits:
    """How far YAML from outside is read: bytes of the file, levels, fields. It may hold neither alias nor tag."""

    size: int
    depth: int
    items: int


class _Twice(Exception):
    """A field that stands twice in one mapping; lines from 1."""

    def __init__(self, name: str, line: int, first: int) -> None:
        super().__init__(name)
        self.name, self.line, self.first = name, line, first


@lru_cache(maxsize=128)
def _kept(text: str) -> bytes:
    """What `_said` of a text, as bytes that give each reader data of its own.

    A program reads the same few files again and again (the catalogue with each look at the contracts), and reading YAML costs
    thirty times what taking it from these bytes does. The bytes are of this process and never leave it.
    """
    return pickle.dumps(_said(text))


def _said(text: str) -> tuple[Any, dict[FieldPath, int]]:
    """The data of a YAML text, and the 1-based line of every field.

    Raises:
        yaml.YAMLError, ValueError, OverflowError, RecursionError: it can't be read.
        _Twice: a field is written twice.
    """
    loader = _Loader(text)
    lines: dict[FieldPath, int] = {}
    try:
        node = loader.get_single_node()
        if node is None:
            return None, lines
        data = loader.construct_document(node)
    finally:
        loader.dispose()
    _walk(node, (), lines, set())
    return data, lines


def _walk(node: yaml.Node, path: FieldPath, lines: dict[FieldPath, int], walked: set[int]) -> None:
    lines[path] = node.start_mark.line + 1
    if id(node) in walked:  # an alias: each node once, or a few nested aliases would take for ever
        return
    walked.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if (*path, key.value) in lines and isinstance(key, yaml.ScalarNode):
                raise _Twice(key.value, key.start_mark.line + 1, lines[(*path, key.value)])
            _walk(value, (*path, key.value), lines, walked)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), lines, walked)


class YamlSource:
    """One YAML file: `data` as plain Python, `line(path)` for messages.

    Args:
        limits: for a file that somebody else wrote: only a regular file is opened, and nothing is built from it before
            aliases, tags, depth and number of its fields were looked at.

    Raises:
        ContractError: not readable, no YAML, a field written twice, or beyond its limits; with the line where there is one.
    """

    def __init__(self, path: Path, *, limits: Limits | None = None) -> None:
        self.path = path
        self.data: Any
        self._lines: dict[FieldPath, int]
        self._named: list[tuple[FieldPath, str, str | None]] = []
        try:
            text = self._text(limits)
            if limits is None:
                self.data, self._lines = pickle.loads(_kept(text))  # nosec B301  # bytes that this process made a moment ago and nobody else holds
            else:
                self._within(text, limits)
                self.data, self._lines = _said(text)
        except _Twice as error:
            # YAML would take the last one and say nothing.
            raise ContractError(
                f"isian '{safe_name(error.name)[:60]}' tertulis dua kali",
                file=path,
                place=f"baris {error.line}",
                cure=f"hapus salah satunya; yang pertama di baris {error.first}",
            ) from None
        except yaml.YAMLError as error:
            mark: Any = getattr(error, "problem_mark", None)
            raise ContractError(
                "YAML tidak terbaca",
                file=path,
                place=f"baris {mark.line + 1}" if mark else None,
                cure="perbaiki indentasi atau tanda kutip pada baris itu",
            ) from None
        except RecursionError:
            raise ContractError("isian YAML bersarang terlalu dalam", file=path, cure="pakai bentuk isian yang contoh") from None
        except NotRegular as error:
            raise ContractError(f"bukan berkas biasa: {error.kind}", file=path, cure="taruh berkasnya sendiri") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ContractError(
                f"berkas tidak dapat dibaca ({type(error).__name__})", file=path, cure="periksa keberadaan dan haknya (UTF-8)"
            ) from None
        except (ValueError, OverflowError):
            # 2025-13-45 looks like a date to YAML and is none.
            raise ContractError(
                "YAML memuat tanggal atau bilangan yang tidak ada", file=path, cure="perbaiki, atau tulis di antara tanda kutip"
            ) from None

    def _text(self, limits: Limits | None) -> str:
        data = self.path.read_bytes() if limits is None else read_regular(self.path, limits.size)
        if data is None:
            assert limits is not None
            raise ContractError(
                f"isi lebih besar dari {limits.size >> 10} KiB", file=self.path, cure="tulis isian yang diminta saja"
            )
        return data.decode("utf-8-sig")

    def _within(self, text: str, limits: Limits) -> None:
        """Looks at the events of the parser, which builds nothing and never calls itself."""
        depth = items = 0
        for event in yaml.parse(text, Loader=_Loader):
            opens = isinstance(event, yaml.CollectionStartEvent)
            depth += opens - isinstance(event, yaml.CollectionEndEvent)
            items += opens or isinstance(event, yaml.ScalarEvent)
            if isinstance(event, yaml.AliasEvent):
                cause, cure = "alias YAML (*nama) tidak dipakai di sini", "tulis isinya sendiri"
            elif getattr(event, "tag", None) is not None:
                cause, cure = "tanda jenis YAML (!nama) tidak dipakai di sini", "hapus tanda itu"
            elif depth > limits.depth:
                cause, cure = f"isian bersarang lebih dari {limits.depth} tingkat", "pakai bentuk isian yang contoh"
            elif items > limits.items:
                cause, cure = f"lebih dari {limits.items} isian", "tulis isian yang diminta saja"
            else:
                continue
            mark: Any = event.start_mark
            raise ContractError(cause, file=self.path, place=f"baris {mark.line + 1}", cure=cure)

    def line(self, path: Sequence[str | int]) -> int:
        """The 1-based line of a field, or of its nearest parent that exists."""
        while self._named:
            self._add_names(*self._named.pop(0))
        key = tuple(path)
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key, 1)

    def also_by_name(self, path: FieldPath, key: str, inner: str | None) -> None:
        """Lets the items of a list be found by what they call themselves too: `(path, name)` stands where `(path, 3)` does.

        Args:
            path: a list of mappings.
            key: the field that holds an item's name.
            inner: the field that holds what belongs to the name; None where the item itself does.
        """
        # Only a message asks for lines, and nearly all files give none.
        self._named.append((path, key, inner))

    def _add_names(self, path: FieldPath, key: str, inner: str | None) -> None:
        items: Any = self.data
        for part in path:
            try:
                items = items[part]
            except (KeyError, IndexError, TypeError):
                return
        names = [item.get(key) if isinstance(item, dict) else None for item in items] if isinstance(items, list) else []
        for known, line in list(self._lines.items()):
            index = known[len(path)] if len(known) > len(path) and known[: len(path)] == path else None
            if isinstance(index, int) and index < len(names):
                name, rest = names[index], known[len(path) + 1 :]
                if isinstance(name, str) and (inner is None or not rest or rest[0] == inner):
                    self._lines[(*path, name, *(rest if inner is None else rest[1:]))] = line

    def error(self, path: Sequence[str | int], cause: str, cure: str) -> ContractError:
        """A `ContractError` that names this file, the field's line and the field."""
        field = safe_name(".".join(str(part) for part in path))
        return ContractError(cause, file=self.path, place=f"baris {self.line(path)} ({field})", cure=cure)
