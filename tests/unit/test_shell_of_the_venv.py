"""Commands of the checkout's `.venv` know Dagster's home and send nothing, in a shell where no variable is set.

What each command does there is tested with that command; here is what `make setup` leaves in the environment.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from orchestration import dbt_bridge
from padanan.base.home import CHECKOUT

DG_TELEMETRY = """
from dagster_dg_core.utils.telemetry import get_telemetry_settings_for_cli, log_telemetry_action
log_telemetry_action("uji")
print(get_telemetry_settings_for_cli().dagster_telemetry_enabled)
"""


@pytest.fixture(scope="module")
def venv(tmp_path_factory):
    """A virtual environment as `make setup` leaves it, with the packages of this one."""
    folder = tmp_path_factory.mktemp("venv") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "paket.pth").write_text(f"{CHECKOUT}\n{sysconfig.get_path('purelib')}\n")
    (folder / ".installed").touch()
    made = subprocess.run(
        ["make", "-s", f"VENV={folder}", str(folder / ".shell")], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return folder


def told(venv: Path, home: Path, code: str, **more: str) -> str:
    """What a program prints in a clean shell: PATH, an empty HOME, another folder."""
    home.mkdir(exist_ok=True)
    env = {"PATH": os.defpath, "HOME": str(home), **more}
    done = subprocess.run(
        [venv / "bin" / "python", "-c", code], cwd=home.parent, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_dagsters_home_is_the_checkout_unless_another_is_set(venv, tmp_path):
    code = "import os; print(os.environ['DAGSTER_HOME'])"
    assert told(venv, tmp_path / "home", code) == str(CHECKOUT)
    assert told(venv, tmp_path / "home", code, DAGSTER_HOME="/lain") == "/lain"


def test_dg_sends_nothing_and_leaves_nothing(venv, tmp_path):
    """dg reads no project file for this: without a home it writes an id and a log of its calls below `~/.dagster`."""
    assert told(venv, tmp_path / "home", DG_TELEMETRY) == "False"
    assert list((tmp_path / "home").iterdir()) == []


def test_dagster_uploads_nothing(venv, tmp_path):
    """Also where somebody points DAGSTER_HOME at a folder without our dagster.yaml."""
    code = "from dagster._core.telemetry_upload import is_running_in_test; print(is_running_in_test())"
    assert told(venv, tmp_path / "home", code, DAGSTER_HOME=str(tmp_path)) == "True"


@pytest.mark.lambat
def test_parsing_dbt_leaves_no_folder_beside_the_models(tmp_path, monkeypatch):
    """`dg list defs` in a fresh checkout parses; an empty dbt_project/logs stayed behind."""
    project = tmp_path / "dbt_project"
    shutil.copytree(dbt_bridge.DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(dbt_bridge, "DBT_PROJECT", project)
    before = {path.name for path in project.iterdir()}
    dbt_bridge._parse(tmp_path / "hasil")
    assert (tmp_path / "hasil" / "manifest.json").exists()
    assert {path.name for path in project.iterdir()} == before
