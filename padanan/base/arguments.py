"""Command lines that a person typed: argparse with its words in Indonesian, and a fault told like any other.

What a command's arguments are belongs to the command; its example stands in `examples`.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from padanan.base.errors import PadananError

_OPTION = re.compile(r"--?[a-z][a-z-]*")
_HELP = "lihat argumennya dengan --help"
Told = tuple[str, str]
"""What is wrong, and what to do about it."""


class Words(argparse.HelpFormatter):
    """Help whose headings are Indonesian."""

    def add_usage(self, usage: Any, actions: Iterable[argparse.Action], groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "pemakaian: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that people read: its sub-commands are parsers like it.

    An option is typed whole, so that one that is no longer known is not taken for another that begins like it. What was typed
    is repeated only where it is an option's name: anything else may be somebody's number.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"formatter_class": Words, "allow_abbrev": False, **options})
        self._positionals.title, self._optionals.title = "argumen", "pilihan"
        for action in self._actions:
            if isinstance(action, argparse._HelpAction):
                action.help = "tampilkan bantuan ini"
        self._typed: Any = None

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        self._typed = value
        super()._check_value(action, value)

    def error(self, message: str) -> NoReturn:
        """Says in Indonesian what argparse found, with its cure, and ends with code 2."""
        self.print_usage(sys.stderr)
        cause, cure = told(message, self._typed)
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction) and message.endswith(f"required: {action.metavar}"):
                cause, cure = "perintahnya belum disebut", f"tulis salah satu dari {', '.join(action.choices)}"
        self.exit(2, f"{PadananError(cause, cure=cure)}\n")


def told(message: str, typed: Any = None) -> Told:
    """Cause and cure of a message of argparse, without what was typed.

    Args:
        message: as argparse composes it.
        typed: the last value that was held against choices.
    """
    for pattern, words in _MESSAGES:
        if found := pattern.fullmatch(message):
            return words(found.groupdict(), typed)
    place, _, own = message.removeprefix("argument ").partition(": ")
    # The message of a type of our own: it says what to write after a semicolon.
    cause, _, cure = (own if message.startswith("argument ") and own else message).partition("; ")
    return f"{place}: {cause}" if message.startswith("argument ") and own else cause, cure or _HELP


def _unknown(said: dict[str, str], _: Any) -> Told:
    words = said["words"].split()
    # An option may carry its value behind a sign of equality.
    names = [found.group() for word in words if (found := _OPTION.match(word))]
    others = len(words) - len(names)
    some = [f"pilihan {', '.join(names)} tidak dikenal"] if names else []
    more = [f"{others} kata berlebih"] if others else []
    return "; ".join([*some, *more]), "lihat pilihan perintah ini dengan --help; kata yang berspasi ditulis dalam tanda kutip"


def _choice(said: dict[str, str], typed: Any) -> Told:
    choices = re.findall(r"'([^']*)'", said["choices"]) or said["choices"].split(", ")
    numbers = [int(one) for one in choices if one.isdigit()]
    if len(numbers) == len(choices) > 3:
        return f"{said['name']}: angkanya di luar batas", f"tulis {min(numbers)} sampai {max(numbers)}"
    near = difflib.get_close_matches(str(typed), choices, n=3)
    name = said["name"]
    what = "perintah tidak dikenal" if name in ("PERINTAH", "TINDAKAN") else f"{name}: pilihan tidak dikenal"
    return what, f"{'mungkin maksudnya' if near else 'pakai salah satu dari'} {', '.join(near or choices)}"


_MESSAGES: tuple[tuple[re.Pattern[str], Callable[[dict[str, str], Any], Told]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (
            r"the following arguments are required: (?P<names>.*)",
            lambda said, _: (f"belum diisi: {said['names']}", f"isi; {_HELP}"),
        ),
        (r"unrecognized arguments: (?P<words>.*)", _unknown),
        (r"argument (?P<name>.*?): invalid choice: .* \(choose from (?P<choices>.*)\)", _choice),
        (
            r"argument (?P<name>.*?): expected one argument",
            lambda said, _: (f"{said['name']} tanpa nilai", "tulis nilainya sesudahnya"),
        ),
        (
            r"argument (?P<name>.*?): expected (at least one|at most one|\d+) arguments?",
            lambda said, _: (f"{said['name']}: banyaknya nilai tidak cocok", _HELP),
        ),
        (
            r"argument (?P<name>.*?): invalid (int|float) value: .*",
            lambda said, _: (f"{said['name']}: bukan angka", "tulis angka tanpa titik dan satuan"),
        ),
        (r"argument (?P<name>.*?): invalid .* value: .*", lambda said, _: (f"{said['name']}: nilainya tidak terbaca", _HELP)),
        (
            r"argument (?P<name>.*?): not allowed with argument (?P<other>.*)",
            lambda said, _: (f"{said['name']} dan {said['other']} tidak dapat bersama", "pakai salah satu"),
        ),
        (
            r"argument (?P<name>.*?): ignored explicit argument .*",
            lambda said, _: (f"{said['name']} tidak memakai nilai", "tulis tanpa tanda sama dengan"),
        ),
        (
            r"one of the arguments (?P<names>.*) is required",
            lambda said, _: (f"belum diisi: salah satu dari {said['names'].replace(' ', ', ')}", "isi salah satunya"),
        ),
    )
)
