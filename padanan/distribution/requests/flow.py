"""The steps of a request, each recorded by another person: submitted, changed, discussed, decided, agency named, withdrawn.

What the register says of a request is `register`'s; `grants` gives the grant at the end, and asks `require_decided`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import letters_of
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.distribution.catalogue import Catalogue, Clocks
from padanan.distribution.requests.asked import Asked, digest_of
from padanan.distribution.requests.register import (
    ADVICE,
    CHANGE,
    DECIDE,
    FORUM,
    GRANTED,
    MOVES,
    NAME,
    NAMED,
    OPEN,
    REFUSED,
    STATE_TEXT,
    SUBMIT,
    UNADVISED,
    VERDICT,
    WITHDRAW,
    Request,
    granted,
    letter_path,
    links,
    log_of,
    read_requests,
    standing,
)
from padanan.distribution.terms import Paper
from padanan.records.decided import clean_reason, paper_facts
from padanan.records.log import Transaction
from padanan.records.people import Reviewer, load_reviewers
from padanan.records.refusal import Refusal
from padanan.records.scans import keep_paper, read_scan

ROLES = {SUBMIT: "pengusul", CHANGE: "pengusul", FORUM: "pelapor", DECIDE: "penyetuju", NAME: "pengusul", WITHDRAW: "pengusul"}
# Step -> the earlier ones that somebody else must have taken.
APART = {FORUM: (), DECIDE: (FORUM,), NAME: (DECIDE,)}
SHOWN = 16
"""How many digits of a request's fingerprint are shown, and asked for by who approves."""


@dataclass(frozen=True)
class Step:
    """What the record of a step says beside who and when. `seen`: the fingerprint of the request that was read."""

    paper: Paper | None = None
    result: str | None = None
    present: tuple[str, ...] = ()
    agency: str | None = None
    knowing: tuple[str, ...] = ()
    seen: str = ""


def submit(
    home: Home,
    asked: Asked,
    letter: Path,
    catalogue: Catalogue,
    *,
    now: datetime,
    by: str | None = None,
    number: str | None = None,
) -> Request:
    """Records a request with its letter, or other contents of an open one (which voids what was approved of it).

    Args:
        letter: the scanned letter, kept under its hash.
        by: the official who takes the letter in; None when the body's own client (`asked.klien`) sent it.
        number: the request whose contents change.

    Raises:
        Refusal: the letter can't be read, another open request of the same body for that program, or with that letter, stands
            already, or the step can't be taken.
    """
    step = SUBMIT if number is None else CHANGE
    if letter.is_file() and letter.stat().st_size > catalogue.permohonan.letter_kib << 10:
        raise Refusal(
            f"pindaian surat lebih besar dari {catalogue.permohonan.letter_kib} KiB",
            field="surat",
            cure="pindai dengan resolusi lebih kecil",
        )
    scan = read_scan(home, letter, field="surat")
    who = {"id": f"klien:{asked.klien}"} if by is None else _acting(home, by, step, now).named()
    with log_of(home).writing() as transaction:
        every = standing(transaction.log.records, granted(home))
        if number is not None:
            before = _open(every, number, step, now, catalogue.permohonan)
            if letters_of(before.asked.lembaga) != letters_of(asked.lembaga):
                raise Refusal("lembaga permohonan berganti", field="lembaga", cure="ajukan permohonan baru atas nama lembaga itu")
        made = {
            "permohonan": number or _number(every, now),
            "langkah": step,
            "isi": asked.model_dump(mode="json"),
            "surat": scan,
            "sidik": digest_of(asked, scan["sha256"]),
            "oleh": who,
        }
        _no_other(every, standing([{**made, "waktu": now.isoformat()}], {})[str(made["permohonan"])], now, catalogue.permohonan)
        if number is not None and before.digest == made["sidik"]:
            raise Refusal("tidak ada isi yang berubah", field="permohonan", cure="ubah isi atau suratnya, atau biarkan")
        keep_paper(letter, letter_path(home, scan["sha256"]), scan, mode=0o600)
        return _add(transaction, made, home, now)


def _number(every: Mapping[str, Request], now: datetime) -> str:
    """`p-2026-0001`: numbers of a year follow each other."""
    start = f"p-{now.astimezone(JAKARTA).year}-"
    return f"{start}{sum(one.startswith(start) for one in every) + 1:04d}"


def _no_other(every: Mapping[str, Request], one: Request, now: datetime, clocks: Clocks) -> None:
    day = now.astimezone(JAKARTA).date()
    for number, why in links(every, one, OPEN).items():
        other = every[number]
        if other.state_on(day, clocks) in OPEN and (other.asked.program == one.asked.program or other.letter == one.letter):
            raise Refusal(
                f"permohonan {number} ({why}) masih berjalan",
                field="lembaga",
                cure=f"ubah atau tarik permohonan {number}; penulisan nama yang lain tidak membuat lembaga lain",
            )


