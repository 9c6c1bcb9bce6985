"""What the rules speak about: each delivery, revision, report or file with its age, and who still needs it.

Nothing is changed here; destroying is `destroy`'s work.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from padanan.base.commit import PREFIX
from padanan.base.errors import PadananError
from padanan.base.format import fingerprint
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.shown import safe_name
from padanan.contracts.contract import Contract
from padanan.contracts.plan import load_plans
from padanan.contracts.planned import stored
from padanan.contracts.retention import EXPIRY, LANDING, Rule
from padanan.forms.handover import issues
from padanan.landing.inbox import pending
from padanan.landing.letter import LETTER
from padanan.published.revisions import published_periods, published_revisions
from padanan.records.active import active_deliveries, received_on
from padanan.records.ledger import manifests, quarantined
from padanan.records.seals import closed
from padanan.records.tombstone import NISAN, read_nisan

INBOX = "inbox"


@dataclass(frozen=True)
class Thing:
    """One thing that is kept and destroyed as a whole.

    Attributes:
        path: a folder, or a single file.
        start, expires: the day its time runs from and the last day it is kept (None: for ever).
        held: why it may not go although its time is over; None when nobody needs it.
        destroyed: a tombstone stands there already.
    """

    rule: Rule
    path: Path
    start: date
    expires: date | None
    held: str | None = None
    destroyed: bool = False

    def place(self, home: Home) -> str:
        """Where it lies, for people: a content address in dashed groups, because sixteen hex digits may all be decimal."""
        return shown_place(self.path.relative_to(home.root).as_posix())

    def over(self, day: date) -> bool:
        """Whether its time is over on that day."""
        return self.expires is not None and day > self.expires

    def due(self, day: date) -> bool:
        """Whether it has to go on that day."""
        return self.over(day) and self.held is None and not self.destroyed


def things(home: Home, contracts: Mapping[str, Contract], rules: Mapping[str, Rule], day: date) -> list[Thing]:
    """Everything under a rule, by dataset and path.

    Raises:
        PadananError: a manifest, seal or tombstone can't be read.
    """
    found: list[Thing] = []
    held = delivery_holds(home, contracts, day)
    for rule in rules.values():
        if rule.folder == LANDING:
            found += _deliveries(home, rule, held)
        elif rule.amount is not None:
            found += _others(home, rule)
    return sorted(found, key=lambda item: (item.rule.dataset, item.path.as_posix()))


def delivery_holds(home: Home, contracts: Mapping[str, Contract], day: date) -> dict[Path, str]:
    """Deliveries that something still needs, with the reason.

    A period that is not sealed (or whose perubahan is open) needs what its newest revision pinned; the running half-year
    and the run plan need what a run would read next.
    """
    held: dict[Path, str] = {}
    for periode in published_periods(home):
        if closed(home, periode) is not None:
            continue
        revisi, manifest = published_revisions(home, periode)[-1]
        for item in manifest.get("deliveries") or ():
            if item.get("path"):
                held[home.root / Path(item["path"]).parent] = (
                    f"dibaca revisi {revisi} periode {periode.label} yang belum ditetapkan"
                )
    plans = load_plans()
    current = Periode.of(day)
    for periode in (current.previous(), current):
        if closed(home, periode) is None:
            decree = plans[periode.year].decree_date(periode) if periode.year in plans else periode.end
            for delivery in active_deliveries(home, contracts, periode, max(decree, day)):
                held.setdefault(delivery.folder, f"dibutuhkan putaran berikut periode {periode.label}")
    # A plan that can't be read stops destruction: nobody knows then what the last run read.
    plan = stored(home)
    if plan is not None and closed(home, Periode.parse(plan.periode)) is None:
        for contract in plan.contracts:
            for item in contract.deliveries:
                held.setdefault(home.root / Path(item.landed).parent, "dibaca rencana putaran terakhir")
    return held


def _deliveries(home: Home, rule: Rule, held: Mapping[Path, str]) -> Iterator[Thing]:
    for item in manifests(home, rule.dataset.removeprefix(f"{LANDING}/")):
        folder, start = item["folder"], received_on(item)
        yield Thing(rule, folder, start, rule.expires(start), held.get(folder), read_nisan(folder) is not None)


def _others(home: Home, rule: Rule) -> Iterator[Thing]:
    base = home.root / rule.folder
    if rule.since == EXPIRY:
        for issue in issues(home):
            if issue.kind == rule.folder:
                yield Thing(rule, issue.folder, issue.expires, rule.expires(issue.expires), None, issue.deleted)
    elif rule.dataset == "karantina":
        for contract in sorted(base.glob("*")):
            for item in quarantined(home, contract.name):
                start = received_on(item) if item.get("diterima") else newest_change(item["folder"])
                folder = item["folder"]
                yield Thing(rule, folder, start, rule.expires(start), None, read_nisan(folder) is not None)
    elif rule.since == "akhirPeriode":
        pattern = "rancangan/rev-*" if rule.folder == "decree" else "rev-*"
        for period in sorted(base.glob("????-??-??")):
            periode = Periode.parse(period.name)
            for folder in sorted(period.glob(pattern)):
                needed, destroyed = _needed(home, periode, folder), read_nisan(folder) is not None
                yield Thing(rule, folder, periode.end, rule.expires(periode.end), needed, destroyed)
    else:
        waiting = _waiting(home) if rule.folder == INBOX else set()
        listed = {issue.folder for issue in issues(home)}
        for path in _leaves(base):
            if path in listed:
                continue
            start = newest_change(path)
            held = "menunggu diterima" if path in waiting else None
            yield Thing(rule, path, start, rule.expires(start), held, path.is_dir() and read_nisan(path) is not None)


def _needed(home: Home, periode: Periode, folder: Path) -> str | None:
    """The newest revision of a period that is not sealed stays, with its report and draft."""
    if closed(home, periode) is not None:
        return None
    number = folder.name.removeprefix("rev-")
    revisions = published_revisions(home, periode)
    if revisions and number == str(revisions[-1][0]):
        return f"revisi terbaru periode {periode.label} yang belum ditetapkan"
    return None


def _waiting(home: Home) -> set[Path]:
    """Deliveries in an inbox that were not taken in yet, with their letters: nobody has counted them."""
    found: set[Path] = set()
    for folder in (home.root / INBOX).glob("*"):
        for path in pending(home, folder.name):
            found |= {path, path.with_name(path.name + LETTER)}
    return found


def _leaves(base: Path) -> Iterator[Path]:
    """What is destroyed as a whole below a folder of the home: revision folders, else single files."""
    for path in sorted(base.glob("*")):
        if path.is_dir() and not path.is_symlink():
            revisions = sorted(path.glob("rev-*"))
            yield from revisions or sorted(one for one in path.rglob("*") if one.is_file() or one.is_symlink())
        else:
            yield path


def _passing(inside: Path) -> bool:
    """A tombstone, and what a killed run left of one, change nothing about when a thing was made."""
    return inside.name == NISAN or any(part.startswith(PREFIX) for part in inside.parts)


def newest_change(path: Path) -> date:
    """The day of the newest file's last change, links not followed."""
    newest = os.lstat(path).st_mtime
    if path.is_dir() and not path.is_symlink():
        files = (one for one in path.rglob("*") if not one.is_dir() and not _passing(one.relative_to(path)))
        newest = max((os.lstat(one).st_mtime for one in files), default=newest)
    return datetime.fromtimestamp(newest, JAKARTA).date()


