"""That what a run read of the field is what its plan was made with: the signed working folder beside the warehouse.

What stands in it is made by `padanan/run/feedback_state`; the events behind it are proved where they are opened.
"""

from __future__ import annotations

from padanan.base.errors import PadananError
from padanan.base.folder_proof import differing, signed_hashes
from padanan.base.home import Home
from padanan.base.tabular import row_hash, scratch
from padanan.contracts.planned import PlanData

WHAT = "hasil lapangan untuk putaran ini"
CURE = "jalankan job padanan_periode dari awal; hasil lapangan ditulis ulang"


def prove_field(home: Home, data: PlanData) -> None:
    """Proves the folder's signature, its files, and that their rows are those of this plan; publishing asks it.

    Raises:
        PadananError: a file is missing, was changed, or is another plan's; it is named.
    """
    if data.umpan_balik is None:
        return
    planned = [(data.umpan_balik.berkas, data.umpan_balik.sidik)]
    if data.warga_baru is not None:
        planned += [(item.path, item.sha16) for item in data.warga_baru.deliveries]
    folder = (home.root / data.umpan_balik.berkas).parent
    for fault in differing(home.root, folder, signed_hashes(home.root, folder, what=WHAT, cure=CURE), what=WHAT, cure=CURE):
        raise fault
    with scratch(home) as con:
        for path, expected in planned:
            # Whole and signed, and yet made by another plan of the same day.
            if not row_hash(con, home.root / path).startswith(expected):
                raise PadananError(f"{WHAT} bukan yang direncanakan", file=path, cure=CURE)
