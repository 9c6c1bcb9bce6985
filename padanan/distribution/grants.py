"""Grants (hibah): versioned records of who may read which rows and columns, for what, until when, decided by whom (F21, F22).

Nothing is granted by default and nothing is forgotten: giving, changing and revoking are records of `decisions/hibah`. What a
grant lets through is compiled by `gate`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError, model_validator

from padanan.base.config import Config, Count, Day, Filled, Prose, Text, fault
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import has_long_number
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.distribution.catalogue import Catalogue, allowed_columns, programs
from padanan.distribution.prelist import SERVICE, verifiers
from padanan.distribution.requests.flow import require_decided
from padanan.distribution.requests.register import granted
from padanan.distribution.requests.register import log_of as requests_log
from padanan.distribution.requests.register import standing as requests_standing
from padanan.distribution.terms import Paper, Place, Rows, Service, Slug
from padanan.records.decided import clean_reason, different
from padanan.records.kinds import GRANTS
from padanan.records.log import Log
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal

GIVE, REVOKE = "beri", "cabut"


class Terms(Config):
    """What a grant says. `baris`: the recipients of the program, or the whole data sasaran of the wilayah."""

    hibah: Slug
    klien: Slug
    instansi: Text
    lembaga: Prose | None = None
    melalui: Text | None = None
    permohonan: Slug | None = None
    program: Text
    baris: Rows = "penerima"
    wilayah: Filled[Place]
    kolom: Filled[Text]
    layanan: Filled[Service]
    tujuan: Filled[Slug]
    dasar_hukum: Prose
    surat: Paper
    keputusan: Paper
    mulai: Day
    sampai: Day
    baris_per_hari: Count | None = None
    simpan_hari: Count = 180

    @model_validator(mode="after")
    def _whole(self) -> Terms:
        if self.sampai < self.mulai:
            raise fault("hibah berakhir sebelum mulai", "perbaiki mulai dan sampai", at=("sampai",))
        if (self.lembaga is None) != (self.melalui is None):
            raise fault("lembaga bukan pemerintah hanya melalui instansi", "isi lembaga dan melalui bersama", at=("melalui",))
        if self.permohonan is not None and self.lembaga is None:
            raise fault(
                "hibah instansi tidak memakai permohonan", "hapus permohonan, atau isi lembaga dan melalui", at=("permohonan",)
            )
        if self.melalui is not None and self.melalui != self.instansi:
            raise fault("instansi penanggung jawab bukan yang dilalui", "tulis instansi yang sama", at=("melalui",))
        if any(has_long_number(text) for text in (self.dasar_hukum, self.surat.nomor, self.keputusan.nomor, self.lembaga or "")):
            raise fault("isian hibah memuat nomor panjang", "jangan menulis NIK di sini")
        return self


@dataclass(frozen=True)
class Grant:
    """One version of a grant as it stands."""

    terms: Terms
    version: int
    revoked: bool

    def holds(self, day: date) -> bool:
        """Whether it lets anything through on a day."""
        return not self.revoked and self.terms.mulai <= day <= self.terms.sampai


def log_of(home: Home) -> Log:
    """`decisions/hibah/hibah.jsonl`."""
    return Log(home, GRANTS, "hibah")


def parse_terms(data: Mapping[str, Any], catalogue: Catalogue) -> Terms:
    """Terms as they were typed, checked against registers and catalogue.

    Raises:
        Refusal: a field is missing, unknown or wrong; an agency, program, column or wilayah is not known; disability is asked for
            a program that does not need it.
    """
    try:
        terms = Terms.model_validate(dict(data))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first.get("ctx", {}).get("at") or first["loc"])) or "hibah"
        raise Refusal(
            f"isian hibah salah pada {place}" + (f": {first['msg']}" if first["type"] == "padanan" else ""),
            field=place,
            cure="perbaiki isian itu; bentuknya pada docs/api.md",
        ) from None
    agencies = load_agencies(expectations_dir()).instansi
    if terms.instansi not in agencies:
        raise Refusal("instansi tidak dikenal", field="instansi", cure="pakai id dari expectations/instansi.yaml")
    if terms.program not in programs():
        raise Refusal("program tidak dikenal", field="program", cure="pakai id kontrak program dari expectations/contracts")
    if SERVICE in terms.layanan and (terms.lembaga is not None or terms.instansi not in verifiers()):
        raise Refusal(
            "layanan prelist hanya bagi instansi yang memverifikasi",
            field="layanan",
            cure=f"hapus prelist; yang memverifikasi: {', '.join(verifiers())}, bukan lembaga",
        )
    unknown = [name for name in terms.kolom if name not in catalogue.kolom]
    if unknown:
        raise Refusal("kolom tidak dikenal", field="kolom", cure="pakai nama kolom dari expectations/distribusi.yaml")
    if set(terms.kolom) - set(allowed_columns(catalogue, terms.program)):
        raise Refusal(
            f"program {terms.program} tidak memerlukan disabilitas",
            field="kolom",
            cure="hapus kolom disabilitas; hanya program yang haknya ditentukan olehnya yang mendapatkannya",
        )
    return terms


def give(
    home: Home, data: Mapping[str, Any], catalogue: Catalogue, *, proposer: str, approver: str, reason: str, now: datetime
) -> Grant:
    """Records a grant, or its next version; two people decide.

    Raises:
        Refusal: see `parse_terms`; or who decides may not, or it ended before it was given; or it is for a non-government body
            and names no request that went through every step (F22).
    """
    terms = parse_terms(data, catalogue)
    if terms.sampai < now.astimezone(JAKARTA).date():
        raise Refusal("masa hibah sudah lewat", field="sampai", cure="tulis tanggal akhir yang akan datang")
    if terms.lembaga is None:
        return _record(home, terms.hibah, GIVE, terms, proposer=proposer, approver=approver, reason=reason, now=now)
    # Held until the grant stands: nobody changes the request between the look at it and the grant.
    with requests_log(home).writing() as held:
        every = requests_standing(held.log.records, granted(home))
        people, day = load_reviewers(home), now.astimezone(JAKARTA).date()
        deciding = [
            people.acting(proposer, "pengusul", day, field="pengusul"),
            people.acting(approver, "penyetuju", day, field="penyetuju"),
        ]
        require_decided(home, every, terms, deciding, catalogue.permohonan, day)
        return _record(home, terms.hibah, GIVE, terms, proposer=proposer, approver=approver, reason=reason, now=now)


def revoke(home: Home, grant_id: str, *, by: str, reason: str, now: datetime) -> Grant:
    """Records that a grant ends at once; one person may close a door.

    Raises:
        Refusal: there is no such grant, or who revokes may not.
    """
    return _record(home, grant_id, REVOKE, None, proposer=by, approver=None, reason=reason, now=now)


def _record(
    home: Home,
    grant_id: str,
    act: str,
    terms: Terms | None,
    *,
    proposer: str,
    approver: str | None,
    reason: str,
    now: datetime,
) -> Grant:
    text = clean_reason(reason, field="alasan")
    if not text:
        raise Refusal("keputusan hibah tanpa alasan", field="alasan", cure="isi alasannya dalam satu kalimat")
    people, day = load_reviewers(home), now.astimezone(JAKARTA).date()
    first = people.acting(proposer, "pengusul", day, field="pengusul")
    entry: dict[str, Any] = {"tindakan": act, "hibah": grant_id, "alasan": text, "pengusul": first.named()}
    if approver is not None:
        second = people.acting(approver, "penyetuju", day, field="penyetuju")
        different(first, second, field="penyetuju")
        entry["penyetuju"] = second.named()
    with log_of(home).writing() as transaction:
        earlier = [one for one in transaction.log.records if one["hibah"] == grant_id]
        if terms is None and (not earlier or earlier[-1]["tindakan"] == REVOKE):
            raise Refusal("hibah ini tidak ada atau sudah dicabut", field="hibah", cure="lihat 'padanan hibah list'")
        if terms is not None and earlier and earlier[-1]["isi"]["klien"] != terms.klien:
            raise Refusal("id hibah dipakai klien lain", field="hibah", cure="pakai id hibah yang baru")
        if terms is not None and earlier and earlier[-1]["isi"].get("permohonan") != terms.permohonan:
            raise Refusal("id hibah dipakai permohonan lain", field="hibah", cure="pakai id hibah yang baru")
        if terms is not None and terms.lembaga is not None and earlier and earlier[-1]["tindakan"] == REVOKE:
            cure = "lembaga mengajukan permohonan baru; permohonannya sudah terpakai"
            raise Refusal("hibah lembaga yang dicabut tidak dihidupkan lagi", field="hibah", cure=cure)
        entry["versi"] = len(earlier) + 1
        entry["isi"] = terms.model_dump(mode="json") if terms is not None else earlier[-1]["isi"]
        transaction.commit(transaction.compose([entry], now))
    return _grant(entry)


def _grant(record: Mapping[str, Any]) -> Grant:
    return Grant(Terms.model_validate(dict(record["isi"])), int(record["versi"]), record["tindakan"] == REVOKE)


def standing(records: Iterable[Mapping[str, Any]]) -> dict[str, Grant]:
    """Each grant's newest version, revoked ones included, by id."""
    newest = {str(one["hibah"]): one for one in records}
    return {name: _grant(one) for name, one in sorted(newest.items())}


