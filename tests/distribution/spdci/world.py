"""A registry of thirteen made-up people behind the real door: prepared decree, clients with keys, grants, and how a client asks.

The decree's file is written as `distribution.prepare` writes it; grants stand in a book in memory, the rest is the real thing.
"""

from __future__ import annotations

import base64
import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi.testclient import TestClient
from sqlalchemy import insert

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.distribution.api.app import create_app
from padanan.distribution.api.door import Door, open_door
from padanan.distribution.changes import SINCE
from padanan.distribution.clients import REQUEST, SCOPES, add_client
from padanan.distribution.grants import Grant, Terms
from padanan.distribution.oauth import token_hash
from padanan.distribution.shelf import Opened
from padanan.distribution.spdci import document, signing
from padanan.distribution.spdci.partners import register
from padanan.distribution.state import tables

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=JAKARTA)
ADDRESS = "https://siks.contoh.id/dci"
COLUMNS = (
    "id_orang", "id_keluarga", "nik", "no_kk", "nama", "tgl_lahir", "jk", "kelompok_umur", "alamat", "rt", "rw", "kode_kota",
    "kode_kecamatan", "kode_kelurahan", "desil", "tingkat", "status_identitas", "program", "bendera", "disabilitas",
)  # fmt: skip
ALL = tuple(name for name in COLUMNS if name != "disabilitas")
NIK = {name: f"31740{number:011d}" for number, name in enumerate("abcdefghijklm")}
# id, family, nik, kk, name, born, sex, kota, kelurahan suffix, desil, programs
PEOPLE = [
    ("a", "k1", "a", "1", "Sri", "1980-05-20", "P", "31.74", "06.1001", 1, "pkh"),
    ("b", "k1", "b", "1", "Budi", "1978-01-02", "L", "31.74", "06.1001", 1, "pkh,kjp_plus"),
    ("c", "k1", "c", "1", "Cici", "2015-07-05", "P", "31.74", "06.1001", 1, "pkh"),
    ("d", "k2", "d", "2", "Dewi", "1950-12-31", "P", "31.74", "06.1002", 2, "pkh"),
    ("e", "k2", "e", "2", "Eko", "1949-02-28", "L", "31.74", "06.1002", 2, "pkh"),
    ("f", "k3", "f", "3", "Fitri", "1990-10-10", "P", "31.74", "07.1001", 3, "pkh"),
    ("g", "k4", "g", "4", "Gita", "1999-09-09", "P", "31.75", "01.1001", 4, "pkh"),
    # Two people write one NIK.
    ("h", "k5", "h", "5", "Hadi", "1985-03-02", "L", "31.74", "06.1001", 1, "pkh"),
    ("i", "k6", "h", "6", "Indra", "1986-04-03", "L", "31.75", "01.1001", 1, "pkh"),
    # Nothing but a name: no number, no family.
    ("j", None, None, None, "Joko", None, None, "31.74", None, 5, "pkh"),
    # Not of the program.
    ("k", "k7", "k", "7", "Kartika", "1970-01-01", "P", "31.74", "06.1001", 2, "klj"),
    ("l", "k1", "l", "1", "Lina", "2020-01-01", "P", "31.74", "06.1001", 1, "pkh"),
    ("m", "k8", "m", "8", "O'Brien; drop table", "1960-06-06", "L", "31.74", "06.1001", 2, "pkh,kpdj"),
]
SINCE_DECREE = "2025-S1/1"


