"""`padanan review …`: what is open, taking decisions, forms, and comparing two revisions.

Arguments in, lines out; the rules of a decision stand in `actions`, those of a form in `form`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.typed import revision_argument
from padanan.records.refusal import fields_as_options

if TYPE_CHECKING:
    from padanan.review.decision.actions import Decision


def add_parsers(commands: Any) -> None:
    """Adds `review` with its sub-commands."""
    parser = commands.add_parser(
        "review",
        help="reviu TKPK: lihat, terima, minta padanan ulang, kecualikan, laporkan",
        description="Langkah reviu: direviu, dilaporkan ke Asisten, dibahas (dapat kembali), draft, ditetapkan. "
        "Setiap keputusan dicatat berantai di decisions/reviu/ dan tidak dapat diubah.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)

    def command(name: str, run: Any, text: str, more: str = "") -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = actions.add_parser(name, help=text, description=more or text)
        made.set_defaults(run=run)
        return made

    def with_revision(made: argparse.ArgumentParser) -> None:
        made.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
        made.add_argument("--revisi", type=int, metavar="N", help="nomor revisi (bawaan: yang terbaru)")

    with_revision(command("show", _show, "keadaan, penghalang terbuka, pengecualian, kepala catatan, langkah berikutnya"))
    for name, run, text in (
        ("accept", _accept, "terima padanan; tidak dapat selama ada penghalang terbuka"),
        ("refine", _refine, "minta padanan ulang dengan alasan; revisi berikutnya dibuka, yang ini disimpan"),
        ("waive", _waive, "kecualikan satu penghalang (produsen, aturan, kota) dengan alasan dan nama"),
    ):
        made = command(name, run, text)
        with_revision(made)
        made.add_argument(
            "--fingerprint", required=True, metavar="HASH", help="nilai hash laporan yang dibaca, dengan atau tanpa tanda hubung"
        )
        made.add_argument("--pengusul", required=True, metavar="ID", help="petugas yang mengusulkan")
        made.add_argument("--penyetuju", required=True, metavar="ID", help="petugas lain yang menyetujui")
        made.add_argument("--scan", required=True, type=Path, metavar="FILE", help="pindaian berita acara bertanda tangan")
        made.add_argument(
            "--reason",
            action="append",
            default=[],
            required=name != "accept",
            metavar="TEKS",
            help="alasan; boleh diulang" if name == "refine" else "alasan atau catatan",
        )
        if name == "waive":
            made.add_argument("--producer", required=True, metavar="KONTRAK", help="id kontrak produsen")
            made.add_argument("--rule", required=True, metavar="ATURAN", help="id aturan, atau catatan_kecil")
            made.add_argument(
                "--kota",
                required=True,
                help="kode kota, misalnya 31.74; tanpa_alamat untuk yang tanpa alamat di DKI; semua untuk satu kelompok",
            )
    for name, action, text in (
        ("report", "laporkan", "catat laporan hasil reviu kepada Asisten Kesra (pelapor)"),
        ("discuss", "bahas", "catat pembahasan penetapan; --result kembali mengembalikannya ke reviu (asisten)"),
        ("draft", "draf", "catat bahwa draft Keputusan Gubernur disusun (pelapor)"),
    ):
        made = command(name, _step, text)
        with_revision(made)
        made.add_argument("--by", required=True, metavar="ID", help="petugas yang melakukan")
        made.add_argument("--reason", action="append", default=[], metavar="TEKS", help="catatan; wajib bila dikembalikan")
        made.add_argument("--fingerprint", default="", metavar="HASH", help="nilai hash laporan, bila hendak dicocokkan")
        made.add_argument("--scan", type=Path, metavar="FILE", help="pindaian risalah atau surat")
        made.set_defaults(action=action)
        if name == "discuss":
            made.add_argument(
                "--result", choices=("lanjut", "kembali"), required=True, help="lanjut ke draft, atau kembali ke reviu"
            )

    made = command("form", _form, "tulis formulir keputusan (XLSX atau YAML) untuk diisi tanpa terminal")
    with_revision(made)
    made.add_argument("berkas", type=Path, metavar="FILE", help="nama berkas .xlsx atau .yaml yang ditulis")
    made = command("import", _import, "proses satu formulir yang sudah diisi")
    made.add_argument("berkas", type=Path, metavar="FILE", help="formulir .xlsx atau .yaml; pindaiannya di folder yang sama")
    command("inbox", _inbox, "proses semua formulir di inbox/review/")
    command("reviewers", _reviewers, "daftar petugas, peran dan masa berlakunya")
    made = command("log", _log, "catatan reviu satu periode, dari yang pertama")
    made.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    made = command("repair", _repair, "sisihkan baris terakhir yang terpotong ketika komputer mati")
    made.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    made = command("compare", _compare, "bandingkan dua revisi: orang yang masuk, keluar, berubah, dan sebabnya")
    made.add_argument("--periode", required=True, help="periode revisi pertama")
    made.add_argument("--revisi", required=True, type=int, metavar="N", help="revisi pertama")
    made.add_argument(
        "--with",
        required=True,
        type=revision_argument,
        dest="other",
        metavar="[PERIODE/]REVISI",
        help="revisi kedua, misalnya 2, atau 2026-S1/1 dari periode lain",
    )


def _place(args: argparse.Namespace) -> tuple[Home, Periode, int]:
    from padanan.published.revisions import newest_revision

    home, periode = Home.from_env(), Periode.parse(args.periode)
    return home, periode, args.revisi if args.revisi is not None else newest_revision(home, periode)


def _decide(home: Home, decision: Decision) -> int:
    from padanan.base.format import fingerprint
    from padanan.review.decision.actions import decide
    from padanan.review.decision.show import next_step, outcome

    with fields_as_options():
        records = decide(home, decision)
    for record in records:
        print(outcome(record))
    print(f"Kepala catatan: {fingerprint(records[-1]['hash'])}")
    print(f"Langkah berikutnya: {next_step(home, decision.periode, decision.revisi)}")
    return 0


def _reviewed(args: argparse.Namespace, action: str, **more: Any) -> int:
    from padanan.review.decision.actions import Decision

    home, periode, revisi = _place(args)
    return _decide(
        home,
        Decision(
            periode,
            revisi,
            action,
            fingerprint=args.fingerprint,
            proposer=args.pengusul,
            approver=args.penyetuju,
            scan=args.scan,
            **more,
        ),
    )


def _accept(args: argparse.Namespace) -> int:
    return _reviewed(args, "terima", reasons=tuple(args.reason))


def _refine(args: argparse.Namespace) -> int:
    return _reviewed(args, "perbaiki", reasons=tuple(args.reason))


def _waive(args: argparse.Namespace) -> int:
    from padanan.review.decision.waived import Waiver

    wish = Waiver(args.producer, args.rule, args.kota, "; ".join(args.reason))
    return _reviewed(args, "kecualikan", waivers=(wish,))


def _step(args: argparse.Namespace) -> int:
    from padanan.review.decision.actions import Decision

    home, periode, revisi = _place(args)
    action = "kembalikan" if getattr(args, "result", "") == "kembali" else args.action
    return _decide(
        home,
        Decision(
            periode, revisi, action, fingerprint=args.fingerprint, actor=args.by, reasons=tuple(args.reason), scan=args.scan
        ),
    )


def _show(args: argparse.Namespace) -> int:
    from padanan.review.decision.show import render

    home, periode, revisi = _place(args)
    with fields_as_options():
        print(render(home, periode, revisi))
    return 0


def _form(args: argparse.Namespace) -> int:
    from padanan.review.decision.form import write_form

    home, periode, revisi = _place(args)
    with fields_as_options():
        count = write_form(home, periode, revisi, args.berkas)
    print(f"Formulir {periode.label} revisi {revisi} ditulis dengan {count} baris pengecualian: {args.berkas}")
    print("Isi, taruh bersama pindaian berita acara di inbox/review/, lalu tunggu tanda terimanya di sana.")
    return 0


def _import(args: argparse.Namespace) -> int:
    from padanan.review.decision.inbox import take
    from padanan.review.decision.show import outcome

    home = Home.from_env().ensure()
    for record in take(home, args.berkas):
        print(outcome(record))
    return 0


def _inbox(args: argparse.Namespace) -> int:
    from padanan.review.decision.inbox import passed_by, process

    home = Home.from_env().seen()
    results = process(home)
    for result in results:
        print(result.line)
    for item in passed_by(home):
        print(f"Diabaikan: {item.name} ({item.reason})")
    if not results:
        print("Tidak ada formulir yang menunggu di inbox/review/.")
    return 1 if any(not result.accepted for result in results) else 0


def _reviewers(args: argparse.Namespace) -> int:
    from padanan.records.people import load_reviewers

    people = load_reviewers(Home.from_env())
    print(f"Daftar: {people.path}")
    for person in people.people.values():
        until = f"sampai {person.sampai.isoformat()}" if person.sampai else "tanpa batas"
        mark = " (contoh, hanya untuk data demo)" if person.example else ""
        print(f"  {person.id}: {person.nama}, {person.jabatan}, {person.instansi}")
        print(f"      {', '.join(person.peran)}; dari {person.dari.isoformat()} {until}{mark}")
    return 0


def _log(args: argparse.Namespace) -> int:
    from padanan.base.format import fingerprint
    from padanan.records.review_log import read_log
    from padanan.review.decision.show import outcome

    log = read_log(Home.from_env(), Periode.parse(args.periode))
    for record in log.records:
        print(f"{record['no']}. {record['waktu']} {outcome(record)}")
    print(f"Kepala catatan: {fingerprint(log.head)}" if log.records else "Belum ada keputusan.")
    return 0


def _repair(args: argparse.Namespace) -> int:
    from padanan.records.review_log import log_of

    count = log_of(Home.from_env(), Periode.parse(args.periode)).repair()
    print(f"{count} bita yang terpotong disisihkan di sebelah catatannya." if count else "Tidak ada yang terpotong.")
    return 0


def _compare(args: argparse.Namespace) -> int:
    from padanan.published.comparison import compare
    from padanan.review.decision.compare import render
    from padanan.review.decision.show import kota_names

    home, periode = Home.from_env(), Periode.parse(args.periode)
    other, number = args.other
    print(render(compare(home, (periode, args.revisi), (other or periode, number)), kota_names()))
    return 0
