"""The files of `deploy/` as far as a machine without systemd can try them: what they start exists, and only loopback listens.

The proxy in front is tried in `test_proxy`.
"""

from __future__ import annotations

import configparser
import itertools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from padanan.base.home import CHECKOUT
from tests.deploy.tools import tool

DEPLOY = CHECKOUT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PREFIX = "/srv/padanan/"
VENV = Path(sys.executable).parent


def _unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def _started(path: Path) -> list[str]:
    """What a service starts; of a shell's line, what the shell starts."""
    words = shlex.split(_unit(path)["Service"]["ExecStart"])
    if words[:2] == ["/bin/sh", "-c"]:
        words = shlex.split(words[2].removeprefix("exec "))
    return words


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_a_service_starts_a_command_of_the_venv_with_options_that_it_has(service: Path) -> None:
    """A renamed command or option would be found on the server, at night."""
    program, *rest = _started(service)
    assert program.startswith(f"{PREFIX}.venv/bin/")
    here = VENV / program.removeprefix(f"{PREFIX}.venv/bin/")
    assert here.exists(), program
    options = [word for word in rest if word.startswith("--")]
    words = rest[: rest.index(options[0])] if options else rest
    asked = [word for word in words if not word.startswith("/")]
    told = subprocess.run(
        [str(here), *asked, "--help"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert told.returncode == 0, told.stderr[-500:]
    for option in options:
        assert re.search(rf"{option}\b", told.stdout), option


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_a_service_runs_as_its_own_user_and_writes_only_where_data_belong(service: Path) -> None:
    """The checkout is read-only but for dbt's parse, files are the owner's alone, and no privilege can be gained."""
    body = _unit(service)["Service"]
    assert (body["User"], body["Group"]) == ("padanan", "padanan")
    assert body["ProtectSystem"] == "strict" and body["NoNewPrivileges"] == "yes" and body["UMask"] == "0077"
    places = {place for place in body["ReadWritePaths"].split() if not place.startswith("/var/lib/padanan/")}
    assert places <= {"/var/lib/padanan", f"{PREFIX}dbt_project/target", "/var/backups/padanan"}
    assert body["EnvironmentFile"] == "/etc/padanan/padanan.env"


def test_nothing_listens_to_other_machines() -> None:
    """TLS and log-in are the proxy's: whoever reached a port behind it would need neither."""
    for service in SERVICES:
        words = _started(service)
        for word, value in itertools.pairwise(words):
            if word == "--host":
                assert value == "127.0.0.1", service.name
        if any(word in words for word in ("--port", "-p")):
            assert "--host" in words, service.name
    hosts = [one["grpc_server"]["host"] for one in yaml.safe_load((DEPLOY / "workspace.yaml").read_text())["load_from"]]
    assert hosts == ["127.0.0.1"]


def test_the_ports_of_units_workspace_and_proxy_agree() -> None:
    """A number that stands in two files is one number."""
    code = _started(DEPLOY / "systemd" / "padanan-code.service")
    server = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())["load_from"][0]["grpc_server"]
    assert int(code[code.index("--port") + 1]) == server["port"]
    web = _started(DEPLOY / "systemd" / "padanan-webserver.service")
    proxied = re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", (DEPLOY / "nginx" / "padanan.conf").read_text())
    api = _started(DEPLOY / "systemd" / "padanan-api.service")
    api_port = api[api.index("--port") + 1]
    # The API's location, the one that takes files, and that of requests with a letter.
    assert proxied == [web[web.index("--port") + 1], _settings()["PADANAN_LAPORAN_PORT"], api_port, api_port, api_port]


def _settings() -> dict[str, str]:
    lines = (DEPLOY / "padanan.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_setting_is_explained_and_nothing_that_make_sets_is_forgotten() -> None:
    """The environment of the units is the one that the tests run in."""
    told = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8") + (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    for name in _settings():
        assert name in told, name
    made = re.findall(r"^export (DBT_\w+|DO_NOT_TRACK)", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert set(made) <= set(_settings())


def test_systemd_itself_finds_no_fault(tmp_path: Path) -> None:
    """`systemd-analyze verify` reads the units where it is installed: unknown keys, wrong calendars, missing programs."""
    analyze = tool("systemd-analyze")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace(f"{PREFIX}.venv/bin", str(VENV)).replace("/srv/padanan", str(CHECKOUT))
        (tmp_path / unit.name).write_text(re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.M), encoding="utf-8")
    files = [str(tmp_path / unit.name) for unit in UNITS]
    told = subprocess.run([analyze, "verify", *files], capture_output=True, text=True, check=False)
    assert told.returncode == 0 and not told.stderr.strip(), told.stderr
