"""What opens a new revision: a change in code that computes published tables does, a comment anywhere else does not."""

import shutil

import grimp
import pytest

from padanan.base.home import CHECKOUT
from padanan.run.code_version import code_files, code_version

SILENT = (
    "padanan/upkeep/alert.py",
    "padanan/upkeep/backup.py",
    "padanan/upkeep/calendar/year.py",
    "padanan/review/report/index_page.py",
    "padanan/review/kit/make.py",
    "padanan/review/worklist/book.py",
    "padanan/review/decision/actions.py",
    "padanan/decree/approve.py",
    "padanan/pages/table.py",
    "padanan/forms/sealed_book.py",
    "padanan/records/log.py",
    "padanan/generated/features.py",
    "padanan/landing/csv_reader.py",
    "padanan/evidence/clerical.py",
    "padanan/linkage/explain.py",
)
LOUD = (
    "padanan/linkage/comparison.py",
    "padanan/linkage/names.py",
    "padanan/evidence/resolve.py",
    "padanan/run/publication.py",
    "padanan/base/tabular.py",
    "dbt_project/models/padanan/langkah_2/padanan_record.sql",
    "dbt_project/macros/nik.sql",
    "dbt_project/seeds/ref_wilayah.csv",
)
# What computing imports and what decides nothing in a table: errors, places, locks; what it reads stands in the plan's own hash.
IN_THE_PLAN = ("padanan.base.", "padanan.contracts.", "padanan.records.", "padanan.published.", "padanan.run.plan")


@pytest.fixture
def copy(tmp_path):
    for name in ("padanan", "dbt_project"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
    return tmp_path


def test_a_comment_in_what_computes_no_table_opens_no_revision(copy):
    before = code_version(copy)
    for name in SILENT:
        with (copy / name).open("a") as handle:
            handle.write("# catatan\n")
        assert code_version(copy) == before, name


@pytest.mark.parametrize("name", LOUD)
def test_a_change_in_what_computes_tables_opens_one(copy, name):
    before = code_version(copy)
    with (copy / name).open("a") as handle:
        handle.write("\n")
    assert code_version(copy) != before


def test_a_new_model_counts_without_being_listed(copy):
    before = code_version(copy)
    (copy / "dbt_project" / "models" / "review" / "baru.sql").write_text("select 1")
    assert code_version(copy) != before


def test_the_list_is_what_computing_really_imports():
    """Whatever evidence and publication load is either hashed, or carried by the plan's own hash; and nothing else is hashed."""
    graph = grimp.build_graph("padanan", cache_dir=None)
    entries = {"padanan.evidence.run", "padanan.run.publication", "padanan.evidence"}
    loaded = entries | {module for entry in entries for module in graph.find_upstream_modules(entry)}
    hashed = {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in code_files() if path.parts[0] == "padanan"
    }
    missing = {module for module in loaded - hashed if not module.startswith(IN_THE_PLAN)}
    assert not missing
    assert hashed <= loaded
