"""Parts that contracts play: refused where they contradict each other, and rendered for dbt without drift."""

import shutil

import pytest

from padanan.base.errors import ContractError
from padanan.base.home import CHECKOUT
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.parts import reference, registries
from padanan.generated.dbt_files import MACROS_PATH, SOURCES_PATH, render_macros, render_sources
from tests.sixteenth import NEW, add_program, pattern


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), target, ignore=shutil.ignore_patterns("gx"))
    return target


def spoil(folder, contract, old, new):
    path = folder / "contracts" / f"{contract.id}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, path.name)
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


KIND = "- {property: jenis, value: registri}"
FAULTS = {
    "second register": (KIND, KIND + "\n  - {property: peran, value: acuan}", "peran acuan sudah"),
    "unknown part": (KIND, KIND + "\n  - {property: peran, value: raja}", "peran 'raja'"),
    "no registry": ("- {property: registri, value:", "- {property: regisri, value:", "registri"),
    "bit no power of two": ("bit: 4", "bit: 3", "pangkat dua"),
    "bit of another": ("bit: 4", "bit: 8", "bit atau urutan"),
    "place of another": ("urutan: 4", "urutan: 5", "bit atau urutan"),
    "unknown field": ("urutan: 4", "urutan: 4, warna: biru", "registri"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_contradicting_parts_are_refused(folder, fault):
    contract = next(item for item in load_contracts().values() if item.registry and item.registry.bit == 4)
    old, new, told = FAULTS[fault]
    path = spoil(folder, contract, old, new)
    with pytest.raises(ContractError, match=told) as caught:
        load_contracts(folder)
    assert path.name in str(caught.value) or "bit atau urutan" in told or "peran acuan" in told


def test_a_partner_that_is_not_there_or_names_another_is_refused(folder):
    one = next(item for item in load_contracts().values() if item.partner)
    spoil(folder, one, f"{{property: pasangan, value: {one.partner}}}", f"{{property: pasangan, value: {pattern().id}}}")
    with pytest.raises(ContractError, match="pasangan"):
        load_contracts(folder)


def test_a_world_without_a_register_is_named(folder):
    register = reference(load_contracts())
    (folder / "contracts" / f"{register.id}.yaml").unlink()
    with pytest.raises(ContractError, match="peran acuan"):
        reference(load_contracts(folder))


def test_what_dbt_reads_is_what_the_contracts_say():
    contracts = load_contracts()
    assert (CHECKOUT / SOURCES_PATH).read_text(encoding="utf-8") == render_sources(contracts), "run: make render"
    assert (CHECKOUT / MACROS_PATH).read_text(encoding="utf-8") == render_macros(contracts), "run: make render"


def test_a_new_program_is_rendered_beside_the_others(folder):
    add_program(folder)
    contracts = load_contracts(folder)
    assert f'asset_key: ["landing", "{NEW}"]' in render_sources(contracts)
    assert render_macros(contracts).count(f'"{NEW}"') == 1
    assert registries(contracts) == registries(load_contracts())
