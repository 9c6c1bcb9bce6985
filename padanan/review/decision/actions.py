"""Taking decisions of the review: every condition is checked, then all records of the decision are written, or none.

Commands and forms only bring the wishes here; sealing a decree is `padanan.decree.approve`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.version import expectations_version
from padanan.published.blockers import Judged, Key, judge, key_of
from padanan.published.proof import verify_published
from padanan.published.revisions import published_revisions
from padanan.records import steps
from padanan.records.decided import clean_reason, different, fingerprint_of, standing_acceptance
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal
from padanan.records.review_log import ReviewLog, writing
from padanan.records.scans import keep_scan, normal_digest, read_scan
from padanan.records.seals import closed, newest_seal
from padanan.review.decision.waived import Waiver, described, waived_items

# Decisions of the review meeting need two people; the later steps are one official's.
BY_TWO = (steps.WAIVE, steps.ACCEPT, steps.REFINE)
ROLE_OF_STEP = {
    steps.REPORT: "pelapor",
    steps.DISCUSS: "asisten",
    steps.RETURN: "asisten",
    steps.DRAFT: "pelapor",
}
REASONED = (steps.REFINE, steps.RETURN)


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a revision, from a command or a form; nothing in it is checked yet.

    Attributes:
        action: one of `steps.ACTIONS` but the penetapan and the opening of a perubahan.
        fingerprint: of the report that was read (SHA-256 of the published manifest), with or without dashes.
        proposer, approver: ids of the two who decide at the review; `actor` of the one who takes a later step.
        scan: the signed paper; needed at the review, optional later. `scan_digest` is its SHA-256 as written down, if at all.
        waivers: penghalang waived by the same paper.
        form: SHA-256 of the form that brought it, so that it is never taken twice.
    """

    periode: Periode
    revisi: int
    action: str
    fingerprint: str = ""
    proposer: str = ""
    approver: str = ""
    actor: str = ""
    reasons: tuple[str, ...] = ()
    scan: Path | None = None
    scan_digest: str = ""
    waivers: tuple[Waiver, ...] = ()
    form: str = ""


def decide(home: Home, decision: Decision, *, now: datetime | None = None) -> tuple[Mapping[str, Any], ...]:
    """Checks a decision and writes it to the log.

    Returns:
        The records written: the waivers' first, then the decision's own.

    Raises:
        Refusal: a condition is not met; nothing changed then.
        PadananError: the log, the publication or the reviewers' list is broken.
    """
    now = now or datetime.now(JAKARTA)
    with writing(home, decision.periode) as transaction:
        log = transaction.log
        if decision.form and any(record.get("formulir") == decision.form for record in log.records):
            raise Refusal(
                "formulir yang sama sudah diproses", field="formulir", cure="buat formulir baru dengan 'padanan review form'"
            )
        by_two = decision.action in BY_TWO
        entries = _review(home, log, decision, now) if by_two else [_step(home, log, decision, now)]
        if decision.scan is not None:
            scan = read_scan(home, decision.scan, expected=decision.scan_digest)
            entries = [{**entry, "pindaian": scan} for entry in entries]
        elif by_two:
            raise Refusal(
                "pindaian berita acara belum dilampirkan",
                field="pindaian",
                cure="lampirkan pindaian bertanda tangan (PDF, gambar)",
            )
        if decision.form:
            entries = [{**entry, "formulir": decision.form} for entry in entries]
        if decision.scan is not None:
            keep_scan(home, decision.scan, scan)
        records = transaction.compose(entries, now)
        transaction.commit(records)
    return records


def _review(home: Home, log: ReviewLog, decision: Decision, now: datetime) -> list[dict[str, Any]]:
    """Entries of waiving, accepting or refining the newest revision."""
    manifest, fingerprint = _newest(home, decision)
    _not_sealed(home, decision)
    _movable(log, decision)
    pair = _pair(home, decision, now)
    base = {"revisi": decision.revisi, "sidik": fingerprint, **pair}
    entries: list[dict[str, Any]] = []
    if decision.action == steps.REFINE:
        if decision.waivers:
            raise Refusal(
                "pengecualian tidak berlaku pada padanan ulang",
                field="pengecualian.0.kecualikan",
                cure="kosongkan pengecualian, atau pilih keputusan lain",
            )
        return [{**base, "tindakan": steps.REFINE, "alasan": _reasons(decision)}]
    _same_contracts(manifest)
    judged = judge(home, decision.periode, decision.revisi)
    before = steps.waivers(log, decision.revisi)
    waived = set(before)
    if decision.waivers:
        items = waived_items(decision.waivers, judged, before, period=decision.periode.label)
        entries.append({**base, "tindakan": steps.WAIVE, "alasan": [], "pengecualian": items})
        waived |= {(item["producer"], item["aturan"], item["kota"]) for item in items}
    elif decision.action == steps.WAIVE:
        raise Refusal(
            "tidak ada penghalang yang dikecualikan", field="pengecualian", cure="sebut produsen, aturan, kota dan alasannya"
        )
    if decision.action == steps.ACCEPT:
        _all_waived(judged, waived)
        verify_published(home, decision.periode, decision.revisi)
        entries.append(
            {
                **base,
                "tindakan": steps.ACCEPT,
                "alasan": _reasons(decision),
                "penghalang": len(judged.found),
                "catatan_kecil": len(judged.minors),
                "dikecualikan": len(waived),
            }
        )
    return entries


