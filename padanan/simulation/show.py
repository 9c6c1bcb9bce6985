"""How a run leaves: page, workbook and pictures as files of one folder.

What they hold is decided in `page`.
"""

from __future__ import annotations

from pathlib import Path

from padanan.base import disk
from padanan.base.commit import building, put
from padanan.base.errors import PadananError, no_space_guard
from padanan.pages.svg_alone import standalone
from padanan.pages.workbook import write_workbook
from padanan.simulation.page import BOOK, PAGE, PICTURE, SWEEP_PICTURE, heading, page, picture, sweep_picture
from padanan.simulation.run import Run


def write_folder(run: Run, folder: Path) -> list[Path]:
    """Writes every file whole, over those of an earlier run; the same run gives the same bytes.

    Raises:
        PadananError: the folder can't be written.
    """
    made, drawn = page(run), {PICTURE: picture(run)}
    if (swept := sweep_picture(run)) is not None:
        drawn[SWEEP_PICTURE] = swept
    names = [PAGE, BOOK, *drawn]
    try:
        with no_space_guard("simulasi"), building(folder) as drafts:
            disk.write_text(drafts / PAGE, made.html)
            write_workbook(heading(run), {PAGE: made}, drafts / BOOK)
            for name, svg in drawn.items():
                disk.write_text(drafts / name, standalone(str(svg)))
            for name in names:
                put(drafts / name, folder / name)
            if swept is None:
                disk.unlink(folder / SWEEP_PICTURE, missing_ok=True)
    except OSError:
        raise PadananError("folder --folder tidak dapat ditulis", file=folder, cure="periksa folder dan haknya") from None
    return [folder / name for name in names]
