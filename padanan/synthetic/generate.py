"""Makes one period's deliveries of a made-up Jakarta, with the truth about every row.

The population is `world`, faults are `faults`, texts are `columns`, files are `writers`; here is their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from padanan.base.home import Home
from padanan.base.period import Periode, months_before
from padanan.contracts.contract import Contract
from padanan.contracts.due import deadline
from padanan.contracts.parts import DENOMINATOR
from padanan.contracts.plan import load_plans
from padanan.synthetic.count_files import make_counts
from padanan.synthetic.maker import Made, Maker
from padanan.synthetic.profile import load_profile
from padanan.synthetic.truth_files import program_conflicts, write_truth
from padanan.synthetic.wilayah import load_wilayah
from padanan.synthetic.world import build_world


@dataclass
class GeneratedSummary:
    """What was made: per contract rows, files, faults; folders of deliveries and truth."""

    periode: str
    residents: int
    seed: int
    profile: str
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)


def data_day(contracts: Mapping[str, Contract], periode: Periode) -> date:
    """The one day all registries describe: two weeks before the earliest deadline of the period."""
    plans = load_plans()
    dues = [deadline(contract, periode, plans) or months_before(periode.end, 2) for contract in contracts.values()]
    return min(dues, default=months_before(periode.end, 2)) - timedelta(days=14)


def generate(
    home: Home,
    contracts: Mapping[str, Contract],
    *,
    residents: int,
    seed: int,
    profile: str = "default",
    periode: Periode,
    contract_ids: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
    database_url: str | None = None,
    seeds: Any = None,
) -> GeneratedSummary:
    """Writes `inbox/<contract>/…` with covering letters and `truth/<period>/*.parquet`.

    Args:
        residents: people registered in Adminduk at the start of the world (2024-07-01).
        seed: same seed, same people in every period, same bytes for the same arguments.
        profile: `default`, `clean`, `hard`, or a YAML path.
        contract_ids: only these producers (Adminduk is always computed, since the others' truth depends on it).
        database_url: a PostgreSQL for the producer that delivers from one; by default an embedded one in `postgres/` of the home.

    Raises:
        PadananError: unknown profile, missing seeds, no PostgreSQL.
    """
    say = progress or (lambda _: None)
    settings = load_profile(profile)
    wanted = set(contract_ids) if contract_ids is not None else set(contracts)
    active = {key: contracts[key] for key in contracts if contracts[key].in_force(periode)}
    today = data_day(contracts, periode)
    say(f"penduduk: {residents:,}".replace(",", "."))
    world = build_world(residents, seed, settings["penduduk"], load_wilayah(seeds))
    summary = GeneratedSummary(periode.label, residents, seed, profile)
    maker = Maker(home, world, settings, periode, today, seed, database_url, wanted)
    made: list[Made] = []
    order = sorted(active, key=lambda key: (key != "adminduk", key))
    maker.exclude_conflicts([active[key] for key in order])
    for key in order:
        if key not in wanted and key != "adminduk":
            continue
        result = make_counts(maker, active[key]) if DENOMINATOR in active[key].roles else maker.make(active[key])
        if key in wanted:
            made.append(result)
            summary.rows[key] = int(result.counts["rows_in"])
            summary.files[key] = list(result.counts["files"])
            say(f"{key}: {summary.rows[key]:,} baris".replace(",", "."))
    program_conflicts(made)
    write_truth(home, periode, world, made, summary.faults)
    return summary
