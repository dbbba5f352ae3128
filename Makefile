# run and test set themselves up on a fresh machine; CI calls the same targets.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
OLDEST := .venv-oldest

.PHONY: run test oldest check cover bench generate docs fuzz clean

run: $(READY)
	@echo '== a service as "docker service inspect" prints it, to SwarmKit'"'"'s message (text form)'
	@$(BIN)/swarmwire to-grpc --format text examples/web-service.json | head -n 24
	@echo '   ...'
	@echo '== and back, as the engine writes it'
	@$(BIN)/swarmwire to-grpc examples/web-service.json | $(BIN)/swarmwire from-grpc --kind service-spec | cut -c 1-300
	@echo '== and what a Docker engine would refuse, drop or change in a spec with mistakes'
	@$(BIN)/swarmwire check --fail-on never examples/typo-service.json
	@echo '== and what a dead manager knew, out of its folder'
	@$(BIN)/swarmwire recover tests/raftstore/samples/02-rich-2010.tar.xz

test: check oldest
	$(BIN)/python -m pytest -n 2

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

cover: $(READY)
	$(BIN)/coverage erase
	COVERAGE_PROCESS_START=pyproject.toml $(BIN)/coverage run -m pytest
	$(BIN)/coverage combine
	$(BIN)/coverage report

bench: $(READY)
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/live.py
	$(BIN)/python benchmarks/raftstore.py

generate: $(READY)
	$(BIN)/python tools/generate.py

docs: $(READY)
	$(BIN)/python -m swarmwire.cli.reference

clean:
	rm -rf $(VENV) $(OLDEST) .venv-protoc

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,dev]'
	@touch $@

$(OLDEST)/ready: pyproject.toml constraints-oldest.txt
	$(PYTHON) -m venv --clear $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-oldest.txt --editable . pytest hypothesis
	@touch $@
