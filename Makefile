# Two commands: `make run [PHOTOS=folder]` and `make test`. The rest serves them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CONSTRAINTS := .ci/constraints.txt
REPORT ?= report.html

.DEFAULT_GOAL := run
.PHONY: run test slow check servers clean

# Scores PHOTOS, or sample photos where none are named, and writes the contact sheet.
# Exit code 1 of `score` means that some files have no score; each was named, so make goes on.
run: $(VENV)/.run
	@$(BIN)/aesplugin models pull
	@$(BIN)/aesplugin score $(if $(PHOTOS),"$(PHOTOS)",--samples) --report $(REPORT) || test $$? -eq 1

# Without the language model the tests that ask it are skipped, by name. Tests with a browser run
# beside the others, and none starts threads that wait busily for the cores that the other one has.
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: $(VENV)/.test servers
	$(BIN)/aesplugin models pull
	$(BIN)/aesplugin models pull mini || echo "tests of mini's language model are left out"
	printf '%s\n' tests/web --ignore=tests/web | xargs -P 2 -I {} $(BIN)/python -m pytest -m "not slow" {}

slow: $(VENV)/.test servers
	$(BIN)/python -m pytest -m slow

# Types and imports are checked in the layout of the wheel, where all is one package.
check: LAID_OUT := build/laid-out
check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf $(LAID_OUT) && mkdir -p $(LAID_OUT)
	cp -Rp aesplugin $(LAID_OUT)/
	cp -Rp workers $(LAID_OUT)/aesplugin/workers
	cp -Rp migrations $(LAID_OUT)/aesplugin/catalog/migrations
	cd $(LAID_OUT) && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/.mypy_cache
	cd $(LAID_OUT) && $(abspath $(BIN))/lint-imports --config $(CURDIR)/pyproject.toml

# Redis, PostgreSQL and Chromium for the tests, from the system's own packages.
servers:
	@.ci/servers

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml $(CONSTRAINTS)
	$(PIP) install -q -c $(CONSTRAINTS) torch==2.13.0
	$(PIP) install -q -c $(CONSTRAINTS) -e '.[samples]'
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(PIP) install -q -c $(CONSTRAINTS) -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
