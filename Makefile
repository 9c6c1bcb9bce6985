# The two commands a newcomer needs are `make demo` and `make test`; both do all set-up inside the checkout.
SHELL := /bin/bash
.DEFAULT_GOAL := help

ROOT := $(CURDIR)
VENV := $(ROOT)/.venv
DOCS_VENV := $(ROOT)/.cache/docs-venv
AUDIT_VENV := $(ROOT)/.cache/audit-venv
FUZZ_LIB := $(ROOT)/.cache/fuzz-lib
SPARK_VENV := $(ROOT)/.cache/spark-venv
PY := $(VENV)/bin/python
SCALE ?= 20000
SEED ?= 1
PROFILE ?= default
PERIODE ?= 2025-S2
PADANAN_HOME ?= $(ROOT)/data
COMMA := ,
# The made-up data never stand in the same home as real deliveries.
DEMO_HOME ?= $(PADANAN_HOME)
YEAR_HOME ?= $(ROOT)/data-year

# Everything written stays in the checkout: caches, temporary files, Dagster's storage, the key.
export PADANAN_HOME
export PADANAN_KEY_FILE ?= $(ROOT)/.keys/hmac.key
export DAGSTER_HOME := $(ROOT)
export PADANAN_DAGSTER_STORAGE ?= $(PADANAN_HOME)/dagster
export PIP_CACHE_DIR := $(ROOT)/.cache/pip
export XDG_CACHE_HOME := $(ROOT)/.cache
export XDG_CONFIG_HOME := $(ROOT)/.cache/config
export TMPDIR := $(ROOT)/.cache/tmp
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
# dbt's log repeats SQL, and SQL that fails may repeat a value: no log file.
export DBT_LOG_LEVEL_FILE := none
export DO_NOT_TRACK := 1
export PYTHONPATH := $(ROOT)
# Where a container forbids it, each of the hundreds of processes that a test run starts would compile our modules anew.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(VENV)/bin:$(PATH)
export TZ ?= Asia/Jakarta
# 3.11 or 3.12, whichever the machine has with venv.
PYTHON ?= $(shell for p in python3.11 python3.12 python3; do \
  if $$p -c 'import sys, venv, ensurepip; sys.exit(not ((3, 11) <= sys.version_info < (3, 13)))' 2>/dev/null; then echo $$p; break; fi; done)

.PHONY: help setup demo demo-year test test-long test-fast test-scale bench-full check dev docs lock render bench-quality bench-cases bench-promise bench-lists bench-queue bench-linkage bench-report bench-landing bench-api bench-feedback bench-feedback-year bench-mutants bench-faults faults fuzz audit clean-demo backup spark test-spark

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.installed $(VENV)/.shell ## install the pinned packages into .venv

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "GALAT: Python 3.11 atau 3.12 dengan modul venv tidak ditemukan. Perbaikan: pasang python3.11-venv atau python3.12-venv." >&2; exit 1; }
	@mkdir -p $(TMPDIR)
	@echo "[1/2] menyiapkan lingkungan Python di .venv ($(PYTHON))"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "[2/2] memasang paket dari requirements.lock (beberapa menit pada pemasangan pertama)"
	@$(PY) -m pip install --quiet --progress-bar off --require-hashes --only-binary :all: -r requirements.lock
	@$(PY) -m pip install --quiet --no-deps -e .
	@touch $@

# What Dagster can be told by the environment alone, for every command of .venv in a shell where nothing is set: which dagster.yaml
# holds (dg asks no file of the project whether telemetry is off), and that nothing is sent. What is set wins.
define SHELL_PTH
import os; [os.environ.setdefault(*one) for one in (("DAGSTER_HOME", "$(ROOT)"), ("DAGSTER_DISABLE_TELEMETRY", "1"), ("DO_NOT_TRACK", "1"))]
endef
export SHELL_PTH

$(VENV)/.shell: Makefile | $(VENV)/.installed
	@printf '%s\n' "$$SHELL_PTH" > "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/padanan_shell.pth"
	@touch $@

$(TMPDIR): ; @mkdir -p $@

demo: setup | $(TMPDIR) ## made-up deliveries under all 22 contracts, from inbox to frozen draft (SCALE=20000 SEED=1 PROFILE=default)
	@$(PY) -m orchestration.demo --scale $(SCALE) --seed $(SEED) --profile $(PROFILE) --periode $(PERIODE)

# A home of its own: the year seals decrees. SCALE and PROFILE count where they were given.
demo-year: setup | $(TMPDIR) ## a made-up year: a decree, nine months of field work, the next decree, four LP3KE, errors by truth (SCALE=2000 SEED=1)
	@PADANAN_HOME=$(YEAR_HOME) PADANAN_DAGSTER_STORAGE=$(YEAR_HOME)/dagster $(PY) -m orchestration.demo_year --seed $(SEED) $(if $(filter command environment,$(firstword $(origin SCALE))),--scale $(SCALE)) $(if $(filter command environment,$(firstword $(origin PROFILE))),--profile $(PROFILE))

