# make demo    open the window on a real photograph (headlessly where there is no display)
# make test    run everything: tests, window tests on a virtual display, doctests, linter, types
# make stress  run the long fuzzes and kill tests, of which 'make test' runs a sample
# make oldest  run the tests of ivisit with the oldest versions that setup.cfg allows
# make bench   print the benchmarks
# make experiments   measure and draw what docs/experiments shows (an hour; goes on where it was
#              ended; QUICK=1: small versions, into build/; ONLY="theory xor_rates": some of them)
# make docs    build the site into build/site; a broken link or reference fails
# make reference, make pictures   make the generated pages, and the pictures, of docs/ anew
# make gallery   make the pictures of docs/gallery.md anew, from the running windows
# make clean   remove what these made
#
# PYTHON=/path/to/python3.12 chooses the interpreter that .venv is made of.

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
DEMO := apps/gauss_filter.py

.PHONY: help demo test test-failed stress oldest lint types bench experiments docs reference pictures gallery clean xvfb cluster

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

# The stamp is younger than setup.cfg: what is installed is what setup.cfg asks for.
.venv/installed: setup.cfg
	@$(call make_environment)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-test: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

.venv/installed-docs: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

define make_environment
	if [ -z "$(PYTHON)" ]; then \
		echo "ivisit-lab needs Python 3.11 or newer; set PYTHON=/path/to/it" >&2; exit 1; fi; \
	if ! "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "Python's venv is missing. Install it with" >&2; \
		echo "  Debian/Ubuntu:  sudo apt-get install python3-venv" >&2; \
		echo "  Fedora:         sudo dnf install python3" >&2; \
		echo "  macOS:          brew install python" >&2; exit 1; fi; \
	[ -x $(BIN)/python ] || "$(PYTHON)" -m venv .venv
endef

demo: .venv/installed
	@if ! $(BIN)/python -c 'import tkinter' 2>/dev/null; then \
		echo "Tk is missing, so there is no window. Install it with" >&2; \
		echo "  Debian/Ubuntu:  sudo apt-get install python3-tk" >&2; \
		echo "  Fedora:         sudo dnf install python3-tkinter" >&2; \
		echo "  macOS:          brew install python-tk" >&2; fi
	@if $(BIN)/python -c 'import tkinter; tkinter.Tk().destroy()' 2>/dev/null; then \
		$(BIN)/ivisit gui $(DEMO) --run; \
	else \
		$(BIN)/ivisit run $(DEMO) --steps 100 -p sigma=4 --progress --quiet \
			--out demo-result.npz --out demo-result.png && \
		echo "No window could be opened, so the demo ran headlessly: demo-result.png is the" \
			"picture, demo-result.npz the result."; \
	fi

test: lint types xvfb cluster
	env -u DISPLAY IVISIT_REQUIRE_DISPLAY=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
		$(BIN)/python -m pytest -q -n auto --dist loadgroup

# What failed in `make test`, once more and one after the other.
test-failed: lint types
	env -u DISPLAY IVISIT_REQUIRE_DISPLAY=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
		$(BIN)/python -m pytest -q --last-failed --last-failed-no-failures none

stress: .venv/installed-test xvfb cluster
	env -u DISPLAY IVISIT_REQUIRE_DISPLAY=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
		$(BIN)/python -m pytest -q -n auto --dist loadgroup -m stress --durations=0

oldest: xvfb
	@$(PYTHON) .ci/oldest

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-test
	$(BIN)/mypy

# Window tests need a virtual display.
xvfb:
	@if ! command -v Xvfb >/dev/null; then \
		as_root=; [ "$$(id -u)" = 0 ] || as_root="sudo -n"; \
		if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then \
			$$as_root apt-get update -qq && $$as_root apt-get install -y -qq xvfb >/dev/null; \
		else \
			echo "Xvfb is missing: Debian/Ubuntu: apt-get install xvfb;" \
				"Fedora: dnf install xorg-x11-server-Xvfb; macOS: install XQuartz" >&2; exit 1; \
		fi; \
	fi

# Tests of MPI need Open MPI, that of the report page a browser; without them they are skipped.
cluster: .venv/installed-test
	@missing=; \
	command -v mpiexec >/dev/null || missing="openmpi-bin libopenmpi-dev"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	as_root=; [ "$$(id -u)" = 0 ] || as_root="sudo -n"; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then \
		$$as_root apt-get update -qq && $$as_root apt-get install -y -qq $$missing >/dev/null || \
			echo "could not install: $$missing" >&2; \
	fi
	@$(BIN)/python -c 'import mpi4py' 2>/dev/null || ! command -v mpiexec >/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check mpi4py || \
		echo "mpi4py could not be installed: the test of MPI is skipped" >&2

docs: .venv/installed-docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build
	@echo "build/site/index.html"

reference: .venv/installed-test
	$(BIN)/python -m docs.tools.reference

pictures: .venv/installed-test xvfb
	$(BIN)/python -m docs.tools.pictures

gallery: .venv/installed-test xvfb
	$(BIN)/python -m docs.tools.pictures gallery

bench: .venv/installed-test
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

experiments: .venv/installed-test
	@$(BIN)/python experiments/run_all.py $(if $(QUICK),--quick) $(ONLY)

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache demo-result.*
