# Every target does its own set-up. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
export PYTHONPATH := layers/shared:.
# The layer is built with `python3 -m pip`: this environment has one, the system's Python often has none.
SAM = PATH="$(CURDIR)/.venv-sam/bin:$$PATH" SAM_CLI_TELEMETRY=0 sam
NEW_ENOUGH = python3 -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Shopbridge needs Python 3.11 or newer; python3 is " + sys.version.split()[0] + ".")'

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# The .txt files are complete, so nothing is left to resolve: older releases of pip stumble over extras with hashes.
INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.venv/.ready: requirements/dev.txt
	@$(NEW_ENOUGH)
	python3 -m venv .venv
	.venv/bin/python $(INSTALL) -r requirements/dev.txt
	touch $@

.venv-sam/.ready: requirements/sam.txt
	@$(NEW_ENOUGH)
	python3 -m venv .venv-sam
	.venv-sam/bin/python $(INSTALL) -r requirements/sam.txt
	touch $@

.PHONY: chaos help setup run test unit check format lint types imports package clean pins docs
setup: .venv/.ready ## install what the other targets need (they call it themselves)

run: setup ## the whole bridge on this machine: PAIR=shop-office|all ORDERS=file.csv[.gz] SPEED=n KEEP=1
	@$(PY) -m sandbox.demo $(if $(PAIR),--pair "$(PAIR)") $(if $(ORDERS),--orders "$(ORDERS)") $(if $(SPEED),--speed "$(SPEED)") $(if $(KEEP),--keep)

test: setup ## all tests
	$(PY) -m pytest -q -n 2 --dist worksteal

unit: setup ## the fast tests
	$(PY) -m pytest -q -n 2 --dist worksteal tests/unit

explore: setup ## the property tests with examples nobody tried before
	SHOPBRIDGE_EXAMPLES=new $(PY) -m pytest -q -n 2 --dist worksteal

format: setup ## rewrite the code in house format
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix --quiet . || true

lint: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types: setup
	.venv/bin/mypy

imports: setup
	.venv/bin/lint-imports

bench-stock: setup ## what sweeps of stock cost: SKUS="1000 100000"
	$(PY) -m benchmarks.bench_stock $(SKUS)

bench-products: setup ## what product runs cost: PRODUCTS="1000 20000"
	$(PY) -m benchmarks.bench_products $(PRODUCTS)

chaos: setup ## attack the bridge and judge what became of it: SHORT=1 SEED=n ORDERS=n
	$(PY) -m chaos $(if $(SHORT),--short) $(if $(SEED),--seed "$(SEED)") $(if $(ORDERS),--orders "$(ORDERS)")

check: lint types imports test ## everything CI runs, but for `make package`

package: .venv-sam/.ready ## sam validate --lint and sam build
	$(SAM) validate --lint
	$(SAM) build

pins: setup ## recompute the pinned, hashed requirements from the .in files
	$(PY) -m pip install --quiet uv
	for f in layers/shared/requirements requirements/dev requirements/sam; do \
	  .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 $$f.in -o $$f.txt || exit 1; done

docs: setup ## rewrite the docs pages that the models dictate
	$(PY) tools/settings_docs.py

clean: ## remove everything the other targets made
	rm -rf .venv .venv-sam .aws-sam build .mypy_cache .ruff_cache .pytest_cache
