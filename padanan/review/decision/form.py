"""The decision form: what may be filled in, written as XLSX or YAML, and read back as a decision with the place of each field.

The XLSX's cells are `form_book`'s, YAML's keys are here; the rules of a decision stay in `actions`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.digest import file_sha256
from padanan.base.errors import ContractError, PadananError, no_space_guard, safe_reason
from padanan.base.format import fingerprint
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.regular import is_regular, odd_kind
from padanan.base.shown import safe_name
from padanan.base.yaml_source import YamlSource
from padanan.contracts.delivery import load_delivery_rules
from padanan.published.blockers import judge
from padanan.published.facts import NO_KOTA
from padanan.published.newcomers import with_newcomers
from padanan.published.revisions import read_manifest
from padanan.records import steps
from padanan.records.decided import fingerprint_of
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal
from padanan.records.review_log import read_log
from padanan.review.decision.actions import Decision
from padanan.review.decision.offered import Offer, offered
from padanan.review.decision.show import kota_names
from padanan.review.decision.waived import NO_ADDRESS, Waiver

# What people choose -> the action.
WORDS = {
    "terima": steps.ACCEPT,
    "padanan ulang": steps.REFINE,
    "kecualikan saja": steps.WAIVE,
    "laporkan ke Asisten": steps.REPORT,
    "dibahas": steps.DISCUSS,
    "kembalikan ke reviu": steps.RETURN,
    "draft disusun": steps.DRAFT,
}
SUFFIXES = (".xlsx", ".yaml", ".yml")
FORM = "formulir-keputusan.xlsx"
YES, NO = "ya", "tidak"
_REVISI = re.compile(r"[0-9]{1,6}")
_FIELDS = {
    "periode", "revisi", "sidik", "keputusan", "pengusul", "penyetuju", "oleh", "alasan", "pindaian", "sidik_pindaian",
    "pengecualian",
}  # fmt: skip
_ITEM = {"produsen", "aturan", "kota", "kecualikan", "alasan", "keterangan"}


@dataclass(frozen=True)
class Form:
    """A filled-in form: the decision, and field -> where it stands (`sel B8`, `baris 4 (sidik)`)."""

    decision: Decision
    places: Mapping[str, str]


def write_form(home: Home, periode: Periode, revisi: int, path: Path) -> int:
    """Writes an empty form for a revision, by the suffix of `path`.

    Returns:
        How many rows to waive stand in it: penghalang, rules in all kota, catatan kecil.

    Raises:
        PadananError: the revision is not published, the file exists, or the suffix is unknown.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise PadananError("jenis formulir tidak dikenal", file=safe_name(path.name), cure="pakai nama berkas .xlsx atau .yaml")
    if path.exists():
        raise PadananError("berkas sudah ada", file=safe_name(path.name), cure="pakai nama lain; formulir tidak ditimpa")
    made = offer(home, periode, revisi)
    with no_space_guard("formulir"):
        disk.mkdir(path.parent, parents=True, exist_ok=True)
        if path.suffix.lower() == ".xlsx":
            from padanan.review.decision import form_book

            form_book.write(path, made)
        else:
            write_once(path, _yaml_text(made), mode=0o600)
    return len(made.blockers)


def can_offer(home: Home, periode: Periode) -> bool:
    """Whether a form can be made: somebody may act, and the log can be read."""
    try:
        load_reviewers(home)
        read_log(home, periode)
    except PadananError:
        return False
    return True


def lay_out_form(home: Home, periode: Periode, revisi: int) -> Path:
    """Puts the form of the revision's present state into its report's folder, where who has no terminal finds it.

    Returns:
        `reports/<period>/rev-<n>/formulir-keputusan.xlsx`; an older one is replaced.

    Raises:
        PadananError: the revision is not published, or the log or the reviewers' list can't be used.
    """
    from padanan.review.decision import form_book

    path = home.reports(periode, revisi) / FORM
    with no_space_guard("formulir"):
        form_book.write(path, offer(home, periode, revisi))
    return path


def offer(home: Home, periode: Periode, revisi: int) -> Offer:
    """What a form for this revision offers: the steps that its state allows, who may act, the open penghalang."""
    from padanan.contracts.contract import load_contracts

    digest = fingerprint_of(home, periode, revisi)
    log = read_log(home, periode)
    state = steps.state_of(log, revisi)
    judged = judge(home, periode, revisi)
    contracts = with_newcomers(load_contracts(), read_manifest(home, periode, revisi))
    today = datetime.now(JAKARTA).date()
    people = load_reviewers(home)
    return Offer(
        periode,
        revisi,
        digest,
        tuple(word for word, action in WORDS.items() if state in steps.MOVES[action][0]),
        tuple(
            f"{person.id} | {person.nama}, {person.jabatan} ({', '.join(person.peran)})"
            for person in people.people.values()
            if person.dari <= today and (person.sampai is None or today <= person.sampai) and (people.demo or not person.example)
        ),
        offered(judged, log, revisi, {contract.id: contract.name for contract in contracts.values()}, kota_names()),
    )


