"""How dbt's models become Dagster assets and how a dbt call runs: keys, groups, policies, errors.

The models are in `dbt_project/`; which of them belong to which call is their tag `panggilan_1` or `panggilan_2`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._record import replace
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, DbtCliResource, DbtProject
from packaging import version

from orchestration.contracts import landing_key, loaded
from orchestration.dbt_child import PARENT
from orchestration.dbt_words import answer, question
from orchestration.defs.partitions import half_years
from orchestration.environment import DBT_PROJECT
from orchestration.guard import explained, known_error
from orchestration.policies import OWNER
from orchestration.revisions import from_scratch, run_is_unchanged
from orchestration.stages import LANDING, stage_of_dbt_folder
from orchestration.warehouse import acquire, planned
from padanan.base import disk, locks
from padanan.base.commit import building, put, write_once
from padanan.base.digest import files_sha256
from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.rule_culprit import rule_failure

CALL_1, CALL_2 = "panggilan_1", "panggilan_2"
# A folder of our own: `dbt parse` by hand, `make check` and sqlfluff write into `target` what they read with other settings.
TARGET = DBT_PROJECT / "target" / "padanan"
MANIFEST = TARGET / "manifest.json"
PARSED = "partial_parse.msgpack"
MADE_BY_DBT = ("target", "logs", "dbt_packages")
SOURCES = ("*.sql", "*.yml", "*.yaml", "*.csv", "*.md", "*.py")


class PadananDbt(DbtCliResource):
    # dbt's resource without the two things that cost seconds a call and keep a connection open: stock dagster-dbt runs
    # `dbt --version` and builds an adapter inside the Dagster process for every call; with the in-process executor that
    # adapter's DuckDB connection then meets dbt's own ("different configuration"). The docstring is what users see.
    """dbt di atas gudang DuckDB, dijalankan sebagai proses anak."""

    def cli(self, *args: Any, **kwargs: Any) -> DbtCliInvocation:
        # The child reads whose child it is before it asks the kernel to die with it.
        os.environ[PARENT] = str(os.getpid())
        return super().cli(*args, **kwargs)

    @cached_property
    def _cli_version(self) -> version.Version:
        from importlib.metadata import version as installed

        return version.parse(installed("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        return None

    def hand_over(self, home: Home) -> None:
        """After a call: its tables stand in the warehouse file."""


class SparkDbt(PadananDbt):
    # The same call, assets and checks: dbt's process starts a Spark session (`dbt_child`), and its tables are laid into the
    # warehouse file as views, where everything behind reads them.
    """dbt di atas Spark, dijalankan sebagai proses anak; butuh padanan[spark]."""

    def cli(self, args: Any, **kwargs: Any) -> DbtCliInvocation:
        # The session reads the seeds itself: dbt-spark would write them row by row, unquoted.
        return super().cli([*args, "--exclude-resource-type", "seed"], **kwargs)

    def hand_over(self, home: Home) -> None:
        """Views of what Spark has built."""
        from padanan.spark.handover import hand_over

        hand_over(home)


def source_fingerprint(project: Path = DBT_PROJECT) -> str:
    """A hash of every source file of the dbt project (path and bytes), to know whether the manifest is stale."""
    files = {f for pattern in SOURCES for f in project.rglob(pattern)}
    named = ((file.relative_to(project), file) for file in sorted(files))
    return files_sha256((str(name), file) for name, file in named if name.parts[0] not in MADE_BY_DBT)


def prepared_manifest() -> Path:
    """The dbt manifest, parsed only when it is missing or the project's files changed.

    Several Dagster processes load at once, so one parses behind a lock and renames the result into place.

    Raises:
        PadananError: the dbt project can't be parsed.
    """
    stamp = TARGET / "padanan.fingerprint"
    disk.mkdir(TARGET, parents=True, exist_ok=True)
    with locks.held(TARGET / ".padanan.lock"):
        wanted = source_fingerprint()
        if MANIFEST.exists() and stamp.exists() and stamp.read_text() == wanted:
            return MANIFEST
        with building(TARGET) as folder:
            _parse(folder)
            for name in (PARSED, "manifest.json"):
                put(folder / name, TARGET / name)
        write_once(stamp, wanted)
    return MANIFEST


def _parse(target: Path) -> None:
    command = [sys.executable, "-c", "from dbt.cli.main import cli; cli(prog_name='dbt')", "parse"]
    command += ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target)]
    # dbt makes the folder of its log also where none is written: not an empty one in the tree.
    command += ["--log-path", str(target)]
    environment = {**os.environ, "DBT_LOG_LEVEL_FILE": "none", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    done = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        tail = " ".join(done.stdout.split()[-60:])
        raise PadananError(
            f"proyek dbt tidak dapat dibaca: {tail}", file="dbt_project", cure="jalankan make check dan perbaiki modelnya"
        )


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest as loaded once in this process."""
    loaded: Mapping[str, Any] = json.loads(prepared_manifest().read_text())
    return loaded


