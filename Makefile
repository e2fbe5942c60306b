# The words a person types every day. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
TESTS := -m "not slow"

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Neither Terraform nor cdktf reports home; npm and uv trust the certificates that the system trusts; a
# Terraform configuration that does not exist is not asked for.
export CHECKPOINT_DISABLE := 1
export NODE_USE_SYSTEM_CA := 1
export UV_SYSTEM_CERTS := 1
ifeq ($(wildcard $(TF_CLI_CONFIG_FILE)),)
unexport TF_CLI_CONFIG_FILE
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help up offline test test-all snapshots bench lock clean setup check

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# cdktf repeats and prefixes what the app says, so the gate judges after it, on the terminal itself, and what
# goes wrong is said by the app alone, unless cdktf alone is at fault.
up: setup ## set up, synthesize every environment, print the gate's page, deploy production offline
	@echo "▸ synthesizing every environment"
	@log=$$(ARQ_GATE=off CI=1 $(BIN)/cdktf synth 2>&1) || { \
		ARQ_GATE=off $(BIN)/python -m environments >/dev/null && printf '%s\n' "$$log"; exit 1; }; \
	printf '%s\n' "$$log" | grep '^WARN ' || true
	@$(BIN)/arqctl gate --from cdktf.out
	@if command -v "$${TERRAFORM_BINARY_NAME:-terraform}" >/dev/null; \
	then $(MAKE) --no-print-directory offline; \
	else echo "There is no Terraform here to deploy with: \`arqctl doctor\` says how to mend that"; fi

# cdktf prints several thousand lines, which the log keeps: shown is what a person looks for in them.
offline: setup ## deploy production to offline AWS with cdktf, and plan again: no account, no network
	@echo "▸ cdktf deploy production on offline AWS: simulated, half a minute"
	@mkdir -p .arq/offline
	@ARQ_TARGET=offline ARQ_GATE=off CI=1 $(BIN)/cdktf deploy production --auto-approve \
		>.arq/offline/deploy.log 2>&1 || { cat .arq/offline/deploy.log; exit 1; }
	@sed 's/\x1b\[[0-9;]*m//g' .arq/offline/deploy.log \
		| awk '/Apply complete/ { done = 1 } \
			/Plan:|No changes\.|Apply complete/ || (done && / = "/) { $$1 = $$1; print "  " $$0 }'
	@$(BIN)/arqctl plan production --offline

test: setup check ## lint, types, import rules and the fast tests
	@echo "▸ pytest"
	@$(BIN)/pytest -n 2 --dist loadfile -q $(TESTS)

test-all: TESTS := --cov --cov-report=term
test-all: test ## the same with the slow tests and the coverage floor: what CI runs

check: setup
	@echo "▸ ruff, mypy, import-linter"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

snapshots: setup ## renew the committed snapshots, addresses and picture after an intended change
	@$(BIN)/arqctl accept
	@$(BIN)/arqctl diagram production --output docs/diagrams/production.svg

bench: setup ## measure: the engine against stock, cost against size, the gate, offline AWS, the review
	@$(BIN)/python -m benchmarks.synth
	@$(BIN)/python -m benchmarks.gate
	@$(BIN)/python -m benchmarks.offline
	@$(BIN)/python -m benchmarks.source_locations
	@$(BIN)/python -m benchmarks.review

lock: setup ## renew both lock files after a dependency changed (LOCK=--upgrade: to the newest)
	@echo "▸ renewing requirements.lock and package-lock.json"
	@$(BIN)/python -m pip install -qq "uv>=0.13,<1"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-annotate --no-header $(LOCK) pyproject.toml --output-file requirements.lock
	@$(BIN)/npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --silent

clean: ## remove what setup, synthesis and offline runs made
	rm -rf .venv node_modules cdktf.out .arq .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage

# Setup: each step leaves a file that says which lock it installed, so a second run installs nothing.
setup: .venv/project.stamp node_modules/.package-lock.json .venv/bin/cdktf

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, \
	and $(PYTHON) is not. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "▸ making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# Modules are compiled when first used: compiling the provider's 2,200 here would double the wait.
.venv/requirements.stamp: requirements.lock | .venv/pyvenv.cfg
	@echo "▸ installing the locked Python packages (a minute or two)"
	@$(BIN)/python -m pip install -qq --no-compile --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/project.stamp: pyproject.toml .venv/requirements.stamp
	@echo "▸ installing the project itself"
	@$(BIN)/python -m pip install -qq --no-deps --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json | .venv/requirements.stamp
	@echo "▸ installing cdktf-cli"
	@$(BIN)/npm ci --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

.venv/bin/cdktf: | node_modules/.package-lock.json
	@ln -sf ../../scripts/cdktf $@
