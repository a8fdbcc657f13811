# Every target does all of its own set-up; only python3 and make are needed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --disable-pip-version-check --quiet
DEMO   ?= demo

.PHONY: help demo test check docs dist test-wheel bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    train, record, analyse and write $(DEMO)/report.html"
	@echo "make test    run the tests"
	@echo "make test-wheel  build wheel and sdist, install the wheel beside nothing of the sources, test it"
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
	$(PIP) install -c constraints.txt -e '.[lightning,transformers]' --group docs
	@touch $@

$(VENV)/.bench: $(VENV)/.demo
	$(PIP) install -c constraints.txt --group bench
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/activstats demo --out $(DEMO)

# Workers share the processors: threads of the libraries within them would only be in each other's way.
# Many tests start Python anew, so compiled code is kept even where it is otherwise not.
test: $(VENV)/.test
	OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope

check: $(VENV)/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

dist: $(VENV)/.test
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

# The tests that need no more than the sources of the tests, run against what users install.
test-wheel: dist
	rm -rf build/wheel
	$(PYTHON) -m venv build/wheel
	build/wheel/bin/pip --quiet install --upgrade 'pip>=25.1' -c constraints.txt
	build/wheel/bin/pip --quiet install -c constraints.txt --group test "$$(ls dist/*.whl)[studies]"
	cp -r tests benchmarks README.md docs notebooks pyproject.toml build/wheel/
	rm -rf build/wheel/activstats
	cd build/wheel && bin/python -m pytest -n auto --maxprocesses 4 --dist loadscope -m 'not slow' \
		tests/cli tests/counts tests/laws tests/recording tests/test_imports.py

docs: $(VENV)/.docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going -b html docs docs/_build

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.recorder
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.powerlaw --quick
	$(BIN)/python -m benchmarks.laws
	$(BIN)/python -m benchmarks.layers
	$(BIN)/python -m benchmarks.ledger
	$(BIN)/python -m benchmarks.scale

clean:
	rm -rf $(VENV) $(DEMO) build dist docs/_build