test: setup | $(TMPDIR) ## all tests but those of test-long
	@$(PY) -m pytest tests -n 2 --dist loadfile --no-loadscope-reorder -q --durations=15

# What takes minutes each: before a release, and after a change of what they go through.
test-long: setup | $(TMPDIR) ## ways of several runs: a lived year, review to seal, other periods, each asset alone, every operation broken (half an hour)
	@$(PY) -m pytest tests -m panjang -n 2 --dist loadfile --no-loadscope-reorder -q --durations=15

test-fast: setup | $(TMPDIR) ## units, contracts, definitions in under a minute; what starts processes or daemons is left to make test
	@$(PY) -m pytest tests/unit tests/contracts tests/definitions -m "not lengkap and not panjang and not lambat" -n 2 --dist worksteal -q

# What CI runs beside the tests: two sizes of the main job, so that nothing that grows with the square of the people can land.
test-scale: setup | $(TMPDIR) ## the main job at 50,000 and 200,000 residents: no step, model or test may grow faster or cost more than allowed
	@$(PY) -m benchmarks.scale

# SIZES wins over SCALE; homes stay in .cache/bench-full for the next time (some 9 GB at a million residents).
bench-full: setup | $(TMPDIR) ## the whole way from inbox to draft, worklists and kits beside the floor, by step (SCALE=20000 or SIZES="20000 200000", RERUN=1, JSON=file)
	@$(PY) -m benchmarks.scale.full --sizes $(or $(SIZES),$(SCALE)) --seed $(SEED) --profile $(PROFILE) --periode $(PERIODE) $(if $(RERUN),--rerun) $(if $(JSON),--json $(JSON))

check: setup | $(TMPDIR) ## ruff, types, dbt parse, contracts, SQL style, generated files up to date
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	lint-imports --no-cache
	$(PY) -m padanan.cli contracts check
	$(PY) -m padanan.cli contracts render --check
	dbt parse --quiet --project-dir dbt_project --profiles-dir dbt_project
	sqlfluff lint --processes 2 dbt_project/models dbt_project/tests

dev: setup | $(TMPDIR) ## the Dagster UI on http://localhost:3000, the reports on :3001, the API on a made-up decree on :8080
	@$(PY) -m orchestration.dev

docs: setup $(DOCS_VENV)/.installed | $(TMPDIR) ## one site of README, docs/, dbt's documentation and a demo's report into .cache/site
	@$(PY) scripts/build_site.py

# An environment of its own: no pin of requirements.lock moves for the site.
$(DOCS_VENV)/.installed: requirements-docs.lock | $(TMPDIR)
	@echo "menyiapkan mkdocs di .cache/docs-venv (sekali)"
	@test -x $(DOCS_VENV)/bin/python || $(PYTHON) -m venv $(DOCS_VENV)
	@$(DOCS_VENV)/bin/python -m pip install --quiet --progress-bar off --require-hashes --only-binary :all: -r requirements-docs.lock
	@touch $@

audit: setup $(AUDIT_VENV)/.installed | $(TMPDIR) ## bandit over our code, pip-audit over requirements.lock (needs the registry's advisories)
	@$(AUDIT_VENV)/bin/python scripts/audit.py

$(AUDIT_VENV)/.installed: requirements-audit.lock | $(TMPDIR)
	@echo "menyiapkan bandit dan pip-audit di .cache/audit-venv (sekali)"
	@test -x $(AUDIT_VENV)/bin/python || $(PYTHON) -m venv $(AUDIT_VENV)
	@$(AUDIT_VENV)/bin/python -m pip install --quiet --progress-bar off --require-hashes --only-binary :all: -r requirements-audit.lock
	@touch $@

fuzz: setup $(FUZZ_LIB)/.installed | $(TMPDIR) ## foreign bytes at every door, guided by coverage (TARGET=csv MINUTES=30; all doors when none is named)
	@$(PY) -m tests.fuzz.by_hand --target "$(TARGET)" --minutes $(or $(MINUTES),30)

# Beside .venv, which keeps to requirements.lock.
$(FUZZ_LIB)/.installed: requirements-fuzz.lock | $(TMPDIR)
	@echo "menyiapkan atheris di .cache/fuzz-lib (sekali)"
	@$(PY) -m pip install --quiet --progress-bar off --require-hashes --only-binary :all: --upgrade --target $(FUZZ_LIB) -r requirements-fuzz.lock
	@touch $@

# The demo's own tables are what Spark's are compared with.
spark: setup $(SPARK_VENV)/.installed | $(TMPDIR) ## the models and the linkage of a finished run once more on Spark, every table proved equal (needs Java 17)
	@$(SPARK_VENV)/bin/python -m padanan.spark.run $(if $(MASTER),--master "$(MASTER)")

