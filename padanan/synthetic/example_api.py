"""`python -m padanan.synthetic.example_api`: the API on a made-up decree, made-up clients, and three lines of curl that work.

For `make dev`. It serves the demo's own decree where one was sealed, else a small one in a folder of its own; a home with real
deliveries is never touched.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from padanan.base import disk
from padanan.base.arguments import Parser
from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA, Periode
from padanan.distribution.audit import AuditWriter
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.clients import AGGREGATE, BNBA, add_client, find_client, renew_client
from padanan.distribution.grants import GrantBook, give
from padanan.distribution.server import run_server
from padanan.distribution.shelf import publish_decree
from padanan.distribution.state.store import Store, open_store
from padanan.published.revisions import periods
from padanan.records.seals import seals
from padanan.synthetic.decree import PERIODE, seal_decree

HOST, PORT = "127.0.0.1", 8080
FOLDER = CHECKOUT / ".cache" / "contoh-api"
PURPOSE = "contoh-uji-coba"
PROPOSER, APPROVER = "contoh.pengusul", "contoh.penyetuju"
BODY = "Yayasan Contoh (buatan)"
COLUMNS = ["id_orang", "nik", "nama", "kode_kelurahan", "program"]
_MARK = {"contoh": "API", "isi": "semua orang, lembaga dan keputusan di sini buatan"}


@dataclass(frozen=True)
class Example:
    """A made-up client: an agency's system with a grant for a program's recipients, or a body through an agency without one."""

    id: str
    agency: str
    program: str | None
    body: str | None = None


EXAMPLES = (
    Example("contoh-dinsos", "dinsos", "klj"),
    Example("contoh-dinkes", "dinkes", "pbi_jkn"),
    Example("contoh-yayasan", "dinsos", None, BODY),
)


def chosen(home: Home, folder: Path = FOLDER) -> Home:
    """The home that is served: a demo's with a sealed decree, else the example's own in `folder`, made where it is missing.

    The example has keys of its own too: nothing that it signs is worth anything elsewhere.
    """
    # Never a server's database: clients are made and their secrets replaced here.
    os.environ.pop("PADANAN_API_DB", None)
    os.environ.pop("PADANAN_API_URL", None)
    if home.demo_marker.exists() and _sealed(home):
        return home
    os.environ["PADANAN_KEY_FILE"] = str(folder / "kunci" / "hmac.key")
    for name in ("PADANAN_SEAL_KEY_FILE", "PADANAN_REVIEWERS"):
        os.environ.pop(name, None)
    os.environ["PADANAN_HOME"] = str(folder / "data")
    os.umask(0o077)
    disk.mkdir(folder / "kunci", parents=True, exist_ok=True)
    made = Home(folder / "data").ensure()
    if not made.demo_marker.exists():
        write_once(made.demo_marker, json.dumps(_MARK) + "\n")
    # Before anything lies there that a key would have to have signed.
    load_ring(made)
    if not _sealed(made):
        seal_decree(made, PERIODE, name="ORANG BUATAN", mark=" (BUATAN)")
    return made


def _sealed(home: Home) -> list[Periode]:
    return sorted(one for one in periods(home) if seals(home, one))


def prepared(home: Home) -> tuple[Periode, dict[str, str]]:
    """Shows the newest decree and makes clients and grants; each start gives new secrets.

    Returns:
        The period, and the clients' secrets by id.

    Raises:
        PadananError: the home is not a demo's, or its decree is not what was sealed.
    """
    if not home.demo_marker.exists():
        raise PadananError(
            "klien contoh hanya untuk data home demo", file=home.root, cure="buat klien dengan 'padanan klien add'"
        )
    periode = _sealed(home)[-1]
    publish_decree(home, periode)
    store = open_store(home)
    writer = AuditWriter(store)
    try:
        secrets = {one.id: _secret(store, writer, one) for one in EXAMPLES}
    finally:
        writer.close()
        store.close()
    day = datetime.now(JAKARTA).date()
    standing = GrantBook(home).all()
    for one in EXAMPLES:
        name = f"{one.id}-hibah"
        if one.program is not None and not (name in standing and standing[name].holds(day)):
            _give(home, name, one)
    return periode, secrets


def _secret(store: Store, writer: AuditWriter, one: Example) -> str:
    now = datetime.now(JAKARTA)
    until = now.date() + timedelta(days=1)
    if find_client(store, one.id) is not None:
        secret = renew_client(writer, one.id, by="Contoh", now=now, secret_until=until)
    else:
        scopes = [AGGREGATE] if one.program is None else [AGGREGATE, BNBA]
        secret = add_client(
            writer,
            client=one.id,
            agency=one.agency,
            body=one.body,
            scopes=scopes,
            by="Contoh",
            now=now,
            secret_until=until,
        )
    assert secret is not None
    return secret


def _give(home: Home, name: str, one: Example) -> None:
    now = datetime.now(JAKARTA)
    day = now.date()
    paper = {"nomor": "CONTOH-1", "tanggal": day.isoformat()}
    terms = {
        "hibah": name,
        "klien": one.id,
        "instansi": one.agency,
        "program": one.program,
        "wilayah": ["31"],
        "kolom": COLUMNS,
        "layanan": ["sasaran", "cari", "perubahan", "prioritas"],
        "tujuan": [PURPOSE],
        "dasar_hukum": "Contoh buatan",
        "surat": paper,
        "keputusan": paper,
        "mulai": day.isoformat(),
        "sampai": (day + timedelta(days=30)).isoformat(),
    }
    give(home, terms, load_catalogue(), proposer=PROPOSER, approver=APPROVER, reason="contoh untuk uji coba", now=now)


def lines(url: str, periode: Periode, secrets: dict[str, str]) -> list[str]:
    """Three lines for a shell: a token, a page of an agency's data sasaran, the suppressed figures for the body."""

    def token(client: str) -> str:
        asked = f"curl -s -u {shlex.quote(f'{client}:{secrets[client]}')} -d grant_type=client_credentials {url}/oauth/token"
        return f"""$({asked} | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')"""

    agency, _, body = (one.id for one in EXAMPLES)
    decree = f"{url}/v1/penetapan/{periode.label}"
    return [
        f"TOKEN={token(agency)}",
        f'curl -s -H "Authorization: Bearer $TOKEN" "{decree}/sasaran?tujuan={PURPOSE}&batas=3"',
        f'curl -s -H "Authorization: Bearer {token(body)}" "{decree}/agregat?wilayah=31"',
    ]


