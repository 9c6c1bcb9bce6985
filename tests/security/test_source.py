"""What our own code never does: shells, code from texts, unsafe YAML, guards that vanish, values quoted into SQL by hand.

Bandit (`make audit`) is told to leave these out; here each is looked for more strictly, in every file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Rule = Callable[[str, ast.Call], bool]
OURS = ("padanan", "orchestration", "scripts", "benchmarks")

FORBIDDEN = {
    "os.system", "os.popen", "os.spawnl", "os.spawnlp", "os.spawnv", "os.spawnvp", "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell", "pty.spawn", "commands.getoutput", "eval", "exec", "compile", "__import__",
    "marshal.loads",
    "marshal.load", "shelve.open", "dill.loads", "dill.load", "cloudpickle.loads", "joblib.load", "pandas.read_pickle",
    "pd.read_pickle",
    "tempfile.mktemp", "yaml.load", "yaml.full_load", "yaml.unsafe_load", "yaml.load_all", "yaml.full_load_all",
    "yaml.unsafe_load_all",
    "ssl._create_unverified_context", "xml.dom.minidom.parse", "xml.dom.minidom.parseString", "xml.sax.parse",
    "xml.sax.parseString",
    "shutil.unpack_archive", "telnetlib.Telnet", "ftplib.FTP",
}  # fmt: skip
# (file, call): why it may.
EXPLAINED = {
    ("padanan/spark/workers.py", "pickle.loads"): "a task that the session's own driver sent",
    ("padanan/base/yaml_source.py", "pickle.loads"): "bytes that this process made a moment ago",
}


@cache
def trees() -> dict[str, ast.Module]:
    found = {}
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            found[path.relative_to(ROOT).as_posix()] = ast.parse(path.read_text(encoding="utf-8"))
    assert len(found) > 600
    return found


@cache
def every_call() -> list[tuple[str, str, ast.Call]]:
    """File, dotted name and call."""
    return [(file, name, call) for file, tree in trees().items() for name, call in calls(tree)]


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with its dotted name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield ast.unparse(node.func), node


def shells(name: str, call: ast.Call) -> bool:
    words = {one.arg: one.value for one in call.keywords}
    asked = words.get("shell")
    return asked is not None and not (isinstance(asked, ast.Constant) and asked.value is False)


def unpickles(name: str, call: ast.Call) -> bool:
    return name in ("pickle.loads", "pickle.load", "pickle.Unpickler")


def opens_all_of_an_archive(name: str, call: ast.Call) -> bool:
    return name.endswith((".extractall", ".extract")) and "archive" in name


def trusts_any_server(name: str, call: ast.Call) -> bool:
    said = [
        one for one in call.keywords if one.arg == "verify" and isinstance(one.value, ast.Constant) and one.value.value is False
    ]
    return bool(said) or "CERT_NONE" in ast.unparse(call)


def resolves_entities(name: str, call: ast.Call) -> bool:
    """lxml resolves entities of files unless it is told not to."""
    return name.endswith("XMLParser") and "resolve_entities=False" not in ast.unparse(call)


def found_by(test: Rule, every: list[tuple[str, str, ast.Call]]) -> list[str]:
    return [f"{file}:{call.lineno} {name}" for file, name, call in every if test(name, call) and (file, name) not in EXPLAINED]


RULES: tuple[Rule, ...] = (
    lambda name, _: name in FORBIDDEN,
    shells,
    unpickles,
    opens_all_of_an_archive,
    trusts_any_server,
    resolves_entities,
)
WRONG = (
    "os.system(text)", "subprocess.run(text, shell=True)", "pickle.load(handle)", "archive.extractall(folder)",
    "requests.get(url, verify=False)", "etree.XMLParser(recover=True)",
)  # fmt: skip


@pytest.mark.parametrize("rule", range(len(RULES)))
def test_no_call_of_that_kind(rule: int) -> None:
    assert found_by(RULES[rule], every_call()) == []
    wrong = [("contoh.py", name, call) for name, call in calls(ast.parse(WRONG[rule]))]
    assert found_by(RULES[rule], wrong), "the rule sees what it is for"


def vanishing(tree: ast.AST) -> list[int]:
    """Lines of `try … except AssertionError`: with `python -O` nothing is asserted, and such a guard lets everything pass."""
    return [
        handler.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for handler in [node]
        if "AssertionError" in ast.unparse(node.type)
    ]


def test_no_assertion_judges_an_input() -> None:
    assert {file: lines for file, tree in trees().items() if (lines := vanishing(tree))} == {}
    assert vanishing(ast.parse("try:\n  assert x\nexcept (ValueError, AssertionError):\n  pass"))


SQL = re.compile(
    r"\b(select|case when|coalesce|insert into|copy \(|attach|create (or replace |temp )*(table|macro|view)|read_(parquet|csv))\b"
    r"|update \w+ set|set (memory_limit|temp_directory)|date '$",
    re.IGNORECASE,
)
# A constant of ours, or a day.
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*|[a-z_.]*\b[A-Z][A-Z0-9_]*|.*\.isoformat\(\)")
# (file, expression): why it can hold no quote.
QUOTED = {
    ("padanan/cleansing/run.py", "contract.id"): "a word of small letters by its type",
    ("padanan/cleansing/suite.py", "contract.id"): "a word of small letters by its type",
    ("padanan/distribution/aggregate.py", "name"): "a key of DIMENSIONS",
    ("padanan/distribution/changes.py", "one"): "a column of the house's own table",
    ("padanan/evidence/run.py", "config.memory"): "configuration of the house",
    ("padanan/linkage/inputs.py", "config.memory"): "configuration of the house",
    ("padanan/linkage/prepare.py", "memory"): "configuration of the house",
    ("padanan/linkage/measure.py", "label"): "a key of _GROUPS",
    ("padanan/synthetic/decree.py", "word"): "made-up data",
    ("padanan/synthetic/decree.py", "name"): "made-up data",
    ("padanan/synthetic/year.py", "int(seed)"): "a number",
    ("padanan/synthetic/year_files.py", "month.label"): "made-up data",
    ("padanan/landing/no_record.py", "day"): "a pattern of the house",
    ("padanan/landing/no_record.py", "every"): "patterns of the house",
    ("padanan/landing/no_record.py", "own"): "patterns of the house",
}


def quoted_by_hand(tree: ast.AST) -> list[tuple[int, str]]:
    """Places of an SQL f-string where an expression stands between single quotes that were typed."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        text = "".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
        if not SQL.search(text):
            continue
        for before, one, after in zip(["", *node.values], node.values, [*node.values[1:], ""], strict=False):
            inside = isinstance(before, ast.Constant) and isinstance(after, ast.Constant)
            if (
                inside
                and isinstance(one, ast.FormattedValue)
                and str(before.value).endswith("'")
                and str(after.value).startswith("'")
            ):  # type: ignore[union-attr]
                found.append((node.lineno, ast.unparse(one.value)))
    return found


