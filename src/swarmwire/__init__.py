"""Docker Swarm's two languages, and everything that is between them.

``engine`` holds the Docker Engine API's objects, ``pb`` SwarmKit's messages; ``convert`` translates
between the two as Docker does; ``rules`` knows what a manager refuses, ``check`` tells everything
wrong with a spec at once, ``plan`` which tasks an update restarts; ``control`` talks to a live
manager (it needs the extra of its name); ``errors`` are the exceptions of all of them.
"""

from importlib import import_module
from types import ModuleType

__all__ = ["check", "control", "convert", "engine", "errors", "pb", "plan", "rules"]


def __getattr__(name: str) -> ModuleType:
    # Loaded on first use, so that the command answers --help without loading them all.
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