def write_decree(path: str) -> None:
    """The prepared file of a decree; Lina is new in family k1, Gita is new with her family, Zul is gone."""
    con = duckdb.connect(path)
    con.execute(
        "create table sasaran (id_orang varchar, id_keluarga varchar, nik varchar, no_kk varchar, nama varchar, tgl_lahir date,"
        " jk varchar, kelompok_umur varchar, alamat varchar, rt varchar, rw varchar, kode_kota varchar, kode_kecamatan varchar,"
        " kode_kelurahan varchar, desil integer, tingkat varchar, status_identitas varchar, program varchar, bendera varchar,"
        " disabilitas boolean, sidik_orang blob, program_semua varchar[])"
    )
    for name, family, nik, kk, who, born, sex, kota, place, desil, programs in PEOPLE:
        kecamatan = f"{kota}.{place[:2]}" if place else None
        row = (
            f"o-{name}", family, NIK[nik] if nik else None, f"31740{kk:0>11}" if kk else None, who, born, sex, "dewasa",
            "Jl. Melati 1", "001", "002", kota, kecamatan, f"{kota}.{place}" if place else None, desil, "miskin", "terdaftar",
            programs, "", name == "m",
        )  # fmt: skip
        con.execute(f"insert into sasaran values ({', '.join('?' * 20)}, unhex(md5(?)), ?)", [*row, name, programs.split(",")])
    con.execute("create table sasaran2 as select row_number() over (order by id_orang) - 1 as urut, * from sasaran order by urut")
    con.execute("drop table sasaran")
    con.execute("alter table sasaran2 rename to sasaran")
    con.execute("create table nik as select nik, id_orang, urut from sasaran where nik is not null order by nik, urut")
    con.execute("create table batas (kunci varchar)")
    con.execute("create table prioritas as select 'pkh' as untuk_program, 'x' as sebab, * from sasaran limit 0")
    con.execute(SINCE)
    for name in ("l", "g"):
        con.execute(
            "insert into perubahan select ?, id_orang, 'tambah', 'orang_baru', [], sidik_orang, nik, kode_kota, null,"
            " kode_kecamatan, null, kode_kelurahan, null, program_semua, [] from sasaran where id_orang = ?",
            [SINCE_DECREE, f"o-{name}"],
        )
    con.execute(
        "insert into perubahan values (?, 'o-z', 'hapus', 'tidak_ada_lagi_di_sumber', [], unhex(md5('z')), '3174000000009999',"
        " null, '31.74', null, '31.74.06', null, '31.74.06.1001', [], ['pkh'])",
        [SINCE_DECREE],
    )
    con.execute("create table perubahan2 as select row_number() over (order by sejak, id_orang) - 1 as urut, * from perubahan")
    con.execute("drop table perubahan")
    con.execute("alter table perubahan2 rename to perubahan")
    con.close()


class Shelf:
    """What `shelf.Shelf` is to the door, over one opened decree."""

    def __init__(self, opened: list[Opened]) -> None:
        self.opened = opened

    def periods(self) -> list[Opened]:
        return self.opened

    def current(self, periode: Periode) -> Opened | None:
        return next((one for one in self.opened if one.periode == periode), None)

    def exactly(self, periode: Periode, ke: int) -> Opened | None:
        return next((one for one in self.opened if (one.periode, one.ke) == (periode, ke)), None)

    def close(self) -> None:
        """The file is closed by its maker."""


class Book:
    """What `grants.GrantBook` is to the door: grants in memory."""

    def __init__(self) -> None:
        self.grants: dict[str, Grant] = {}

    def of(self, client: str, agency: str, body: str | None, day: Any) -> tuple[Grant, ...]:
        return tuple(one for one in self.grants.values() if one.terms.klien == client and one.holds(day))

    def again(self, grant: Grant, day: Any) -> bool:
        now = self.grants.get(grant.terms.hibah)
        return now is not None and now.version == grant.version and now.holds(day)

    def give(self, name: str, client: str, **more: Any) -> Grant:
        """A grant over everything that its program's recipients have, unless said otherwise."""
        terms = {
            "hibah": name, "klien": client, "instansi": "dinsos", "program": "pkh", "wilayah": ["31"], "kolom": list(ALL),
            "layanan": ["sasaran", "cari", "perubahan"], "tujuan": ["verifikasi"], "dasar_hukum": "Kepsekda 75/2023",
            "surat": {"nomor": "1", "tanggal": "2026-01-01"}, "keputusan": {"nomor": "2", "tanggal": "2026-01-02"},
            "mulai": "2026-01-01", "sampai": "2026-12-31", **more,
        }  # fmt: skip
        before = self.grants.get(name)
        given = Grant(Terms.model_validate(terms), before.version + 1 if before else 1, False)
        self.grants[name] = given
        return given

    def revoke(self, name: str) -> None:
        one = self.grants[name]
        self.grants[name] = Grant(one.terms, one.version + 1, True)


