"""An embedded swarm as an engine: our gateway answers over it, and a manager's socket.

What its containers do is what busybox would do: they know the few commands that tests run.
"""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from swarmwire import pb
from swarmwire.embedded import Behaviour, NodeSetup, Scenario
from swarmwire.testing import BlockingSwarm
from tests.support.dockerd import IMAGE
from tests.support.engine_client import EngineClient
from tests.support.installations import MACHINE, Installation
from tests.support.started import Started

SPEED: Final = 5
SECOND: Final = 1_000_000_000
_KILLED: Final = 137
_IMAGES: Final = (IMAGE, IMAGE.partition(":")[0])
_SCRIPT: Final = re.compile(r"(?:sleep (\d+); *)?exit (\d+)")
_ECHO: Final = re.compile(r"echo ([^\s;]+)( >&2)?")
_EVERY: Final = re.compile(r"while true; do echo ([^\s;]+); sleep [\d.]+; done")
_NOT_FOUND: Final = 'exec: "%s": stat %s: no such file or directory: unknown'


class Busybox(Scenario):
    """What containers of the image do that tests have."""

    def behaviour(self, task: pb.Task, hostname: str) -> Behaviour:
        """What the command of a task does."""
        container = task.spec.container
        if container.image.removeprefix("docker.io/library/") not in _IMAGES:
            return Behaviour(reject=f"No such image: {container.image}")
        program, *words = [*container.command, *container.args] or [""]
        if program == "sleep":
            # the first process of a container is not ended by a signal that it does not handle
            stop = _KILLED if container.stop_signal == "SIGKILL" else None
            return Behaviour(exit=0, after=int(words[0]) * SECOND, stop=stop)
        if program == "true":
            return Behaviour(exit=0)
        if program == "sh":
            return _shell(words[-1])
        return Behaviour(fail_start=_NOT_FOUND % (program, program))


def _shell(script: str) -> Behaviour:
    if found := _SCRIPT.fullmatch(script):
        return Behaviour(exit=int(found[2]), after=int(found[1] or 0) * SECOND)
    every = _EVERY.fullmatch(script)
    lines = [(every[1], "")] * 9 if every else _ECHO.findall(script)
    return Behaviour(
        stdout=tuple(text for text, elsewhere in lines if not elsewhere),
        stderr=tuple(text for text, elsewhere in lines if elsewhere),
    )


class EmbeddedEngine(EngineClient, Started):
    """A swarm in memory, asked as an engine is. Use it as a context manager.

    ``stop``, ``kill`` and ``start`` are its process's: the swarm goes on from its file.
    """

    def __init__(
        self,
        *nodes: NodeSetup,
        cli: Installation = MACHINE,
        seed: int = 0,
        speed: float = SPEED,
    ) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="embedded-", dir="/tmp"))
        self.socket = self.root / "api.sock"
        self.control_socket = self.root / "control.sock"
        self._nodes = nodes or (NodeSetup(name="node-1"),)
        self._cli = cli
        self._seed = seed
        self._speed = speed
        self._swarm: BlockingSwarm | None = None

    def remove(self) -> None:
        """End the swarm, if it runs, and delete what it kept."""
        self.stop()
        shutil.rmtree(self.root)

    @property
    def swarm(self) -> BlockingSwarm:
        """The swarm itself, while it runs."""
        assert self._swarm is not None
        return self._swarm

    def start(self) -> None:
        """Begin the swarm, or go on with it."""
        swarm = BlockingSwarm(
            nodes=self._nodes,
            seed=self._seed,
            speed=self._speed,
            scenario=Busybox(),
            state=self.root / "state",
        )
        self._swarm = swarm
        os.link(swarm.socket, self.control_socket)
        os.link(swarm.docker_host.removeprefix("unix://"), self.socket)
        vars(self).pop("_versions", None)

    def stop(self) -> None:
        """End it."""
        if self._swarm is not None:
            self._swarm.close()
            self._swarm = None
            self.socket.unlink(missing_ok=True)
            self.control_socket.unlink(missing_ok=True)

    kill = stop

    def restart(self) -> None:
        """End it, and go on after a while in which clients notice."""
        self.stop()
        time.sleep(1)
        self.start()

    def runs(self) -> bool:
        return self._swarm is not None

    def state(self) -> str:
        tasks: Any = self.get("/tasks").json if self.runs() else []
        return f"its tasks: {[each['Status'] for each in tasks]}"

    def enter_cli(self) -> list[str]:
        return self._cli.cli_with(self.root)
