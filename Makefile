# Everything runs in .venv of this checkout, from the exact versions in requirements.lock.
# Python: the one .venv was made with, else python3; another by `make setup PYTHON=python3.13`.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lock docs reference clean

ifndef PYTHON
PYTHON := $(shell .venv/bin/python -c 'import pip' 2>/dev/null && echo .venv/bin/python || echo python3)
endif
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# Named by version, so that another PYTHON makes the environment anew.
READY := .venv/.ready-$(VERSION)
PIP := .venv/bin/python -m pip --disable-pip-version-check --no-input

help:  ## this list
	@echo "make TARGET, where TARGET is"
	@sed -n 's/^\([a-z]*\):[^#]*## /  \1\t/p' Makefile | expand -t 14

setup: $(READY)  ## make or renew .venv with everything needed

demo: setup  ## a first comparison of policies, ready in minutes
	.venv/bin/cluster-sim demo $(ARGS)

# Compiled once before the workers start, or each of them would compile everything.
test: setup  ## all tests (ARGS="-k books" for some)
	@echo "Compiling the rules: about a minute the first time, a second afterwards."
	.venv/bin/python -m sim.compiled
	.venv/bin/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: setup  ## lint, format, types, then all tests
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy sim
	@$(MAKE) test

docs: setup  ## write the generated parts of the documents
	.venv/bin/python -m sim.documents

reference: setup  ## renew the reference runs: REASON="why the numbers moved"
	.venv/bin/python -m sim.reference --reason "$(REASON)"

# uv is used here only: pip cannot write one lock for several versions of Python.
lock:  ## renew requirements.lock after a change of pyproject.toml (UPGRADE=1: newest versions)
	@echo "Resolving the dependencies for Python 3.11 and later ..."
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/python" -m pip --disable-pip-version-check install --quiet uv && \
	"$$tools/bin/uv" pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header --quiet $(if $(UPGRADE),--upgrade) \
	    --output-file requirements.lock && \
	if grep -nE '://|^-' requirements.lock; then echo "requirements.lock names an address: see above." >&2; exit 1; fi
	@echo "requirements.lock is written; 'make setup' installs it."

clean:  ## remove .venv, caches and built packages, but no results
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find sim tests experiments -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(READY): requirements.lock pyproject.toml
	@case "$(VERSION)" in \
	"") echo "$(PYTHON) does not run: install Python 3.11 or later (on Debian: apt-get install python3 python3-venv)." >&2; exit 1;; \
	2.*|3.?|3.10) echo "$(PYTHON) is Python $(VERSION), but cluster-sim needs 3.11 or later: 'make clean', then 'make setup PYTHON=python3.12' or the like." >&2; exit 1;; \
	esac
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	echo "$(PYTHON) cannot make virtual environments: install the Debian package python3-venv (apt-get install python3-venv)." >&2; exit 1; }
	@rm -f .venv/.ready-*
	@if [ "$$(.venv/bin/python -c 'import pip, sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" != "$(VERSION)" ]; then \
	echo "Making .venv with Python $(VERSION) ..."; $(PYTHON) -m venv --clear .venv; fi
	@echo "Installing the exact versions of requirements.lock into .venv: about a minute, more on a slow line ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@echo "Installing cluster-sim itself, editable ..."
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@
	@echo "Ready: .venv/bin/cluster-sim"
