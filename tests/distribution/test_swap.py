"""A new decree is shown while many read: no request fails, no page mixes two decrees, a paging that began goes on as it began."""

import json
import threading
from datetime import datetime

import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.distribution.grants import REVOKE, log_of
from padanan.distribution.prepare import prepared_folder
from padanan.distribution.shelf import open_prepared, pointer_path, publish_decree, read_pointer
from padanan.records.chain import Chain
from tests.distribution.agencies_by_hand import BASE
from tests.distribution.decree_by_hand import PERIODE, seal_decree


@pytest.mark.lambat
@pytest.mark.feature("F20")
def test_a_new_decree_under_load(served):
    served.grant(baris="sasaran", wilayah=["31"], kolom=["id_orang", "nama"])
    served.door.limited = lambda *_: None
    agency = served.agency()
    began = agency.rows(batas=100).json()
    done, wrong, seen = threading.Event(), [], set()

    def read():
        while not done.is_set():
            answer = agency.rows(batas=50)
            if answer.status_code != 200:
                wrong.append(answer.text)
                continue
            page = answer.json()
            seen.add(page["ke"])
            # Of the second decree everybody below 300 is gone: a page that mixes would hold both.
            numbers = {int(row["nama"].split()[1]) for row in page["data"]}
            if (page["ke"] == 2 and min(numbers) < 300) or (page["ke"] == 1 and max(numbers) >= 960):
                wrong.append(page["ke"])
            lines = agency.rows(bentuk="ndjson").text.splitlines()
            if len(lines) not in (900, 800):
                wrong.append(len(lines))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for one in threads:
        one.start()
    seal_decree(served.home, ke=2, people=800, shift=300)
    publish_decree(served.home, PERIODE)
    while 2 not in seen and not wrong:
        done.wait(0.05)
    done.set()
    for one in threads:
        one.join()
    assert not wrong and seen == {1, 2}
    names, cursor = [row["nama"] for row in began["data"]], began["berikutnya"]
    while cursor:
        page = agency.rows(batas=100, kursor=cursor).json()
        assert page["ke"] == 1
        names, cursor = names + [row["nama"] for row in page["data"]], page["berikutnya"]
    assert len(set(names)) == 900
    told = agency.get(BASE).json()
    assert (told["ke"], told["perubahan_sejak"]) == (2, ["2025-S2/1", "2025-S1/1"])


def test_a_revocation_whose_writer_was_killed_is_named_by_the_head_when_the_decree_is_shown_again(served, monkeypatch):
    """Until then somebody could cut it off, and the door would be open again."""
    served.grant(baris="sasaran", wilayah=["31"], kolom=["id_orang", "nama"])
    log = log_of(served.home)
    with monkeypatch.context() as patch:
        patch.setattr(Chain, "write_head", lambda *_: None)
        log.append([{"tindakan": REVOKE, "alasan": "uji"}], datetime.now(JAKARTA))
    records = len(log.read().records)
    assert log.chain.head_number() == records - 1
    publish_decree(served.home, PERIODE)
    assert log.chain.head_number() == records


def test_a_pointer_that_somebody_wrote_is_not_followed(served):
    """The older decree lies prepared for the changes and was never shown; nobody shows it without the key."""
    agency = served.agency()
    assert agency.get("/v1/penetapan/2025-S1").status_code == 404
    path = pointer_path(served.home)
    said = json.loads(path.read_text())
    said["kini"]["2025-01-01"] = 1
    said["ada"].append(["2025-01-01", 1])
    path.write_text(json.dumps(said))
    answer = agency.get("/v1/penetapan/2025-S1")
    assert (answer.status_code, answer.json()["kode"]) == (503, "layanan-belum-siap")


def test_a_file_that_was_changed_is_not_opened(decreed):
    path = prepared_folder(decreed, PERIODE, 1) / "sasaran.duckdb"
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(PadananError, match="berubah"):
        open_prepared(decreed, PERIODE, 1)


@pytest.mark.parametrize("name", ["data_sasaran.parquet", "bnba.parquet", "segel.json", "segel.json.sig"])
def test_a_decree_that_was_changed_is_not_shown(decreed, name):
    folder = seal_decree(decreed, ke=2)
    path = folder / name
    path.chmod(0o600)
    content = path.read_bytes()
    half = len(content) // 2
    changed = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
    path.write_bytes(content.replace(b"722 Tahun", b"723 Tahun") if name == "segel.json" else changed)
    with pytest.raises(PadananError):
        publish_decree(decreed, PERIODE)
    assert read_pointer(decreed)["kini"][PERIODE.key] == 1