def unruled(home: Home, contracts: Mapping[str, Contract]) -> list[str]:
    """Landing folders that no contract speaks about: nobody decided how long they are kept."""
    folders = (path.name for path in (home.root / LANDING).glob("*") if path.is_dir() and not path.name.startswith("."))
    return sorted(set(folders) - set(contracts))


def replayable(home: Home, periode: Periode, revisi: int) -> list[str]:
    """The deliveries and tables of a published revision that are destroyed, so that it can't be run again; empty when it can."""
    folder = home.published(periode, revisi)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PadananError(
            "manifest terbitan tidak terbaca", file=folder.relative_to(home.root), cure="pulihkan dari cadangan"
        ) from None
    lost = []
    for item in manifest.get("deliveries") or ():
        if item.get("path") and read_nisan((home.root / item["path"]).parent) is not None:
            part = f" bagian {item['bagian']}" if item.get("bagian") else ""
            lost.append(f"kiriman {item['contract']} {item['periode_data']}{part}")
    if read_nisan(folder) is not None:
        lost.append("tabel terbitan")
    return lost


UNREAD = ("inbox", "held")


def shown_place(place: str) -> str:
    """A path of the home for people; see `Thing.place`."""
    top, _, rest = place.partition("/")
    if top in UNREAD:
        # Its name is a producer's, or anybody's, and nobody looked into it.
        return f"{top}/{safe_name(rest, rest.split('/')[:1])}"
    head, mark, address = place.rpartition("delivery=")
    return f"{head}{mark}{fingerprint(address)}" if mark else place