@dataclass
class Client:
    """One client's system: its token and its key."""

    id: str
    token: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    key_name: str = "kunci-1"

    @property
    def public(self) -> str:
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()


@dataclass
class World:
    """The registry and those who ask it."""

    door: Door
    http: TestClient
    book: Book
    clients: dict[str, Client] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: int = 200

    def client(self, name: str, *, scopes=tuple(one for one in SCOPES if one != REQUEST), **agreed: Any) -> Client:
        """A client with a token, and what was agreed with it."""
        add_client(
            self.door.writer, client=name, agency="dinsos", scopes=scopes, by="uji", now=NOW,
            secret_until=(NOW + timedelta(days=90)).date(),
        )  # fmt: skip
        one = Client(name, f"token-{name}")
        with self.door.store.writing() as con:
            con.execute(
                insert(tables.token).values(sidik=token_hash(one.token), klien=name, lingkup=" ".join(scopes), sampai=2**40)
            )
        self.clients[name] = one
        said = {"key_name": one.key_name, "public": one.public, "address": ADDRESS} | agreed
        register(self.door.writer, client=name, by="uji", now=NOW, loopback=True, **said)
        return one

    def header(self, client: Client, verb: str, total: int = 1, **more: Any) -> dict[str, Any]:
        """A header as the specification asks for it; None leaves a field out."""
        said = {
            "version": "1.0.0", "message_id": f"m-{next(self.numbers)}", "message_ts": self.door.clock().isoformat(),
            "action": verb, "sender_id": client.id, "receiver_id": "padanan", "total_count": total, **more,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}

    def signed(self, client: Client, header: dict[str, Any], message: Any, **wrong: Any) -> dict[str, Any]:
        """An envelope signed as docs/spdci.md says; `wrong` replaces parts of the signature."""
        envelope = {"header": header, "message": message}
        created = wrong.get("created", int(self.door.clock().timestamp()))
        expires = wrong.get("expires", created + 600)
        key = wrong.get("key", client.key)
        parts = {
            "namespace": "spdci", "kidId": f"{client.id}|{client.key_name}|ed25519", "algorithm": "ed25519",
            "created": created, "expires": expires, "headers": "(created) (expires) digest",
            "signature": base64.b64encode(key.sign(signing.content(envelope, created, expires))).decode(),
        } | wrong.get("parts", {})  # fmt: skip
        text = "Signature:  " + ", ".join(f'{name}="{value}"' for name, value in parts.items() if value is not None)
        return {"signature": text, **envelope}

    def post(self, path: str, body: Any, client: Client | None, **headers: str) -> Any:
        """A request over HTTP; the answer is compared with the specification whatever it is."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        token = {"Authorization": f"Bearer {client.token}"} if client is not None else {}
        answer = self.http.post(path, content=content, headers={"Content-Type": "application/json", **token, **headers})
        conforming(path, answer)
        return answer

    def ask(self, path: str, client: Client, verb: str, message: Any, total: int = 1, **header: Any) -> Any:
        """A signed request."""
        return self.post(path, self.signed(client, self.header(client, verb, total, **header), message), client)

    def find(self, client: Client, *criteria: dict[str, Any], **more: Any) -> Any:
        """A synchronous search's JSON."""
        answer = self.ask("/registry/sync/search", client, "search", search(*criteria), len(criteria), **more)
        return answer.json()

    def one(self, client: Client, **criteria: Any) -> Any:
        """The response to a single request."""
        return self.find(client, criterion(**criteria))["message"]["search_response"][0]

    def send(self, uri: str, body: bytes, seconds: int) -> int:
        """In place of HTTPS: what was sent is kept, and answered with `answer`."""
        self.sent.append((uri, json.loads(body)))
        return self.answer

    def later(self, **wait: float) -> None:
        """Time passes."""
        then = self.door.clock() + timedelta(**wait)
        self.door.clock = lambda: then


