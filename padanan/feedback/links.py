"""Which newcomers turned out to be people of the padanan: signed records, dated, with their candidates, and what people decided.

Comparing people is `newcomers`' work; here nobody is weighed, and only pseudonyms are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.records.decided import clean_reason, different
from padanan.records.kinds import FEEDBACK
from padanan.records.log import Log
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal

NAME = "tautan"
FOUND, DECIDED = "hasil", "putus"
SAME, OTHER = "padan", "bukan"
LINKED = "tautan"
"""What `cara` of an event says once its newcomer was found to be somebody known."""
LINKS, PROVISIONAL = "tautan", "sementara"
"""The tables that `apply` makes: newcomer and person, and newcomers with the contracts that tell of them."""
PACK = 500
"""So many pairs stand in one record: fifty thousand newcomers are a hundred records to prove, not fifty thousand."""


@dataclass(frozen=True)
class Pair:
    """A newcomer and a person of the padanan: by which probability, and how many bits of evidence."""

    sementara: str
    id_orang: str
    peluang: float
    bobot: float


@dataclass(frozen=True)
class Standing:
    """What the register says on a day.

    Attributes:
        links: newcomer -> person. queue: candidates that wait for a person's decision, the most likely first.
        decided: (newcomer, person) -> whether people said that they are one.
        compared: the newcomers that a comparison has seen.
    """

    links: Mapping[str, str]
    queue: tuple[Pair, ...]
    decided: Mapping[tuple[str, str], bool]
    compared: frozenset[str] = frozenset()


def log_of(home: Home) -> Log:
    """`decisions/umpan_balik/tautan.jsonl`."""
    return Log(home, FEEDBACK, NAME)


def standing(home: Home, known_at: date | None = None) -> Standing:
    """Links and queue up to a day. A person's word outranks what was computed, the newest of two; the newest queue counts.

    Raises:
        PadananError: the register was changed, or its pseudonyms are of a key that the ring lacks.
    """
    ring = load_ring(home)
    automatic: dict[str, str] = {}
    decided: dict[tuple[str, str], bool] = {}
    waiting: dict[str, list[Pair]] = {}
    compared: set[str] = set()
    newest = ""
    for record in log_of(home).read().records:
        if known_at is not None and str(record["waktu"])[:10] > known_at.isoformat():
            continue
        made = str(record["kunci_hmac"])

        def today(name: str, made: str = made) -> str:
            return name if made == ring.names[-1] else ring.today(name, made)

        if record["jenis"] == DECIDED:
            pair = today(record["sementara"]), today(record["id_orang"])
            # Decided once more, it counts as the newest: the order of the dictionary is the order of the decisions.
            decided.pop(pair, None)
            decided[pair] = record["keputusan"] == SAME
            continue
        automatic |= {today(one[0]): today(one[1]) for one in record["tautan"]}
        # Records of before this was noted name nobody: those newcomers are compared once more.
        compared |= {today(one) for one in record.get("dibandingkan", ())}
        newest = str(record["lari"])
        waiting.setdefault(newest, []).extend(Pair(today(a), today(b), *rest) for a, b, *rest in record["mungkin"])
    links = {one: person for one, person in automatic.items() if decided.get((one, person)) is not False}
    links |= {one: person for (one, person), same in decided.items() if same}
    queue = [
        one for one in waiting.get(newest, ()) if one.sementara not in links and (one.sementara, one.id_orang) not in decided
    ]
    ordered = tuple(sorted(queue, key=lambda one: (-one.peluang, one.sementara, one.id_orang)))
    return Standing(links, ordered, decided, frozenset(compared))


def apply(con: duckdb.DuckDBPyConnection, home: Home, known_at: date | None = None) -> int:
    """Puts the person in the place of each newcomer that was linked up to a day, in the table `peristiwa`.

    Whom events name by a provisional identifier, and in which contracts, is kept in the table `sementara(sementara, kontrak)`.

    Returns:
        How many newcomers are linked.

    Raises:
        PadananError: see `standing`.
    """
    links = standing(home, known_at).links
    con.execute(
        f"create or replace table {PROVISIONAL} as select distinct id_orang as sementara, kontrak from peristiwa "
        "where cara = 'baru' and id_orang is not null"
    )
    con.execute(f"create or replace table {LINKS} (sementara varchar, id_orang varchar)")
    if links:
        con.execute(f"insert into {LINKS} select unnest(?), unnest(?)", [list(links), list(links.values())])
        con.execute(
            f"update peristiwa set id_orang = t.id_orang, cara = '{LINKED}' from {LINKS} t "
            "where peristiwa.cara = 'baru' and peristiwa.id_orang = t.sementara"
        )
    return len(links)


def record_found(
    home: Home,
    certain: Sequence[Pair],
    possible: Sequence[Pair],
    *,
    publication: str,
    rules: str,
    now: datetime,
    compared: Collection[str] = (),
) -> int:
    """Adds what a comparison found; one that found nothing new, and nobody whom no earlier one had seen, adds nothing.

    Args:
        certain: new links. possible: the whole queue, which replaces the one before. publication: with whom newcomers were
            compared. rules: the fingerprint of the linkage's parameters. compared: all newcomers that were compared; whoever is
            like nobody is known to be new by standing here.

    Returns:
        How many records were added.
    """
    before = standing(home)
    now_queued = {(one.sementara, one.id_orang) for one in before.queue}
    first_seen = sorted(set(compared) - before.compared)
    if not certain and not first_seen and now_queued == {(one.sementara, one.id_orang) for one in possible}:
        return 0
    key = load_ring(home).names[-1]
    packs: list[tuple[list[Any], list[Any], list[str]]] = [(pack, [], []) for pack in _packs(certain)]
    packs += [([], pack, []) for pack in _packs(possible)]
    packs += [([], [], first_seen[place : place + PACK]) for place in range(0, len(first_seen), PACK)]
    entries = [
        {
            "jenis": FOUND,
            "cara": "bukti",
            "lari": now.isoformat(),
            "terbitan": publication,
            "aturan": rules,
            "kunci_hmac": key,
            "tautan": linked,
            "mungkin": queued,
            "dibandingkan": seen,
        }
        for linked, queued, seen in packs or [([], [], [])]
    ]
    return len(log_of(home).append(entries, now))


def decide(
    home: Home, sementara: str, id_orang: str, result: str, *, pengusul: str, penyetuju: str, reason: str, now: datetime
) -> Mapping[str, Any]:
    """Two people say whether a newcomer is a person of the padanan; that takes back a link that was computed too.

    Raises:
        Refusal: nobody proposed that pair, the decision says nothing new, one person would do both, or the reason is empty.
    """
    if result not in (SAME, OTHER):
        raise Refusal("keputusan tidak dikenal", field="hasil", cure=f"tulis {SAME} atau {OTHER}")
    people = load_reviewers(home)
    proposer = people.acting(pengusul, "pengusul", now.date(), field="pengusul")
    approver = people.acting(penyetuju, "penyetuju", now.date(), field="penyetuju")
    different(proposer, approver, field="penyetuju")
    why = clean_reason(reason, field="alasan")
    if not why:
        raise Refusal("alasan kosong", field="alasan", cure="tulis apa yang dibandingkan")
    log = log_of(home)
    with log.writing() as transaction:
        now_standing = standing(home)
        known = {(one.sementara, one.id_orang) for one in now_standing.queue} | set(now_standing.links.items())
        known |= set(now_standing.decided)
        if (sementara, id_orang) not in known:
            raise Refusal("pasangan itu tidak ada di antrean", field="pasangan", cure="lihat dengan 'padanan umpan-balik calon'")
        if now_standing.decided.get((sementara, id_orang)) is (result == SAME):
            raise Refusal("pasangan itu sudah diputuskan begitu", field="pasangan", cure="tidak perlu dicatat lagi")
        entry = {
            "jenis": DECIDED,
            "kunci_hmac": load_ring(home).names[-1],
            "sementara": sementara,
            "id_orang": id_orang,
            "keputusan": result,
            "pengusul": proposer.named(),
            "penyetuju": approver.named(),
            "alasan": why,
        }
        written = transaction.compose([entry], now)
        transaction.commit(written)
    return written[0]


def _packs(pairs: Sequence[Pair]) -> list[list[list[Any]]]:
    return [[_listed(one) for one in pairs[place : place + PACK]] for place in range(0, len(pairs), PACK)]


def _listed(one: Pair) -> list[Any]:
    return [one.sementara, one.id_orang, round(one.peluang, 6), round(one.bobot, 2)]
