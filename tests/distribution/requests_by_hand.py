"""Requests of a made-up foundation, and the officials of a demo who take their steps.

What each step must refuse is the tests' to say.
"""

from datetime import datetime, timedelta

from padanan.base.period import JAKARTA
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.requests.asked import Asked
from padanan.distribution.requests.flow import Step, submit, take
from padanan.distribution.requests.register import DECIDE, FORUM, NAME, read_requests
from padanan.distribution.terms import Paper
from tests.papers import pdf
from tests.review.decided_by_hand import APPROVER, PROPOSER, REPORTER

BODY = "Yayasan Contoh"
# Step -> who takes it where all goes well; the grant's two are REPORTER and APPROVER.
TAKERS = {FORUM: REPORTER, DECIDE: APPROVER, NAME: REPORTER}


def day(days=0):
    """A day from today on, as typed."""
    return (datetime.now(JAKARTA).date() + timedelta(days=days)).isoformat()


def asked(**changes):
    """What the foundation types."""
    return {
        "lembaga": BODY,
        "pemohon": "Ketua Yayasan",
        "profil": {"kegiatan": "Gizi lansia", "uraian": "Kunjungan bersama kader", "bantuan": "Paket gizi", "dana": "Donasi"},
        "program": "klj",
        "baris": "penerima",
        "wilayah": ["31.74"],
        "kolom": ["nama", "kode_kelurahan"],
        "layanan": ["sasaran"],
        "tujuan": ["verifikasi-penerima"],
        "mulai": day(-30),
        "sampai": day(300),
        "surat": {"nomor": "S-1/2026", "tanggal": day(-40)},
    } | changes


def ask(home, folder, *, by=PROPOSER, letter="surat", number=None, now=None, **changes):
    """A request with its letter, or other contents of one; the letter's bytes follow from a text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "surat.pdf"
    path.write_bytes(pdf(letter))
    found = Asked.model_validate(asked(**changes))
    return submit(home, found, path, load_catalogue(), now=now or datetime.now(JAKARTA), by=by, number=number)


def facts(step, **changes):
    """What the record of a step says where all goes well."""
    paper = Paper(nomor=f"{step}/2026", tanggal=datetime.now(JAKARTA).date())
    said = {
        FORUM: {"paper": paper, "result": "layak", "present": ("dinsos", "bappeda")},
        DECIDE: {"paper": paper, "result": "setuju"},
        NAME: {"agency": "dinsos"},
    }
    return said.get(step, {}) | changes


def go(home, number, step, *, by=None, now=None, seen=None, **changes):
    """Takes a step."""
    one = read_requests(home).get(number)
    seen = seen if seen is not None else one.digest if one else ""
    said = Step(**facts(step, **changes), seen=seen)
    return take(home, number, step, said, load_catalogue(), by=by or TAKERS.get(step, PROPOSER), reason="uji langkah",
                now=now or datetime.now(JAKARTA))  # fmt: skip


def decided(home, folder, **changes):
    """A request that went through every step; a grant may follow."""
    number = ask(home, folder, **changes).number
    for step in (FORUM, DECIDE, NAME):
        go(home, number, step)
    return read_requests(home)[number]
