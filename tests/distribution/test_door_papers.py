"""What stands around the door: figures that tell of nobody, feedback that comes in, commands, the description, the register."""

import json

import duckdb
import pytest
import yaml

from padanan.base.suppress import ALL, LIMIT
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.contracts.retention import load_rules
from padanan.distribution.aggregate import REST
from padanan.distribution.prepare import prepared_folder
from padanan.distribution.shelf import SETTINGS
from padanan.upkeep.retention.paper import processing_register, register_text
from tests.distribution.agencies_by_hand import BASE, terms
from tests.distribution.decree_by_hand import PERIODE, people_sql


@pytest.mark.feature("F50")
def test_open_figures_are_true_and_small_ones_are_covered(served):
    """As the API tells them; that no covered one can be worked out is tried in `test_dashboard`."""
    from padanan.base.suppress import Cover
    from padanan.distribution.aggregate import PEOPLE, counts, dimensions_of

    agency = served.agency()
    rows = [one for one in agency.get(f"{BASE}/agregat").json()["data"] if one["satuan"] == PEOPLE]
    con = duckdb.connect(str(prepared_folder(served.home, PERIODE, 1) / "sasaran.duckdb"), read_only=True, config=dict(SETTINGS))
    values, _ = counts(con, "sasaran", dimensions_of(con), programs=True, unserved=True)
    con.close()
    told = {(one["tingkat"], one["kode_wilayah"], one["dimensi"], one["nilai"]): one for one in rows}
    assert set(told) == {cell for cell in values if cell[3] != REST}
    marks = {mark.text: mark for mark in Cover}
    covered = {cell: marks[one["ditutup"]] for cell, one in told.items() if one["ditutup"]}
    assert all(one["jumlah"] == values[cell] for cell, one in told.items() if cell not in covered)
    assert all(cell in covered for cell in told if 0 < values[cell] < LIMIT)
    assert any(0 < values[cell] < LIMIT for cell in covered)
    assert told["provinsi", "31", ALL, ALL]["jumlah"] == 900
    some = agency.get(f"{BASE}/agregat", wilayah="31.74", dimensi="jk").json()["data"]
    assert {one["dimensi"] for one in some} == {"jk"} and all(one["kode_wilayah"].startswith("31.74") for one in some)


