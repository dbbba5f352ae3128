"""swarmwire as a person runs it: a command line, in a folder, in a process of its own."""

import os
import shlex
import subprocess
import sys
from pathlib import Path


class Shell:
    """Runs swarmwire in one folder.

    Attributes:
        folder: where relative names are looked for.
        socket: the manager's socket that swarmwire finds; None if it finds none.
        printed: what each command printed so far, on both ways out.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket: Path | None = None
        self.printed: dict[str, str] = {}

    def __call__(self, command: str, code: int = 0) -> str:
        """What ``swarmwire COMMAND`` prints; it must end with this exit code."""
        running = self.start(command)
        try:
            printed, _ = running.communicate(timeout=120)
        finally:
            running.kill()
        assert running.returncode == code, printed.decode()
        self.printed[command] = printed.decode()
        return self.printed[command]

    def start(self, command: str) -> "subprocess.Popen[bytes]":
        """The same, running."""
        environment = os.environ | {"SWARMWIRE_SOCKET": str(self.socket or "/dev/null")}
        return subprocess.Popen(
            [sys.executable, "-m", "swarmwire.cli", *shlex.split(command)],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
