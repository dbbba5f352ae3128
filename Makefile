# run and test set themselves up on a fresh machine; CI calls the same targets.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
OLDEST := .venv-oldest

.PHONY: run test engines clients oldest check cover bench soak mutants generate docs screenshots
.PHONY: fuzz clean

run: $(READY)
	@PATH=$(abspath $(BIN)):$$PATH examples/tour.sh
	@echo '== a service as "docker service inspect" prints it, to SwarmKit'"'"'s message (text form)'
	@$(BIN)/swarmwire to-grpc --message-format text examples/web-service.json | head -n 24
	@echo '   ...'
	@echo '== and back, as the engine writes it'
	@$(BIN)/swarmwire to-grpc examples/web-service.json | $(BIN)/swarmwire from-grpc | cut -c 1-300
	@echo '== and what a Docker engine would refuse, drop or change in a spec with mistakes'
	@$(BIN)/swarmwire check --fail-on never examples/typo-service.json
	@echo '== and what a dead manager knew, out of its folder'
	@$(BIN)/swarmwire recover tests/raftstore/samples/02-rich-2010.tar.xz
	@$(BIN)/python -m tools.page_demo

test: check oldest
	$(BIN)/python -m pytest -n 2

# Newer engines for the tests, in root folders. As root; needs mmdebstrap.
engines:
	$(PYTHON) -m tests.support.engine_roots

# Dockerode, one of the clients that the gateway is tried with; needs npm.
clients:
	npm ci --ignore-scripts --omit=optional --no-audit --no-fund --prefix tests/gateway/clients/dockerode

# The core on the oldest runtimes that it says it works with.
oldest: $(OLDEST)/ready
	$(OLDEST)/bin/python -m pytest -p no:cacheprovider --quiet \
		tests/convert/test_vectors.py tests/rules/test_vectors.py tests/plan/test_vectors.py \
		tests/engine tests/schema tests/test_pb.py

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate.py --check
	$(BIN)/python tools/releases_page.py --check

cover: $(READY)
	$(BIN)/coverage erase
	COVERAGE_PROCESS_START=pyproject.toml $(BIN)/coverage run -m pytest
	$(BIN)/coverage combine
	$(BIN)/coverage report

bench: $(READY)
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/command.py
	$(BIN)/python benchmarks/live.py
	$(BIN)/python benchmarks/gateway.py
	$(BIN)/python benchmarks/embedded.py
	$(BIN)/python benchmarks/raftstore.py

# A gateway under load, and what it keeps of it; `make soak SECONDS=60`.
SECONDS ?= 600
soak: $(READY)
	$(BIN)/python benchmarks/soak.py --seconds $(SECONDS)

# Which small changes of the code no test notices; `make mutants OPTIONS='--sample 50 --seed 3'`.
mutants: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[mutants]'
	$(BIN)/python tools/mutants.py $(OPTIONS)

generate: $(READY)
	$(BIN)/python tools/generate.py

# docs/cli.md from the command's own help, and the site of all pages in build/site. `make test` builds
# the site too, and fails on any warning: tests/test_docs.py.
docs: $(READY)
	$(BIN)/python -m swarmwire.cli.reference
	$(BIN)/python tools/releases_page.py
	$(BIN)/mkdocs build --strict --quiet

# The pictures of docs/pictures, of a swarm in memory; needs chromium and a font.
screenshots: $(READY)
	$(BIN)/python -m tools.screenshots

clean:
	rm -rf $(VENV) $(OLDEST) .venv-protoc build

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,dev]'
	@touch $@

$(OLDEST)/ready: pyproject.toml constraints-oldest.txt
	$(PYTHON) -m venv --clear $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-oldest.txt --editable . pytest hypothesis
	@touch $@
