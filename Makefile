# make run starts the atlas, make test checks it; both set up whatever is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test setup check bench clean

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
STAMPS := .atlas/stamps
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --constraint constraints.txt

run: setup
	$(BIN)/streamlit run app.py --server.port $(PORT)

setup: $(STAMPS)/ready

# Static checks first: they are the fastest to fail. pytest's closing line stays the last.
test: setup $(STAMPS)/dev browser check
	$(BIN)/python -m pytest

check: setup $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup $(STAMPS)/dev browser
	$(BIN)/python -m tests.bench

clean:
	rm -rf .atlas .venv layers/web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: browser
browser: | $(STAMPS)
	@bash tools/browser.sh

$(STAMPS):
	@mkdir -p $@

$(STAMPS)/venv: tools/venv.sh | $(STAMPS)
	@PYTHON=$(PYTHON) bash tools/venv.sh
	@touch $@

$(STAMPS)/requirements: $(STAMPS)/venv requirements.txt constraints.txt
	$(PIP) --requirement requirements.txt
	@touch $@

$(STAMPS)/dev: $(STAMPS)/requirements requirements-dev.txt
	$(PIP) --requirement requirements-dev.txt
	@touch $@

$(STAMPS)/web: layers/web/package.json layers/web/package-lock.json layers/web/.npmrc tools/node.sh | $(STAMPS)
	@bash tools/node.sh
	cd layers/web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/ready: $(STAMPS)/requirements $(STAMPS)/web layers/vendor.py layers/backdrop.py data/places.csv data/map_labels.csv
	$(BIN)/python -m layers prepare
	@touch $@
