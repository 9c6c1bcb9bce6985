"""YAML that people type: decision forms from the inbox, requests, answers to LP3KE, grants, contracts and the plan of a year.

The first byte says which; whatever stands in it, the answer is a decision or one line with place, cause and cure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from padanan.base.config import read_config
from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.base.yaml_source import YamlSource
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir, load_contract
from padanan.contracts.contract_file import CodeLists
from padanan.contracts.plan import all_plans
from padanan.contracts.rules import read_catalogue
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.grants import parse_terms
from padanan.distribution.requests.form import read_form
from padanan.feedback.lp3ke.isian import read_isian
from padanan.review.decision import inbox
from tests.fuzz.harness import Account, Target, emptied, private_place
from tests.review.decided_by_hand import demo_home, publish

DAY = datetime(2026, 3, 2, 9, tzinfo=JAKARTA)


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with private_place() as root:
        home = demo_home(root / "data")
        publish(home, people=20)
        folder = expectations_dir()
        catalogue, rules, agencies = load_catalogue(), read_catalogue(folder).rules, load_agencies(folder)
        lists = read_config(folder / "code_lists.yaml", CodeLists).lists
        place = root / "isian"

        def decision() -> str:
            # Nothing that stands in one form may keep the next one back: what `process` raises is a crash.
            results = inbox.process(home)
            return "diterima" if results and results[0].accepted else "ditolak"

        def plan() -> str:
            (emptied(place / "rencana") / "plans").mkdir()
            path.rename(place / "rencana" / "plans" / path.name)
            all_plans(place / "rencana")
            return "terbaca"

        def grant() -> str:
            data = YamlSource(path).data
            if isinstance(data, dict):
                parse_terms(data, catalogue)
            return "terbaca"

        ways: tuple[Callable[[], object], ...] = (
            decision,
            lambda: read_form(path, catalogue, DAY.date()),
            lambda: read_isian(path),
            grant,
            lambda: load_contract(path, rules, lists, agencies),
            plan,
        )
        path = place / "isian.yaml"

        def one(data: bytes) -> Account:
            nonlocal path
            which = data[0] % len(ways) if data else 0
            path = (emptied(inbox.folder_of(home)) if which == 0 else emptied(place)) / "isian.yaml"
            path.write_bytes(data[1:])
            try:
                found = ways[which]()
            except PadananError as refused:
                if which == 0:
                    raise
                if not str(refused).isprintable():
                    raise AssertionError("a message that can't be printed") from None
                return Account(word=f"{which} ditolak")
            return Account(word=f"{which} {found if isinstance(found, str) else 'terbaca'}")

        yield one


def seeds() -> dict[str, bytes]:
    folder = expectations_dir()
    decision = (
        "periode: 2025-S2\nrevisi: 1\nsidik: 0123\nkeputusan: terima\npengusul: contoh.pengusul | "
        "Nama\npenyetuju: contoh.penyetuju\n"
        "oleh: ''\nalasan: [NIK DTKS kosong]\npindaian: a.pdf\nsidik_pindaian: ''\npengecualian:\n- {produsen: "
        "dtks, aturan: nik_kosong, "
        "kota: '31.71', kecualikan: ya, alasan: sudah diperiksa di lapangan oleh kader}\n"
    )
    asked = (
        "lembaga: Yayasan Contoh\npemohon: Ketua\nprofil: {kegiatan: Gizi, uraian: Kunjungan, bantuan: Paket, "
        "dana: Donasi}\nprogram: klj\n"
        "baris: penerima\nwilayah: ['31.74']\nkolom: [nama]\nlayanan: [sasaran]\ntujuan: "
        "[verifikasi-penerima]\nmulai: 2026-03-02\n"
        "sampai: 2026-12-31\nsurat: {nomor: S-1/2026, tanggal: 2026-02-01}\n"
    )
    answers = "matriks1: {a: {status: Ya, pihak: Bappeda}}\nmatriks2: [{tujuan: 1, pd: Dinsos, program: KLJ, alokasi: 1000}]\n"
    contract = (folder / "contracts" / "klj.yaml").read_bytes()
    plan = next(iter(sorted((folder / "plans").glob("*.yaml")))).read_bytes()[:6000]
    return {
        "keputusan": b"\0" + decision.encode(), "permohonan": b"\1" + asked.encode(), "matriks": b"\2" + answers.encode(),
        "hibah": b"\3hibah: klj-dinsos\nklien: a\n" + asked.encode(), "kontrak": b"\4" + contract, "rencana": b"\5" + plan,
        "kunci_lain": b"\0? [a, b]\n: 1\n", "kosong": b"\0",
        "periode_lain": b"\0periode: 2031-S1\nrevisi: 7\nkeputusan: terima\n",
    }  # fmt: skip


TOKENS = (b"? ", b": ", b"- ", b"&a ", b"*a", b"<<: ", b"!!set {a}", b"!!python/name:os.system", b"!!binary ", b"|\n ", b">\n ",
    b"~", b"null", b"[]", b"{}",
          b"2025-13-45", b"2025-01-01", b"9999-12-31", b"1e999", b".nan", b".inf", b"0b_", b"1:60", b"true", b"ya", b"\xc2\x85",
          b'"\\uD800"', b'"\\e[2J"',
          b'"a\\nb"', b"3171010101010001", b"../../etc/passwd", b"%TAG ! tag:x\n---\n", b"---\n", b"'", b'"', b"#", b"9" * 40,
          b"-1")  # fmt: skip
TARGET = Target("yaml", 5, opened, seeds, TOKENS)
