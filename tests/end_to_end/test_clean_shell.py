"""With no variable set and an empty HOME every tool works on the checkout's own data home, or says in one line what to do.

Nothing leaves an empty or stray folder behind: `dbt` wrote logs/ and looked for the data home beside the caller's folder,
`dagster` ended with a stack trace about a variable.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.end_to_end.clean_shell import CHECKOUT, Shell

SELECT = ("--select", "tag:panggilan_1")
NO_HOME = "data/warehouse: data home ini belum ada. Perbaikan: jalankan 'make demo'"
REPOSITORIES = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    """One copy whose dbt project is parsed once; the tests after it only see what they leave themselves."""
    shell = Shell.make(tmp_path_factory.mktemp("bersih"))
    done = shell.run("dbt parse", cwd=shell.checkout / "dbt_project")
    assert done.returncode == 0, done.stdout
    return shell


@pytest.fixture
def shell(parsed):
    parsed.clean()
    yield parsed
    assert parsed.strays() == []


def errors(text):
    return [line for line in text.splitlines() if "GALAT" in line]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("status", "kontrak sudah mengirim untuk periode ini"),
        ("calendar", "Kalender"), ("rakor agenda", "Agenda rapat"), ("contracts check", "sah"),
        ("plan check", "sah"), ("register", "Register"), ("retention", "Tidak ada yang diubah"),
        ("records list", "Belum ada catatan"),
        ("review inbox", "Tidak ada formulir"), ("worklist list", "Belum ada"), ("decree list", "Belum ada penetapan"),
        ("verify", "Belum ada yang terbit"), ("report open", "GALAT published: belum ada yang terbit"),
        ("kit make --periode 2025-S2", "GALAT published"), ("worklist make --periode 2025-S2", "GALAT published"),
    ],
)  # fmt: skip
def test_commands_that_read_make_nothing(shell, command, shown):
    done = shell.run(sys.executable, "-m", "padanan.cli", *command.split(), cwd=shell.elsewhere)
    assert shown in done.stdout and "Traceback" not in done.stdout
    assert len(errors(done.stdout)) == (1 if "GALAT" in shown else 0) == done.returncode


def test_dbt_lists_and_sends_nothing(shell):
    code = (
        "from dbt.cli.main import dbtRunner; import dbt.flags as f, dbt.tracking as t;"
        "assert dbtRunner().invoke(['ls', '--quiet', '--select', 'tag:panggilan_1']).success;"
        "print('kirim', f.get_flags().SEND_ANONYMOUS_USAGE_STATS, t.active_user is not None and not t.active_user.do_not_track)"
    )
    done = shell.run(sys.executable, "-c", code, cwd=shell.checkout / "dbt_project")
    assert "padanan.cleansing.gap_cleansing" in done.stdout and "kirim False False" in done.stdout, done.stdout


def test_dbt_without_data_home_says_so_at_once_and_makes_none(shell):
    done = shell.run("dbt build --project-dir dbt_project", *SELECT)
    assert done.returncode != 0
    (line,) = errors(done.stdout)
    assert f"{shell.checkout}/{NO_HOME}" in line
    assert not (shell.checkout / "data" / "warehouse").exists()


def test_dbt_without_run_plan_builds_no_empty_tables(parsed, request):
    """From another folder, with a relative data home whose name has a space; compile and docs still work."""
    parsed.clean()
    request.addfinalizer(parsed.clean)
    given = "relatif/data rumah"
    root = parsed.elsewhere / given
    (root / "warehouse").mkdir(parents=True)
    project = str(parsed.checkout / "dbt_project")
    where = ("--project-dir", project, "--profiles-dir", project)
    done = parsed.run("dbt build", *where, *SELECT, cwd=parsed.elsewhere, PADANAN_HOME=given)
    assert done.returncode != 0
    (line,) = errors(done.stdout)
    assert f"{root}/warehouse/rencana.json: rencana putaran belum ada" in line
    done = parsed.run("dbt compile", *where, "--select", "row_account", cwd=parsed.elsewhere, PADANAN_HOME=given)
    assert done.returncode == 0, done.stdout
    assert {path.name for path in (root / "warehouse").iterdir()} <= {"padanan.duckdb", "tmp"}
    assert [path.name for path in parsed.elsewhere.iterdir()] == ["relatif"] and not (
        parsed.checkout / "data" / "warehouse"
    ).exists()


def test_dg_loads_the_definitions(parsed):
    """`dg` keeps notes in ~/.dagster before it has read any file of the project; nothing else may be left."""
    parsed.clean()
    done = parsed.run("dg list defs --json")
    assert done.returncode == 0 and "mutu_dtks" in done.stdout, done.stdout[-2000:]
    assert {name.split("/")[1] for name in parsed.strays()} <= {".dagster"}
    parsed.clean()


def test_from_another_folder_dagster_works(shell):
    done = shell.run("dagster job list -w", str(shell.checkout / "workspace.yaml"), cwd=shell.elsewhere)
    assert done.returncode == 0 and "padanan_periode" in done.stdout
    assert "PERINGATAN" not in done.stdout


def test_dagster_in_the_checkout_has_its_settings(shell):
    """What every `dagster` command opens without DAGSTER_HOME: the storage of the data home, no telemetry, one in the pool."""
    code = (
        "from dagster._cli.utils import get_possibly_temporary_instance_for_cli as instance\n"
        "with instance() as one: print("
        "'dapat', one.telemetry_enabled, one.storage_directory(), one.get_concurrency_config().pool_config.default_pool_limit)"
    )
    done = shell.run(sys.executable, "-c", code)
    assert f"dapat False {shell.checkout}/data/dagster/storage 1" in done.stdout, done.stdout[-2000:]


def test_webserver_answers(shell):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["dagster-webserver", "-h", "127.0.0.1", "-p", str(port)],
        cwd=shell.checkout, env=shell.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        answer = _ask(port, REPOSITORIES, server)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(timeout=90)
    assert answer["repositoriesOrError"]["nodes"]


def _ask(port, query, server):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    for _ in range(120):
        assert server.poll() is None, "the webserver ended"
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)["data"]
        except OSError:
            time.sleep(1)
    raise AssertionError("no answer in two minutes")


def test_dbt_finds_its_profile_from_the_checkout():
    assert (CHECKOUT / "profiles.yml").readlink().as_posix() == "dbt_project/profiles.yml"
