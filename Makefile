# Commands to run Strapontin and to work on it. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check format bench screenshots lock clean
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input -q
# A Python to try first: make run BASE_PYTHON=/opt/python/bin/python3.12
BASE_PYTHON ?=

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo "make run reads PORT (8000), HOST, STRAPONTIN_HOME (.strapontin), DATABASE_URL, SANDBOX=1 and DEMO=0."

run: $(VENV)/runtime.stamp ## Serve the portal at http://127.0.0.1:8000, with a demo in an empty database
	@exec $(VENV)/bin/strapontin up

test: $(VENV)/development.stamp ## Check the code, then run every test on both PostgreSQL servers
	@exec $(PYTHON) -m tests.suite

check: $(VENV)/development.stamp ## Check format, style, types, layers, migrations, translations and sizes
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy --strict
	$(VENV)/bin/lint-imports
	$(PYTHON) -m tests.checks

format: $(VENV)/development.stamp ## Format the code and mend what ruff can mend
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bench: $(VENV)/development.stamp ## Measure, and print the figures beside the limits of this machine
	@exec $(PYTHON) -m benchmarks

screenshots: $(VENV)/development.stamp ## Take a picture of every page: French and English, light and dark, desktop and phone
	@exec $(PYTHON) -m tests.screenshots

lock: ## Write the lock files anew from pyproject.toml
	@test -x build/lock/bin/uv || { $(MAKE) build/lock/bin/python; build/lock/bin/python -m pip install -q uv; }
	UV_CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/uv pip compile -q --universal --generate-hashes \
		--python-version 3.11 --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/uv pip compile -q --universal --generate-hashes \
		--python-version 3.11 --no-annotate --no-emit-index-url --extra dev pyproject.toml -o requirements-dev.lock

clean: ## Remove what was built; the data directory stays
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# A version manager may leave a command python3.13 without that Python: it fails the trial, the next one is tried.
$(VENV)/bin/python build/lock/bin/python:
	@for python in $(BASE_PYTHON) python3.13 python3.12 python3.11 python3 python; do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making $(@D:/bin=) with $$($$python --version)…"; \
			exec $$python -m venv $(@D:/bin=); \
		fi; \
	done; \
	echo "Strapontin needs Python 3.11 or newer with its venv module; none of python3.13, python3.12, python3.11, python3 and python is one." >&2; \
	echo "On Debian: apt-get install python3 python3-venv. Elsewhere: make $(MAKECMDGOALS) BASE_PYTHON=/path/to/python3" >&2; \
	exit 1

$(VENV)/runtime.stamp: requirements.lock | $(VENV)/bin/python
	@echo "Installing the packages of requirements.lock…"
	@$(ensure_pip)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) uninstall -y pip setuptools
	@$(install_strapontin)
	@touch $@

# The development packages include those that the product needs.
$(VENV)/development.stamp: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing the packages of requirements-dev.lock…"
	@$(ensure_pip)
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(install_strapontin)
	@touch $@ $(VENV)/runtime.stamp

# What runs needs no pip: it is there while packages are installed. Python brings it along.
define ensure_pip
$(PYTHON) -c 'import pip' 2>/dev/null || $(PYTHON) -m ensurepip >/dev/null
endef

# The product runs from this directory: an installation adds a path file, a command and the compiled French.
define install_strapontin
$(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("purelib"))' | while read -r packages; do \
	echo "$(CURDIR)" > "$$packages/strapontin.pth"; done; \
printf '%s\n' '#!/bin/sh' \
	'exec "$$(dirname "$$(readlink -f "$$0")")/python" -P -m strapontin.cli.main "$$@"' > $(VENV)/bin/strapontin; \
chmod +x $(VENV)/bin/strapontin; \
$(PYTHON) -m strapontin.web.translations compile
endef
