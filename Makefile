# The commands of this project. `make demo` needs git, make and Python 3.11 or newer; what else a target needs, it installs.
PYTHON := .venv/bin/python
BROWSERS := chromium firefox-esr coturn espeak-ng iproute2 faketime fonts-dejavu libatomic1  # libatomic1: for the Node that Playwright brings
NODE := nodejs npm

.PHONY: demo test check bench bench-sfu bench-join bench-district fuzz netlab resume chaos soak clean test-tools mutation

demo: .venv/installed
	.venv/bin/hilo demo

test: .venv/installed-dev node_modules/.package-lock.json test-tools
	$(PYTHON) -m pytest -m "not soak" $(ARGS)

check: .venv/installed-dev node_modules/.package-lock.json
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	npx --no-install tsc

bench: bench-sfu bench-join bench-district

bench-sfu: .venv/installed-dev
	scripts/apt-install janus
	$(PYTHON) -m bench.sfu $(ARGS)

bench-join: .venv/installed-dev
	scripts/apt-install chromium
	$(PYTHON) -m bench.join $(ARGS)

bench-district: .venv/installed-dev
	$(PYTHON) -m bench.district $(ARGS)

fuzz: .venv/installed-dev
	$(PYTHON) -m tests.fuzz all $(ARGS)

# Real calls over bad links, about an hour: build/netlab/ holds the table and a report for each story.
netlab: .venv/installed-dev test-tools
	PYTHONPATH=$(CURDIR):$(CURDIR)/tests $(PYTHON) -m netlab all --runs 3 $(ARGS)

# How fast a call comes back, about an hour and a half: build/resume/ holds the table and a timeline of each run.
resume: .venv/installed-dev test-tools
	cd tests && ../$(PYTHON) -m chaos.resume $(ARGS)

mutation: .venv/installed-dev
	.venv/bin/mutmut run $(ARGS)

# Kills, cuts and leaps of the clock under load, as root, over an hour: build/chaos/ holds the report (docs/chaos.md).
chaos: .venv/installed-dev
	scripts/apt-install iproute2 faketime
	PYTHONPATH=.:tests $(PYTHON) -m chaos --kills 500 $(ARGS)

soak: .venv/installed-dev test-tools
	$(PYTHON) -m pytest -m soak $(ARGS)

clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis hilo.egg-info

test-tools:
	scripts/apt-install $(BROWSERS)

# Stamps: a second call finds them newer than what they were made from, and starts at once.
.venv/installed: pyproject.toml
	scripts/make-venv .venv
	$(PYTHON) -m pip install --quiet --editable .
	touch $@

.venv/installed-dev: .venv/installed
	$(PYTHON) -m pip install --quiet --editable '.[dev]'
	touch $@

node_modules/.package-lock.json: package.json package-lock.json
	scripts/apt-install $(NODE)
	npm ci --no-audit --no-fund --silent
	touch $@
