# `make demo` and `make test` are enough by themselves: Python 3.11+, pip and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint docs bench clean

demo: .venv/examples
	$(BIN)/python examples/train_digits.py --out out

test: .venv/dev
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q  # what tests multiply is small

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/dev
	$(BIN)/python docs/render.py

bench: .venv/dev
	$(BIN)/python -m bench

# Each stamp says that the environment holds what the project file asks for.
.venv/examples: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[examples]'
	touch $@

.venv/dev: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev,examples]'
	touch $@

clean:
	rm -rf .venv .bench out
