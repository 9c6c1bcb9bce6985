"""Made-up clients and grants of the door's tests, and a server over a home that a test asks as an agency would.

What they may see is said here once, as terms; what the code makes of it is what the tests look at.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from starlette.testclient import TestClient

from padanan.base.period import JAKARTA
from padanan.distribution.api.app import create_app
from padanan.distribution.api.door import open_door
from padanan.distribution.clients import PRELIST, REQUEST, SCOPES, add_client
from padanan.distribution.grants import give
from padanan.distribution.prelist import verifiers
from padanan.distribution.requests.register import DECIDE
from tests.distribution.decree_by_hand import PERIODE
from tests.distribution.requests_by_hand import decided
from tests.review.decided_by_hand import APPROVER, PROPOSER, REPORTER

URL = "https://api.contoh.go.id"
BASE = f"/v1/penetapan/{PERIODE.label}"
PURPOSE = "verifikasi-penerima"


def terms(**changes):
    """A grant in order: the recipients of KLJ in Jakarta Selatan for Dinsos."""
    day = datetime.now(JAKARTA).date()
    return {
        "hibah": "klj-dinsos",
        "klien": "dinsos-klj",
        "instansi": "dinsos",
        "program": "klj",
        "baris": "penerima",
        "wilayah": ["31.74"],
        "kolom": ["id_orang", "nik", "nama", "kode_kelurahan", "program"],
        "layanan": ["sasaran", "cari", "perubahan", "prioritas"],
        "tujuan": [PURPOSE],
        "dasar_hukum": "Pergub contoh",
        "surat": {"nomor": "S-1/2026", "tanggal": "2026-01-05"},
        "keputusan": {"nomor": "TKPK-5/2026", "tanggal": "2026-02-01"},
        "mulai": (day - timedelta(days=30)).isoformat(),
        "sampai": (day + timedelta(days=300)).isoformat(),
    } | changes


@dataclass
class Agency:
    """A client with a token, and what it asks with."""

    web: TestClient
    id: str
    secret: str
    token: str

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path, **params) -> httpx.Response:
        return self.web.get(path, params=params, headers=self.headers)

    def rows(self, path=f"{BASE}/sasaran", **params):
        return self.get(path, tujuan=PURPOSE, **params)

    def find(self, nik, **more) -> httpx.Response:
        return self.web.post(f"{BASE}/sasaran/cari", json={"nik": nik, "tujuan": PURPOSE, **more}, headers=self.headers)


@dataclass
class Served:
    """A home that is served."""

    home: object
    door: object
    web: TestClient

    def agency(self, client="dinsos-klj", agency="dinsos", body=None, scopes=None) -> Agency:
        """A new client with a token."""
        now = datetime.now(JAKARTA)
        verifies = body is None and agency in verifiers()
        known = [one for one in SCOPES if (one != REQUEST or body is not None) and (one != PRELIST or verifies)]
        scopes = scopes or known
        secret = add_client(
            self.door.writer, client=client, agency=agency, body=body, scopes=list(scopes), by="Uji", now=now,
            secret_until=now.date() + timedelta(days=30),
        )  # fmt: skip
        answer = self.web.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, secret))
        assert answer.status_code == 200, answer.text
        return Agency(self.web, client, secret, answer.json()["access_token"])

    def grant(self, **changes):
        """A grant, or its next version; one of a non-government body after its request went every step."""
        wanted, proposer = terms(**changes), PROPOSER
        if "lembaga" in wanted and "permohonan" not in wanted:
            same = ("lembaga", "program", "baris", "wilayah", "kolom", "layanan", "tujuan", "mulai", "sampai", "surat")
            one = decided(self.home, self.home.root / "uji", **{name: wanted[name] for name in same})
            wanted |= {"permohonan": one.number, "keputusan": one.taken[DECIDE]["dokumen"]}
            proposer = REPORTER
        return give(
            self.home, wanted, self.door.catalogue, proposer=proposer, approver=APPROVER, reason="uji hibah",
            now=datetime.now(JAKARTA),
        )  # fmt: skip

    def events(self):
        """The audit as data."""
        import json

        from padanan.distribution.audit_proof import events

        return [json.loads(content) for _, content, _, _ in events(self.door.store)]


@contextmanager
def serving(home, database=None):
    """A server in this process over a home."""
    door = open_door(home, URL, database=database)
    try:
        yield Served(home, door, TestClient(create_app(door), raise_server_exceptions=False))
    finally:
        door.close()
