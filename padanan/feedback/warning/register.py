"""The register of alerts, `decisions/peringatan/register.jsonl`: versions of the rules, what was told, ended and noted.

What an alert is follows from `judge`; here each is recorded once, however often and in whatever order it is computed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.format import decimal, moment, number
from padanan.base.home import Home
from padanan.contracts.early_warning import BELOW, COUNT, DAYS, FILE, EarlyWarning, WarningRule
from padanan.feedback.warning.judge import CLEARED, FIRED, Standing, Turn, bounds, judged, measure_text, turns
from padanan.feedback.warning.points import Point, SeriesSet, Where, of_series
from padanan.records.decided import worded_reason
from padanan.records.kinds import WARNINGS
from padanan.records.log import Log
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal

NAME = "register"
RULES, ANSWERED = "aturan", "tanggapan"
WITHDRAWN = "aturannya tidak berlaku lagi"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Alert:
    """An alert as it was told, and what became of it.

    Attributes:
        id: `pd-<10 hex>`, the same whenever it is computed. told: one sentence: what changed, from what to what, where.
        order: of its point. ended: the name of the point that ended it, or (`again`) that told it anew.
        notes: (who, day, words), oldest first.
    """

    id: str
    rule: str
    version: str
    where: Where
    order: str
    point: str
    told: str
    viewers: tuple[str, ...]
    recorded: date
    ended: str | None = None
    again: bool = False
    notes: tuple[tuple[str, date, str], ...] = ()

    @property
    def standing(self) -> bool:
        """Whether it stands."""
        return self.ended is None


def log_of(home: Home) -> Log:
    """`decisions/peringatan/register.jsonl`."""
    return Log(home, WARNINGS, NAME)


def alert_id(rule: str, where: Where, point: Point) -> str:
    """The name of the alert of a rule at a point of a series."""
    text = "|".join((rule, *where, point.order))
    return f"pd-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def refuse_unversioned(rules: EarlyWarning, records: Iterable[Record]) -> bool:
    """Whether a version is new to the register.

    Raises:
        PadananError: the version is known with other rules.
    """
    for one in records:
        if one["jenis"] == RULES and one["versi"] == rules.version:
            if one["sidik"] == rules.fingerprint:
                return False
            raise PadananError(
                f"aturan peringatan berubah, tetapi versinya tetap {rules.version}",
                file=f"expectations/{FILE}",
                place="version",
                cure="naikkan version, atau kembalikan ambang dan aturannya",
            )
    return True


def recorded(home: Home, rules: EarlyWarning, series: SeriesSet, now: datetime) -> list[Alert]:
    """Judges every series and records what is new: what begins, is told again, or ends.

    Returns:
        The alerts that were recorded as begun or told again now.

    Raises:
        PadananError: thresholds changed without a new version, or the register was changed.
    """
    with log_of(home).writing() as transaction:
        known = transaction.log.records
        entries: list[Record] = []
        if refuse_unversioned(rules, known):
            entries.append({"jenis": RULES, "versi": rules.version, "sidik": rules.fingerprint, "aturan": sorted(rules.rules)})
        earlier = _by_series(known)
        for name, rule in rules.rules.items():
            for where in of_series(series.points, rule.deret, rule.menurut, rule.bagian):
                entries += _new(rules, name, rule, series, where, earlier.get((name, where), []))
        entries += _withdrawn(rules, earlier)
        if entries:
            transaction.commit(transaction.compose(entries, now))
        begun = {str(one["id"]) for one in entries if one["jenis"] == FIRED}
        return [one for one in _alerts(transaction.log.records) if one.id in begun]


def _by_series(records: Iterable[Record]) -> dict[tuple[str, Where], list[Record]]:
    found: dict[tuple[str, Where], list[Record]] = {}
    for one in records:
        if one["jenis"] in (FIRED, CLEARED):
            found.setdefault((str(one["aturan"]), Where(*one["deret"])), []).append(one)
    return found


def _new(
    rules: EarlyWarning, name: str, rule: WarningRule, series: SeriesSet, where: Where, known: Sequence[Record]
) -> list[Record]:
    points = series.points[where]
    first, newest = min(one.order for one in points), max(points, key=lambda one: one.order)
    seed = _standing(known, before=first)
    made = turns(rule, points, seed)
    told = {(one["jenis"], one["urut"]) for one in known}
    entries = [_entry(rules, name, rule, series, where, one) for one in made if (one.kind, one.point.order) not in told]
    if any(str(one["urut"]) > newest.order for one in known):
        return entries  # computed for an earlier day: what stands now is not its business
    # A revision that another one replaced, or another version of the rule: the register is brought to what holds now.
    stands, listed = (made[-1].kind == FIRED if made else seed is not None), _standing([*known, *entries], before=None)
    told |= {(one["jenis"], one["urut"]) for one in entries}
    if listed is not None and not stands and listed.order < newest.order and (CLEARED, newest.order) not in told:
        entries.append(_entry(rules, name, rule, series, where, Turn(CLEARED, newest, None, 0.0)))
    elif listed is None and stands and not rule.changing and (FIRED, newest.order) not in told:
        entries.append(_entry(rules, name, rule, series, where, Turn(FIRED, newest, None, _severity(rule, newest))))
    return entries


def _withdrawn(rules: EarlyWarning, earlier: Mapping[tuple[str, Where], Sequence[Record]]) -> list[Record]:
    """Ends of alerts whose rule is gone, or looks no longer at their place: no figure will end them."""
    entries: list[Record] = []
    for (name, where), known in earlier.items():
        rule = rules.rules.get(name)
        looks = rule is not None and where.level in rule.menurut and (not rule.bagian or where.part in rule.bagian)
        standing = None if looks else _standing(known, before=None)
        if standing is not None:
            end = {"jenis": CLEARED, "aturan": name, "versi": rules.version, "deret": list(where), "urut": f"{standing.order}~"}
            entries.append({**end, "titik": WITHDRAWN, "nilai": "–"})
    return entries


def _severity(rule: WarningRule, point: Point) -> float:
    return judged(rule, None, point).severity


def _standing(records: Sequence[Record], *, before: str | None) -> Standing | None:
    """The alert that stands after the records up to a point (not including it), by the order of points, never of recording."""
    chosen = [one for one in records if before is None or str(one["urut"]) < before]
    # At one point an alert ends before another begins.
    chosen.sort(key=lambda one: (str(one["urut"]), one["jenis"] == FIRED))
    if not chosen or chosen[-1]["jenis"] == CLEARED:
        return None
    return Standing(str(chosen[-1]["urut"]), float(chosen[-1]["besar"]))


def _entry(rules: EarlyWarning, name: str, rule: WarningRule, series: SeriesSet, where: Where, turn: Turn) -> Record:
    entry: dict[str, Any] = {
        "jenis": turn.kind,
        "aturan": name,
        "versi": rules.version,
        "deret": list(where),
        "urut": turn.point.order,
        "titik": turn.point.name,
        "nilai": turn.point.value.text,
    }
    if turn.kind == FIRED:
        # Of nothing whatever comes is without end, which JSON has no number for.
        size = min(turn.severity, 1e9)
        entry |= {
            "id": alert_id(name, where, turn.point),
            "besar": round(size, 6),
            "kalimat": sentence(rule, series, where, turn),
            "pelihat": list(rule.pelihat),
        }
    return entry


def sentence(rule: WarningRule, series: SeriesSet, where: Where, turn: Turn) -> str:
    """What changed, from what to what, where, how much, and the threshold; of counts only what is printed."""
    now, before = turn.point, turn.before
    what = f"{rule.series.name}{f' ({part})' if (part := series.part(where)) else ''}"
    of = f" dari {now.whole.text}" if now.whole is not None and rule.ukuran not in (COUNT, DAYS) else ""
    behind = f" ({now.whole.text} orang)" if now.whole is not None and rule.ukuran == DAYS else ""
    limit = measure_text(rule, float(rule.ambang))
    size = measure_text(rule, turn.severity)
    if not all(one is None or _exact(rule, one) for one in (now, before)):
        # Of a covered figure the measure is the bound that holds whatever it is.
        size = f"{'paling banyak' if rule.arah == BELOW else 'sedikitnya'} {size}"
    if before is None:
        way = rule.arah.replace("_", " ")
        figure = "" if rule.ukuran == DAYS else f" {now.value.text}{of},"
        return f"{series.place(where)}, {now.name}: {what}{behind}{figure} {size}, {way} ambang {limit}"
    was = f"{before.value.text}{f' dari {before.whole.text}' if of and before.whole is not None else ''}"
    return (
        f"{series.place(where)}: {what} dari {was} ({before.name}) menjadi {now.value.text}{of} ({now.name}), {size}; "
        f"ambang {limit}"
    )


def _exact(rule: WarningRule, point: Point) -> bool:
    at = bounds(rule, point)
    return at is not None and at[0] == at[1]


def alerts(home: Home) -> list[Alert]:
    """Every alert of the register, the newest point first.

    Raises:
        PadananError: the register was changed.
    """
    return _alerts(log_of(home).settled().records)


def _alerts(records: Sequence[Record]) -> list[Alert]:
    ends: dict[str, tuple[str, bool]] = {}
    for told in _by_series(records).values():
        told.sort(key=lambda one: (str(one["urut"]), one["jenis"] == FIRED))
        for place, one in enumerate(told):
            if one["jenis"] == FIRED:
                # A repetition takes the place of what was told before it.
                after = told[place + 1] if place + 1 < len(told) else None
                if after is not None:
                    ends[str(one["id"])] = str(after["titik"]), after["jenis"] == FIRED
    notes: dict[str, list[tuple[str, date, str]]] = {}
    for one in records:
        if one["jenis"] == ANSWERED:
            notes.setdefault(str(one["id"]), []).append((str(one["oleh"]["id"]), _day(one), str(one["alasan"])))
    found = [
        Alert(
            id=str(one["id"]),
            rule=str(one["aturan"]),
            version=str(one["versi"]),
            where=Where(*one["deret"]),
            order=str(one["urut"]),
            point=str(one["titik"]),
            told=str(one["kalimat"]),
            viewers=tuple(one["pelihat"]),
            recorded=_day(one),
            ended=ends.get(str(one["id"]), (None, False))[0],
            again=ends.get(str(one["id"]), (None, False))[1],
            notes=tuple(notes.get(str(one["id"]), ())),
        )
        for one in records
        if one["jenis"] == FIRED
    ]
    return sorted(found, key=lambda one: (one.order, one.id), reverse=True)


def _day(record: Record) -> date:
    return date.fromisoformat(str(record["waktu"])[:10])


def answer(home: Home, alert: str, *, by: str, reason: str, now: datetime) -> Alert:
    """A person's note that they saw an alert and what they do; it ends nothing, the figure does.

    Raises:
        Refusal: there is no such alert, it ended, the person is unknown, or the note says nothing or holds a long number.
    """
    person = load_reviewers(home).acting(by, "pengusul", now.date(), field="oleh")
    why = worded_reason(reason, field="alasan")
    with log_of(home).writing() as transaction:
        found = next((one for one in _alerts(transaction.log.records) if one.id == alert), None)
        if found is None:
            raise Refusal("peringatan itu tidak ada", field="nomor", cure="lihat dengan 'padanan peringatan daftar --all'")
        if not found.standing:
            what = "disampaikan lagi" if found.again else "padam"
            raise Refusal(f"peringatan itu sudah {what} ({found.ended})", field="nomor", cure="tanggapi yang masih berlaku")
        entry = {"jenis": ANSWERED, "id": alert, "oleh": person.named(), "alasan": why}
        transaction.commit(transaction.compose([entry], now))
        return next(one for one in _alerts(transaction.log.records) if one.id == alert)


_TOLD = {FIRED: "mulai", CLEARED: "padam", ANSWERED: "ditanggapi"}


def history(home: Home) -> list[str]:
    """Every record in one line, oldest first.

    Raises:
        PadananError: the register was changed.
    """
    lines = []
    for one in log_of(home).settled().records:
        when = moment(str(one["waktu"]))
        if one["jenis"] == RULES:
            lines.append(f"{when}  aturan versi {one['versi']}: {len(one['aturan'])} aturan")
        elif one["jenis"] == ANSWERED:
            lines.append(f"{when}  {_TOLD[ANSWERED]} {one['id']} oleh {one['oleh']['id']}: {one['alasan']}")
        elif one["jenis"] == FIRED:
            lines.append(f"{when}  {_TOLD[FIRED]} {one['id']} ({one['aturan']} {one['versi']}): {one['kalimat']}")
        else:
            place = " ".join(part for part in one["deret"][1:] if part)
            lines.append(f"{when}  {_TOLD[CLEARED]} {one['aturan']}, {place}: {one['titik']} {one['nilai']}")
    return lines


def as_json(alert: Alert) -> dict[str, Any]:
    """An alert for a program."""
    return {
        "nomor": alert.id,
        "aturan": alert.rule,
        "versi": alert.version,
        **dict(zip(("deret", "tingkat", "tempat", "bagian"), alert.where, strict=True)),
        "titik": alert.point,
        "kalimat": alert.told,
        "pelihat": list(alert.viewers),
        "dicatat": alert.recorded.isoformat(),
        "padam": None if alert.again else alert.ended,
        "lagi": alert.ended if alert.again else None,
        "tanggapan": [{"oleh": who, "hari": when.isoformat(), "teks": words} for who, when, words in alert.notes],
    }


def rule_lines(name: str, rule: WarningRule) -> list[str]:
    """A rule in words."""
    way = rule.arah.replace("_", " ")
    more = f", beda sedikitnya {number(rule.bedaMinimal)}" if rule.bedaMinimal else ""
    again = f", lagi bila memburuk {decimal(float(rule.langkah))}" if rule.langkah else ""
    return [
        f"{name}: {rule.keterangan}",
        f"  {rule.series.name}, {rule.ukuran.replace('_', ' ')}, {way} {measure_text(rule, float(rule.ambang))}; menurut "
        f"{', '.join(rule.menurut)}; dasar sedikitnya {number(rule.dasarMinimal)}{more}{again}; dilihat "
        f"{', '.join(rule.pelihat)}",
    ]
