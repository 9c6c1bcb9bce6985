"""The YAML profiles: how imperfect each registry is, and the habits of each office.

What a rate does to a row is in `faults`; here the file is found, merged and checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from padanan.base.errors import PadananError

FOLDER = Path(__file__).parent / "profiles"
SECTIONS = ("penduduk", "cakupan", "kesalahan", "bentuk")


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        out[key] = _merge(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


def load_profile(name: str) -> dict[str, Any]:
    """A profile by name (`default`, `clean`, `hard`) or path; `dasar` names the profile it changes.

    Raises:
        PadananError: no such profile, or a section that is not known.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise PadananError(f"profil '{name}' tidak ada", cure="pakai " + ", ".join(sorted(p.stem for p in FOLDER.glob("*.yaml"))))
    data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    base = data.pop("dasar", None)
    unknown = sorted(set(data) - set(SECTIONS))
    if unknown:
        raise PadananError(f"bagian profil tidak dikenal: {', '.join(unknown)}", file=path, cure="pakai " + ", ".join(SECTIONS))
    if base:
        data = _merge(load_profile(base), data)
    return data


def rates_of(profile: Mapping[str, Any], contract_id: str) -> dict[str, float]:
    """Fault rates of one contract: `kesalahan.semua`, then `kesalahan.<contract>` over it, times `kesalahan.kali`."""
    faults = profile.get("kesalahan", {})
    rates = {**faults.get("semua", {}), **(faults.get(contract_id) or {})}
    times = float(faults.get("kali", 1.0))
    return {name: float(rate) if name == "dibetulkan" else min(float(rate) * times, 0.9) for name, rate in rates.items()}
