"""`padanan api|klien|hibah|audit …`: arguments in, one line per answer out.

What the commands do stands in the modules beside this one.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.typed import day_argument
from padanan.distribution.dashboard.cli import add_parsers as add_dashboard
from padanan.distribution.requests.cli import add_parsers as add_requests

HOST, PORT = "127.0.0.1", 8080


def add_parsers(commands: Any) -> None:
    """Adds `api`, `klien`, `permohonan`, `hibah`, `audit` and `dasbor`."""
    _add_api(commands)
    _add_clients(commands)
    add_requests(commands)
    _add_grants(commands)
    _add_audit(commands)
    add_dashboard(commands)


def _add_api(commands: Any) -> None:
    parser = commands.add_parser("api", help="salurkan penetapan kepada instansi lewat API")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    shown = actions.add_parser(
        "publish",
        help="siapkan berkas satu penetapan dan tunjukkan kepada instansi",
        description="Membaca penetapan yang disegel saja. API yang sedang berjalan berpindah tanpa permintaan yang gagal.",
    )
    shown.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    shown.set_defaults(run=_publish)
    serve = actions.add_parser("serve", help="jalankan API di belakang proksi TLS")
    serve.add_argument("--host", default=HOST, help=f"alamat (bawaan: {HOST})")
    serve.add_argument("--port", type=int, default=PORT, help=f"porta (bawaan: {PORT})")
    serve.add_argument("--url", metavar="URL", help="alamat umum API (bawaan: PADANAN_API_URL, atau alamat di atas)")
    serve.add_argument(
        "--workers", type=int, default=1, metavar="N", choices=range(1, 65), help="banyaknya proses yang menjawab (bawaan: 1)"
    )
    serve.set_defaults(run=_serve)
    copy = actions.add_parser(
        "backup",
        help="salin keadaan API (klien, catatan akses) ke satu berkas",
        description="SQLite bawaan atau PostgreSQL, juga selagi API berjalan; 'padanan backup' membawanya pula. Tanpa token.",
    )
    copy.add_argument("berkas", metavar="FILE", type=Path, help="berkas SQLite yang ditulis, hak 0600")
    copy.set_defaults(run=_backup)
    again = actions.add_parser(
        "resume",
        help="buka API sesudah pemulihan",
        description="Sesudah 'padanan restore' API ditahan: hibah dan klien yang dicabut sesudah cadangan hidup kembali. "
        "Cabut dahulu yang tidak berlaku lagi. Siapa yang memeriksa tercatat pada catatan akses.",
    )
    again.add_argument("--by", required=True, metavar="NAMA", help="siapa yang memeriksa")
    again.add_argument("--reason", required=True, metavar="TEKS", help="apa yang diperiksa")
    again.set_defaults(run=_resume)
    described = actions.add_parser("openapi", help="cetak uraian OpenAPI 3.1")
    described.set_defaults(run=_openapi)


def _add_clients(commands: Any) -> None:
    parser = commands.add_parser("klien", help="sistem instansi yang boleh meminta token API")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    new = actions.add_parser(
        "add",
        help="buat klien",
        description="Rahasianya dicetak sekali dan tidak disimpan. Klien tanpa hibah tidak membaca data siapa pun.",
    )
    new.add_argument("id", metavar="ID", help="misalnya dinsos-siks")
    new.add_argument("--agency", required=True, metavar="INSTANSI", help="id dari expectations/instansi.yaml")
    new.add_argument("--lembaga", metavar="NAMA", help="lembaga bukan pemerintah yang lewat instansi itu")
    new.add_argument(
        "--scope",
        required=True,
        action="append",
        metavar="LINGKUP",
        help="sasaran:agregat, sasaran:bnba, prelist:baca, umpan-balik:kirim atau permohonan:ajukan; boleh berulang",
    )
    _proof_options(new)
    new.add_argument("--by", required=True, metavar="NAMA", help="siapa yang membuatnya")
    new.set_defaults(run=_add_client)
    renew = actions.add_parser(
        "renew",
        help="ganti rahasia atau kunci publik klien; yang lama dan tokennya berhenti berlaku saat itu juga",
        description="Hibahnya tetap. Rahasia baru dicetak sekali dan tidak disimpan.",
    )
    renew.add_argument("id", metavar="ID", help="klien dari 'padanan klien list'")
    _proof_options(renew)
    renew.add_argument("--by", required=True, metavar="NAMA", help="siapa yang menggantinya")
    renew.set_defaults(run=_renew_client)
    listed = actions.add_parser("list", help="klien yang ada")
    listed.set_defaults(run=_list_clients)
    end = actions.add_parser("revoke", help="cabut klien; tokennya tidak berlaku saat itu juga")
    end.add_argument("id", metavar="ID", help="klien yang dicabut")
    end.add_argument("--by", required=True, metavar="NAMA", help="siapa yang mencabut")
    end.set_defaults(run=_revoke_client)


def _proof_options(parser: argparse.ArgumentParser) -> None:
    proof = parser.add_mutually_exclusive_group(required=True)
    proof.add_argument(
        "--secret-until", type=day_argument, metavar="YYYY-MM-DD", help="buat rahasia yang berlaku sampai hari itu"
    )
    proof.add_argument("--jwks", type=Path, metavar="FILE", help="kunci publik klien (private_key_jwt)")


def _add_grants(commands: Any) -> None:
    parser = commands.add_parser("hibah", help="siapa boleh membaca baris dan kolom mana, untuk apa, sampai kapan")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    give = actions.add_parser(
        "give",
        help="catat hibah, atau versi berikutnya",
        description="Isinya dibaca dari berkas YAML (contohnya pada docs/api.md): surat, keputusan TKPK, wilayah, kolom, tujuan.",
    )
    give.add_argument("berkas", metavar="FILE", type=Path, help="berkas YAML satu hibah")
    give.add_argument("--pengusul", required=True, metavar="ID", help="petugas yang mengusulkan")
    give.add_argument("--penyetuju", required=True, metavar="ID", help="petugas lain yang menyetujui")
    give.add_argument("--reason", required=True, metavar="TEKS", help="mengapa")
    give.set_defaults(run=_give)
    listed = actions.add_parser("list", help="hibah yang ada, juga yang sudah berakhir")
    listed.set_defaults(run=_list_grants)
    end = actions.add_parser("revoke", help="cabut hibah; aliran yang sedang berjalan ikut berhenti")
    end.add_argument("id", metavar="HIBAH", help="hibah yang dicabut")
    end.add_argument("--by", required=True, metavar="ID", help="petugas berperan pengusul")
    end.add_argument("--reason", required=True, metavar="TEKS", help="mengapa")
    end.set_defaults(run=_revoke_grant)


def _add_audit(commands: Any) -> None:
    parser = commands.add_parser("audit", help="buktikan siapa yang membaca apa lewat API")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    proof = actions.add_parser("verify", help="cocokkan seluruh rantai, kepalanya, dan kepala harian yang diekspor")
    proof.set_defaults(run=_verify)
    head = actions.add_parser(
        "head", help="tulis kepala hari ini dan tandai dengan kunci segel", description="Simpan juga di tempat lain."
    )
    head.set_defaults(run=_head)
    export = actions.add_parser("export", help="tulis kejadian sebagai NDJSON, tanpa samaran orang")
    export.add_argument("berkas", metavar="FILE", type=Path, help="berkas yang ditulis, hak 0600")
    export.add_argument("--since", type=day_argument, metavar="YYYY-MM-DD", help="mulai hari itu")
    export.add_argument("--until", type=day_argument, metavar="YYYY-MM-DD", help="sampai hari itu")
    export.set_defaults(run=_export)
    readers = actions.add_parser(
        "readers",
        help="siapa yang menerima data satu orang (UU 27/2022)",
        description="Tanpa ID, NIK dibaca dari masukan baku: nomor orang tidak ditulis pada baris perintah.",
    )
    readers.add_argument("id", nargs="?", metavar="ID_ORANG", help="id_orang pada penetapan")
    readers.set_defaults(run=_readers)


def _publish(args: argparse.Namespace) -> int:
    from padanan.distribution.shelf import publish_decree

    periode = Periode.parse(args.periode)
    said = publish_decree(Home.from_env().ensure(), periode)
    print(f"{periode.label} ke-{said['kini'][periode.key]} disalurkan; {len(said['kini'])} periode dapat dibaca.")
    return 0


def _serve(args: argparse.Namespace) -> int:
    from padanan.distribution.server import run_server

    return run_server(Home.from_env().ensure(), args.host, args.port, args.url, args.workers)


def _backup(args: argparse.Namespace) -> int:
    from padanan.distribution.state.copy import copy_state

    copy_state(Home.from_env().seen(), args.berkas)
    print(f"Keadaan API disalin ke {args.berkas}; simpan bersama cadangan data home.")
    return 0


def _resume(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.base.typed import clean_person
    from padanan.distribution.hold import resume
    from padanan.records.decided import clean_reason
    from padanan.records.refusal import fields_as_options

    home, store, writer = _state()
    with fields_as_options():
        reason = clean_reason(args.reason, field="alasan")
    if not reason:
        raise PadananError("alasan kosong", cure="isi --reason dalam satu kalimat")
    resume(home, store, writer, by=clean_person(args.by), reason=reason, now=datetime.now(JAKARTA))
    writer.close()
    print("API dibuka; pemulihan tercatat pada catatan akses. Jalankan lagi 'padanan api serve'.")
    return 0


def _openapi(_: argparse.Namespace) -> int:
    from padanan.distribution.server import described

    print(json.dumps(described(), ensure_ascii=False, indent=1))
    return 0


def _state() -> Any:
    from padanan.distribution.audit import AuditWriter
    from padanan.distribution.state.store import open_store

    home = Home.from_env().ensure()
    store = open_store(home)
    return home, store, AuditWriter(store)


def _keys(args: argparse.Namespace) -> Any:
    from padanan.base.errors import PadananError

    if args.jwks is None:
        return None
    try:
        return json.loads(args.jwks.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PadananError("berkas kunci publik tidak terbaca", file=args.jwks, cure="beri JWKS sebagai JSON") from None


def _renew_client(args: argparse.Namespace) -> int:
    from padanan.base.typed import clean_person
    from padanan.distribution.clients import renew_client

    keys = _keys(args)
    _, _store, writer = _state()
    now, by = datetime.now(JAKARTA), clean_person(args.by)
    secret = renew_client(writer, args.id, by=by, now=now, secret_until=args.secret_until, keys=keys)
    writer.close()
    print(f"Klien {args.id} diperbarui; yang lama tidak berlaku lagi.")
    if secret is not None:
        print(f"Rahasia (dicetak sekali ini saja, berlaku sampai {args.secret_until.isoformat()}): {secret}")
    return 0


def _add_client(args: argparse.Namespace) -> int:
    from padanan.base.typed import clean_person
    from padanan.distribution.clients import add_client

    keys = _keys(args)
    _, _store, writer = _state()
    secret = add_client(
        writer,
        client=args.id,
        agency=args.agency,
        body=args.lembaga,
        scopes=args.scope,
        secret_until=args.secret_until,
        keys=keys,
        by=clean_person(args.by),
        now=datetime.now(JAKARTA),
    )
    writer.close()
    print(f"Klien {args.id} dibuat.")
    if secret is not None:
        print(f"Rahasia (dicetak sekali ini saja, berlaku sampai {args.secret_until.isoformat()}): {secret}")
    print("Langkah berikutnya: padanan hibah give BERKAS --pengusul ID --penyetuju ID --reason TEKS")
    return 0


def _list_clients(_: argparse.Namespace) -> int:
    from padanan.distribution.clients import all_clients

    _, store, _ = _state()
    found = all_clients(store)
    for one in found:
        proof = f"rahasia sampai {one.secret_until}" if one.secret_until else "kunci publik"
        whose = f"{one.body} melalui {one.agency}" if one.body else one.agency
        print(f"{one.id}: {whose}, {' '.join(sorted(one.scopes))}, {f'dicabut {one.revoked[:10]}' if one.revoked else proof}")
    if not found:
        print("Belum ada klien.")
    return 0


def _revoke_client(args: argparse.Namespace) -> int:
    from padanan.base.typed import clean_person
    from padanan.distribution.clients import revoke_client

    _, _store, writer = _state()
    revoke_client(writer, args.id, by=clean_person(args.by), now=datetime.now(JAKARTA))
    writer.close()
    print(f"Klien {args.id} dicabut.")
    return 0


def _give(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.base.yaml_source import YamlSource
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.clients import find_client
    from padanan.distribution.grants import give
    from padanan.records.refusal import fields_as_options

    data = YamlSource(args.berkas).data
    if not isinstance(data, dict):
        raise PadananError("berkas hibah bukan pasangan nama: nilai", file=args.berkas, cure="lihat contohnya pada docs/api.md")
    home, store, _ = _state()
    client = find_client(store, str(data.get("klien")))
    if client is None or client.revoked is not None:
        raise PadananError(
            "klien hibah tidak ada atau sudah dicabut", file=args.berkas, place="klien", cure="buat dengan 'padanan klien add'"
        )
    if (client.agency, client.body) != (data.get("instansi"), data.get("lembaga")):
        raise PadananError(
            "instansi atau lembaga hibah bukan milik klien itu",
            file=args.berkas,
            place="instansi",
            cure="samakan dengan 'padanan klien list'",
        )
    with fields_as_options():
        grant = give(
            home,
            data,
            load_catalogue(),
            proposer=args.pengusul,
            approver=args.penyetuju,
            reason=args.reason,
            now=datetime.now(JAKARTA),
        )
    print(f"Hibah {grant.terms.hibah} versi {grant.version} dicatat, berlaku {grant.terms.mulai} sampai {grant.terms.sampai}.")
    return 0


def _list_grants(_: argparse.Namespace) -> int:
    from padanan.distribution.grants import GrantBook

    day = datetime.now(JAKARTA).date()
    found = GrantBook(Home.from_env().seen()).all()
    for one in found.values():
        terms = one.terms
        state = "dicabut" if one.revoked else "berlaku" if one.holds(day) else "tidak berlaku hari ini"
        whose = f"{terms.lembaga} melalui {terms.melalui}" if terms.lembaga else terms.instansi
        print(f"{terms.hibah} versi {one.version}: {state} ({terms.mulai} sampai {terms.sampai}); {whose}, klien {terms.klien}")
        print(f"  program {terms.program}, {terms.baris} di {', '.join(terms.wilayah)}; {len(terms.kolom)} kolom")
        print(f"  surat {terms.surat.nomor}, keputusan {terms.keputusan.nomor}")
    if not found:
        print("Belum ada hibah.")
    return 0


def _revoke_grant(args: argparse.Namespace) -> int:
    from padanan.distribution.grants import revoke
    from padanan.records.refusal import fields_as_options

    with fields_as_options():
        grant = revoke(Home.from_env().ensure(), args.id, by=args.by, reason=args.reason, now=datetime.now(JAKARTA))
    print(f"Hibah {grant.terms.hibah} dicabut (versi {grant.version}).")
    return 0


def _verify(_: argparse.Namespace) -> int:
    from padanan.base.format import fingerprint
    from padanan.distribution.audit_proof import verify_audit

    home, store, _ = _state()
    proof = verify_audit(home, store)
    for fault in proof.faults:
        print(fault, file=sys.stderr)
    if proof.faults:
        return 1
    print(f"{proof.events} kejadian, {proof.days} kepala harian: semua sesuai. Kepala {fingerprint(proof.head[:32])}")
    if proof.open_starts:
        print(f"{proof.open_starts} permintaan dimulai dan tidak selesai (server berhenti, atau masih berjalan).")
    return 0


def _head(_: argparse.Namespace) -> int:
    from padanan.distribution.audit_proof import export_head

    home, store, _ = _state()
    path = export_head(home, store, datetime.now(JAKARTA))
    print(f"Kepala hari ini: {path} dan {path.name}.sig")
    return 0


def _export(args: argparse.Namespace) -> int:
    from padanan.distribution.audit_proof import export_events

    _, store, _ = _state()
    print(f"{export_events(store, args.berkas, since=args.since, until=args.until)} kejadian ditulis ke {args.berkas}.")
    return 0


def _readers(args: argparse.Namespace) -> int:
    from padanan.distribution.audit_proof import people_of, readers_of, ring_of

    home, store, _ = _state()
    people = [args.id] if args.id else people_of(home, sys.stdin.readline().strip())
    ring, count = ring_of(home), 0
    for person in people:
        for one in readers_of(store, ring, person):
            count += 1
            print(
                f"{one['waktu']} {one['klien']}: {one['layanan']} {one['periode']} ke-{one['ke']}, tujuan {one['tujuan']}, hibah "
                f"{one['hibah']}/{one['hibah_versi']}, kolom {', '.join(one['kolom'])}, permintaan {one['permintaan']}"
            )
    print(f"{count} kali data orang ini diberikan.")
    return 0
