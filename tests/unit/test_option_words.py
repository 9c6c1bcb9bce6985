"""The command lines speak one language: options are English words or the field's own terms, their help is Indonesian.

What a command does is tested with its package; here is only how it is asked.
"""

import argparse
import ast
import re
import subprocess
from functools import cache

from padanan.base.home import CHECKOUT
from padanan.cli import build_parser
from padanan.records.refusal import OPTIONS

# One word a thing. A new option takes a word of this list, or adds one here with what it means everywhere.
ENGLISH = {
    "all": "everybody whom a list allows, in place of names",
    "agency": "the agency of a client, by its id",
    "accepted": "the accepted revision although a decree stands",
    "again": "write once more what exists or has expired",
    "alternative": "which of several ways to count",
    "api-port": "the port of the API beside another server",
    "as-of": "the day whose state is shown",
    "basis": "the law that a grant stands on",
    "by": "who does it",
    "callback": "where a client is called back",
    "candidate": "which of several candidates",
    "client": "the client of a grant",
    "check": "only say whether it is up to date",
    "cutoff": "the last day of deliveries",
    "date": "the day on which it happened",
    "dry-run": "only say what would be done",
    "every": "seconds between two rounds",
    "expires": "the last day of a file",
    "file": "the paper that belongs to a record",
    "fingerprint": "the report that was read",
    "grant": "the id of a grant",
    "home": "the data home",
    "host": "the address that a server listens on",
    "html": "also write a page",
    "ics": "also write an office calendar",
    "inbox": "everything that waits in the inbox",
    "job": "the Dagster job",
    "json": "for machines",
    "jwks": "a client's public keys",
    "key-id": "the name of a client's signing key",
    "master": "the address of the cluster that computes",
    "mode": "which way to count",
    "knowing": "earlier refusals that a decision knows of",
    "keep": "leave behind what would be removed",
    "late": "only what is past its day",
    "new": "only what no earlier file had",
    "note": "what came of it",
    "known-at": "the last day on which what is told was recorded",
    "lives": "seeds of the made-up kinds of life whose fate is printed",
    "number": "the number of a paper",
    "open": "only what is not finished",
    "out": "the file to write",
    "part": "a part of a divided delivery",
    "port": "the port of a server",
    "present": "who sat at a discussion",
    "producer": "the contract",
    "profile": "the profile of the made-up data",
    "public-key": "a client's signing key",
    "purpose": "what a handed-over file is for",
    "quarter": "the triwulan of a report",
    "reason": "why",
    "rebuild": "build the warehouse again",
    "reject": "decide against a proposal",
    "sizes": "the numbers of residents that are compared",
    "split": "what figures are divided by",
    "replay": "also make again from what it was made of",
    "result": "how a discussion ended",
    "folder": "where files are put",
    "former": "the home as it was before a restore",
    "rows": "how many rows",
    "rule": "the rule of the catalogue",
    "scale": "how many made-up residents",
    "scan": "the scanned paper",
    "scope": "what a client's tokens may open",
    "secret-until": "the last day of a client's secret",
    "seed": "the seed of the made-up data",
    "since": "the first day of a list",
    "svg": "also write a picture",
    "unsigned": "messages without a signature are taken",
    "survey": "the survey whose figures are taken",
    "sweep": "a parameter and the values it goes through",
    "to": "who receives it",
    "unmasked": "with names, for those entitled",
    "until": "the last day, of a list or of what is decided",
    "url": "the public address of a server",
    "verification": "what the field found",
    "version": "the program's version",
    "with": "the other one of a comparison",
    "with-parent": "stop when the parent stops",
    "witness": "the second person who watched",
    "workers": "how many processes",
    "workspace": "Dagster's workspace file",
    "year": "a calendar year",
}
# The field's own terms; each is a column or a flag of the papers.
DOMAIN = {
    "bansos", "berlaku", "diterima", "isian", "ke", "kota", "lembaga", "pengusul", "penyetuju", "periode", "periode-data",
    "revisi", "tidak-berlaku", "tindak-lanjut",
}  # fmt: skip
# Of benchmarks and scripts, that only developers run.
MEASURING = {
    "blocks", "cases", "clients", "dedupe", "discard", "em", "engines", "extra", "keys", "list", "memory", "pairs", "people",
    "prepared", "promise", "queue", "register", "repeat", "rerun", "only", "only-check", "seconds", "sets", "size", "skip-poison",
    "snapshot", "threads", "training", "truth", "years",
}  # fmt: skip
OLD = (
    "alasan", "bagian", "batas", "berhak", "berkas", "bersama-induk", "calon", "catatan", "dengan", "hasil", "jumlah-baris",
    "kedaluwarsa", "nama", "oleh", "per", "reviewer", "saksi", "sidik", "tahun", "tanggal", "terbuka", "ulang", "with-periode",
)  # fmt: skip
ENGLISH_HELP = re.compile(r"(?<![\w-])(the|of|and|with|to|for|is|or|in|show|file)(?![\w-])", re.IGNORECASE)


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [CHECKOUT / name for name in listed.stdout.split() if (CHECKOUT / name).is_file()]