def test_feedback_comes_in_through_the_inbox_with_a_receipt(served):
    agency = served.agency()
    content = b"nik;nama\n1;a\n"
    params = {"kontrak": "klj", "periode_data": "2026-10", "bentuk": "csv", "jumlah_baris": 1}
    headers = agency.headers | {"content-type": "application/octet-stream"}
    answer = served.web.post("/v1/umpan-balik", params=params, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    path = served.home.inbox("klj") / f"{receipt['nomor']}.csv"
    assert path.read_bytes() == content and receipt["ukuran"] == len(content)
    letter = yaml.safe_load(path.with_name(path.name + ".pengantar.yaml").read_text())
    assert letter == {"periode_data": "2026-10", "nomor_surat": receipt["nomor"], "jumlah_baris": 1}
    assert agency.get(f"/v1/umpan-balik/{receipt['nomor']}").json() == receipt
    other = served.agency("dinkes-a", "dinkes")
    assert other.get(f"/v1/umpan-balik/{receipt['nomor']}").status_code == 404
    for changes, more, status in (
        ({"kontrak": "pbi_jkn"}, {}, 404),
        ({"kontrak": "tidak_ada"}, {}, 404),
        ({}, {"content": b""}, 400),
        ({}, {"headers": agency.headers | {"content-type": "text/csv"}}, 415),
        ({"bentuk": "exe"}, {}, 400),
        ({"periode_data": "../../x"}, {}, 400),
    ):
        request = {"params": params | changes, "content": content, "headers": headers} | more
        assert served.web.post("/v1/umpan-balik", **request).status_code == status, (changes, more)
    assert len(list(served.home.inbox("klj").iterdir())) == 2, "what was refused left nothing"
    assert [one["nomor"] for one in served.events() if one["jenis"] == "umpan_balik"] == [receipt["nomor"]]


def test_an_upload_that_is_too_large_leaves_nothing(served, monkeypatch):
    agency = served.agency()
    batas = served.door.catalogue.batas.model_copy(update={"upload_mib": 1})
    monkeypatch.setattr(served.door, "catalogue", served.door.catalogue.model_copy(update={"batas": batas}))
    params = {"kontrak": "klj", "periode_data": "2026-10", "bentuk": "csv"}
    headers = agency.headers | {"content-type": "application/octet-stream"}
    answer = served.web.post("/v1/umpan-balik", params=params, content=b"x" * (1 << 20) + b"y", headers=headers)
    assert answer.status_code == 413 and not list(served.home.inbox("klj").iterdir())


def run(home, *words):
    return main(["--home", str(home.root), *words])


@pytest.mark.feature("F20", "F22", "F50")
def test_the_commands(decreed, tmp_path, capsys, monkeypatch):
    whose = ("--agency", "dinsos", "--scope", "sasaran:bnba", "--by", "Pengelola")
    assert run(decreed, "klien", "add", "dinsos-klj", *whose, "--secret-until", "2999-01-01") == 0
    assert "Rahasia" in capsys.readouterr().out
    paper = tmp_path / "hibah.yaml"
    people = ("--pengusul", "contoh.pengusul", "--penyetuju", "contoh.penyetuju", "--reason", "keputusan TKPK")
    paper.write_text(yaml.safe_dump(terms()))
    assert run(decreed, "hibah", "give", str(paper), *people) == 0
    for wrong, told in (
        ({"surat": None}, "surat"),
        ({"keputusan": None}, "keputusan"),
        ({"klien": "lain"}, "klien"),
        ({"instansi": "dinkes"}, "instansi"),
        ({"lembaga": "Yayasan"}, "lembaga"),
        ({"kolom": ["nik", "agama"]}, "kolom"),
        ({"wilayah": ["32"]}, "wilayah"),
        ({"tujuan": []}, "tujuan"),
        ({"sampai": "2020-01-01", "mulai": "2019-01-01"}, "masa hibah"),
        ({"dasar_hukum": "UU 3171000000000001"}, "nomor panjang"),
        ({"lain": 1}, "lain"),
    ):
        data = {name: value for name, value in (terms() | wrong).items() if value is not None}
        paper.write_text(yaml.safe_dump(data))
        assert run(decreed, "hibah", "give", str(paper), *people) == 1
        message = capsys.readouterr().err
        assert told in message and "Perbaikan" in message and "3171" not in message
    paper.write_text(yaml.safe_dump(terms()))
    alone = ("--pengusul", "contoh.pengusul", "--penyetuju", "contoh.pengusul", "--reason", "x")
    assert run(decreed, "hibah", "give", str(paper), *alone) == 1
    assert run(decreed, "hibah", "list") == 0
    assert "klj-dinsos versi 1: berlaku" in capsys.readouterr().out
    assert run(decreed, "hibah", "revoke", "klj-dinsos", "--by", "contoh.pengusul", "--reason", "selesai") == 0
    assert run(decreed, "hibah", "revoke", "klj-dinsos", "--by", "contoh.pengusul", "--reason", "selesai") == 1
    assert run(decreed, "klien", "revoke", "dinsos-klj", "--by", "Pengelola") == 0
    assert run(decreed, "klien", "list") == 0
    assert "dicabut" in capsys.readouterr().out
    for words in (
        ("audit", "verify"),
        ("audit", "head"),
        ("audit", "export", str(tmp_path / "a.ndjson")),
        ("audit", "readers", "a" * 32),
        ("api", "backup", str(tmp_path / "s.sqlite")),
        ("api", "openapi"),
        ("key", "public"),
        ("api", "publish", "--periode", "2025-S2"),
    ):
        assert run(decreed, *words) == 0, words
    capsys.readouterr()
    assert run(decreed, "api", "publish", "--periode", "2024-S1") == 1
    assert "belum ditetapkan" in capsys.readouterr().err
    contracts = load_contracts()
    register = processing_register(decreed, contracts, load_rules(contracts))
    told = [(one["kepada"], one["keperluan"]) for one in register["penerima"]]
    assert told == [("dinsos", "verifikasi-penerima"), ("dinsos", "dicabut")]
    assert "hibah klj-dinsos/1" in register_text(register)


def test_the_description_is_whole(served):
    found = served.web.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    for path, item in found["paths"].items():
        for operation in item.values():
            assert operation["summary"] and "422" not in operation["responses"], path
            for status, response in operation["responses"].items():
                assert response["description"]
                if int(status) >= 400 and path != "/oauth/token":
                    assert response["content"]["application/problem+json"]["example"]["status"] == int(status)


def test_every_answer_has_a_number_and_is_kept_nowhere(served):
    agency = served.agency()
    numbers = set()
    for answer in (agency.rows(), agency.get("/v1/penetapan"), served.web.get("/tidak/ada"), served.web.delete("/v1/penetapan")):
        numbers.add(answer.headers["X-Request-ID"])
        assert answer.headers["Cache-Control"] == "no-store"
        if answer.status_code >= 400:
            assert answer.json()["instance"] == f"urn:uuid:{answer.headers['X-Request-ID']}"
    assert len(numbers) == 4


def test_people_without_a_number_are_served_too(served):
    agency = served.agency()
    served.grant(baris="sasaran", wilayah=["31"], kolom=["id_orang", "nik"])
    rows = [json.loads(line) for line in agency.rows(bentuk="ndjson").text.splitlines()]
    wanted = duckdb.sql(f"select count(*), count(nik) from ({people_sql(900, 60)})").fetchall()[0]
    assert (len(rows), sum(row["nik"] is not None for row in rows)) == wanted