def _all_waived(judged: Judged, waived: set[Key]) -> None:
    open_ones = [[item for item in found if key_of(item) not in waived] for found in (judged.found, judged.minors)]
    told = [f"{len(items)} {kind}" for items, kind in zip(open_ones, ("penghalang", "catatan kecil"), strict=True) if items]
    if told:
        still = list(dict.fromkeys(described(item, judged) for items in open_ones for item in items))
        raise Refusal(
            f"masih ada {' dan '.join(told)} terbuka: {'; '.join(still[:3])}{' …' if len(still) > 3 else ''}",
            field="keputusan",
            cure=f"kecualikan dengan alasan (catatan kecil sekali per produsen, aturan '{steps.MINORS}'), "
            "atau minta padanan ulang",
        )


def _step(home: Home, log: ReviewLog, decision: Decision, now: datetime) -> dict[str, Any]:
    """The entry of reporting, discussing, sending back or drafting the accepted revision."""
    role = ROLE_OF_STEP.get(decision.action)
    if role is None:
        raise Refusal(f"keputusan '{decision.action[:30]}' tidak dikenal", field="keputusan", cure="pilih dari daftar")
    _not_sealed(home, decision)
    _movable(log, decision)
    accepted = standing_acceptance(home, log, decision.periode, decision.revisi)
    if decision.fingerprint and normal_digest(decision.fingerprint) != accepted["sidik"]:
        raise _wrong_fingerprint()
    if decision.waivers:
        raise Refusal("pengecualian hanya pada reviu", field="pengecualian.0.kecualikan", cure="kosongkan pengecualian")
    person = load_reviewers(home).acting(_needed(decision.actor, "oleh"), role, _day(now), field="oleh")
    return {
        "revisi": decision.revisi,
        "tindakan": decision.action,
        "sidik": accepted["sidik"],
        "oleh": person.named(),
        "alasan": _reasons(decision),
    }


def _newest(home: Home, decision: Decision) -> tuple[Mapping[str, Any], str]:
    fingerprint = fingerprint_of(home, decision.periode, decision.revisi)
    last, manifest = published_revisions(home, decision.periode)[-1]
    if decision.revisi != last:
        raise Refusal(
            f"revisi {decision.revisi} sudah usang: yang terbaru revisi {last}",
            field="revisi",
            cure=f"baca laporan revisi {last} lalu putuskan atas revisi itu",
        )
    if normal_digest(decision.fingerprint) != fingerprint:
        raise _wrong_fingerprint()
    return manifest, fingerprint


def _wrong_fingerprint() -> Refusal:
    return Refusal(
        "nilai hash bukan milik laporan revisi ini",
        field="sidik",
        cure="salin nilai hash dari laporan yang benar-benar dibaca (tercetak di setiap halaman)",
    )


def _not_sealed(home: Home, decision: Decision) -> None:
    seal = newest_seal(home, decision.periode)
    if seal is None:
        return
    if closed(home, decision.periode) is not None or seal.data.get("revisi") == decision.revisi:
        raise Refusal(
            f"periode {decision.periode} sudah ditetapkan (ke-{seal.ke})",
            field="periode",
            cure="buka perubahan dengan 'padanan decree open-change', jalankan padanan_periode, lalu reviu revisi barunya",
        )


def _movable(log: ReviewLog, decision: Decision) -> None:
    state = steps.state_of(log, decision.revisi)
    allowed = steps.MOVES.get(decision.action, (frozenset(), None))[0]
    if steps.refined(log, decision.revisi):
        raise Refusal(
            f"revisi {decision.revisi} sudah dikembalikan untuk padanan ulang",
            field="keputusan",
            cure=f"jalankan padanan_periode; putuskan atas revisi {decision.revisi + 1}",
        )
    if state not in allowed:
        wanted = " atau ".join(sorted(steps.STATE_TEXT[name] for name in allowed)) or "–"
        raise Refusal(
            f"langkah '{decision.action}' tidak dapat diambil: revisi {decision.revisi} {steps.STATE_TEXT[state]}",
            field="keputusan",
            cure=f"langkah ini menunggu keadaan: {wanted}",
        )


def _pair(home: Home, decision: Decision, now: datetime) -> dict[str, dict[str, str]]:
    people = load_reviewers(home)
    proposer = people.acting(_needed(decision.proposer, "pengusul"), "pengusul", _day(now), field="pengusul")
    approver = people.acting(_needed(decision.approver, "penyetuju"), "penyetuju", _day(now), field="penyetuju")
    different(proposer, approver, field="penyetuju")
    return {"pengusul": proposer.named(), "penyetuju": approver.named()}


def _needed(text: str, field: str) -> str:
    if not text.strip():
        raise Refusal(f"{field} belum diisi", field=field, cure="isi dengan id petugas dari 'padanan review reviewers'")
    return text


def _reasons(decision: Decision) -> list[str]:
    reasons = [clean_reason(text, field="alasan") for text in decision.reasons if text.strip()]
    if not reasons and decision.action in REASONED:
        raise Refusal("keputusan tanpa alasan", field="alasan", cure="tulis apa yang harus diperbaiki")
    return reasons


def _same_contracts(manifest: Mapping[str, Any]) -> None:
    """Thresholds are the contracts'; a contract changed after the run would judge tables that it did not make."""
    published = manifest.get("expectations_version")
    if published is not None and published != expectations_version():
        raise Refusal(
            "kontrak atau aturan berubah sejak revisi ini terbit",
            field="revisi",
            cure="jalankan padanan_periode supaya revisi berikutnya dinilai dengan aturan yang sekarang",
        )


def _day(now: datetime) -> Any:
    return now.astimezone(JAKARTA).date()
