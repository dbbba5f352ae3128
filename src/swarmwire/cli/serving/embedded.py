"""The run of ``embedded``: a swarm in memory on a manager's socket, until it is told to end."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from swarmwire.cli import exits
from swarmwire.cli.live.connection import finished
from swarmwire.cli.messages import say
from swarmwire.cli.serving.signals import end_by, ending_signal
from swarmwire.cli.swarm_options import EmbeddedOptions
from swarmwire.cli.writing import write
from swarmwire.control.locate import SOCKET_VARIABLE
from swarmwire.embedded import Scenario, Swarm, UnusableState, scenario_from_toml
from swarmwire.errors import SwarmwireError


def run_embedded(options: EmbeddedOptions, place: Path | None) -> int:
    """Run the swarm until SIGTERM or Ctrl-C.

    Raises:
        Stop: the socket cannot be made, or a file cannot be read (2).
    """
    swarm = embedded_swarm(options)
    with _folder() if place is None else contextlib.nullcontext(place) as socket:
        finished(_serve(swarm, options, socket))
    return exits.CLEAN


def embedded_swarm(options: EmbeddedOptions) -> Swarm:
    """The swarm that the options describe, begun or gone on with.

    Raises:
        Stop: there are more managers than nodes, or a file cannot be read (2).
    """
    if options.managers > options.nodes:
        raise exits.Stop(exits.UNREADABLE, "--managers is more than --nodes")
    try:
        return Swarm(
            nodes=options.nodes,
            managers=options.managers,
            seed=options.seed,
            speed=options.speed,
            scenario=_scenario(options.scenario),
            state=options.state,
            begins=time.time_ns(),
        )
    except UnusableState as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err


async def _serve(swarm: Swarm, options: EmbeddedOptions, place: Path) -> None:
    from swarmwire.control.listener import listen  # noqa: PLC0415 - of an extra that few need

    ended = ending_signal()
    async with swarm, listen(swarm, place) as socket:
        write(f"{SOCKET_VARIABLE}={socket}")
        say(summary(swarm, options))
        end_by(await ended.get())


def summary(swarm: Swarm, options: EmbeddedOptions) -> str:
    """The swarm in a sentence, and what ends it."""
    stored = swarm.store.all("node")
    count = sum(1 for node in stored if node.HasField("manager_status"))
    nodes = "1 node" if len(stored) == 1 else f"{len(stored)} nodes"
    managers = "1 manager" if count == 1 else f"{count} managers"
    speed = "" if options.speed == 1 else f", {options.speed:g} times as fast as outside"
    kept = "in memory" if options.state is None else f"kept in {options.state}"
    return f"a swarm of {nodes}, {managers}, {kept}{speed}; Ctrl-C ends it"


def _scenario(path: Path | None) -> Scenario | None:
    if path is None:
        return None
    try:
        return scenario_from_toml(path.read_text(encoding="utf-8-sig"))
    except OSError as err:
        raise exits.Stop(exits.UNREADABLE, f"{path}: {exits.reason_of(err)}") from err
    except UnicodeDecodeError as err:
        raise exits.Stop(exits.UNREADABLE, f"{path}: not UTF-8") from err
    except SwarmwireError as err:
        raise exits.Stop(exits.UNREADABLE, f"{path}: {err}") from err


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="swarmwire-") as folder:
        yield Path(folder) / "control.sock"
