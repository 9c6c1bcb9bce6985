"""Canary people exist in every producer; their NIK, KK, names and addresses may appear in nothing that is written
for anybody but the pipeline (F50): reports, output, logs, dbt's files, Dagster's storage."""

import io
import json
import re
import zipfile

import duckdb
import pytest
from pypdf import PdfReader

from padanan.base.digest import file_sha256
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from tests.signed import sign

PERIODE = Periode.parse("2025-S2")
SHOWN = ("reports", "logs", "dagster", "dbt")


def canaries(home):
    path = home.truth / PERIODE.key / "canaries.parquet"
    with duckdb.connect() as con:
        rows = con.execute(f"select nama, nik, no_kk, alamat from read_parquet('{path}')").fetchall()
    assert rows
    return sorted({value.encode() for row in rows for value in row if value})


def files_below(home):
    found = [path for name in SHOWN for path in (home.root / name).rglob("*") if path.is_file()]
    found += list(home.root.glob("*/*.log"))
    found += list(home.root.glob("decree/*/dokumen/*/*"))
    found += list(home.root.rglob("tanda_terima.*"))
    found += list(home.root.glob("landing/*/period=*/delivery=*/manifest.json"))
    found += list(home.root.glob("published/*/*/manifest.json"))
    found += [home.run_plan]
    return found


def readable(path):
    """What a reader of a file sees: parts of a workbook or DOCX unpacked, a PDF's text laid open."""
    content = path.read_bytes()
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return b"\n".join(package.read(name) for name in package.namelist())
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).encode()
    return content


def leaks(home, secrets):
    found = []
    for path in files_below(home):
        content = readable(path)
        found += [(str(path.relative_to(home.root)), secret[:4]) for secret in secrets if secret in content]
    return found


def test_canaries_are_in_the_data_so_that_this_test_can_fail(finished):
    secrets = canaries(finished.home)
    originals = [p.read_bytes() for p in finished.home.root.glob("landing/*/period=*/delivery=*/original/*")]
    assert any(secret in content for secret in secrets for content in originals)


@pytest.mark.feature("F50")
def test_no_canary_in_reports_logs_dbt_or_dagster(finished):
    seen = files_below(finished.home)
    assert len(seen) > 50 and {".html", ".pdf", ".docx", ".xlsx"} <= {path.suffix for path in seen}
    assert leaks(finished.home, canaries(finished.home)) == []


def named_in(path, secrets):
    """Which of the canaries stand in a Parquet file, in any column, also inside a longer text."""
    with duckdb.connect() as con:
        con.execute("create table rahasia (nilai varchar)")
        con.executemany("insert into rahasia values (?)", [[secret.decode()] for secret in secrets])
        names = [row[0] for row in con.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()]
        texts = " union ".join(f"""select distinct "{name}"::varchar as teks from read_parquet('{path}')""" for name in names)
        found = con.execute(f"select nilai from rahasia where exists (from ({texts}) where contains(teks, nilai))").fetchall()
    return {row[0] for row in found}


@pytest.mark.feature("F50")
def test_canaries_are_published_nowhere_but_among_the_identities(finished):
    """NIK, KK, name and address of nobody stand in a published table; who is selected stands in identities and BNBA alone."""
    secrets, home = canaries(finished.home), finished.home
    tables = sorted(home.root.glob("published/*/rev-*/*.parquet"))
    assert len(tables) >= 19
    assert {path.name: found for path in tables if (found := named_in(path, secrets))} == {}
    private = home.identitas(PERIODE, 1) / "identitas.parquet"
    draft = home.decree(PERIODE) / "rancangan" / "rev-1"
    assert named_in(private, secrets), "the canaries have tasks or are selected: this test would prove nothing"
    assert named_in(draft / "data_sasaran.parquet", secrets) == set()
    assert named_in(draft / "bnba.parquet", secrets) <= named_in(private, secrets)
    assert {path.stat().st_mode & 0o777 for path in (private, draft / "bnba.parquet")} == {0o600}
    assert {folder.stat().st_mode & 0o777 for folder in (private.parent, *list(private.parents)[1:3])} == {0o700}


# As long as the shortest hash that is shown (a task's number); two different ones agree in so many digits by no chance.
DIGITS = 15
TOKEN = f"[0-9a-f]{{{DIGITS},}}"


def digests_without_key(home, con):
    """Table `tanpa_kunci`(sidik): hashes that anybody can make of what was delivered, alone or behind the name of its source."""
    con.execute("create table tanpa_kunci (sidik varchar)")
    contracts = load_contracts()
    for producer, contract in contracts.items():
        parts = [str(path) for path in home.root.glob(f"landing/{producer}/period=*/delivery=*/part.parquet")]
        if not parts:
            continue
        seen = {
            name for name, *_ in con.execute("describe select * from read_parquet(?, union_by_name=true)", [parts]).fetchall()
        }
        before = ["", f"{producer}|", *([f"{contract.registry.id}|"] if contract.registry else [])]
        for name in sorted(seen & set(contract.column_names)):
            told = ", ".join(f"'{text}' || nilai" for text in before)
            con.execute(
                f"""insert into tanpa_kunci
                with isi as (select distinct "{name}"::varchar as isi from read_parquet(?, union_by_name=true)),
                nilai as (select distinct unnest([trim(isi), regexp_replace(isi, '[^0-9]', '', 'g')]) as nilai from isi),
                teks as (select unnest([{told}]) as teks from nilai where length(nilai) >= 4)
                select left(unnest([md5(teks), sha1(teks), sha256(teks)]), {DIGITS}) from teks""",
                [parts],
            )
    return con.execute("select count(*) from tanpa_kunci").fetchone()[0]