def take(home: Home, number: str, step: str, said: Step, catalogue: Catalogue, *, by: str, reason: str, now: datetime) -> Request:
    """Records a forum, a decision, the naming of an agency, or a withdrawal.

    Raises:
        Refusal: the request is not there or not in a state for it, who acts may not (no role, or took part before), the contents
            are not those that were read, or papers, results or agencies are missing or wrong.
    """
    text = clean_reason(reason, field="alasan")
    if not text:
        raise Refusal("langkah tanpa alasan", field="alasan", cure="isi alasannya dalam satu kalimat")
    person = _acting(home, by, step, now)
    with log_of(home).writing() as transaction:
        every = standing(transaction.log.records, granted(home))
        one = _open(every, number, step, now, catalogue.permohonan)
        made: dict[str, Any] = {
            "permohonan": number,
            "langkah": step,
            "sidik": one.digest,
            "oleh": person.named(),
            "alasan": text,
        }
        if step != WITHDRAW:
            _not_before(one, person, step)
            _read(one, said)
            _whole_letter(home, one)
            made |= _facts(every, one, step, said, now)
        return _add(transaction, made, home, now)


def _acting(home: Home, by: str, step: str, now: datetime) -> Reviewer:
    return load_reviewers(home).acting(by, ROLES[step], now.astimezone(JAKARTA).date(), field="oleh")


def _open(every: Mapping[str, Request], number: str, step: str, now: datetime, clocks: Clocks) -> Request:
    one = every.get(number)
    if one is None:
        raise Refusal("permohonan ini tidak ada", field="permohonan", cure="lihat 'padanan permohonan daftar'")
    state = one.state_on(now.astimezone(JAKARTA).date(), clocks)
    if state not in MOVES[step]:
        cure = (
            "permohonan yang ditolak tidak dihidupkan lagi; ajukan yang baru" if state == REFUSED else "ikuti urutan langkahnya"
        )
        raise Refusal(
            f"langkah {step} tidak dapat diambil: permohonan {number} {STATE_TEXT[state]}",
            field="permohonan",
            cure=f"{cure}; lihat 'padanan permohonan riwayat {number}'",
        )
    return one


def _asks(one: Request, person: Reviewer) -> bool:
    return not one.requesters.isdisjoint({person.id, letters_of(person.nama)})


def _not_before(one: Request, person: Reviewer, step: str) -> None:
    cure = "langkah ini diambil orang lain"
    if _asks(one, person):
        raise Refusal(f"'{person.id}' mengajukan atau mencatat permohonan ini", field="oleh", cure=cure)
    for earlier in APART[step]:
        if one.taken[earlier]["oleh"]["id"] == person.id:
            raise Refusal(f"'{person.id}' sudah mengambil langkah {earlier}", field="oleh", cure=cure)


def _read(one: Request, said: Step) -> None:
    """What is approved is what was read, not what it became meanwhile."""
    seen = said.seen.replace("-", "").replace(" ", "").lower()
    if len(seen) < SHOWN or not one.digest.startswith(seen):
        raise Refusal(
            "sidik bukan sidik isi permohonan sekarang",
            field="sidik",
            cure=f"baca lagi isinya dengan 'padanan permohonan riwayat {one.number}' dan tulis sidiknya",
        )


def _whole_letter(home: Home, one: Request) -> None:
    path = letter_path(home, one.letter["sha256"])
    if not path.is_file() or file_sha256(path) != one.letter["sha256"]:
        raise Refusal("surat permohonan hilang atau berubah", field="surat", cure="pulihkan decisions/permohonan dari cadangan")


def _facts(every: Mapping[str, Request], one: Request, step: str, said: Step, now: datetime) -> dict[str, Any]:
    """What the record of an approving step says of itself."""
    if step == NAME:
        if said.agency not in one.taken[FORUM]["hadir"]:
            raise Refusal(
                "perangkat daerah yang ditunjuk tidak hadir pada forum",
                field="instansi",
                cure=f"pilih: {', '.join(one.taken[FORUM]['hadir'])}; forum membahasnya bersama perangkat daerah terkait",
            )
        return {"instansi": said.agency}
    results = ADVICE if step == FORUM else VERDICT
    if said.result not in results:
        raise Refusal("hasil tidak dikenal", field="hasil", cure=f"pilih: {', '.join(results)}")
    first = one.asked.surat.tanggal if step == FORUM else date.fromisoformat(one.taken[FORUM]["dokumen"]["tanggal"])
    facts = {"hasil": said.result, "dokumen": _paper(said.paper, first, now)}
    if step == FORUM:
        return facts | {"hadir": _present(said.present)}
    if one.state == UNADVISED and said.result == "setuju":
        raise Refusal(
            "forum menilai tidak layak", field="hasil", cure="tolak, atau pemohon mengubah isinya dan forum membahasnya lagi"
        )
    refused = links(every, one, [REFUSED])
    if said.result == "setuju" and set(said.knowing) != set(refused):
        raise Refusal(
            f"permohonan ini terkait dengan yang ditolak: {', '.join(sorted(refused)) or 'tidak ada'}",
            field="terkait",
            cure="baca penolakannya, lalu sebut tepat nomor-nomor itu pada keputusan",
        )
    return facts | {"terkait": sorted(refused)}