test-spark: setup $(SPARK_VENV)/.installed | $(TMPDIR) ## what only Spark can show: words, one model and the linkage on a cluster of this machine (needs Java 17)
	@$(SPARK_VENV)/bin/python -m pytest tests/spark -q

# Upon the packages of .venv, which keep their pins: what Spark needs besides them, nothing twice.
$(SPARK_VENV)/.installed: requirements-spark.lock $(VENV)/.installed | $(TMPDIR)
	@command -v java >/dev/null || { echo "GALAT: Java tidak ditemukan. Perbaikan: pasang openjdk-17-jre-headless." >&2; exit 1; }
	@echo "menyiapkan Spark di .cache/spark-venv (sekali, sekitar 450 MB)"
	@test -x $(SPARK_VENV)/bin/python || $(PY) -m venv $(SPARK_VENV)
	@$(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$($(SPARK_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/padanan_dasar.pth"
	@$(SPARK_VENV)/bin/python -m pip install --quiet --progress-bar off --require-hashes --only-binary :all: --no-binary pyspark -r requirements-spark.lock
	@touch $@

render: setup | $(TMPDIR) ## write again what is generated: GX context, docs/tables.md, docs/architecture.svg, README's feature table, the asset graph
	$(PY) -m padanan.cli contracts render
	$(PY) -m orchestration.snapshot

bench-quality: setup | $(TMPDIR) ## the GX suite against one hand-written scan over 1 million rows
	@$(PY) -m benchmarks.quality --rows 1000000 --repeat 5

bench-report: setup | $(TMPDIR) ## time and size of the whole report, 267 kelurahan and every producer
	@$(PY) -m benchmarks.report

bench-landing: setup | $(TMPDIR) ## each field case through `padanan deliver` (limit 10 s), and the hostile items: seconds, and the child's memory
	@$(PY) -m benchmarks.landing

bench-cases: setup | $(TMPDIR) ## what becomes of twins, newborns, namesakes …: every kind of life 100 times, on three seeds
	@$(PY) -m benchmarks.linkage --lives 0,201,202

bench-promise: setup | $(TMPDIR) ## whether the stated probability of a pair is kept, on five seeds that nothing was tuned on
	@$(PY) -m benchmarks.linkage --promise 401,402,403,404,405

bench-lists: setup | $(TMPDIR) ## how many people the field's lists hold, in a demo of 20,000 with the hard profile
	@$(PY) -m benchmarks.lists

bench-queue: setup | $(TMPDIR) ## what 300 decisions in the order of the clerical queue settle beside themselves, on the hard set
	@$(PY) -m benchmarks.linkage --queue 501

bench-api: setup | $(TMPDIR) ## pages for 200 clients, look-ups by NIK and whole streams over a decree of a million people
	@$(PY) -m benchmarks.api

bench-feedback: setup | $(TMPDIR) ## landing, intake and state of feedback at 50, 200 and 800 thousand rows, on the demo's people
	@$(PY) -m benchmarks.feedback --home $(DEMO_HOME)

bench-feedback-year: setup | $(TMPDIR) ## a made-up year of feedback about all residents of demo homes, by step (HOMES="data …", PADANAN_KEY_FILE theirs)
	@$(PY) -m benchmarks.feedback.year $(or $(HOMES),$(DEMO_HOME))

bench-mutants: setup | $(TMPDIR) ## the code made wrong on purpose, one place at a time: a named test must see each (ONLY=word)
	@$(PY) -m benchmarks.mutants --only "$(ONLY)"

bench-linkage: setup | $(TMPDIR) ## the padanan by evidence beside Splink 5 and recordlinkage (FULL=1 adds 400k x 11M)
	@$(PY) -m benchmarks.linkage --sets kecil,besar,sulit,baru,febrl,pseudopeople$(if $(FULL),$(COMMA)penuh)

faults: setup | $(TMPDIR) ## every disk operation of landing, publication, freeze, records, backup broken in every way (some 30 minutes)
	@$(PY) -m tests.faults.sweep

bench-faults: setup | $(TMPDIR) ## kills, disk operations and the machine's faults over the second half (KILLS=200 SEED=1 ONLY=work; an hour and more)
	@$(PY) -m tests.faults.bench --kills $(or $(KILLS),200) --seed $(SEED) $(if $(ONLY),--only "$(ONLY)")

lock: setup ## pin again from requirements.in, with hashes and without addresses
	$(VENV)/bin/pip install --quiet uv
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header -o requirements.lock requirements.in
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header -o requirements-docs.lock requirements-docs.in
	for part in audit fuzz; do $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header -o requirements-$$part.lock requirements-$$part.in; done
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header -o requirements-spark.lock requirements-spark.in
