# Everything one does with this project. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .bench-venv
PIP_QUIET := --quiet --disable-pip-version-check
# Six workers would each compile every test otherwise, on a machine that is set so.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run telegram-demo zalo-demo test compiled check map trial bench fonts clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

$(BIN)/chungtay: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install $(PIP_QUIET) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/chungtay
	$(BIN)/pip install $(PIP_QUIET) --constraint constraints.txt --editable '.[dev]'
	@touch $@

run: $(BIN)/chungtay  ## serve with sample data, on this machine alone
	@exec $(BIN)/chungtay serve --demo

telegram-demo: $(VENV)/.dev  ## phones in a browser, a Telegram of our own and the service, on this machine alone
	@exec $(BIN)/python -m fakes.telegram.demo

zalo-demo: $(VENV)/.dev  ## phones in a browser, an Official Account of our own and the service, on this machine alone
	@exec $(BIN)/python -m fakes.zalo_oa.demo

test: $(VENV)/.dev  ## all checks and tests, with a real PostgreSQL and a real browser
	@sh tests/chromium.sh
	@$(MAKE) --no-print-directory --jobs=2 check compiled
	TMPDIR=$$(sh tests/scratch.sh) $(BIN)/pytest -n 6 --dist worksteal -rs -m 'not trial'

compiled: $(VENV)/.dev
	-@$(BIN)/pytest --collect-only -m 'not trial' >/dev/null

check: $(VENV)/.dev  ## format, lint, types, who imports whom and whether the maps still show it
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.make_map --check

map: $(VENV)/.dev  ## draw the maps of docs/ from the imports
	$(BIN)/python -m docs.make_map

trial: $(VENV)/.dev  ## the long crash and load bars
	$(BIN)/pytest -m trial -s

$(PEERS)/.made: constraints.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install $(PIP_QUIET) --constraint constraints.txt \
		'python-telegram-bot[rate-limiter,webhooks]' sqlmodel 'sqlalchemy[asyncio]' aiosqlite 'psycopg[binary]'
	@touch $@

bench: $(VENV)/.dev  ## measure, each figure as a ratio to a peer in the same run
	@$(MAKE) --no-print-directory $(PEERS)/.made || echo "The peers' environment could not be built."
	$(BIN)/python -m benchmarks

fonts: $(VENV)/.dev  ## cut the typeface down for the pages
	$(BIN)/python docs/make_fonts.py

clean:  ## remove what was installed and made here, data excepted
	rm -rf $(VENV) $(PEERS) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