def test_no_value_is_quoted_into_sql_by_hand() -> None:
    """A path, a name or a value with a quote in it would end the text and go on as SQL: `literal` and `ident` quote it."""
    met = {
        (file, line, said)
        for file, tree in trees().items()
        if not file.startswith("benchmarks/")
        for line, said in quoted_by_hand(tree)
        if not _CONSTANT.fullmatch(said)
    }
    assert sorted(one for one in met if (one[0], one[2]) not in QUOTED) == []
    assert {(file, said) for file, _, said in met} == set(QUOTED), "an exception that holds no more"
    assert quoted_by_hand(ast.parse("""f"select * from read_parquet('{path}')" """)) == [(1, "path")]


CSV = re.compile(r"csv\.(?:writer|DictWriter)\(|\(format csv|write_csv\(|to_csv\(", re.IGNORECASE)
# Who writes CSV that somebody may open in a spreadsheet, and why no field of it is a formula.
WRITERS = {
    "padanan/feedback/ranking.py": "neutral_cell",
    "padanan/feedback/addendum_names.py": "neutral_cell",
    "padanan/distribution/dashboard/files.py": "names of places and programs from our own contracts, and figures",
    "padanan/feedback/addendum_folder.py": "codes of places, and counts",
    "padanan/landing/places.py": "our own words for causes, and numbers of rows",
    "padanan/landing/postgres_reader.py": "hashes, read by the program alone",
    "padanan/run/sheet_rows.py": "a delivery that landing reads, whose values stay as they were typed",
}


def test_who_writes_csv_is_known_and_why_it_holds_no_formula() -> None:
    """A new export of names must go through `neutral_cell` (or be text of ours), and be named here."""
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "padanan").rglob("*.py")
        if "synthetic" not in path.parts
    }
    assert {file for file, text in texts.items() if CSV.search(text)} == set(WRITERS)
    assert all("neutral_cell(" in texts[file] for file, why in WRITERS.items() if why == "neutral_cell")


def test_every_nosec_says_why() -> None:
    """`# nosec B314  # reason`: a finding without a reason is a finding."""
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in OURS
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "# nosec" in line and not re.search(r"# nosec B\d{3}  # \w.{8,}", line)
    ]
    assert bare == []
