"""No producer stands by name in code: which contract is the register, a registry or one of two files, its contract says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from padanan.base.home import CHECKOUT
from padanan.contracts.contract import load_contracts

# What stands there by name, and why; a line that is not needed any more fails.
ALLOWED = {
    # Published columns and values: other programs and older publications read them by these names.
    ("*", "ganda_adminduk"): "value of ganda_bukti.jenis",
    ("*", "di_adminduk"): "column of tanpa_dokumen, and part of flags in sasaran",
    ("*", "id_keluarga_adminduk"): "column of padanan_keluarga",
    ("*", "jumlah_kartu_adminduk"): "column of padanan_keluarga",
    ("*", "status_dasar_adminduk"): "column of padanan_record and padanan_orang",
    ("*", "meninggal_di_adminduk"): "flag in sasaran",
    ("*", "pindah_di_adminduk"): "flag in sasaran",
    # Words for people.
    ("padanan/base/examples.py", "klj"): "commands as a person types them, replayed by a test",
    ("padanan/base/examples.py", "klj_2025"): "the file name in such a command",
    ("padanan/base/examples.py", "dtks"): "commands as a person types them, replayed by a test",
    ("padanan/distribution/api/bnba.py", "klj"): "example in the description of the API",
    ("padanan/distribution/api/models.py", "klj"): "the same",
    ("padanan/distribution/api/open_facts.py", "klj"): "the same",
    ("padanan/feedback/lp3ke/forms.py", "p3ke"): "the ministry's address as Tabel 3.3 prints it",
    ("padanan/contracts/criteria.py", "dtsen"): "example in a refusal's cure",
    ("padanan/contracts/criteria.py", "adminduk"): "example in a refusal's cure",
    ("padanan/contracts/criteria.py", "carik"): "example in a refusal's cure",
}
# Rendered from the contracts, or one file a registry's layout.
RENDERED = {"dbt_project/macros/kontrak.sql"}


def known_names() -> set[str]:
    """Ids of contracts and of registries."""
    contracts = load_contracts().values()
    return {item.id for item in contracts} | {item.registry.id for item in contracts if item.registry}


def python_words(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every text constant that is no docstring, and of every name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(n.body[0].value) for n in ast.walk(tree) if isinstance(n, documented) and n.body and isinstance(n.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value
        for part in ("id", "attr", "arg", "name"):
            if isinstance(name := getattr(node, part, None), str):
                yield getattr(node, "lineno", 0), name.lower()


def sql_words(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of a model or macro without its comments."""
    text = re.sub(r"\{#.*?#\}", lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for number, line in enumerate(text.splitlines(), 1):
        yield number, line.split("--")[0]


def sources(root: Path = CHECKOUT) -> Iterator[tuple[str, Iterator[tuple[int, str]]]]:
    """(relative path, its words) of all code that must know no producer."""
    for folder in ("padanan", "orchestration"):
        for path in sorted((root / folder).rglob("*.py")):
            if "synthetic" not in path.relative_to(root).parts:
                yield path.relative_to(root).as_posix(), python_words(path)
    for folder in ("macros", "models", "tests"):
        for path in sorted((root / "dbt_project" / folder).rglob("*.sql")):
            name = path.relative_to(root).as_posix()
            if name not in RENDERED and not name.startswith("dbt_project/models/staging/"):
                yield name, sql_words(path)


def named(words: Iterator[tuple[int, str]], names: set[str]) -> Iterator[tuple[int, str]]:
    """(line, word) of every word that is a name, or holds one between underscores."""
    among = "|".join(sorted(names, key=len, reverse=True))
    whole, part = re.compile(rf"(?<![A-Za-z0-9])(?:{among})(?![A-Za-z0-9])"), re.compile(among)
    for line, text in words:
        if not part.search(text) and not part.search(text.replace("_", " ")):
            continue
        for word in re.findall(r"\w+", text):
            if whole.search(word.replace("_", " ")) or whole.search(word):
                yield line, word


def test_no_code_knows_a_producer_by_name():
    names = known_names()
    assert len(names) > 20
    found, used = [], set()
    for file, words in sources():
        for line, word in named(words, names):
            allowed = next((key for key in ((file, word), ("*", word)) if key in ALLOWED), None)
            if allowed is None:
                found.append(f"{file}:{line} {word}")
            else:
                used.add(allowed)
    assert found == []
    assert set(ALLOWED) == used, "an exception that nothing needs"


@pytest.mark.parametrize(
    "code",
    [
        "x = 'adminduk'",
        "kjp_plus = 1",
        "f(dtks=1)",
        "sql = f\"where producer = 'p3ke_individu' and {x}\"",
        "m = 'stg_carik__individu'",
    ],
)
def test_a_name_is_found(tmp_path, code):
    path = tmp_path / "a.py"
    path.write_text(f'"""adminduk may stand in a docstring."""\n{code}\n', encoding="utf-8")
    assert [line for line, _ in named(python_words(path), known_names())] == [2]
