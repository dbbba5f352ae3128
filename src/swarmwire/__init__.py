"""Docker Swarm's two languages, and everything that is between them.

``engine`` holds the Docker Engine API's objects, ``pb`` SwarmKit's messages; ``convert`` translates
between the two as Docker does; ``rules`` knows what a manager refuses, ``check`` tells everything
wrong with a spec at once; ``errors`` are the exceptions of all of them.
"""

from importlib import import_module
from types import ModuleType

__all__ = ["check", "convert", "engine", "errors", "pb", "rules"]


def __getattr__(name: str) -> ModuleType:
    # Loaded on first use, so that the command answers --help without loading them all.
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
