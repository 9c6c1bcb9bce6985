"""What dbt opens: the warehouse of PADANAN_HOME, with the threads and the memory that the environment gives.

That a missing data home is told in one line is tested with the commands (`tests/end_to_end/test_clean_shell.py`).
"""

from types import SimpleNamespace

import pytest
import yaml

from padanan.base.dbt_warehouse import Plugin
from padanan.base.home import CHECKOUT, Home

PROFILE = yaml.safe_load((CHECKOUT / "dbt_project" / "profiles.yml").read_text(encoding="utf-8"))["padanan"]["outputs"]["dev"]


@pytest.fixture
def opened():
    """Credentials as dbt makes them from the profile, after the plugin has seen them."""
    Home.from_env().ensure()
    creds = SimpleNamespace(path=PROFILE["path"], settings=dict(PROFILE["settings"]))
    Plugin(name="padanan", plugin_config={}, credentials=creds)
    return creds


def test_the_warehouse_of_this_data_home_with_the_settings_of_the_profile(opened):
    assert opened.path == str(Home.from_env().warehouse_db)
    assert (opened.settings["threads"], opened.settings["memory_limit"]) == (2, "3GB")
    assert opened.settings == PROFILE["settings"]


def test_what_the_environment_gives_wins(monkeypatch, request):
    monkeypatch.setenv("PADANAN_THREADS", "7")
    monkeypatch.setenv("PADANAN_MEMORY", "11GB")
    told = request.getfixturevalue("opened").settings
    assert (told["threads"], told["memory_limit"]) == ("7", "11GB")
    assert {**told, "threads": 2, "memory_limit": "3GB"} == PROFILE["settings"]


def test_what_a_parse_depends_on_names_no_data_home():
    """dbt reads the project anew for another path or setting: neither may come from the variables that differ between homes."""
    told = str([PROFILE[name] for name in ("path", "settings", "plugins")])
    assert "PADANAN_HOME" not in told and "PADANAN_THREADS" not in told and "PADANAN_MEMORY" not in told
