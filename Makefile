# `make demo` and `make test` need Python >= 3.11, git and make; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo

.PHONY: demo test lint docs bench clean

$(BIN)/sdtmconv: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

demo: $(BIN)/sdtmconv
	$(BIN)/sdtmconv simulate --subjects 30 --seed 79 --out $(DEMO)/raw
	$(BIN)/sdtmconv build specs/biottt001 --raw $(DEMO)/raw --out $(DEMO)/build --jobs 2

$(VENV)/.test: $(BIN)/sdtmconv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	# It works with pandas 3, and asks for an older one.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps lifelines==0.30.3
	# The tests use its copy of axe-core in a browser of their own, and not its Playwright.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps axe-playwright-python==0.1.8
	@touch $@

test: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses auto

$(VENV)/.lint: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(BIN)/sdtmconv
	$(BIN)/python -m sdtmconv.report.keywords docs/spec-language.md
	$(BIN)/python -m sdtmconv.report.derivations docs/derivations.md
	$(BIN)/python -m sdtmconv.report.catalogue docs/rules.md

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) $(DEMO) build .mypy_cache .pytest_cache .ruff_cache
