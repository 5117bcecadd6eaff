# make demo    set everything up and show the Rezekne night on the map
# make test    set everything up and pass every test
# make help    the rest
SHELL := /bin/bash
PYTHON ?= python3
# Tests that run at once; each takes up to 2 GB.
TESTERS ?= 2
BIN := .venv/bin
BOOT := $(PYTHON) scripts/bootstrap.py
PAGE := src/dronewall/watch/page/index.html
DEBIAN := chromium dump1090-mutability mosquitto postgresql-15 postgresql-15-postgis-3 tshark xmlsec1
PAGE_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)

.PHONY: debian help setup demo test test-long lint format page pins bench bench-tracking bench-plan bench-nations demo-nations clean bench-formats fuzz bench-rehearse opentakserver

help:
	@echo 'make setup      .venv/bin/dronewall and the map page'
	@echo 'make demo       the Rezekne night on the map, in the browser (ARGS="--port 8000 --no-browser")'
	@echo 'make test       every test but the long ones; Debian packages they need are installed or named'
	@echo 'make test-long  fuzzing, 100 nights'
	@echo 'make lint       ruff, mypy --strict, import contracts, the page'"'"'s types'
	@echo 'make format     ruff format'
	@echo 'make bench      the figures of the README, side by side (takes long)'
	@echo 'make bench-tracking   the tracking engine beside Stone Soup and the floor (ARGS="--quick", "--seeds 1,2,3")'
	@echo 'make bench-plan       sightlines beside GDAL and GRASS, siting to proof, least-watched ways'
	@echo 'make demo-nations     three nations on this machine, a page each, and a button that cuts a line'
	@echo 'make bench-nations    delays, cuts and kills between real nodes; six nodes with random cuts'
	@echo 'make bench-formats    decoders beside asterix-decoder, libasterix and pymodes'
	@echo 'make opentakserver    our picture through OpenTAKServer to a second client (wants Python 3.12)'
	@echo 'make fuzz       every decoder on damaged streams, ten minutes each'
	@echo 'make bench-rehearse   what a rehearsed night costs, and where (ARGS="--scenarios rezekne --seeds 1-3")'
	@echo 'make pins       resolve requirements/*.txt anew'

.venv/.run: requirements/run.txt pyproject.toml scripts/bootstrap.py
	@$(BOOT) env
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@$(BOOT) env --dev
	@touch $@

$(PAGE): $(PAGE_SOURCES) | .venv/.run
	@$(BOOT) page
	@touch $@

setup: .venv/.run $(PAGE)
	@echo 'dronewall: ready; try .venv/bin/dronewall --help'

page: $(PAGE)

demo: setup
	@$(BIN)/dronewall demo $(ARGS)

# Three nodes on this machine, a page for each, and a button that cuts a line (ARGS="--speed 20 --no-browser").
demo-nations: setup .venv/.dev
	@$(BIN)/dronewall share demo $(ARGS)

# First of all, so that a machine where a package is missing and cannot be had says so at once.
debian:
	@$(BOOT) debian $(DEBIAN)

test: debian .venv/.dev setup
	@$(BIN)/dronewall warm
	@$(BIN)/python -m pytest -m 'not long' -n $(TESTERS) --dist loadfile $(ARGS)
	@$(BOOT) npm test

test-long: debian .venv/.dev setup
	@$(BIN)/dronewall warm
	@$(BIN)/python -m pytest -m long -o timeout=3000 -o faulthandler_timeout=3600 $(ARGS)

lint: .venv/.dev setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BOOT) npm check

format: .venv/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

pins: .venv/.run
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --extra plan --upgrade pyproject.toml -o requirements/run.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate -c requirements/run.txt --extra plan pyproject.toml requirements/dev.in -o requirements/dev.txt

# Quiet machine, some two hours: the nights of design/rezekne_seeds.md and the surface take most of it.
bench: debian .venv/.dev setup
	@$(BIN)/dronewall warm
	@$(BIN)/python benchmarks/geometry.py
	@$(BIN)/python benchmarks/adsb_feed.py
	@$(BIN)/python benchmarks/service.py
	@$(BIN)/python benchmarks/page_latency.py
	@$(BIN)/python benchmarks/rezekne.py
	@$(BIN)/python benchmarks/rezekne.py --surface --seeds 2000-2039

# Real servers on loopback, some three minutes; ARGS="--tracks 500 --hours 2" for the long one of six nodes.
bench-nations: .venv/.dev
	@$(BIN)/python benchmarks/nations.py $(ARGS)

# A TAK server that we did not write, between us and a second client; wants Python 3.12 (ARGS="--python /usr/bin/python3.12").
opentakserver: .venv/.dev setup
	@$(BOOT) debian postgresql-15 postgresql-15-postgis-3 rabbitmq-server
	@$(BIN)/python -m benchmarks.opentakserver $(ARGS)

# Stone Soup's environment is made in .cache/peer on first use, and its runs are kept there.
bench-tracking: .venv/.run
	@$(BIN)/python -m benchmarks.bench_tracking $(ARGS)

# GRASS is asked where it is installed (Debian: grass-core); GDAL is the library in rasterio's wheel.
bench-plan: .venv/.dev
	@$(BIN)/python -m benchmarks.plan $(ARGS)

# The others' decoders live in .cache/peer-formats, made on first use.
bench-formats: .venv/.dev
	@$(BIN)/python -m benchmarks.formats $(ARGS)
	@$(BIN)/python -m benchmarks.tak

# Ten minutes for each decoder; ARGS="--seconds 30 --formats asterix,sapient" for less.
fuzz: .venv/.dev
	@$(BIN)/python -m tests.fuzz.long $(ARGS)

# A minute for the Rezekne night on a quiet machine; ARGS="--verdicts balloons --nights 22" plays a whole run.
bench-rehearse: .venv/.run
	@$(BIN)/python -m benchmarks.rehearse $(ARGS)

clean:
	rm -rf .venv .cache web/node_modules src/dronewall/watch/page
