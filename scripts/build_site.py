"""`make docs`: one site of README, docs/, dbt's documentation and the report of a small demo, below .cache/site.

What the pages say stands in their Markdown; nothing of the site is tracked, and nothing of it asks an address outside.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = CHECKOUT / ".cache"
SITE = CACHE / "site"
MKDOCS = CACHE / "docs-venv" / "bin" / "mkdocs"
SCALE = 2000
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
OUTSIDE = re.compile(r"^\s*(https?:)?//", flags=re.IGNORECASE)
OUTSIDE_CSS = re.compile(r"(?:url\(|@import)\s*['\"]?\s*(?:https?:)?//", flags=re.IGNORECASE)
# What a browser fetches by itself; a link that a person follows (a href) is none.
FETCHED = {"src", "srcset", "poster", "data"}
# dbt's page counts its visitors at an address outside unless the browser is forbidden to.
POLICY = "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'"

# The theme never breaks a line inside a table, and so cuts wide ones off.
STYLE = """.rst-content table td, .rst-content table th { white-space: normal !important; vertical-align: top }
.rst-content table code { white-space: normal }
.wy-nav-content { max-width: 1100px }
"""

DBT_PAGE = """# Dokumentasi dbt

[Buka dokumentasi dbt](dbt/katalog.html): setiap model, kolom, uji dan garis keturunannya, menurut basis data demo kecil.
Satu berkas; peramban dilarang menghubungi alamat luar dari halaman itu.
"""
REPORT_PAGE = """# Contoh laporan mutu

[Buka laporan](laporan/index.html) dari demo kecil ({scale} penduduk buatan).
Semua orang di dalamnya rekaan; angkanya bukan angka Jakarta.
"""


def main() -> int:
    """Builds the site anew; exit code 0, or 1 with one line on stderr."""
    parser = argparse.ArgumentParser(prog="make docs", description="Situs dokumentasi Padanan.")
    parser.add_argument("--scale", type=int, default=SCALE, help="jumlah penduduk buatan pada demo contoh")
    options = parser.parse_args()
    (CACHE / "tmp").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE / "tmp", prefix="situs-") as folder:
        work = Path(folder)
        print(f"[1/4] menjalankan demo kecil, {options.scale} penduduk buatan (beberapa menit)", flush=True)
        environment = _environment(work)
        _run([sys.executable, "-m", "orchestration.demo", "--scale", str(options.scale)], environment, "demo")
        print("[2/4] membuat dokumentasi dbt", flush=True)
        project = str(CHECKOUT / "dbt_project")
        dbt = [str(Path(sys.executable).with_name("dbt")), "docs", "generate", "--static", "--quiet", "--project-dir", project]
        _run([*dbt, "--profiles-dir", project, "--target-path", str(work / "dbt")], environment, "dokumentasi dbt")
        (report,) = (work / "home" / "reports").glob("*/rev-*/index.html")
        print("[3/4] menyusun situs dengan mkdocs", flush=True)
        assemble(work / "halaman", report.parent, work / "dbt" / "static_index.html", options.scale)
        _build(work)
    print("[4/4] memeriksa bahwa tidak ada halaman yang memuat sesuatu dari alamat luar", flush=True)
    if found := outside_loads(SITE):
        print(f"GALAT {SITE}: {len(found)} muatan dari alamat luar: {'; '.join(found[:5])}. "
              "Perbaikan: bawa berkasnya ke dalam situs", file=sys.stderr)  # fmt: skip
        return 1
    print(f"Situs: {(SITE / 'index.html').relative_to(CHECKOUT)}")
    return 0


def assemble(pages: Path, report: Path, dbt_page: Path, scale: int) -> None:
    """Puts every page of the site below `pages`, in the checkout's own tree, so that links between them stay true.

    Args:
        pages: a folder that does not exist yet.
        report: the folder of a report.
        dbt_page: dbt's documentation as one file.
        scale: made-up residents of the demo behind both.
    """
    shutil.copytree(CHECKOUT / "docs", pages / "docs", copy_function=shutil.copyfile)
    for page in CHECKOUT.glob("*.md"):
        shutil.copyfile(page, pages / page.name)
    _bring_linked(pages)
    shutil.copytree(report, pages / "laporan", copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("*.md", "*.json"))
    (pages / "dbt").mkdir()
    text = dbt_page.read_text(encoding="utf-8").replace(str(CHECKOUT), "")
    guard = f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    (pages / "dbt" / "katalog.html").write_text(text.replace("<head>", guard, 1), encoding="utf-8")
    (pages / "situs.css").write_text(STYLE, encoding="utf-8")
    (pages / "dbt.md").write_text(DBT_PAGE, encoding="utf-8")
    (pages / "laporan.md").write_text(REPORT_PAGE.format(scale=scale), encoding="utf-8")


def nav(pages: Path) -> list[dict[str, str | list[dict[str, str]]]]:
    """The site's order: README, docs/, decisions, what stands beside README or is linked to, the two generated parts."""
    beside = [path for path in sorted(pages.glob("*.md")) if path.name not in {"README.md", "dbt.md", "laporan.md"}]
    below = sorted((pages / "docs").glob("*.md"))
    decisions = sorted((pages / "docs" / "decisions").glob("*.md"))
    named = {pages / "README.md", pages / "dbt.md", pages / "laporan.md", *beside, *below, *decisions}
    others = [path for path in sorted(pages.rglob("*.md")) if path not in named]
    order: list[dict[str, str | list[dict[str, str]]]] = [{"Padanan": "README.md"}]
    for title, group in (("Dokumen", below), ("Keputusan", decisions), ("Pengembangan", [*beside, *others])):
        order.append({title: [{_title(path): path.relative_to(pages).as_posix()} for path in group]})
    order.append({"Hasil": [{"Dokumentasi dbt": "dbt.md"}, {"Contoh laporan mutu": "laporan.md"}]})
    return order


