# make run      install, start, fill a demo, serve on http://localhost:8000 (PORT, HOTLINE_HOME)
# make test     everything the pipeline runs
# make install  only the installing, into .venv
# make simulation   a year of 5,000 requests, each promise checked by a slow counter (an hour or two)
# make fuzz     hostile input in every form and at every address, new examples each time (an hour)
# make audit    known weaknesses in what is locked (network); docs/security.md
# make bench    figures of speed, memory and disk (docs/performance.md); make bench-engines: only the
#               calendar's arithmetic, the sweep over 100,000 open requests, messages a second
# make crash    kill everything at random moments under load, then compare; make outage: the database away for
#               a minute; make races: fifty people at ten requests; make full: a disk that fills up (docs/proofs.md)
.PHONY: run test install test-tools simulation fuzz audit crash outage races full bench bench-engines lint format messages screenshot clean
.DEFAULT_GOAL := run
SHELL := /bin/bash

BIN := .venv/bin
UV_VERSION := 0.13.9
PYTHON ?= $(shell command -v python3.11 || command -v python3)
OWN_STATIC := $(shell find hotline/doors -path '*/static/*' -not -path '*/vendor/*' -type f)
CATALOGS := $(patsubst %.po,%.mo,$(wildcard hotline/locale/*/LC_MESSAGES/django.po))
JOBS ?= $(shell nproc)

run: install
	@$(BIN)/hotline start --demo

install: .venv/.installed node_modules/.installed static/.built $(CATALOGS)

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@echo "Installing what is locked: about two minutes the first time, seconds after that."
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; tools/apt python3-venv && $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.installed: .venv/bin/uv uv.lock pyproject.toml
	@echo "  Python packages (uv.lock)"
	@$(BIN)/uv sync --frozen --quiet --inexact --compile-bytecode
	@$(BIN)/python -m compileall -q config hotline
	@touch $@

.venv/.tested: .venv/.installed uv.lock
	@$(BIN)/uv sync --frozen --quiet --all-groups --compile-bytecode
	@touch $@

node_modules/.installed: package.json package-lock.json
	@echo "  front-end packages (package-lock.json)"
	@npm ci --silent --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

static/.built: .venv/.installed node_modules/.installed tools/assets.py hotline/doors/ui/icons.txt $(OWN_STATIC)
	@$(BIN)/python tools/assets.py
	@$(BIN)/hotline collectstatic --noinput --clear --verbosity 0
	@touch $@

%.mo: %.po .venv/.installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

test-tools: install .venv/.tested
	@tools/apt --if chromium chromium fonts-noto-cjk
	@PATH="$$PATH:/usr/sbin" tools/apt --if clamd clamav-daemon || echo "Without ClamAV the tests of a real scanner are skipped."
	@PATH="$$PATH:/usr/sbin" tools/apt --if bearerbox kannel kannel-extras || echo "Without Kannel its tests are skipped."

lint: test-tools
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/djlint --quiet --lint hotline
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports >/dev/null || $(BIN)/lint-imports

test: lint
	@$(BIN)/pytest -n $(JOBS) --dist worksteal --quiet $(ARGS)

format: .venv/.tested
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

messages: .venv/.tested
	@$(BIN)/python tools/messages.py

screenshot: test-tools
	@$(BIN)/python tools/screenshot.py

simulation: test-tools
	@HOTLINE_SIMULATION=$${HOTLINE_SIMULATION:-5000} $(BIN)/pytest -n $(JOBS) --dist worksteal --quiet tests/simulation $(ARGS)

fuzz: test-tools
	@HYPOTHESIS_PROFILE=deep $(BIN)/pytest -n $(JOBS) --dist worksteal --quiet tests/doors/fuzz $(ARGS)

audit: test-tools
	@$(BIN)/python -m tools.audit

crash outage races full: test-tools
	@$(BIN)/python -m tools.proofs.$@

bench: test-tools
	@$(BIN)/python -m tools.bench $(ARGS)
	@[ -n "$(ARGS)" ] || $(MAKE) --no-print-directory bench-engines

bench-engines: test-tools
	@$(BIN)/python -m tools.bench --engines
	@$(BIN)/python -m tools.bench.deliveries

clean:
	rm -rf .venv node_modules static hotline/doors/ui/static/vendor