def stage_of(props: Mapping[str, Any]) -> str:
    """The stage word of a dbt node, from its folder."""
    if props["resource_type"] == "source":
        return LANDING
    if props["resource_type"] == "seed":
        return stage_of_dbt_folder("seeds")
    return stage_of_dbt_folder(props["fqn"][1])


class StageTranslator(DagsterDbtTranslator):
    """Asset keys `[stage, model]`, groups by stage, half-year partitions."""

    def __init__(self, after: Sequence[dg.AssetKey] = ()) -> None:
        """`after`: Python assets that the call's entry models wait for."""
        super().__init__()
        self._after = tuple(after)

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """A source with `meta.dagster.asset_key` joins its upstream asset; the rest is stage and name."""
        meta = {**dbt_resource_props.get("meta", {}), **dbt_resource_props.get("config", {}).get("meta", {})}
        given = meta.get("dagster", {}).get("asset_key")
        return dg.AssetKey(given or [stage_of(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The stage."""
        return stage_of(dbt_resource_props)

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The model's own description, without the SQL that Dagster would append."""
        return str(dbt_resource_props.get("description") or "")

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        """The custodian owns every model."""
        return [OWNER]

    def get_partitions_def(self, dbt_resource_props: Mapping[str, Any]) -> dg.PartitionsDefinition | None:
        """Half-years; a seed is the same in every period but is loaded in each run, so it is partitioned too."""
        return half_years

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """The default spec, and what dbt can't know.

        A staging model reads every contract that names it, also one that came after the project was rendered. An entry model
        reads no other model of its own call and waits for plan and rule checks; since a call is one step, that orders all of it.
        """
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        more = [landing_key(item.id) for item in loaded().values() if item.stage_model == props["name"]]
        if self._after and _is_entry(manifest, props):
            more += self._after
        known = {dep.asset_key for dep in spec.deps}
        return spec.merge_attributes(deps=[key for key in more if key not in known])

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """dbt's test as a check of the period that was built, described by its own YAML or its kind (`dbt_words.py`).

        An older period's backfill is not today's state.
        """
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return replace(spec, partitions_def=half_years, description=question(self.get_resource_props(manifest, unique_id)))


def _is_entry(manifest: Mapping[str, Any], props: Mapping[str, Any]) -> bool:
    if props["resource_type"] != "model":
        return False
    calls = {CALL_1, CALL_2} & set(props["tags"])
    parents = (manifest["nodes"].get(parent, {}) for parent in props["depends_on"]["nodes"])
    return not any(p.get("resource_type") == "model" and calls & set(p["tags"]) for p in parents)


def run_dbt(context: dg.AssetExecutionContext, dbt: PadananDbt, open_home: Callable[[], Home], *, what: str) -> Iterator[Any]:
    """One `dbt build` of the selected models; events come after dbt has let go of the warehouse.

    Row counts need a connection of their own, and DuckDB gives none while dbt writes; so the events of finished
    models are held back until dbt has ended and then carry `dagster/row_count`.

    Args:
        context: of the `@dbt_assets` function.
        dbt: the resource.
        open_home: gives the data home; called inside so that its errors are explained too.
        what: the call's name for error lines.

    Raises:
        dagster.Failure: dbt failed, was killed, or found the warehouse locked; one line, no values.
    """
    if run_is_unchanged(context):
        # Models are optional outputs: without them everything behind is skipped too.
        context.log.info(f"dbt ({what}) dilewati: tidak ada masukan yang berubah")
        return
    with explained(f"persiapan dbt ({what})"):
        home = open_home()
        acquire(home)
        planned(home, Periode.parse(context.partition_key))
    target = home.root / "logs" / "dbt" / context.run.run_id / what
    disk.mkdir(target, parents=True, exist_ok=True)
    # A test runs with the call that builds the last table it reads, never against tables of an earlier run.
    os.environ["DBT_INDIRECT_SELECTION"] = "buildable"
    os.environ.setdefault("PADANAN_PYTHON", sys.executable)
    with explained(f"dbt ({what})"):
        code, events, trouble = _build(context, dbt, target)
    disk.remove_tree(target, ignore_errors=True)
    with explained(f"penyerahan tabel ({what})"):
        dbt.hand_over(home)
    with explained(f"penghitungan baris ({what})"):
        from padanan.base.warehouse import row_counts

        counts = row_counts(home) if code == 0 else {}
    for event in events:
        yield _with_rows(context, event, counts)
    with explained(what):
        _raise_for(code, trouble, what, home)


def _build(context: dg.AssetExecutionContext, dbt: DbtCliResource, target: Path) -> tuple[int, list[Any], list[str]]:
    """Runs `dbt build`: exit code, Dagster events of what finished, and dbt's own error lines."""
    arguments = ["build", "--exclude-resource-type", "unit_test", "--log-level-file", "none"]
    if from_scratch(context):
        arguments.append("--full-refresh")
    # Where one lies already dagster-dbt copies none of `target`, which anybody may have parsed with other settings.
    if (parsed := prepared_manifest().with_name(PARSED)).exists():
        disk.copy(parsed, target / PARSED)
    invocation = dbt.cli(arguments, context=context, target_path=target, raise_on_error=False)
    events: list[Any] = []
    trouble: list[str] = []
    for message in invocation.stream_raw_events():
        info = message.raw_event.get("info", {})
        if info.get("level") == "error":
            trouble.append(str(info.get("msg", "")))
        for event in message.to_default_asset_events(
            manifest=invocation.manifest,
            dagster_dbt_translator=invocation.dagster_dbt_translator,
            context=context,
            target_path=target,
            project=None,
        ):
            if isinstance(event, dg.Output):
                context.log.info(f"dbt: {event.output_name} selesai")
            events.append(event)
    return invocation.process.wait(), events, trouble


def _raise_for(code: int, trouble: Sequence[str], what: str, home: Home) -> None:
    if code == 0:
        return
    text = " ".join(trouble)
    if code < 0:
        raise PadananError(
            f"dbt ({what}) dihentikan oleh sinyal {-code}",
            cure="periksa sisa memori lalu jalankan ulang; tidak ada yang diterbitkan setengah jadi",
        )
    known = known_error(text)
    if known:
        raise known
    if (rule := rule_failure(home, text)) is not None:
        raise rule
    reason = safe_reason(RuntimeError(_first_reason(trouble)))
    raise PadananError(f"dbt ({what}) gagal: {reason}", cure="perbaiki model atau uji yang disebut lalu jalankan ulang")


def _first_reason(trouble: Sequence[str]) -> str:
    lines = [" ".join(t.split()) for t in trouble if t.strip()]
    telling = [line for line in lines if " error in " in line.lower() or "failure in" in line.lower()]
    return (telling or lines or ["tanpa keterangan"])[0]


def _with_rows(context: dg.AssetExecutionContext, event: Any, counts: Mapping[str, int]) -> Any:
    if isinstance(event, dg.AssetCheckResult):
        return answer(event)
    if not isinstance(event, dg.Output):
        return event
    key = context.asset_key_for_output(event.output_name)
    rows = counts.get(key.path[-1])
    if rows is None:
        return event
    metadata: dict[str, Any] = {**event.metadata, "dagster/row_count": rows, "dagster/partition_row_count": rows}
    return dg.Output(value=None, output_name=event.output_name, metadata=metadata)


def stage_models(call: str) -> list[dg.AssetKey]:
    """Asset keys of all models that one dbt call builds."""
    translator = StageTranslator()
    return sorted(
        translator.get_asset_key(node)
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "model" and call in node["tags"]
    )