def read_form(path: Path) -> Form:
    """Reads a filled-in form.

    Raises:
        Refusal: not a form of ours, an edited locked cell, a formula, an unknown word; with cell or line.
    """
    name = safe_name(path.name)
    if path.suffix.lower() not in SUFFIXES:
        raise Refusal("jenis formulir tidak dikenal", field="formulir", file=name, cure="pakai formulir .xlsx atau .yaml")
    try:
        if not is_regular(path):
            raise FileNotFoundError
        digest = file_sha256(path)
    except OSError:
        raise Refusal(
            "formulir tidak ada atau tidak terbaca", field="formulir", file=name, cure="periksa nama berkasnya"
        ) from None
    values, places = _read_values(path, name)
    try:
        return Form(_decision(values, path, digest), places)
    except Refusal as refusal:
        raise placed(refusal, name, places) from None


def _read_values(path: Path, name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields of a form and where they stand. Whatever a broken file does to its readers is this form's fault alone."""
    try:
        if path.suffix.lower() != ".xlsx":
            return _read_yaml(path)
        from padanan.review.decision import form_book

        return form_book.read(path)
    except (PadananError, OSError):
        raise
    except Exception as error:
        cause = f"isi formulir tidak terbaca ({safe_reason(error)})"
        raise Refusal(cause, field="formulir", file=name, cure="isi lagi formulir baru hasil 'padanan review form'") from None


def placed(refusal: Refusal, name: str, places: Mapping[str, str]) -> Refusal:
    """A refusal told with the form's name and the field's cell or line."""
    return refusal.at(name, places.get(refusal.field, places.get(refusal.field.split(".")[0], "")))


def _decision(values: Mapping[str, Any], path: Path, digest: str) -> Decision:
    word = str(values.get("keputusan", "")).strip()
    action = {name.casefold(): value for name, value in WORDS.items()}.get(word.casefold())
    if action is None:
        raise Refusal(
            f"kata keputusan '{safe_name(word)[:30]}' tidak dikenal" if word else "keputusan belum dipilih",
            field="keputusan",
            cure=f"pilih: {', '.join(WORDS)}",
        )
    try:
        periode = Periode.parse(str(values.get("periode", "")))
    except PadananError as error:
        raise Refusal(error.cause, field="periode", cure=error.cure) from None
    revisi = str(values.get("revisi", ""))
    if not _REVISI.fullmatch(revisi):
        raise Refusal("nomor revisi tidak terbaca", field="revisi", cure="tulis angka revisi seperti pada laporan")
    waivers = []
    for index, item in enumerate(values.get("pengecualian", ())):
        answer = str(item["kecualikan"]).strip().casefold()
        if answer not in (YES, NO, ""):
            raise Refusal("isi dengan ya atau tidak", field=f"pengecualian.{index}.kecualikan", cure="pilih ya atau tidak")
        if answer != YES and str(item["alasan"]).strip():
            raise Refusal(
                "ada alasan tetapi tidak dikecualikan",
                field=f"pengecualian.{index}.kecualikan",
                cure="pilih ya, atau kosongkan",
            )
        if answer == YES:
            waivers.append(Waiver(item["produsen"], item["aturan"], item["kota"], str(item["alasan"]), index))
    scan = str(values.get("pindaian", "")).strip()
    if scan and (Path(scan).name != scan or scan.startswith(".") or not scan.isprintable()):
        raise Refusal("nama pindaian memuat folder", field="pindaian", cure="tulis nama berkasnya saja")
    if scan and not _own_file(path.with_name(scan)):
        # It could lead to anybody's file, which would then be kept as the signed paper.
        raise Refusal(
            "pindaian bukan berkas biasa (tautan, pipa, folder)", field="pindaian", cure="taruh berkasnya sendiri di folder ini"
        )
    return Decision(
        periode,
        int(revisi),
        action,
        fingerprint=str(values.get("sidik", "")),
        proposer=_id(values.get("pengusul")),
        approver=_id(values.get("penyetuju")),
        actor=_id(values.get("oleh")),
        reasons=tuple(str(text) for text in values.get("alasan", ())),
        scan=path.with_name(scan) if scan else None,
        scan_digest=str(values.get("sidik_pindaian", "")).strip(),
        waivers=tuple(waivers),
        form=digest,
    )


def _own_file(path: Path) -> bool:
    """Whether a regular file lies there, or nothing: that it is missing is told where it is read."""
    try:
        return odd_kind(path) is None
    except OSError:
        return True


def _id(value: Any) -> str:
    """The id of `id | name, office`."""
    return str(value or "").split("|")[0].strip()


def _yaml_text(made: Offer) -> str:
    lines = [
        f"# Formulir keputusan reviu padanan {made.periode.label} revisi {made.revisi}.",
        "# Isi yang kosong, taruh bersama pindaian berita acara di inbox/review/.",
        f"periode: {made.periode.label}",
        f"revisi: {made.revisi}",
        "# Nilai hash laporan yang dibaca; cocokkan dengan yang tercetak di setiap halamannya.",
        f"sidik: {fingerprint(made.fingerprint)}",
        f"# Pilih: {', '.join(made.words) or '–'}",
        'keputusan: ""',
        "# Petugas:",
        *(f"#   {line}" for line in made.reviewers),
        "# Keputusan reviu diusulkan satu orang dan disetujui orang lain; langkah sesudahnya diisi pada 'oleh'.",
        'pengusul: ""',
        'penyetuju: ""',
        'oleh: ""',
        "# Satu alasan satu baris, misalnya: [NIK DTKS kosong]. Wajib untuk padanan ulang dan pengembalian.",
        "alasan: []",
        "# Nama berkas pindaian di folder yang sama; sha256-nya boleh kosong.",
        'pindaian: ""',
        'sidik_pindaian: ""',
        "# Yang masih terbuka: satu penghalang, satu aturan di semua kota, atau semua catatan kecil satu produsen.",
        "# Tulis kecualikan: ya beserta alasannya (20 huruf, 3 kata atau lebih), atau biarkan tidak.",
        "pengecualian:" if made.blockers else "pengecualian: []",
    ]
    for item in made.blockers:
        lines += [
            f"  # {item.producer_name}, {item.kota_text}: {item.figures}",
            f"  - produsen: {item.producer}",
            f"    aturan: {item.rule}",
            f'    kota: "{item.kota or NO_ADDRESS}"',
            f"    kecualikan: {NO}",
            '    alasan: ""',
        ]
    return "\n".join(lines) + "\n"


def _read_yaml(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    name = safe_name(path.name)
    try:
        source = YamlSource(path, limits=load_delivery_rules().formulir.limits)
    except ContractError as error:
        raise Refusal(error.cause, field="formulir", file=name, place=error.place, cure=error.cure) from None
    data = source.data
    if not isinstance(data, dict):
        raise Refusal("isi formulir bukan isian YAML", field="formulir", file=name, cure="pakai hasil 'padanan review form'")
    places = {field: f"baris {source.line((field,))} ({field})" for field in _FIELDS}

    def refuse(cause: str, cure: str, *at: str | int) -> Refusal:
        # A name that nobody offered may be a person's number.
        field = safe_name(".".join(str(part) for part in at))
        return Refusal(cause, field=field, file=name, place=f"baris {source.line(at)} ({field})", cure=cure)

    if unknown := sorted(str(key) for key in set(data) - _FIELDS):
        raise refuse(f"isian '{safe_name(unknown[0])[:40]}' tidak dikenal", "hapus isian itu", unknown[0])
    values: dict[str, Any] = {}
    for field in _FIELDS - {"alasan", "pengecualian"}:
        value = data.get(field)
        if isinstance(value, (list, dict)):
            raise refuse(f"'{field}' bukan teks", "tulis satu teks", field)
        values[field] = "" if value is None else str(value)
    reasons = data.get("alasan") or []
    reasons = [reasons] if isinstance(reasons, str) else reasons
    if not isinstance(reasons, list) or any(not isinstance(item, str) for item in reasons):
        raise refuse("'alasan' bukan daftar teks", "tulis seperti [NIK DTKS kosong]", "alasan")
    values["alasan"] = reasons
    items = data.get("pengecualian") or []
    if not isinstance(items, list):
        raise refuse("'pengecualian' bukan daftar", "pakai hasil 'padanan review form'", "pengecualian")
    values["pengecualian"] = []
    for index, item in enumerate(items):
        if not isinstance(item, dict) or set(item) - _ITEM or not {"produsen", "aturan", "kota"} <= set(item):
            raise refuse("butir pengecualian tidak lengkap", "tulis seperti hasil padanan review form", "pengecualian", index)
        answer = item.get("kecualikan", NO)
        cells = {field: "" if item.get(field) is None else str(item[field]) for field in _ITEM}
        cells["kecualikan"] = {True: YES, False: NO}.get(answer, cells["kecualikan"]) if isinstance(answer, bool) else str(answer)
        cells["kota"] = NO_KOTA if cells["kota"] == NO_ADDRESS else cells["kota"]
        values["pengecualian"].append(cells)
        for field in _ITEM:
            at = ("pengecualian", index, field)
            places[f"pengecualian.{index}.{field}"] = f"baris {source.line(at)} (pengecualian.{index + 1}.{field})"
    return values, places
