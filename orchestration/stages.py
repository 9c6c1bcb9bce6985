"""The seven stage words in order, and every lawful exception to "the same word everywhere".

What a stage does is in its folder under `defs/`; here are only the words.
"""

STAGES = ("landing", "cleansing", "padanan", "review", "decree", "distribution", "feedback")

LANDING, CLEANSING, PADANAN, REVIEW, DECREE, DISTRIBUTION, FEEDBACK = STAGES

DBT_FOLDERS = {"staging": CLEANSING, "seeds": CLEANSING}
"""dbt folders whose word differs from their stage: staging models and reference seeds belong to cleansing."""

STAGES_WITHOUT_SQL = frozenset({LANDING, DECREE, DISTRIBUTION, FEEDBACK})
"""Stages without dbt models: landing, decree and distribution are files; feedback is folded from its events."""

STAGES_WITHOUT_ASSETS: frozenset[str] = frozenset()
"""Stages whose folder is in place but holds no asset yet; none today."""

STAGES_WITHOUT_TESTS: frozenset[str] = frozenset()
"""Stages that have no test folder yet, because they have nothing to test; none today."""

TEST_FOLDERS = {"delivery": LANDING, "quality": CLEANSING, "report": REVIEW}
"""Test folders named after a package of `padanan/` instead of the stage that they prove."""

TEST_FOLDERS_BESIDE_STAGES = frozenset(
    (
        "alert",
        "contracts",
        "core",
        "dbt",
        "definitions",
        "deploy",
        "docs",
        "end_to_end",
        "faults",
        "fuzz",
        "identity",
        "security",
        "simulation",
        "spark",
        "synthetic",
        "unit",
    )
)
"""Test folders that prove no single stage."""

DEFS_FOLDERS_BESIDE_STAGES = frozenset({"automation"})
"""Folders under `defs/` that are no stage."""


def stage_of_dbt_folder(folder: str) -> str:
    """The stage word of a first-level dbt folder (`staging` -> `cleansing`).

    Raises:
        ValueError: the folder is no stage and no named exception.
    """
    stage = DBT_FOLDERS.get(folder, folder)
    if stage not in STAGES:
        raise ValueError(f"dbt folder '{folder}' is neither a stage nor an exception named in orchestration/stages.py")
    return stage
