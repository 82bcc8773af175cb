# make run starts the atlas, make test checks it; both set up whatever is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test setup check bench bench-joins bench-uploads screenshots clean

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
# Each stamp lies in the folder that it vouches for, so that deleting the folder is enough to have it made again.
VENV := .venv/.made
REQUIREMENTS := .venv/.requirements
DEV := .venv/.dev
WEB := layers/web/node_modules/.installed
READY := .atlas/.ready
# The environments of the engines that the joins are measured beside: their versions need not suit the atlas or each other.
PEERS := $(filter-out $(WITHOUT),shapely duckdb sedonadb)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --constraint constraints.txt

run: setup
	$(BIN)/streamlit run app.py --server.port $(PORT)

setup: $(READY)

# Static checks first: they are the fastest to fail. pytest's closing line stays the last. A process a core, each with
# whole files: those of the browser share an atlas.
test: setup $(DEV) browser check
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: setup $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup $(DEV) browser
	$(BIN)/python -m tests.bench

# make bench-joins WITHOUT=sedonadb leaves a peer out; nothing else does.
bench-joins: $(REQUIREMENTS) $(DEV) $(PEERS:%=.bench/peers/%/.made)
	$(BIN)/python -m tests.bench.joins $(WITHOUT:%=--without %)

# Whether visitors' large files hold the atlas up.
bench-uploads: setup $(DEV)
	$(BIN)/python -m tests.bench.uploads

# The pictures of the README.
screenshots: setup $(DEV) browser
	$(BIN)/python -m tests.screenshots

clean:
	rm -rf .atlas .bench .venv layers/web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: browser
browser:
	@bash tools/browser.sh

$(VENV): tools/venv.sh
	@PYTHON=$(PYTHON) bash tools/venv.sh
	@touch $@

$(REQUIREMENTS): $(VENV) requirements.txt constraints.txt
	$(PIP) --requirement requirements.txt
	@touch $@

$(DEV): $(REQUIREMENTS) requirements-dev.txt
	$(PIP) --requirement requirements-dev.txt
	@touch $@

.bench/peers/%/.made: tests/bench/joins/peers/%.txt $(VENV)
	$(BIN)/python -m venv --clear .bench/peers/$*
	.bench/peers/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-input --requirement $< || \
		{ echo "The peer $* of make bench-joins cannot be installed; WITHOUT=$* leaves it out." >&2; exit 1; }
	@touch $@

$(WEB): layers/web/package.json layers/web/package-lock.json layers/web/.npmrc tools/node.sh
	@bash tools/node.sh
	cd layers/web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(READY): $(REQUIREMENTS) $(WEB) layers/vendor.py layers/backdrop.py data/places.csv data/map_labels.csv data/towns.csv
	$(BIN)/python -m layers prepare
	@touch $@
