# Doorstep. `make help` lists what can be made.
PYTHON ?= python3
BIN := .venv/bin
export PYTHON
QUICK := not browser and not slow and not spark and not anchor and not crash and not readers

.PHONY: help install run test test-quick test-browser test-spark test-anchor test-readers test-crash crash screenshots check \
	format reference bench clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: .venv/dev.stamp ## Make the private environment .venv with everything for working on Doorstep

run: .venv/runtime.stamp ## Run the demo country: database, people, decisions, web site
	@$(BIN)/doorstep run

test: .venv/dev.stamp .venv/browser.stamp node_modules/.stamp .venv/readers.stamp .venv/spark.stamp .venv/anchor.stamp ## Every test
	$(BIN)/pytest -n auto -m "$(QUICK)"
	$(BIN)/pytest -m "not ($(QUICK))"

test-quick: .venv/dev.stamp ## The tests that need no browser, no Spark, no chain and little time
	$(BIN)/pytest -n auto -m "$(QUICK)"

test-browser: .venv/dev.stamp .venv/browser.stamp node_modules/.stamp ## The tests that drive a real browser
	$(BIN)/pytest -m browser

test-spark: .venv/spark.stamp ## The tests that decide on Spark as well
	$(BIN)/pytest -m spark

test-readers: .venv/dev.stamp node_modules/.stamp .venv/readers.stamp ## The tests with other people's readers of our credentials
	$(BIN)/pytest -m readers

test-anchor: .venv/anchor.stamp ## The tests that write to a chain as well
	$(BIN)/pytest -m anchor

test-crash: .venv/dev.stamp ## The short crash exam: PostgreSQL and its clients are killed, nothing may be lost
	$(BIN)/pytest -m crash

crash: .venv/dev.stamp ## The long crash exam: a million attempts, a hundred kills; SEED=WORD repeats one
	$(BIN)/python -m tests.crash.exam $(if $(SEED),--seed $(SEED))

screenshots: .venv/dev.stamp .venv/browser.stamp node_modules/.stamp ## Take the pictures in docs/images again; LOOK=FOLDER takes one of every page
	$(BIN)/pytest tests/browser/screenshots.py

check: .venv/dev.stamp ## Lint, format, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/dev.stamp ## Format the code and mend what can be mended by machine
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

reference: .venv/dev.stamp ## Write the pages of docs/reference that are made from the code
	$(BIN)/python -m doorstep.config.reference

bench: .venv/dev.stamp .venv/spark.stamp ## Every benchmark; the results go to var/bench
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

clean: ## Remove everything that was made here, the demo database included
	@tools/clean

.venv/runtime.stamp: requirements/runtime.txt pyproject.toml tools/install
	@tools/install runtime

.venv/dev.stamp: requirements/dev.txt pyproject.toml tools/install
	@tools/install dev
	@touch .venv/runtime.stamp

.venv/spark.stamp: requirements/spark.txt tools/spark .venv/dev.stamp
	@tools/spark

.venv/anchor.stamp: requirements/anchor-test.txt tools/anchor .venv/dev.stamp
	@tools/anchor

.venv/browser.stamp: tools/browser .venv/dev.stamp
	@tools/browser

.venv/readers.stamp: tools/readers .venv/dev.stamp
	@tools/readers

node_modules/.stamp: package.json package-lock.json tools/npm .venv/dev.stamp
	@tools/npm
