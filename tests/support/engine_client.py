"""An engine asked over its socket, by HTTP and by the docker command."""

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from swarmwire import engine
from tests.support.installations import DEBIAN_CLI


class EngineFailed(Exception):
    """The daemon does not do what a test needs of it; the end of its log is in the text."""


@dataclass(frozen=True)
class Answer:
    """What the engine answers to one request."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The text of an error."""
        return str(self.json["message"])


class UnixConnection(http.client.HTTPConnection):
    """HTTP through a unix socket."""

    def __init__(self, path: Path, timeout: float = 30) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class EngineClient:
    """What tests ask of an engine, whichever it is.

    Attributes:
        root: a folder for the test's files, which the engine's own docker command sees too.
        socket: where the engine answers.
    """

    root: Path
    socket: Path

    def runs(self) -> bool:
        """Whether there is any use in waiting for something."""
        raise NotImplementedError

    def state(self) -> str:
        """What is known of the engine, for the text of a failure."""
        raise NotImplementedError

    def enter_cli(self) -> list[str]:
        """What runs the engine's own docker command, given as arguments after it."""
        raise NotImplementedError

    @property
    def release(self) -> engine.Release:
        """The release of the engine, by the version that it tells, and the Go that it tells."""
        found = engine.release(self._versions["Version"])
        return replace(found, go=self._versions["GoVersion"].removeprefix("go"))

    @property
    def api_version(self) -> str:
        """The newest version of the API that the engine serves; requests go to it."""
        return str(self._versions["ApiVersion"])

    def request(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Answer:
        """Ask the engine; a ``body`` that is neither bytes nor text is sent as JSON."""
        return self.asked(method, f"/v{self.api_version}{path}", body, headers)

    def asked(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Ask the engine for a path that has a version, or none."""
        if not isinstance(body, bytes | str | None):
            body = json.dumps(body)
        connection = UnixConnection(self.socket)
        try:
            given = {} if body is None else {"Content-Type": "application/json"}
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, given | (headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        """What ``path`` holds; an error is a failure."""
        return self._successful("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        """The answer to a change; an error is a failure."""
        return self._successful("POST", path, body)

    def delete(self, path: str) -> Answer:
        """The answer to a removal; an error is a failure."""
        return self._successful("DELETE", path)

    def cli(self, *arguments: str, program: Path | None = None, stdin: str = "") -> str:
        """What the docker command prints, the engine's own if no other; a failure is a failure."""
        enter = self.enter_cli() if program is None else []
        done = subprocess.run(
            [*enter, program or DEBIAN_CLI, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={
                "PATH": os.defpath,
                "DOCKER_HOST": f"unix://{self.socket}",
                "DOCKER_CONFIG": str(self.root / "cli"),
            },
        )
        if done.returncode:
            raise EngineFailed(f"docker {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def remove_stack(self, name: str, program: Path | None = None) -> None:
        """Remove a stack; the first time its tasks may still hold its networks."""

        def is_removed() -> bool:
            with suppress(EngineFailed):
                self.cli("stack", "rm", name, program=program)
                return True
            return False

        self.wait_for("a stack that is gone", is_removed)

    def wait_for(self, what: str, is_so: Callable[[], bool], timeout: float = 30) -> None:
        """Wait until ``is_so()`` is true."""
        deadline = time.monotonic() + timeout
        while not is_so():
            if not self.runs() or time.monotonic() > deadline:
                raise EngineFailed(f"waited in vain for {what}; {self.state()}")
            time.sleep(0.05)

    @cached_property
    def _versions(self) -> Any:
        return self.asked("GET", "/version").json

    def _successful(self, method: str, path: str, body: Any = None) -> Answer:
        answer = self.request(method, path, body)
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise EngineFailed(f"{method} {path}: {answer.status} {answer.body.decode()}")
        return answer
