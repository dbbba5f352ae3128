"""Fuzz the reading of raft stores, guided by coverage: ``python fuzz/raftstore.py``."""
# ruff: noqa: INP001 - a script and its target, not a package

import sys

import atheris

with atheris.instrument_imports(include=["swarmwire"]):
    import raftstore_target

if __name__ == "__main__":
    atheris.Setup(sys.argv, raftstore_target.run)
    atheris.Fuzz()
