# One command per wish; each does its own set-up, and nothing twice.
#   make demo      a real retailer's year becomes a promotion plan in demo-out/
#   make test      everything a change must pass: lint, types, import contract, tests, examples in the docs
#   make check     the fast half of it
#   make test-all  also the slow and the Spark tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
OUT ?= demo-out
export PIP_NO_INPUT := 1

.PHONY: demo test check test-all lint types contract clean
.DEFAULT_GOAL := test

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Offersmith needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# One stamp per set of extras; byte code is written now so that the first command is already quick.
$(VENV)/.with-%: pyproject.toml $(VENV)/.made
	@echo "installing Offersmith with the extra '$*' into $(VENV) (a minute or two, once)"
	@$(PIP) install --compile --editable '.[$*]'
	@$(BIN)/python -m compileall -q src
	@touch $@

demo: $(VENV)/.with-demo
	@$(BIN)/offersmith demo --out $(OUT)

lint: $(VENV)/.with-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.with-test
	$(BIN)/mypy

contract: $(VENV)/.with-test
	$(BIN)/lint-imports --no-cache

check: lint types contract

test: check
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder -m 'not slow and not spark'

test-all: check $(VENV)/.with-demo $(VENV)/.with-spark
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m 'slow or spark or not slow'

clean:
	rm -rf $(VENV) $(OUT) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
