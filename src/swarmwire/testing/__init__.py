"""A whole Swarm for the tests of other tools: without Docker, without root, for any client.

    def test_a_deploy(swarm):                      # pytest's fixture, without an import
        deploy("shop.yml", docker_host=swarm.docker_host)
        swarm.settle()

The same without pytest: ``with BlockingSwarm(nodes=3) as swarm``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from swarmwire.extras import missing

if TYPE_CHECKING:
    from swarmwire.testing.blocking import BlockingSwarm

__all__ = ["BlockingSwarm"]


def __getattr__(name: str) -> object:
    # pytest loads the plugin beside this wherever swarmwire is installed, the extras there or not.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found: object = getattr(import_module(f"{__name__}.blocking"), name)
    except ModuleNotFoundError as err:
        raise missing(f"{__name__}.{name}", err) from err
    return found
