"""`padanan contracts`: checks the contracts, writes again what is generated from them, writes blank workbooks to fill in.

What a generated file looks like is decided by the package that generates it.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import tempfile
from pathlib import Path
from typing import Any

from padanan.base.errors import ContractError
from padanan.base.home import CHECKOUT


def add_parsers(commands: Any) -> None:
    """Adds `contracts check` and `contracts render`."""
    parser = commands.add_parser(
        "contracts", help="periksa kontrak produsen, tulis ulang berkas turunannya, atau buat templat XLSX"
    )
    actions = parser.add_subparsers(dest="aksi", metavar="TINDAKAN", required=True)
    check = actions.add_parser("check", help="periksa semua kontrak, aturan, rencana data dan kriteria")
    check.set_defaults(run=_check)
    render = actions.add_parser(
        "render",
        help="tulis ulang konteks GX, kontrak ODCS lengkap, docs/tables.md, register data, gambar lantai dan tabel fitur README",
    )
    render.add_argument("--check", action="store_true", help="hanya periksa apakah berkas turunan masih sesuai")
    render.set_defaults(run=_render)
    blank = actions.add_parser(
        "template",
        help="buat templat XLSX kosong dari kontrak, untuk diisi pengirim",
        description="Menulis buku kerja kosong menurut kontrak: judul kolom, pilihan kode, petunjuk setiap kolom dan sebab baris "
        "dikembalikan.",
    )
    blank.add_argument("kontrak", metavar="KONTRAK", nargs="*", help="id kontrak; bawaan: semua yang menerima XLSX")
    blank.add_argument("--out", metavar="FOLDER", type=Path, required=True, help="folder tempat templat ditulis")
    blank.set_defaults(run=_template)


def _check(_: argparse.Namespace) -> int:
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.criteria import load_criteria
    from padanan.contracts.early_warning import load_early_warning
    from padanan.contracts.entitlements import known_contracts, load_entitlements, unsettled
    from padanan.contracts.feedback import load_feedback
    from padanan.contracts.field_rules import load_field_rules
    from padanan.contracts.plan import all_plans
    from padanan.contracts.plan_check import open_plans, plan_faults
    from padanan.contracts.renstra import load_renstra
    from padanan.contracts.rule_binding import check_predicates
    from padanan.feedback.binding import check_feedback_rules

    contracts = load_contracts()
    plans = all_plans()
    faults = [fault for plan in open_plans(plans) for fault in plan_faults(plan, contracts)]
    if faults:
        raise faults[0]
    criteria = load_criteria()
    field, renstra = load_field_rules(), load_renstra()
    entitled = load_entitlements()
    known_contracts(entitled, contracts)
    predicates = check_predicates(contracts=contracts)
    returned = check_feedback_rules()
    warned = load_early_warning()
    rules = sum(len(contract.rules) for contract in contracts.values())
    columns = sum(len(contract.columns) for contract in contracts.values())
    print(f"{len(contracts)} kontrak, {columns} kolom, {rules} aturan: sah.")
    print(f"Rencana data: {', '.join(str(year) for year in plans)}; kriteria data sasaran versi {criteria.versi}: sah.")
    print(f"{len(load_feedback())} kontrak umpan balik, {returned} aturan: sah.")
    print(f"Indikator Renstra versi {renstra.version}: sah.")
    print(f"Peringatan dini versi {warned.version}, {len(warned.rules)} aturan: sah.")
    print(f"Aturan lapangan versi {field.versi}, {len(field.bukti)} bukti, {len(field.tanpa_program)} sebab: sah.")
    unknown = unsettled(entitled, contracts)
    print(
        f"Hak versi {entitled.version}, {len(entitled.program)} program; tidak diukur: {', '.join(unknown) or 'tidak ada'}: sah."
    )
    print(f"{predicates} predikat terikat pada kolom dan tipe barisnya: sah.")
    return 0


def generated(folder: Path) -> list[Path]:
    """Writes every generated file below `folder`, as it should stand in the checkout.

    Returns:
        The relative paths, files and folders.
    """

    from padanan.cleansing.suite import render_gx_context
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.feedback import load_deliverable
    from padanan.generated.contract_docs import render_register
    from padanan.generated.dbt_files import MACROS_PATH, SOURCES_PATH, render_macros, render_sources
    from padanan.generated.features import render_readme
    from padanan.generated.floors_picture import PICTURE_PATH, render_picture
    from padanan.generated.odcs import render_odcs
    from padanan.generated.tables_doc import render as render_tables

    contracts = load_contracts()
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    render_gx_context(contracts, folder / "expectations" / "gx")
    render_odcs(contracts, folder / "expectations" / "odcs")
    (folder / "docs" / "tables.md").write_text(render_tables(), encoding="utf-8")
    (folder / "docs" / "register-data.md").write_text(render_register(load_deliverable()), encoding="utf-8")
    (folder / "README.md").write_text(render_readme(CHECKOUT), encoding="utf-8")
    (folder / PICTURE_PATH).write_text(render_picture(), encoding="utf-8")
    for name, text in ((SOURCES_PATH, render_sources(contracts)), (MACROS_PATH, render_macros(contracts))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    names = (
        "expectations/gx",
        "expectations/odcs",
        "docs/tables.md",
        "docs/register-data.md",
        PICTURE_PATH,
        "README.md",
        SOURCES_PATH,
        MACROS_PATH,
    )
    return [Path(name) for name in names]


def differences(left: Path, right: Path) -> list[str]:
    """Names under `left` (a file or a folder) whose content differs from, or is missing in, `right`."""
    if left.is_file():
        return [] if right.is_file() and filecmp.cmp(left, right, shallow=False) else [right.name]
    found = []
    ours = {path.relative_to(left) for path in left.rglob("*") if path.is_file()}
    theirs = {path.relative_to(right) for path in right.rglob("*") if path.is_file()} if right.exists() else set()
    for name in sorted(ours | theirs):
        if name not in ours or name not in theirs or not filecmp.cmp(left / name, right / name, shallow=False):
            found.append(f"{right.name}/{name}")
    return found


def _render(args: argparse.Namespace) -> int:
    from padanan.contracts.contract import expectations_dir

    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        paths = generated(work)
        stale = [name for path in paths for name in differences(work / path, CHECKOUT / path)]
        if args.check:
            if stale:
                raise ContractError(
                    f"{len(stale)} berkas turunan tidak sesuai lagi: {', '.join(stale[:5])}",
                    file=expectations_dir(),
                    cure="jalankan 'make render' lalu commit hasilnya",
                )
            print("Berkas turunan sesuai.")
            return 0
        for path in paths:
            target = CHECKOUT / path
            if (work / path).is_dir():
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(work / path, target)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(work / path, target)
        print(f"{len(stale)} berkas diperbarui.")
    return 0


def _template(args: argparse.Namespace) -> int:
    from padanan.base.config import nearest
    from padanan.contracts.feedback import load_deliverable
    from padanan.generated.template import file_name, offers_workbook, write_template

    contracts = load_deliverable()
    for name in args.kontrak:
        if name not in contracts:
            meant = nearest(name, contracts)
            raise ContractError(
                f"kontrak '{name[:40]}' tidak ada",
                cure=f"maksudnya '{meant}'?" if meant else f"pakai salah satu: {', '.join(sorted(contracts))}",
            )
    chosen = args.kontrak or [name for name, contract in contracts.items() if offers_workbook(contract)]
    args.out.mkdir(parents=True, exist_ok=True)
    for name in dict.fromkeys(chosen):
        write_template(contracts[name], args.out / file_name(contracts[name]))
        print(args.out / file_name(contracts[name]))
    return 0
