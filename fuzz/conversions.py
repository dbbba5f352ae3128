"""Fuzz the conversions, guided by coverage: ``python fuzz/conversions.py``; see README.md."""
# ruff: noqa: INP001 - a script and its target, not a package

import sys

import atheris

with atheris.instrument_imports(include=["swarmwire"]):
    import target

if __name__ == "__main__":
    atheris.Setup(sys.argv, target.run)
    atheris.Fuzz()
