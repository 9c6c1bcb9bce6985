"""`make audit`: bandit over our code, and the pins of requirements.lock against the advisories that the package registry tells.

Run with the interpreter of an environment of its own (requirements-audit.lock); what was read by hand is in docs/security.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OURS = ("padanan", "orchestration", "scripts")


def bandit() -> list[str]:
    """What bandit finds and nobody explained, a line each."""
    done = _run("bandit", "--quiet", "-c", "pyproject.toml", "-f", "json", "-r", *OURS)
    found = json.loads(done)
    lines = [f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}" for one in found["results"]]
    return lines + [f"{one['filename']}: {one['reason']}" for one in found["errors"]]


def advisories(told: dict[str, Any]) -> tuple[int, list[str], list[str]]:
    """Of pip-audit's answer: how many pins were looked up, what is known against them, and which nothing was learnt of."""
    known, silent, asked = [], [], 0
    for one in told["dependencies"]:
        if "skip_reason" in one:
            silent.append(one["name"])
            continue
        asked += 1
        for flaw in one["vulns"]:
            mended = ", ".join(flaw["fix_versions"]) or "belum ada"
            known.append(f"{one['name']} {one['version']}: {flaw['id']}, diperbaiki pada {mended}")
    return asked, known, silent


def _run(*words: str) -> str:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout


def main() -> int:
    """0 where nothing is known against code and pins; that nothing could be learnt of a pin is said, never passed over."""
    faults = bandit()
    print("\n".join(faults) or f"bandit: tidak ada temuan tanpa alasan pada {', '.join(OURS)}")
    answer = _run(
        "pip_audit", "-r", "requirements.lock", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"
    )
    try:
        asked, known, silent = advisories(json.loads(answer))
    except (ValueError, KeyError, TypeError):
        asked, known, silent = 0, [], ["semua"]
    if known or asked:
        print("\n".join(known) or f"pip-audit: {asked} paket diperiksa, tidak ada kerentanan yang diketahui")
    if silent:
        print(
            f"PERHATIAN: tentang {'semua' if not asked else len(silent)} paket registri tidak menjawab, jadi tidak diperiksa. "
            "Perbaikan: jalankan lagi di mesin yang mencapai pypi.org; yang dibaca dengan tangan ada di docs/security.md."
        )
    return 1 if faults or known else 0


if __name__ == "__main__":
    raise SystemExit(main())
