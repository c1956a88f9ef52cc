# Every target does its own set-up. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
export PYTHONPATH := layers/shared:.:cli
# The layer is built with `python3 -m pip`: this environment has one, the system's Python often has none.
SAM = PATH="$(CURDIR)/.venv-sam/bin:$$PATH" SAM_CLI_TELEMETRY=0 sam
NEW_ENOUGH = python3 -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Shopbridge needs Python 3.11 or newer; python3 is " + sys.version.split()[0] + ".")'

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# The .txt files are complete, so nothing is left to resolve: older releases of pip stumble over extras with hashes.
INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

# `make run` is for people who only want to look: they wait for what it needs and no more. Bytecode comes as it is used.
.venv/.run-ready: requirements/run.txt
	@$(NEW_ENOUGH)
	@echo "Installing what make run needs into .venv: $(shell grep -c == requirements/run.txt) libraries, 140 MB, half a minute or so, once."
	@python3 -m venv .venv
	@.venv/bin/python $(INSTALL) --no-compile -r requirements/run.txt
	@touch $@

.venv/.ready: .venv/.run-ready requirements/dev.txt
	@echo "Installing what the tests and checks need into .venv: 550 MB in all, a minute or two, once."
	@.venv/bin/python $(INSTALL) -r requirements/dev.txt
	@touch $@

# Environments of their own: sam, whose command line pins its libraries hard; audit, many libraries that only look at the
# others; tryton, a real back office under the GPL, so a process that we only talk to; peers, who else carries orders.
.venv-%/.ready: requirements/%.txt
	@$(NEW_ENOUGH)
	python3 -m venv $(@D)
	$(@D)/bin/python $(INSTALL) -r $<
	touch $@

# The newest Python here that the functions could run on: on the path, or a neighbour of ours, as pyenv keeps them.
NEIGHBOURS = $(shell python3 -c 'import pathlib, sys; print(pathlib.Path(sys.base_prefix).resolve().parent)')
NEWEST = $(shell for v in 14 13; do for it in python3.$$v "$(NEIGHBOURS)"/3.$$v.*/bin/python; do \
  "$$it" -c 'import venv, ssl' 2>/dev/null && command -v "$$it" && exit; done; done)

.venv-newest/.ready: requirements/dev.txt
	@[ -n "$(NEWEST)" ] || { echo "No Python 3.13 or 3.14 on the path nor beside the one in use. Install one, Debian 13 has it as python3-venv."; exit 1; }
	"$(NEWEST)" -m venv .venv-newest
	.venv-newest/bin/python $(INSTALL) -r requirements/dev.txt
	touch $@

.PHONY: deploy rehearse-deploy first-order chaos help real setup run test unit check format lint types imports package clean pins countries docs audit
# The command line from this folder, as an installation of it would bring it.
.venv/bin/shopbridge: .venv/.run-ready
	@printf '#!/bin/sh\nhere=$$(dirname "$$0")\nPYTHONPATH="$$here/../../cli" exec "$$here/python" -m shopbridge_cli "$$@"\n' > $@
	@chmod +x $@

setup: .venv/.ready .venv/bin/shopbridge ## install what the other targets need (they call it themselves)

run: .venv/.run-ready .venv/bin/shopbridge ## the whole bridge on this machine: PAIR=shop-office|all|several ORDERS=file.csv[.gz] SPEED=n KEEP=1, STORY=0 or EMPTY=1 to try it
	@$(PY) -m sandbox.demo $(if $(PAIR),--pair "$(PAIR)") $(if $(ORDERS),--orders "$(ORDERS)") $(if $(SPEED),--speed "$(SPEED)") $(if $(EMPTY),--stay empty,$(if $(filter 0,$(STORY)),--stay connected,$(if $(KEEP),--stay story)))

test: setup ## all tests
	$(PY) -m pytest -q -n 2 --dist worksteal

unit: setup ## the fast tests, with three examples in ten of what has many states
	SHOPBRIDGE_EXAMPLES=few $(PY) -m pytest -q -n 2 --dist worksteal tests/unit

unit-newest: .venv-newest/.ready ## the fast tests on the newest Python here: 3.13, which the functions run on, or 3.14
	.venv-newest/bin/python --version
	.venv-newest/bin/python -m pytest -q -n 2 --dist worksteal tests/unit

coverage: setup ## which branches of the layer the tests walk, 92 of 100 at least; TESTS="tests/unit" for less, without that
	rm -rf build/coverage && mkdir -p build/coverage
	$(PY) -m coverage run -m pytest -q -n 2 --dist worksteal $(TESTS)
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report $(if $(TESTS),,--fail-under=92)

explore: setup ## the property tests with examples nobody tried before
	SHOPBRIDGE_EXAMPLES=new $(PY) -m pytest -q -n 2 --dist worksteal

format: setup ## rewrite the code in house format
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix --quiet . || true

lint: setup ## look whether the code is in house format, and for what ruff finds
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types: setup ## mypy over everything
	.venv/bin/mypy

imports: setup ## imports that point the wrong way
	.venv/bin/lint-imports

bench: setup ## what an order costs, beside a plain loop and the peers: SHORT=1 for less, DOCS=1 into docs/performance.md
	$(PY) -m benchmarks.bench_orders $(if $(SHORT),--short) $(if $(DOCS),--docs)

