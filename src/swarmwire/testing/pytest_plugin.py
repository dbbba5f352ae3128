"""The fixture ``swarm`` for pytest: an embedded swarm for each test that asks for one.

    def test_a_deploy(swarm):
        deploy("shop.yml", socket=swarm.socket)
        swarm.settle()

    @pytest.mark.swarm(nodes=5, seed=3, speed=50)
    def test_on_five_nodes(swarm): ...

Installed with swarmwire, pytest finds it by itself.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from swarmwire.testing.blocking import BlockingSwarm

_MARKER = "swarm(nodes=1, managers=1, seed=0, speed=None, ...): what the fixture swarm is like"


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def swarm(request: pytest.FixtureRequest) -> "Iterator[BlockingSwarm]":
    """A swarm in memory, without Docker: a blocking ``Control`` whose services run.

    The marker ``swarm`` says what it is like; without it there is one node, and time stands still
    until ``settle`` or ``advance`` lets it pass.
    """
    # pytest loads this module in every project where swarmwire is installed.
    from swarmwire.testing.blocking import BlockingSwarm  # noqa: PLC0415

    marker = request.node.get_closest_marker("swarm")
    if marker is not None and marker.args:
        pytest.fail("the marker swarm takes names only: @pytest.mark.swarm(nodes=3)")
    with BlockingSwarm(**({} if marker is None else marker.kwargs)) as opened:
        yield opened
