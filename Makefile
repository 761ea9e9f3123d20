# steppewire. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if command -v $$p >/dev/null && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)
DISTRIBUTIONS := shared services/fetcher services/parser services/enricher services/store services/api services/notifier newsroom
READY := $(VENV)/.ready
DATA ?= ../shared/data
ARGS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^##### / { printf "\n%s\n", substr($$0, 7) } /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##### run

.PHONY: run demo
run: $(READY) ## run the newswire on real sites: broker, all services, page (ARGS="--help" for options)
	@$(BIN)/steppewire run $(ARGS)

demo: $(READY) ## the same against a local newsroom that ships with the project: works offline
	@$(BIN)/steppewire demo $(ARGS)

##### develop

.PHONY: setup
setup: $(READY) ## make the development environment in .venv, with all services and the command steppewire

$(READY): requirements/dev.txt requirements/uv.txt $(DISTRIBUTIONS:%=%/pyproject.toml)
	@test -n "$(PYTHON)" || { echo "steppewire needs Python 3.11 or newer with venv: install it, or give make PYTHON=/path/to/python3"; exit 1; }
	@echo "making the environment in $(VENV) with $(PYTHON) (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(DISTRIBUTIONS:%=-e %)
	@$(BIN)/python -m compileall -q $(DISTRIBUTIONS)
	@touch $@

.PHONY: test test-slow lint types format check schemas golden requirements
test: $(READY) ## the whole fast suite, on real servers
	@$(BIN)/python -m pytest -m "not compose and not slow" $(ARGS)

test-slow: $(READY) ## what takes minutes: a backlog of 200,000, a database that is away for a minute
	@$(BIN)/python -m pytest -m slow $(ARGS)