def _paper(paper: Paper | None, first: date, now: datetime) -> dict[str, str]:
    return paper_facts("" if paper is None else paper.nomor, None if paper is None else paper.tanggal, first, now)


def _present(agencies: Sequence[str]) -> list[str]:
    known = load_agencies(expectations_dir()).instansi
    if not agencies or set(agencies) - set(known):
        raise Refusal(
            "perangkat daerah yang hadir kosong atau tidak dikenal",
            field="hadir",
            cure="pakai id dari expectations/instansi.yaml",
        )
    return sorted(set(agencies))


def _add(transaction: Transaction, made: Mapping[str, Any], home: Home, now: datetime) -> Request:
    transaction.commit(transaction.compose([made], now))
    return standing(transaction.log.records, granted(home))[str(made["permohonan"])]


def terms_of(home: Home, number: str, *, grant: str, client: str, basis: str) -> dict[str, Any]:
    """The terms of the grant that a request leads to, as they are typed.

    Raises:
        Refusal: there is no such request, or no decision or named agency.
    """
    one = read_requests(home).get(number)
    if one is None or one.agency is None:
        state = "tidak ada" if one is None else STATE_TEXT[one.state]
        raise Refusal(f"permohonan itu {state}", field="permohonan", cure="lihat 'padanan permohonan daftar'")
    asked = one.asked.model_dump(mode="json", exclude={"pemohon", "klien", "profil"})
    said = {"permohonan": number, "hibah": grant, "klien": client, "dasar_hukum": basis}
    return {**asked, **said, "instansi": one.agency, "melalui": one.agency, "keputusan": dict(one.taken[DECIDE]["dokumen"])}


# What a grant says in its own words, and where the request says it.
_SAME = ("lembaga", "program", "baris", "mulai", "sampai")
_SAME_SETS = ("wilayah", "kolom", "layanan", "tujuan")


def require_decided(
    home: Home, every: Mapping[str, Request], terms: Any, deciding: Sequence[Reviewer], clocks: Clocks, day: date
) -> None:
    """Lets a grant of a non-government body through only as the request that it names was decided.

    Args:
        every: the requests, while nobody can change them.
        terms: the grant's (`grants.Terms`).
        deciding: who proposes and approves the grant.

    Raises:
        Refusal: no such request, a step of it is missing, it was used by another grant, a value is not the one that was approved,
            or who asked decides.
    """
    cure = "jalankan langkahnya: padanan permohonan"
    one = every.get(terms.permohonan or "")
    if one is None:
        raise Refusal(
            "hibah lembaga bukan pemerintah tanpa permohonan yang diputus",
            field="permohonan",
            cure=f"{cure} (docs/api.md bagian 8)",
        )
    again = one.state == GRANTED and one.grant == terms.hibah
    state = one.state_on(day, clocks)
    if state != NAMED and not again:
        raise Refusal(f"permohonan {one.number} {STATE_TEXT[state]}", field="permohonan", cure=f"{cure} riwayat {one.number}")
    _whole_letter(home, one)
    wrong = [name for name in _SAME if getattr(terms, name) != getattr(one.asked, name)]
    wrong += [name for name in _SAME_SETS if set(getattr(terms, name)) != set(getattr(one.asked, name))]
    wrong += ["surat"] * (terms.surat.model_dump() != one.asked.surat.model_dump())
    wrong += ["keputusan"] * (terms.keputusan.model_dump(mode="json") != one.taken[DECIDE]["dokumen"])
    wrong += ["instansi"] * (terms.instansi != one.agency)
    if wrong:
        raise Refusal(
            f"hibah tidak sama dengan permohonan {one.number} yang disetujui: {', '.join(wrong)}",
            field=wrong[0],
            cure="samakan dengan yang disetujui, atau ubah permohonannya dan ulangi forum dan keputusan",
        )
    for person in deciding:
        if _asks(one, person):
            raise Refusal(
                f"'{person.id}' mengajukan atau mencatat permohonan ini", field="penyetuju", cure="hibah diputus orang lain"
            )
