"""`python -m padanan.quality.render [--check]`: writes `expectations/gx/` from the contracts, or says what differs.

The content of those files is decided in `suite.py`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from padanan.contract import expectations_dir, load_contracts
from padanan.errors import PadananError
from padanan.quality.suite import context_files, render_gx_context, stale_files


def differences(folder: Path, expectations: Path | None = None) -> list[str]:
    """Rendered files that don't say what the contracts say now.

    Args:
        folder: the GX context folder.
        expectations: the `expectations/` folder; by default the checkout's.
    """
    contracts = load_contracts(expectations)
    wrong = [
        name
        for name, text in context_files(contracts).items()
        if not (folder / name).exists() or (folder / name).read_bytes() != text.encode()
    ]
    return sorted([*wrong, *(path.as_posix() for path in stale_files(contracts, folder))])


def main(arguments: list[str] | None = None) -> int:
    """Renders, or with `--check` only compares; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m padanan.quality.render", description="Tulis expectations/gx/ dari kontrak.")
    parser.add_argument("--check", action="store_true", help="hanya bandingkan; keluar 1 bila berbeda")
    options = parser.parse_args(arguments)
    folder = expectations_dir() / "gx"
    try:
        if options.check:
            wrong = differences(folder)
            if wrong:
                raise PadananError(
                    f"{len(wrong)} berkas tidak sama dengan kontrak: {', '.join(wrong[:5])}",
                    file="expectations/gx",
                    cure="jalankan 'python -m padanan.quality.render' lalu simpan hasilnya",
                )
            print("expectations/gx sama dengan kontrak.")
        else:
            changed = render_gx_context(load_contracts(), folder)
            print(f"expectations/gx: {len(changed)} berkas berubah.")
    except PadananError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