@cache
def declared():
    """Every `add_argument` of the tracked code but for the tests': (place, option strings, help or nothing)."""
    return list(arguments())


def arguments():
    for path in tracked("*.py", ":!tests"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "add_argument":
                place = f"{path.relative_to(CHECKOUT)}:{node.lineno}"
                names = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
                said = next((keyword.value for keyword in node.keywords if keyword.arg == "help"), None)
                texts = [part.value for part in ast.walk(said) if isinstance(part, ast.Constant)] if said is not None else []
                yield place, names, " ".join(text for text in texts if isinstance(text, str))


def faults(place, names, said):
    """What is wrong with one argument, in words."""
    long = [name.removeprefix("--") for name in names if name and name.startswith("--")]
    if None in names:
        yield f"{place}: an option's name is written out, so that it can be found"
    for word in long:
        if word not in ENGLISH.keys() | DOMAIN | MEASURING:
            yield f"{place}: --{word} is no word of this file's lists"
    if len(long) > 1:
        yield f"{place}: two spellings of one thing"
    if not said or ENGLISH_HELP.search(said):
        yield f"{place}: help in Indonesian, not {said!r}"


def test_each_argument_has_an_agreed_word_and_indonesian_help():
    assert len(declared()) > 100
    assert [fault for one in declared() for fault in faults(*one)] == []


def test_no_word_of_the_lists_is_unused():
    used = {name.removeprefix("--") for _, names, _ in declared() for name in names if name.startswith("--")}
    assert ENGLISH.keys() | DOMAIN | MEASURING == used
    assert len(set(ENGLISH.values())) == len(ENGLISH), "two words for one thing"


def actions(parser):
    for action in parser._actions:
        yield parser, action
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from actions(child)


def test_an_option_has_one_spelling_and_one_meaning_over_all_commands():
    spelled, meant = {}, {}
    for parser, action in actions(build_parser()):
        assert not parser.allow_abbrev, f"{parser.prog}: an option is typed whole"
        if not action.option_strings or isinstance(action, argparse._HelpAction):
            continue
        (option,) = action.option_strings
        spelled.setdefault(action.dest, set()).add(option)
        meant.setdefault(option, set()).add(action.dest)
    assert all(len(found) == 1 for found in (*spelled.values(), *meant.values())), (spelled, meant)
    assert set(OPTIONS.values()) <= meant.keys(), "a refusal names an option that no command has"


def test_old_spellings_are_nowhere():
    old = re.compile(rf"(?<![\w-])--(?:{'|'.join(OLD)})(?![\w-])|padanan klerikal\b")
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:80]}"
        for path in tracked("*.py", "*.md", "*.j2", "*.yaml", "*.yml", "*.toml", "*.sql", "*.svg", "Makefile")
        if path.name not in ("test_option_words.py", "CHANGELOG.md")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if old.search(line)
    ]
    assert not found