def hashes_in(path, con):
    """Table `tampak`(sidik): the beginnings of every hexadecimal number that stands in a file, written together or in groups."""
    con.execute("create or replace table tampak (sidik varchar)")
    if path.suffix == ".parquet":
        for name, kind, *_ in con.execute("describe select * from read_parquet(?)", [str(path)]).fetchall():
            if kind == "VARCHAR":
                con.execute(
                    f"""insert into tampak
                    with teks as (select distinct lower(replace("{name}", '-', '')) as teks from read_parquet(?))
                    select left(unnest(regexp_extract_all(teks, '{TOKEN}')), {DIGITS}) from teks""",
                    [str(path)],
                )
        return
    text = readable(path).decode("utf-8", "ignore").lower().replace("-", "")
    found = sorted({token[:DIGITS] for token in re.findall(TOKEN, text)})
    con.execute("insert into tampak select unnest(?::varchar[])", [found])


@pytest.mark.feature("F50")
def test_no_hash_that_leaves_can_be_made_without_the_key(finished):
    """A NIK, a card and a family's number have few digits: whoever hashes them all knows whose a hash without a key is."""
    home = finished.home
    out = sorted(
        {
            *home.root.glob("published/*/rev-*/*.parquet"),
            *home.root.glob("decree/*/*/rev-*/*.parquet"),
            *(path for name in ("reports", "worklists", "kit") for path in (home.root / name).rglob("*") if path.is_file()),
        }
    )
    with duckdb.connect() as con:
        assert digests_without_key(home, con) > 100_000 and len(out) > 40
        found, shown = {}, 0
        for path in out:
            hashes_in(path, con)
            shown += con.execute("select count(*) from tampak").fetchone()[0]
            if known := con.execute("select count(distinct sidik) from tampak semi join tanpa_kunci using (sidik)").fetchone()[0]:
                found[str(path.relative_to(home.root))] = known
    assert shown > 10_000 and found == {}


@pytest.mark.feature("F50")
def test_birth_days_are_published_nowhere(finished):
    """No published column holds a date of a person: the only one is the day until which a task is to be done."""
    found = set()
    with duckdb.connect() as con:
        for path in finished.home.root.glob("published/*/rev-*/*.parquet"):
            columns = con.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
            found |= {(path.stem, name) for name, kind, *_ in columns if kind in ("DATE", "TIMESTAMP")}
    assert found == {("tugas", "tenggat"), ("prelist", "tenggat")}


@pytest.mark.feature("F50")
def test_no_canary_on_the_screen(finished):
    shown = (finished.stdout + finished.stderr).encode()
    assert [secret[:4] for secret in canaries(finished.home) if secret in shown] == []


@pytest.mark.feature("F50")
def test_no_file_of_the_home_is_readable_by_others(finished):
    open_files = [
        str(path.relative_to(finished.home.root))
        for path in finished.home.root.rglob("*")
        if not path.is_symlink() and path.stat().st_mode & 0o077 and "postgres" not in path.parts
    ]
    assert open_files == []


@pytest.mark.feature("F50")
def test_no_canary_after_a_failing_run(landed, demo, monkeypatch, tmp_path):
    """A model that casts plainly prints the value in DuckDB's error; nothing of it may be stored."""
    from orchestration.run import run_job

    secrets = canaries(demo.home)
    part = next(landed.root.glob("landing/adminduk/period=*/delivery=*/part.parquet"))
    broken = tmp_path / "part.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy (select * exclude (_baris), nama as _baris from read_parquet('{part}')) to '{broken}'")
    part.unlink()
    broken.rename(part)
    # By somebody who has the key: without it the run stops before dbt, at the delivery that was changed.
    manifest, signed = (json.loads((part.parent / name).read_text()) for name in ("manifest.json", "sidik.json"))
    for name in ("manifest.json", "sidik.json"):
        (part.parent / name).unlink()  # a link to the demo's own
    manifest["files"]["part.parquet"]["sha256"] = file_sha256(part)
    (part.parent / "manifest.json").write_text(json.dumps(manifest))
    sign(part.parent, *signed["berkas"])
    outcome = run_job("padanan_periode", PERIODE, home=landed, quiet=True)
    assert not outcome.ok
    assert "Perbaikan:" in outcome.line and "berubah" not in outcome.line
    assert [s for s in secrets if s in outcome.line.encode()] == []
    assert leaks(landed, secrets) == []