def conforming(path: str, answer: Any) -> None:
    """Every answer validates against the specification's YAML, and none is a failure of ours."""
    assert answer.status_code < 500, answer.text
    body = answer.json()
    operation = document.specification()["paths"][path]["post"]["responses"]
    if str(answer.status_code) in operation:
        pointer = "/components/responses/HttpErrorResponse/content/application~1json/schema"
        assert set(body) == {"errors"} and body["errors"][0]["code"]
    elif "$ref" in operation["default"]:
        pointer = "/components/responses/Response/content/application~1json/schema"
    else:
        pointer = document.body_of(path, response=True)
    assert list(document.faults(pointer, body)) == []
    assert answer.headers["content-type"] == "application/json"


def criterion(query_type: str = "idtype-value", query: Any = None, **more: Any) -> dict[str, Any]:
    """`search_criteria`; None leaves a field out."""
    said = {"version": "1.0.0", "reg_type": "ns:org:RegistryType:Social", "query_type": query_type, "query": query, **more}
    return {name: value for name, value in said.items() if value is not None}


def item(criteria: Any, reference: str = "r1", **more: Any) -> dict[str, Any]:
    """One element of `search_request`."""
    return {"reference_id": reference, "timestamp": NOW.isoformat(), "search_criteria": criteria, "locale": "ind", **more}


def search(*criteria: Any, transaction: str = "t1") -> dict[str, Any]:
    """A SearchRequest."""
    return {
        "transaction_id": transaction,
        "search_request": [item(one, f"r{number}") for number, one in enumerate(criteria, 1)],
    }


def by_id(value: Any, kind: str = "NIK") -> dict[str, Any]:
    """A query by an identifier."""
    return {"query_type": "idtype-value", "query": {"type": kind, "value": value}}


def stated(name: str, operator: str, value: Any) -> dict[str, Any]:
    """`expression1` of a predicate."""
    return {"attribute_name": name, "operator": operator, "attribute_value": value}


def predicate(*entries: Any) -> dict[str, Any]:
    """A predicate of single expressions, or of entries as they are."""
    return {"query_type": "predicate", "query": [one if "expression1" in one else {"expression1": one} for one in entries]}


def expression(query: Any, collection: str = "SRPerson") -> dict[str, Any]:
    """An expression."""
    inner = {"collection": collection, "query": query}
    return {"query_type": "expression", "query": {"type": "ns:org:QueryType:expression", "value": {"expression": inner}}}


def names(response: Any) -> list[str]:
    """The given names of the persons of a response."""
    return [one["name"]["given_name"] for one in response["data"]["reg_records"]]


def build(folder: Any, database: str | None) -> World:
    """A registry with two decrees' difference, and no client yet."""
    home = Home(folder / "data").ensure()
    path = str(folder / "sasaran.duckdb")
    write_decree(path)
    con = duckdb.connect(path, read_only=True, config={"enable_external_access": False, "threads": 2})
    facts = {"kolom": list(COLUMNS), "sejak": [SINCE_DECREE], "label": "2025-S2", "ke": 1}
    door = open_door(home, "https://api.contoh.id", database=database)
    book = Book()
    door.shelf.close()
    door.shelf = Shelf([Opened(Periode.parse("2025-S2"), 1, facts, (), con, {})])
    door.book = book
    door.clock = lambda: NOW
    return World(door, TestClient(create_app(door), raise_server_exceptions=False), book)