def _told(port: int, said: list[str]) -> None:
    """Prints once the server answers, then leaves the output to whoever started us."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                break
        time.sleep(0.1)
    print("\n".join(said), flush=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def main(argv: list[str] | None = None) -> int:
    """Serves until it is stopped, or until the process that started it ends; 1 where it can't, with one line on stderr."""
    parser = Parser(prog="python -m padanan.synthetic.example_api", description="API di atas penetapan buatan.")
    parser.add_argument("-p", "--port", type=int, default=PORT, help=f"porta (bawaan: {PORT})")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder contoh, bila data home tidak memuat penetapan demo")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="berhenti bila proses ini berhenti")
    options = parser.parse_args(argv)
    url = f"http://{HOST}:{options.port}"
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, options.port))
        own = Home.from_env()
        home = chosen(own, options.folder)
        periode, secrets = prepared(home)
    except OSError:
        told = PadananError(
            f"porta {options.port} tidak dapat dipakai", cure="hentikan yang memakainya, atau beri --api-port lain"
        )
        print(told, file=sys.stderr)
        return 1
    except PadananError as error:
        print(error, file=sys.stderr)
        return 1
    said = [
        f"API: {url} (penetapan {periode.label}; orang, klien dan hibah BUATAN; {home.root})",
        "Coba di terminal lain:",
        *lines(url, periode, secrets),
    ]
    if own.demo_marker.exists() and own != home:
        said.append(
            "Rancangan demo belum ditetapkan; sesudah disegel, penetapan itulah yang disalurkan di sini. Langkahnya: "
            f"PADANAN_HOME={shlex.quote(str(own.root))} padanan review show"
        )
    threading.Thread(target=_told, args=(options.port, said), daemon=True).start()
    if options.with_parent is not None:
        threading.Thread(target=_stop_with, args=(options.with_parent,), daemon=True).start()
    return run_server(home, HOST, options.port, url)


def _stop_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
