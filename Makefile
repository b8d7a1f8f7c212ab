# Every target sets up its own virtual environment once, from PYTHON (3.11 or newer).
PYTHON ?= python3
VENV ?= .venv
# Where a test run keeps its caches; .ci/run points them out of the checkout.
PYTEST_FLAGS ?=
BIN := $(VENV)/bin

.PHONY: demo test accept bench clean
.DELETE_ON_ERROR:

demo: $(VENV)/.core
	$(BIN)/allocator demo -o out/demo

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n 2 -m "not accept" $(PYTEST_FLAGS)

# Full counts and long scenarios; needs ALLOCATOR_REFERENCE and Chromium, fails without them.
accept: $(VENV)/.pages
	mkdir -p out
	ALLOCATOR_FULL=1 $(BIN)/python -m pytest -q -n 2 -p tests.accept_table --accept-table out/accept.md $(PYTEST_FLAGS)

# All methods side by side, hours at full size; BENCH="--scale district --seconds 30" narrows it.
bench: $(VENV)/.core
	$(BIN)/python -m tests.benchmarks.run -o out/bench $(BENCH)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: constraints.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: constraints.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.core

$(VENV)/.pages: constraints.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev,pages,cluster]'
	@touch $@ $(VENV)/.dev $(VENV)/.core

clean:
	rm -rf .venv out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
