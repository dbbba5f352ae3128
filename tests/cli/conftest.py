"""The command as users run it: a process of its own, or click's runner where that is enough."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from swarmwire.cli import exits
from swarmwire.cli.group import cli

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "swarmwire.cli"]

Invoker = Callable[..., "Done"]


class Done:
    """What an in-process run left behind."""

    def __init__(self, result: Result) -> None:
        self.output = result.stdout_bytes
        self.stderr = result.stderr
        error = result.exception
        if isinstance(error, exits.Stop):
            self.code = error.code
            self.stderr += f"swarmwire: {error.message}\n"
        elif error is not None and not isinstance(error, SystemExit):
            raise error
        else:
            returned = result.return_value if result.return_value is not None else 0
            self.code = result.exit_code or returned

    @property
    def text(self) -> str:
        return self.output.decode()


class Runner:
    """Runs the real command; ``input`` is standard input."""

    command = COMMAND

    def __call__(self, *args: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        return subprocess.run(
            [*COMMAND, *map(str, args)], capture_output=True, check=False, timeout=120, **options
        )


@pytest.fixture
def run() -> Runner:
    return Runner()


@pytest.fixture
def invoke() -> Invoker:
    """Run the command within this process."""

    def start(*args: object, data: bytes | None = None) -> Done:
        result = CliRunner().invoke(cli, [*map(str, args)], input=data, standalone_mode=False)
        return Done(result)

    return start


@pytest.fixture(scope="session")
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture(scope="session")
def service(examples: Path) -> bytes:
    """One service, as inspect prints it, on one line."""
    (found,) = json.loads((examples / "web-service.json").read_bytes())
    return json.dumps(found, separators=(",", ":")).encode()


@pytest.fixture(scope="session")
def spec(service: bytes) -> bytes:
    """The spec of that service."""
    return json.dumps(json.loads(service)["Spec"], separators=(",", ":")).encode()
