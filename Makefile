# Daily commands. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
BASE ?= main
TESTS := -m "not slow"

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Turn off telemetry of Terraform and cdktf, let npm and uv use the system's certificates, and ignore a Terraform
# configuration file that does not exist.
export CHECKPOINT_DISABLE := 1
export NODE_USE_SYSTEM_CA := 1
export UV_SYSTEM_CERTS := 1
ifeq ($(wildcard $(TF_CLI_CONFIG_FILE)),)
unexport TF_CLI_CONFIG_FILE
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help up offline local test test-all test-changed test-programs snapshots docs bench lock clean setup check

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The gate runs after cdktf, because cdktf repeats and prefixes the output of the app. If the app fails, only its own
# message is printed; the log of cdktf is printed if cdktf alone fails.
up: setup ## set up, synthesize every environment, run the gate, deploy both stacks of production to offline AWS
	@echo "▸ synthesizing every environment"
	@log=$$(ARQ_GATE=off CI=1 $(BIN)/cdktf synth 2>&1) || { \
		ARQ_GATE=off $(BIN)/python -m environments >/dev/null && printf '%s\n' "$$log"; exit 1; }; \
	printf '%s\n' "$$log" | grep '^WARN ' || true
	@$(BIN)/arqctl gate --from cdktf.out
	@if command -v "$${TERRAFORM_BINARY_NAME:-terraform}" >/dev/null; \
	then $(MAKE) --no-print-directory offline; \
	else echo "Terraform is not installed, so nothing is deployed. Run \`arqctl doctor\` to see how to install it"; fi

# cdktf prints several thousand lines; the log keeps them, and the terminal shows the summary.
offline: setup ## deploy both stacks of production to offline AWS with cdktf and plan again: no account, no network
	@echo "▸ cdktf deploy production production-platform on offline AWS (simulated, half a minute)"
	@mkdir -p .arq/offline
	@ARQ_OFFLINE=1 ARQ_GATE=off CI=1 $(BIN)/cdktf deploy production production-platform --auto-approve \
		>.arq/offline/deploy.log 2>&1 || { cat .arq/offline/deploy.log; exit 1; }
	@sed 's/\x1b\[[0-9;]*m//g' .arq/offline/deploy.log \
		| awk '/Terraform will perform/ { outputs = 0 } /Apply complete/ { outputs = 1 } \
			/Plan:|No changes\.|Apply complete/ || (outputs && / = "/) { $$1 = $$1; print "  " substr($$0, 1, 160) }'
	@$(BIN)/arqctl plan production --offline

local: ## run the reference application with Docker, on http://localhost:8080 (docs/local.md)
	@$(PYTHON) scripts/local_secrets.py
	@docker compose up --build --detach

test: setup check tests/node/node_modules/.package-lock.json ## lint, types, import contracts and the fast tests; T=constructs_arq/data runs one package's tests
	@echo "▸ pytest"
	@tests=$$($(BIN)/python scripts/select_tests.py $(T)) && $(BIN)/pytest -n 2 --dist loadfile -q $(TESTS) $$tests

test-all: TESTS := --cov --cov-report=term
test-all: test-programs test docs ## the same with the slow tests, the coverage floor and the documentation: what CI runs

test-changed: setup check tests/node/node_modules/.package-lock.json ## the fast tests of the packages that differ from BASE=main
	@echo "▸ pytest of the packages that differ from $(BASE)"
	@tests=$$($(BIN)/python scripts/select_tests.py --changed-since $(BASE)) && \
	if [ -n "$$tests" ]; then $(BIN)/pytest -n 2 --dist loadfile -q $(TESTS) $$tests; else echo "nothing changed"; fi

test-programs: setup
	@scripts/install_test_programs

check: setup
	@echo "▸ ruff, mypy, import-linter"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

snapshots: setup ## update the committed snapshots, address lists, diagram and local nginx after an intended change
	@$(BIN)/arqctl snapshot update
	@$(BIN)/python -m policies
	@$(BIN)/python scripts/local_nginx.py
	@$(BIN)/arqctl diagram production --output docs/diagrams/production.svg

docs: setup ## build the documentation site with the API reference into site/; warnings are errors
	@echo "▸ mkdocs"
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: setup ## measure synthesis, the gate, offline AWS, the review and restores
	@$(BIN)/python -m benchmarks.synth
	@$(BIN)/python -m benchmarks.cluster_stack
	@$(BIN)/python -m benchmarks.gate
	@$(BIN)/python -m benchmarks.offline
	@$(BIN)/python -m benchmarks.source_locations
	@$(BIN)/python -m benchmarks.review
	@$(BIN)/python -m benchmarks.restore

lock: setup ## update both lock files after a dependency changed (LOCK=--upgrade: to the newest versions)
	@echo "▸ updating requirements.lock and package-lock.json"
	@$(BIN)/python -m pip install -qq "uv>=0.13,<1"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --group dev --generate-hashes \
		--no-annotate --no-header $(LOCK) constructs_arq/pyproject.toml arqctl/pyproject.toml \
		services/api/pyproject.toml services/backup/pyproject.toml \
		--output-file requirements.lock
	@$(BIN)/python scripts/lock_images.py
	@$(BIN)/npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --silent
	@cd tests/node && $(CURDIR)/$(BIN)/npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --silent
	@$(BIN)/python scripts/lock_web.py

clean: ## remove the virtual environment, caches, and outputs of synthesis and offline runs
	rm -rf .venv node_modules tests/node/node_modules cdktf.out .arq site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache \
		.hypothesis .coverage

# Each setup step writes a file that records the lock it installed, so a second run installs nothing.
setup: .venv/project.stamp node_modules/.package-lock.json .venv/bin/cdktf

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, \
	and $(PYTHON) is older. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "▸ creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# Modules are compiled when first used: compiling the provider's 2,200 here would double the time.
.venv/requirements.stamp: requirements.lock | .venv/pyvenv.cfg
	@echo "▸ installing the locked Python packages (a minute or two)"
	@$(BIN)/python -m pip install -qq --no-compile --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/project.stamp: constructs_arq/pyproject.toml arqctl/pyproject.toml .venv/requirements.stamp
	@echo "▸ installing constructs-arq and arqctl in editable mode"
	@$(BIN)/python -m pip install -qq --no-deps --editable ./constructs_arq --editable ./arqctl
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json | .venv/requirements.stamp
	@echo "▸ installing cdktf-cli"
	@$(BIN)/npm ci --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

tests/node/node_modules/.package-lock.json: tests/node/package.json tests/node/package-lock.json | .venv/requirements.stamp
	@echo "▸ installing the Node packages of the tests"
	@cd tests/node && $(CURDIR)/$(BIN)/npm ci --no-audit --no-fund --no-update-notifier --ignore-scripts --loglevel=error >/dev/null
	@touch $@

.venv/bin/cdktf: | node_modules/.package-lock.json
	@ln -sf ../../scripts/cdktf $@
