# Everything one does with this project. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .bench-venv
TOOLS := .tools-venv
TEACHER := .teacher-venv
PIP_QUIET := --quiet --disable-pip-version-check
# Every file that is installed is one whose hash stands in a lock.
LOCKED := $(PIP_QUIET) --require-hashes --no-deps --requirement
LOCK = $(TOOLS)/bin/uv pip compile --generate-hashes --universal --python-version 3.11 --quiet \
	--no-header --no-annotate --no-emit-index-url
# Six workers would each compile every test otherwise, on a machine that is set so.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run telegram-demo zalo-demo test compiled check map trial bench hearing lock audit sbom fonts clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

$(BIN)/chungtay: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install $(LOCKED) constraints.txt
	$(BIN)/pip install $(PIP_QUIET) --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/chungtay constraints-dev.txt
	$(BIN)/pip install $(LOCKED) constraints-dev.txt
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
	TMPDIR=$$(sh tests/scratch.sh) $(BIN)/pytest -n 6 --dist worksteal -rs -m 'not trial' -o faulthandler_timeout=1100

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

$(PEERS)/.made: benchmarks/constraints.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install $(LOCKED) benchmarks/constraints.txt
	@touch $@

$(TEACHER)/.made: teaching/constraints.txt
	$(PYTHON) -m venv $(TEACHER)
	$(TEACHER)/bin/pip install $(LOCKED) teaching/constraints.txt
	@touch $@

$(TOOLS)/.made:
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install $(PIP_QUIET) 'uv>=0.9,<1' 'pip-audit>=2.9,<3' 'cyclonedx-bom>=7,<8'
	@touch $@

lock: $(TOOLS)/.made  ## write the newest versions that fit, with the hashes of their files, into the locks
	$(LOCK) pyproject.toml --output-file constraints.txt
	$(LOCK) pyproject.toml --extra dev --constraint constraints.txt --output-file constraints-dev.txt
	$(LOCK) benchmarks/peers.in --constraint constraints.txt --output-file benchmarks/constraints.txt
	$(LOCK) teaching/needs.in --constraint constraints.txt --output-file teaching/constraints.txt

audit: $(TOOLS)/.made  ## ask whether a version in the locks is known to be broken; needs the network
	$(TOOLS)/bin/pip-audit --require-hashes --disable-pip --requirement constraints.txt

sbom: $(TOOLS)/.made  ## list what the service is made of, as CycloneDX, in sbom.json
	$(TOOLS)/bin/cyclonedx-py requirements constraints.txt --output-file sbom.json

bench: $(VENV)/.dev  ## measure, each figure as a ratio to a peer in the same run
	@$(MAKE) --no-print-directory $(PEERS)/.made || echo "The peers' environment could not be built."
	$(BIN)/python -m benchmarks

hearing: $(TEACHER)/.made  ## teach it again from the examples in handlers/texts/heard
	$(TEACHER)/bin/python -m teaching.teach

fonts: $(VENV)/.dev  ## cut the typeface down for the pages
	$(BIN)/python docs/make_fonts.py

clean:  ## remove what was installed and made here, data excepted
	rm -rf $(VENV) $(PEERS) $(TOOLS) $(TEACHER) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
