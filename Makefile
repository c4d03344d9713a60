# Én Indgang. `make run` and `make test` are all a fresh machine needs: git, make, python3 with pip, the package registries.

SHELL := /bin/bash
TOOLS := var/tools
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo $(CURDIR)/$(TOOLS)/bin/uv)
STAMPS := var/setup

.PHONY: help run test setup lint check evaluate benchmark clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/:.*?## /\t/' | expand -t 14

run: setup ## Start everything and keep it running; Ctrl-C stops
	@exec .venv/bin/indgang run

test: setup ## Run every check and test
	@./run-tests

lint: setup ## Style, types and import borders
	@./run-tests lint

check: setup ## Validate what editors own
	@.venv/bin/indgang check

evaluate: setup ## Measure understanding on the labelled sets, against the running system
	@.venv/bin/indgang evaluate tests/evaluation/development/*.jsonl

benchmark: setup ## Measure this pipeline against Rasa's default, in one run
	@.venv/bin/indgang benchmark

setup: $(STAMPS)/root $(STAMPS)/engine $(STAMPS)/web ## Install what is missing or out of date

$(STAMPS)/uv:
	@mkdir -p $(STAMPS)
	@uv --version >/dev/null 2>&1 || $(TOOLS)/bin/uv --version >/dev/null 2>&1 || \
	  { echo "Henter uv …"; python3 -m pip install --quiet --disable-pip-version-check --target $(TOOLS) uv; }
	@touch $@

$(STAMPS)/root: pyproject.toml uv.lock | $(STAMPS)/uv
	@echo "Sætter miljøet op …"
	@$(UV) sync --locked --quiet
	@touch $@

$(STAMPS)/engine: bot/pyproject.toml bot/uv.lock bot/setup | $(STAMPS)/uv
	@echo "Sætter motoren op (Rasa; et par gigabyte første gang) …"
	@UV="$(UV)" bot/setup
	@touch $@

$(STAMPS)/web: web/package.json web/package-lock.json | $(STAMPS)/root
	@echo "Henter Det Fælles Designsystem …"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix web ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean: ## Remove what can be made again (not the database)
	rm -rf .venv bot/.venv web/node_modules models $(STAMPS) $(TOOLS)
