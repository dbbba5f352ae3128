"""Docker Swarm's two languages, and everything that is between them.

``engine`` holds the Docker Engine API's objects, ``pb`` SwarmKit's messages; ``convert`` translates
between the two as Docker does; ``rules`` knows what a manager refuses, ``images`` what a reference
of an image stands for, ``networks`` which networks nobody creates, ``check`` tells everything wrong
with a spec at once, ``scheduling`` where tasks find a place, ``plan`` which tasks an update
restarts, ``placement`` where those of a deploy go, ``upgrade`` what a newer engine changes,
``policy`` what a client of a swarm's API may write, and why not; ``errors`` are the exceptions of
all of them, ``releases`` the releases of the engine that they know.

``stack`` reads stack files as the docker command does, and makes what it sends of them; ``export``
writes stack files of what runs, and proves that they restart nothing
(``pip install 'swarmwire[stack]'``).

``control`` talks to a live manager, ``update`` plans, writes and follows updates there, and
``embedded`` is a whole swarm in memory, without Docker (``pip install 'swarmwire[control]'``);
``deployment`` plans and writes whole stacks (``pip install 'swarmwire[control,stack]'``);
``gateway`` serves the Swarm part of the Docker Engine API over any of them, and ``registry`` asks
registries about images for it (``pip install 'swarmwire[serve]'``); ``raftstore`` reads the
store of a dead one, ``bundle`` takes it to a new swarm, ``storediff`` compares two stores
(``pip install 'swarmwire[recovery]'``). ``page`` shows all of it in a browser
(``pip install 'swarmwire[page]'``). ``testing`` gives ``embedded`` to tests of other tools
(``pip install 'swarmwire[testing]'``).
"""

from importlib import import_module
from typing import Any

from swarmwire.extras import missing

__all__ = [
    "__version__",
    "bundle",
    "check",
    "control",
    "convert",
    "deployment",
    "embedded",
    "engine",
    "errors",
    "export",
    "gateway",
    "images",
    "networks",
    "page",
    "pb",
    "placement",
    "plan",
    "policy",
    "raftstore",
    "registry",
    "releases",
    "rules",
    "scheduling",
    "stack",
    "storediff",
    "testing",
    "update",
    "upgrade",
]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that the command answers --help without loading them all.
    if name == "__version__":
        return import_module("importlib.metadata").version(__name__)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as err:
        raise missing(f"{__name__}.{name}", err) from err


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