lint: $(READY) ## check style: Python, container files, shell, YAML
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/yamllint --strict docker-compose.yml deploy/prometheus deploy/grafana deploy/kubernetes
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/shellcheck .ci/run requirements/compile examples/consumers/*/*.sh
	@echo "style: clean"

types: $(READY) ## check types: strict mypy over every distribution
	@for d in $(DISTRIBUTIONS); do $(BIN)/mypy --no-error-summary $$d/steppewire*; done
	@echo "types: clean"

format: $(READY) ## rewrite Python files in the house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

check: lint types test ## all of these

schemas: $(READY) ## write the generated reference pages again (schemas, AsyncAPI, settings)
	@$(BIN)/python docs/reference/generate.py write

SOURCE ?=
golden: $(READY) ## write what is read out of a source's frozen pages: make golden SOURCE=name
	@$(BIN)/python -m steppewire.testing.golden $(SOURCE) $(ARGS)

requirements: $(READY) ## pin every dependency again, with hashes
	@requirements/compile

.PHONY: screenshots
screenshots: $(READY) ## photograph every page, into build/screenshots
	@STEPPEWIRE_SCREENSHOTS=build/screenshots STEPPEWIRE_REQUIRE_BROWSER=1 $(BIN)/python -m pytest -q tests/e2e/page --ignore tests/e2e/page/test_hostile.py $(ARGS)

##### containers

.PHONY: compose-test
compose-test: $(READY) ## prove docker compose: up, kill, scale, down, up again (needs a Docker engine)
	@$(BIN)/python -m pytest -m compose tests/compose $(ARGS)

##### measure

.PHONY: bench-demo quality-ner quality-pages quality-sentences quality-charsets bench-delivery bench-fetch bench-pipeline bench-store bench-live bench-replay train-langid train-ner floors train-extractor train-titles
bench-demo: $(READY) ## start-up time, articles a second, memory of each process
	@$(BIN)/python benchmarks/demo.py $(ARGS)

bench-delivery: $(READY) ## articles per CPU-second beside FastStream and plain redis-py
	@$(BIN)/python benchmarks/delivery.py $(ARGS)

bench-pipeline: $(READY) ## real pages through all services: make bench-pipeline PAGES=folder-or-archives
	@$(BIN)/python benchmarks/pipeline.py $(PAGES) $(ARGS)

bench-live: $(READY) ## 1,000 clients of the live stream beside a plain peer: deliveries, latency, memory
	@$(BIN)/python benchmarks/live.py $(ARGS)

bench-fetch: $(READY) $(VENV)/bench/.ready ## pages per CPU-second beside Scrapy and httpx (ARGS=--schedule: 10,000 sources on time)
	@PYTHONPATH=benchmarks $(BIN)/python -m fetch $(ARGS)

quality-pages: $(READY) $(VENV)/bench/.ready ## how well pages are read, beside other tools: make quality-pages DATA=folder-of-sets
	@PYTHONPATH=benchmarks $(BIN)/python -m quality_pages $(DATA) $(ARGS)

.PHONY: quality-bylines
quality-bylines: $(READY) ## how well bylines are found where the structure is left out: make quality-bylines DATA=folder-of-sets
	@PYTHONPATH=benchmarks $(BIN)/python benchmarks/quality_bylines.py $(DATA) $(ARGS)

quality-sentences: $(READY) $(VENV)/bench/.ready ## how well sentences are split, beside other tools
	@PYTHONPATH=shared $(VENV)/bench/bin/python benchmarks/quality_sentences.py $(ARGS)

quality-charsets: $(READY) $(VENV)/bench/.ready ## how often undeclared encodings are told, beside other tools: DATA=folder
	@PYTHONPATH=shared:services/parser $(VENV)/bench/bin/python benchmarks/quality_charsets.py $(DATA) $(ARGS)

.PHONY: quality-langid
quality-langid: $(READY) $(VENV)/bench/.ready ## how well languages are told, beside other tools: make quality-langid DATA=folder
	@PYTHONPATH=benchmarks $(BIN)/python -m quality_langid $(DATA) $(ARGS)

quality-ner: $(READY) $(VENV)/bench/.ready ## how well names and values are found, beside slovnet and spaCy: make quality-ner DATA=folder
	@PYTHONPATH=benchmarks $(BIN)/python -m quality_ner $(DATA) $(ARGS)

.PHONY: bench-enricher
bench-enricher: $(READY) $(VENV)/bench/.ready ## articles per CPU-second and memory of the enricher, beside slovnet and spaCy: DATA=folder
	@$(BIN)/python benchmarks/enricher.py $(DATA) $(ARGS)

.PHONY: quality-names
quality-names: $(READY) $(VENV)/bench/.ready ## how well names are known again across languages, beside another tool: DATA=folder
	@PYTHONPATH=benchmarks:shared:services/enricher $(VENV)/bench/bin/python -m quality_names $(DATA) $(ARGS)
	@PYTHONPATH=benchmarks $(BIN)/python -m quality_names.events

.PHONY: quality-copies
quality-copies: $(READY) ## how well near copies are told, and what a million articles cost: DATA=folder
	@$(BIN)/python benchmarks/quality_copies.py $(if $(wildcard $(DATA)/langid),$(DATA)) $(ARGS)

.PHONY: quality-search
quality-search: $(READY) ## how well articles are found in four languages: our own test set
	@PYTHONPATH=benchmarks $(BIN)/python -m quality_search $(ARGS)

floors: $(READY) ## every figure of quality beside its floor (on development pages, too, where DATA is)
	@PYTHONPATH=benchmarks $(if $(wildcard $(DATA)/pages),STEPPEWIRE_QUALITY_DATA=$(DATA)) $(BIN)/python -m floors $(ARGS)

$(VENV)/bench/.ready: requirements/bench.txt | $(READY)
	@echo "installing what fetcher and parser are measured beside …"
	@$(PYTHON) -m venv $(VENV)/bench
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(VENV)/bench/bin/python --require-hashes -r requirements/bench.txt
	@touch $@

bench-store: $(READY) ## saving and finding beside plain inserts, in SQLite and PostgreSQL
	@$(BIN)/python benchmarks/archive.py $(ARGS)

bench-replay: $(READY) ## reading the past again, and recovering it: make bench-replay PAGES=folder-or-archives
	@$(BIN)/python benchmarks/replay.py $(PAGES) $(ARGS)

MESSAGES ?= 20000
SEED ?= 1
STORE ?= both

.PHONY: storm
storm: $(READY) ## kill everything, again and again, while articles pass (MESSAGES=1000000 ARGS="--jobs 8": the long form)
	@$(BIN)/python benchmarks/storm --messages $(MESSAGES) --seed $(SEED) --store $(STORE) $(ARGS)

MINUTES ?= 60

.PHONY: soak
soak: $(READY) ## the whole newswire for an hour (MINUTES=60): memory flat, nothing left, nothing lost
	@$(BIN)/python benchmarks/soak.py --minutes $(MINUTES) $(ARGS)

.PHONY: fuzz-parser
fuzz-parser: $(READY) ## pages that nobody would write, through the parser: MINUTES=10 of computing
	@$(BIN)/python benchmarks/fuzz_parser.py --minutes $(MINUTES) $(ARGS)

EXAMPLES ?= 50

.PHONY: fuzz-api
fuzz-api: $(READY) ## requests that nobody would send, to the running API: EXAMPLES=50 of each operation, or MINUTES=10
	@$(BIN)/python benchmarks/fuzz_api.py $(if $(filter command%,$(origin MINUTES)),--minutes $(MINUTES),--examples $(EXAMPLES)) $(ARGS)

.PHONY: quality-health
quality-health: $(READY) ## how soon troubles of sources are told, and how often for nothing: a simulated year
	@$(BIN)/python benchmarks/health_quality.py $(ARGS)

##### train

TEXTS ?= var/langid-texts

.PHONY: langid-texts
langid-texts: ## fetch the open packages that the language tables are trained on: TEXTS=folder
	@services/enricher/steppewire_enricher/train/fetch_texts.sh $(TEXTS)

train-langid: $(READY) ## train the language tables: make train-langid DATA=folder TEXTS=folder
	@$(BIN)/python -m steppewire_enricher.train.langid $(DATA) $(TEXTS) $(ARGS)

train-extractor: $(READY) ## train the model that finds the text of pages: make train-extractor DATA=folder-of-sets
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m steppewire_parser.train.extractor $(DATA) $(ARGS)

.PHONY: train-names build-knowledge
train-names: $(READY) ## learn what spellings of names cost: make train-names DATA=folder
	@$(BIN)/python -m steppewire_enricher.train.names $(DATA) $(ARGS)

build-knowledge: $(READY) ## build the knowledge base from CLDR and our lists (needs no data)
	@$(BIN)/python -m steppewire_enricher.knowledge.build

train-titles: $(READY) ## learn which place names a page best: make train-titles DATA=folder-of-sets
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m steppewire_parser.train.titles $(DATA) $(ARGS)

train-ner: $(VENV)/train/.ready ## train the entity models: make train-ner DATA=folder (11 CPU-minutes)
	@PYTHONPATH=shared:services/enricher $(VENV)/train/bin/python -m steppewire_enricher.train.ner $(DATA) $(ARGS)

$(VENV)/train/.ready: requirements/train.txt | $(READY)
	@echo "installing what the models are trained with …"
	@$(PYTHON) -m venv $(VENV)/train
	@$(VENV)/train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/train.txt
	@touch $@