def granted_to_anybody(home: Home, service: Service, day: date) -> bool:
    """Whether any grant holds a service on a day: what nobody may read is not laid out.

    Raises:
        PadananError: the register was tampered with.
    """
    every = standing(log_of(home).settled().records).values()
    return any(service in one.terms.layanan and one.holds(day) for one in every)


@dataclass
class GrantBook:
    """The grants of a home, read again whenever their file changed; a broken register grants nothing (it raises)."""

    home: Home
    _state: tuple[tuple[int, ...], ...] | None = None
    _grants: dict[str, Grant] = field(default_factory=dict)
    _mine: dict[str, list[Grant]] = field(default_factory=dict)
    _paths: tuple[Path, ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> Mapping[str, Grant]:
        """Every grant as it stands at this moment.

        Raises:
            PadananError: the register was tampered with.
        """
        with self._lock:
            self._look()
            return self._grants

    def _look(self) -> None:
        if not self._paths:
            log = log_of(self.home)
            self._paths = log.path, log.head_path
        state = tuple(map(_seen, self._paths))
        if state != self._state:
            self._grants, self._mine = standing(log_of(self.home).settled().records), {}
            for one in self._grants.values():
                self._mine.setdefault(one.terms.klien, []).append(one)
            self._state = state

    def of(self, client: str, agency: str, body: str | None, day: date) -> tuple[Grant, ...]:
        """A client's grants that hold on a day.

        A grant opens nothing for a client of another agency than it names, nor for one of a non-government body whose name it
        does not bear: such a body reads through an agency alone (§3.1.3.3.g), and by a request that was decided (F22).
        """
        with self._lock:
            self._look()
            mine = [one for one in self._mine.get(client, ()) if one.holds(day)]
        return tuple(
            one
            for one in mine
            if (one.terms.instansi, one.terms.lembaga) == (agency, body) and (body is None or one.terms.permohonan is not None)
        )

    def again(self, grant: Grant, day: date) -> bool:
        """Whether exactly this version of a grant still holds: asked between the chunks of a stream."""
        now = self.all().get(grant.terms.hibah)
        return now is not None and now.version == grant.version and now.holds(day)


def _seen(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