def outside_loads(site: Path) -> list[str]:
    """Everything that a page or style sheet below `site` would fetch from an address outside, as `file: address`."""
    found = []
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        reader = _Loads()
        reader.feed(text)
        found += [f"{path.relative_to(site)}: {address}" for address in reader.found]
        if "getdbt.com" in text and "Content-Security-Policy" not in text:
            found.append(f"{path.relative_to(site)}: dbt tanpa larangan alamat luar")
    for path in sorted(site.rglob("*.css")):
        found += [f"{path.relative_to(site)}: {hit}" for hit in OUTSIDE_CSS.findall(path.read_text(encoding="utf-8"))]
    return found


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            fetched = name in FETCHED or (tag == "link" and name == "href" and dict(attrs).get("rel") != "canonical")
            if value and ((fetched and OUTSIDE.match(value)) or (name == "style" and OUTSIDE_CSS.search(value))):
                self.found.append(value[:80])


def _bring_linked(pages: Path) -> None:
    """Takes along what pages link to in the checkout, and what those pages link to."""
    waiting = sorted(pages.rglob("*.md"))
    while waiting:
        page = waiting.pop()
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            target = (page.parent / link).resolve()
            source = CHECKOUT / target.relative_to(pages.resolve()) if target.is_relative_to(pages.resolve()) else None
            if source is not None and source.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
                waiting += [target] if target.suffix == ".md" else []


def _title(page: Path) -> str:
    head = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return head.group(1).replace("`", "") if head else page.stem


def _build(work: Path) -> None:
    # JSON is YAML.
    settings = {"INHERIT": str(CHECKOUT / "mkdocs.yml"), "docs_dir": str(work / "halaman"), "site_dir": str(SITE)}
    (work / "mkdocs.yml").write_text(json.dumps({**settings, "nav": nav(work / "halaman")}), encoding="utf-8")
    command = [str(MKDOCS), "build", "--strict", "--quiet", "--clean", "--config-file", str(work / "mkdocs.yml")]
    _run(command, {**os.environ, "NO_MKDOCS_2_WARNING": "1"}, "mkdocs")


def _environment(work: Path) -> dict[str, str]:
    """A home and a key of their own, so that no delivery, real or of another demo, comes near the site."""
    home = work / "home"
    home.mkdir()
    own = {"PADANAN_HOME": str(home), "PADANAN_DAGSTER_STORAGE": str(home / "dagster"), "DAGSTER_HOME": str(CHECKOUT)}
    quiet = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_LOG_LEVEL_FILE": "none", "PADANAN_ENV": "dev"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, **own, **quiet, "PADANAN_KEY_FILE": str(work / "hmac.key"), "PYTHONPATH": str(CHECKOUT), "PATH": path}


def _run(command: list[str], environment: dict[str, str], what: str) -> None:
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print("\n".join((done.stdout + done.stderr).strip().splitlines()[-12:]), file=sys.stderr)
        raise SystemExit(f"GALAT: {what} gagal. Perbaikan: perbaiki menurut baris di atas, lalu ulangi make docs")


if __name__ == "__main__":
    raise SystemExit(main())
