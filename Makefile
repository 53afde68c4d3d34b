# Customer 360. `make` lists the targets; `make run` and `make test` do all the set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RECORDS ?= 20000
SEED ?= 7
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run ui test test-slow lint format bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, this is {v[0]}.{v[1]}; try: make PYTHON=python3.12 run")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) (a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(READY) ## make a sample company (RECORDS, SEED) if there are no extracts yet, and run the whole pipeline
	@$(BIN)/c360 run --sample $(RECORDS) --seed $(SEED)

ui: $(READY) ## open the Dagster UI and the console on the same assets, checks and lineage
	@$(BIN)/c360 ui

test: $(READY) ## the tests to run before each commit, in two processes (JOBS)
	@$(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist loadscope

test-slow: $(READY) ## kill tests and large data
	@$(BIN)/python -m pytest -m slow --timeout=3600

lint: $(READY) ## ruff, mypy on the pure packages, sqlfluff on the dbt project
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 0 dbt/models

format: $(READY) ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY) ## measure, each as a ratio within one run, and write benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --no-emit-index-url --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements.lock

clean: ## remove the environment, the state under .c360 and everything generated
	@if test -x $(BIN)/c360; then $(BIN)/c360 reset --yes || true; fi
	@rm -rf $(VENV) .c360 .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info dbt/target dbt/logs