peers: .venv-peers/.ready ## install dlt and the Singer SDK, which `make bench` then measures as well

bench-stock: setup ## what sweeps of stock cost: SKUS="1000 100000"
	$(PY) -m benchmarks.bench_stock $(SKUS)

bench-products: setup ## what product runs cost: PRODUCTS="1000 20000"
	$(PY) -m benchmarks.bench_products $(PRODUCTS)

bench-cold-start: setup ## what the functions' cold starts cost beside bare boto3
	$(PY) -m benchmarks.cold_start

first-order: setup ## how long it takes from a fresh clone to the first order of one's own, typing counted
	$(PY) -m tools.first_order

chaos: setup ## attack the bridge and judge what became of it: SHORT=1 SEED=n ORDERS=n
	$(PY) -m chaos $(if $(SHORT),--short) $(if $(SEED),--seed "$(SEED)") $(if $(ORDERS),--orders "$(ORDERS)")

build/dynalite/.ready: requirements/dynalite/package-lock.json
	mkdir -p build/dynalite
	cp requirements/dynalite/package.json requirements/dynalite/package-lock.json build/dynalite
	cd build/dynalite && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

dynalite: setup build/dynalite/.ready ## the store tests on an independent DynamoDB, which needs Node.js
	SHOPBRIDGE_DYNALITE=build/dynalite $(PY) -m pytest -q -n 2 --dist loadfile tests/integration/store

real: setup .venv-tryton/.ready ## real platforms from their own packages: what emulators promise, and orders from shop to office
	@$(PY) -m real
	$(PY) -m pytest -q -rs real

check: lint types imports test ## everything CI runs, but for `make package`

audit: audit-code audit-template audit-pins ## known holes: bandit, checkov, and pip-audit, which asks a service on the network

# Skipped: texts beside a name such as "token" (B105 to B107) and programs that are started (B404, B603, B607). ruff's S105 to
# S107, S603 and S607 look at them, too, and want a word at each place; tests/unit/house/test_tracked_files.py looks for real
# secrets everywhere. In what never ships also random numbers that make demo data and faults, no secrets (B311), and the names
# of XML's types (B405): defusedxml reads it.
LOOKED_AT := B105,B106,B107,B404,B603,B607
audit-code: .venv-audit/.ready
	.venv-audit/bin/bandit --quiet --recursive --skip $(LOOKED_AT) layers functions cli tools
	.venv-audit/bin/bandit --quiet --recursive --skip $(LOOKED_AT),B311,B405 sandbox chaos benchmarks

# As CloudFormation gets to see it: of the template itself checkov reads nothing, as its merge keys override each other.
audit-template: .venv-audit/.ready build/template.expanded.json # what is skipped, and why: .checkov.yaml
	.venv-audit/bin/checkov --config-file .checkov.yaml --file build/template.expanded.json

# Without --strict, what the service does not answer for would count as clean.
audit-pins: .venv-audit/.ready
	@for f in layers/shared/requirements requirements/dev requirements/sam requirements/audit requirements/peers; do \
	  .venv-audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r $$f.txt || { \
	    echo "$$f.txt is not proven clean. Above stand the holes found, with the releases that close them, or what pip-audit could"; \
	    echo "not ask its service for: then nothing is known of that library, and this has to run where the network reaches it."; \
	    exit 1; }; done

package: .venv-sam/.ready build/template.expanded.json ## lints the template, also as SAM expands it, and sam build
	$(SAM) validate --lint
	.venv-sam/bin/cfn-lint build/template.expanded.json
	$(SAM) build

# What CloudFormation gets to see: functions with their permissions, the API, the schedules.
build/template.expanded.json: template.yaml .venv/.ready
	@mkdir -p build
	$(PY) -m tools.expanded_template > $@

deploy: .venv-sam/.ready setup ## puts the bridge into AWS or brings it up to date: ENV=dev|staging|prod, STACK, REGION, EMAIL
	@PATH="$(CURDIR)/.venv-sam/bin:$$PATH" $(PY) -m tools.deploy $(or $(ENV),prod)

rehearse-deploy: .venv-sam/.ready setup ## the same with the real `sam` against an emulated CloudFormation: made, changed, rolled back, removed
	@PATH="$(CURDIR)/.venv-sam/bin:$$PATH" $(PY) -m tools.deploy.rehearsal

pins: .venv-audit/.ready ## recompute the pinned, hashed requirements from the .in files
	for f in layers/shared/requirements requirements/dev requirements/sam requirements/audit requirements/tryton requirements/peers; do \
	  .venv-audit/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 $$f.in -o $$f.txt || exit 1; done
	.venv-audit/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 requirements/run.in -c requirements/dev.txt -o requirements/run.txt

countries: setup ## rewrite the names of countries that the layer reads, from the pinned CLDR
	$(PY) -m tools.country_names

docs: setup ## rewrite the docs pages that the models dictate, and what `explain` tells
	$(PY) tools/settings_docs.py
	$(PY) -m tools.reasons

clean: ## remove everything the other targets made
	rm -rf .venv .venv-sam .venv-audit .venv-newest .venv-tryton .venv-peers .aws-sam build .mypy_cache .ruff_cache .pytest_cache
