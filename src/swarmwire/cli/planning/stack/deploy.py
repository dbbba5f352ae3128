"""Ask the docker command what it would deploy."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from typing import Final

from swarmwire import pb
from swarmwire.cli.exits import Stop
from swarmwire.cli.planning.stack.objects import Swarm
from swarmwire.cli.planning.stack.server import serving
from swarmwire.cli.planning.usage import ERROR

_PATIENCE = 60
_ELSEWHERE: Final = (
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
    "DOCKER_API_VERSION",
)
"""Variables that would point the docker command at a real engine."""

_API: Final = (
    ((29,), "1.52"),
    ((28,), "1.48"),
    ((27,), "1.47"),
    ((26,), "1.45"),
    ((25,), "1.44"),
    ((24,), "1.43"),
    ((23,), "1.42"),
    ((20, 10), "1.41"),
    ((19, 3), "1.40"),
    ((18, 9), "1.39"),
)
"""The version of the API that an engine speaks, from its own version on."""


def deploy(swarm: Swarm, stack: str, files: Iterable[str], nodes: Iterable[pb.Node]) -> None:
    """Let the docker command deploy to ``swarm``, which writes down what it is told.

    Raises:
        Stop: there is no docker command, or it refuses the files.
    """
    program = shutil.which("docker")
    if program is None:
        reason = "--stack needs the docker command, which reads the stack file; it is not installed"
        raise Stop(ERROR, reason)
    options = ["--resolve-image", "changed"]
    if "--detach" in _output([program, "stack", "deploy", "--help"]):
        options.append("--detach")
    for file in files:
        options += ["--compose-file", file]
    with serving(swarm, _version(nodes)) as socket:
        _output([program, "--host", f"unix://{socket}", "stack", "deploy", *options, stack])


def _output(command: list[str]) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in _ELSEWHERE}
    try:
        done = subprocess.run(  # noqa: S603 - the docker command, with the user's own arguments
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_PATIENCE,
            env=environment,
            stdin=None if "-" in command else subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as err:
        reason = f"the docker command did not end within {_PATIENCE} s"
        raise Stop(ERROR, reason) from err
    if done.returncode:
        raise Stop(ERROR, f"the docker command says: {done.stderr.strip()}")
    return done.stdout


def _version(nodes: Iterable[pb.Node]) -> str:
    """The version of the API that every engine of the swarm speaks, as far as it is known."""
    versions = [_numbers(node.description.engine.engine_version) for node in nodes]
    oldest = min((version for version in versions if version), default=())
    return next((api for since, api in _API if oldest >= since), "1.41")


def _numbers(version: str) -> tuple[int, ...]:
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else ()
