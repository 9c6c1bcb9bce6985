"""A column of the report from what is counted already is one file of source (CONTRIBUTING.md): replayed in a copy.

That every column's figures are right is `test_report_counts.py`.
"""

import json

import pytest

from tests.replay import copied, run

SOURCE = "padanan/review/report/matching_tables.py"
HEAD = 'Column("Bagian dari semua", "n")'
ROW = "share(data.within(name), total, report.cells.mark(key) is not None),"
# In the copy: renders the report of a revision published by hand, prints the rows of the table and whose code made it.
LOOK = """
import json, sys
from pathlib import Path
import padanan
from padanan.base.home import Home
from padanan.run.report import render_report
from tests.review.pages_back import Page
from tests.review.published_by_hand import PERIODE, write_published
home = Home(Path(sys.argv[1])).ensure()
write_published(home)
tables = [Page(path).tables.get("tabel-registri-orang") for path in render_report(home, PERIODE, 1).parent.glob("*.html")]
(rows,) = [[[cell[2].strip() for cell in cells] for _, cells in table] for table in tables if table]
print(json.dumps({"baris": rows, "kode": padanan.__file__}))
"""


@pytest.mark.lambat
def test_one_file_is_all(tmp_path):
    copied(tmp_path)
    source = (tmp_path / SOURCE).read_text()
    assert source.count(HEAD) == source.count(ROW) == 1
    source = source.replace(HEAD, HEAD + ', Column("Tidak di sini", "n")')
    (tmp_path / SOURCE).write_text(source.replace(ROW, f"{ROW} count(total - data.within(name)),"))
    seen = json.loads(run(tmp_path, "-c", LOOK, str(tmp_path / "home")).splitlines()[-1])
    assert seen["kode"].startswith(str(tmp_path)), "the copy's own code makes the page"
    head, *rows = seen["baris"]
    assert head[-1] == "Tidak di sini" and len(rows) > 1
    assert all(len(cells) == len(head) and cells[-1].replace(".", "").isdigit() for cells in rows)
