"""Pictures for docs/panduan-reviu.md from the newest report below PADANAN_HOME: `python scripts/screenshot_report.py`.

Makes no run and no report of its own. Needs Debian's `chromium` and `poppler-utils`; the form's picture also `libreoffice-calc`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from chromium import Chromium  # noqa: E402

PAGES = {
    "panduan-laporan.png": "index.html",
    "panduan-padanan.png": "pemadanan.html",
    "panduan-kalender.png": "kalender.html",
}
FORM = "panduan-formulir.png"
DRAFT = "panduan-rancangan.png"


def tool(name: str, package: str) -> str:
    """A program's path.

    Raises:
        SystemExit: it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"GALAT: {name} tidak ada. Perbaikan: apt-get install {package}")
    return found


def first_page(pdf: Path, picture: Path) -> None:
    """The first page of a PDF as PNG."""
    stem = picture.with_suffix("")
    command = [tool("pdftoppm", "poppler-utils"), "-png", "-r", "80", "-f", "1", "-singlefile", str(pdf), str(stem)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    picture.chmod(0o644)


def form_picture(workbook: Path, picture: Path) -> None:
    """The first sheet of the decision form, as an office program prints it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [tool("soffice", "libreoffice-calc"), f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(workbook)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
        first_page(Path(folder) / f"{workbook.stem}.pdf", picture)


def main() -> None:
    """Takes the pictures."""
    from padanan.base.home import Home

    parser = argparse.ArgumentParser(description="Memotret laporan dan dokumen dari hasil demo.")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "img", help="folder gambar")
    parser.add_argument("--size", default="1280,1600", help="ukuran jendela, lebar,tinggi dalam piksel")
    options = parser.parse_args()
    home = Home.from_env()
    reports = sorted(home.root.glob("reports/*/rev-*/index.html"), key=lambda path: (path.parts[-3], len(path.parts[-2]), path))
    drafts = sorted(home.root.glob("decree/*/dokumen/rev-*/rancangan-keputusan.pdf"))
    if not reports or not drafts:
        raise SystemExit("GALAT: belum ada laporan dan dokumen rancangan. Perbaikan: jalankan make demo")
    report = reports[-1].parent
    options.out.mkdir(parents=True, exist_ok=True)
    with Chromium(*map(int, options.size.split(","))) as browser:
        for name, page in PAGES.items():
            browser.open((report / page).as_uri(), "document.readyState === 'complete'")
            browser.picture(options.out / name)
            print(options.out / name, flush=True)
    form_picture(report / "formulir-keputusan.xlsx", options.out / FORM)
    print(options.out / FORM, flush=True)
    first_page(drafts[-1], options.out / DRAFT)
    print(options.out / DRAFT, flush=True)


if __name__ == "__main__":
    main()
