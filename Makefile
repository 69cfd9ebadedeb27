# Only Python >= 3.11 (with venv) and make are assumed; everything else is installed into .venv from the locked lists.
# `make help` says what there is.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
TESTS ?= tests

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check bench lighthouse format
.DEFAULT_GOAL := help

help: ## This list
	@awk -F ': .*## ' '/^[a-z]+: .*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo "  Operator commands: $(PY) -m app --help (after the first make run)"

run: $(VENV)/.running ## Start everything on http://127.0.0.1:8000 (HOST, PORT, PASAR_DATA_DIR) until Ctrl-C
	@exec $(PY) -m app serve --with-parent

test: $(VENV)/.testing ## The whole test suite, on two processes (TESTS=tests/app/orders for a part)
	@exec $(PY) -m pytest -n 2 --dist loadgroup $(TESTS)

check: $(VENV)/.testing ## What must hold before the tests: format, lint, types, imports, migrations
	@echo "format" && $(PY) -m ruff format --check --quiet .
	@echo "lint" && $(PY) -m ruff check --quiet .
	@echo "types" && $(PY) -m mypy
	@echo "imports" && $(PY) $(VENV)/bin/lint-imports
	@echo "migrations" && $(PY) -m app db check

bench: $(VENV)/.running ## Benchmarks beside django-oscar and hand-written SQL (about 15 minutes, wants wrk and a quiet machine)
	@exec $(PY) -m bench

lighthouse: $(VENV)/.running ## Pages on a slow line by Lighthouse (about 30 minutes, wants node, npm and chromium)
	@exec $(PY) -m bench.lighthouse

format: $(VENV)/.testing ## Bring the code into the agreed format
	@$(PY) -m ruff format --quiet . && $(PY) -m ruff check --fix --quiet .

# A stamp is written when all went well: later runs install nothing and need no package index.
$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. Debian and Ubuntu: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is older. Debian 12: apt install python3; elsewhere: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.running: requirements.lock | $(VENV)/.made
	@echo "Installing what the product needs (once) ..."
	@$(PY) -m pip install --quiet --progress-bar off --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.testing: requirements-dev.lock | $(VENV)/.made
	@echo "Installing what the tests need (once) ..."
	@$(PY) -m pip install --quiet --progress-bar off --require-hashes -r requirements-dev.lock
	@touch $@
