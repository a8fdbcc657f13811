# Every target does all of its own set-up; only python3 and make are needed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --disable-pip-version-check --quiet
DEMO   ?= demo

.PHONY: demo test check docs bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    train, record, analyse and write $(DEMO)/report.html"
	@echo "make test    run the tests"
	@echo "make check   ruff, mypy, import-linter"
	@echo "make docs    the documentation, into docs/_build"
	@echo "make bench   side-by-side ratios against other tools"

# A stamp, not the interpreter: one that was set up half way is set up again.
$(VENV)/.pip:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1' -c constraints.txt
	@touch $@

$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/.pip
	$(PIP) install -c constraints.txt -e '.[studies]'
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	$(PIP) install -c constraints.txt -e '.[all]' --group test
	@touch $@

$(VENV)/.check: $(VENV)/.demo
	$(PIP) install -c constraints.txt --group check
	@touch $@

$(VENV)/.docs: $(VENV)/.demo
	$(PIP) install -c constraints.txt --group docs
	@touch $@

$(VENV)/.docs: $(VENV)/.docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going -b html docs docs/_build

bench: $(VENV)/.demo
	$(PIP) install -c constraints.txt --group bench
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/activstats demo --out $(DEMO)

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope

check: $(VENV)/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going -b html docs docs/_build

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.recorder
	$(BIN)/python -m benchmarks.reading

clean:
	rm -rf $(VENV) $(DEMO)
