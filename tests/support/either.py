"""Real engines and the embedded swarm, by one interface: what tests of commands run over."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from swarmwire.update import REAL_TIME, Clock
from tests.support.clocks import fast
from tests.support.dockerd import Dockerd
from tests.support.embedded_engine import SPEED, EmbeddedEngine
from tests.support.engine_client import EngineClient
from tests.support.installations import MACHINE, Installation


def clock_of(kind: Installation | str) -> Clock:
    """The clock of whoever waits for its services."""
    return fast(SPEED) if isinstance(kind, str) else REAL_TIME


def pause(kind: Installation | str, seconds: float) -> None:
    """Let so many seconds of the manager's time pass."""
    time.sleep(seconds / SPEED if isinstance(kind, str) else seconds)


@contextmanager
def manager_of(
    kind: Installation | str, *, cli: Installation = MACHINE, seed: int = 0
) -> Iterator[EngineClient]:
    """A manager with one image, whose containers run.

    ``cli`` is whose docker command asks an embedded one; a real one has its own. Two embedded ones
    of one test need another ``seed``, since their ids come from it.
    """
    if isinstance(kind, str):
        with EmbeddedEngine(cli=cli, seed=seed) as embedded:
            yield embedded
        return
    with Dockerd(kind) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon
