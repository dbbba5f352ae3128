"""``swarmwire serve`` as a process, and the docker command of the machine that uses it."""

import contextlib
import os
import signal
import subprocess
import sys

from tests.support.installations import DEBIAN_CLI

COMMAND = [sys.executable, "-m", "swarmwire.cli", "serve"]


class Served:
    """A running gateway."""

    def __init__(self, process, folder):
        self.process = process
        self.folder = folder
        self.lines = process.stdout.readline()
        name, _, self.address = self.lines.strip().partition("=")
        if name != "DOCKER_HOST":
            raise AssertionError(process.communicate(timeout=30)[1])
        self.said = ""
        self.rest = ""

    def docker(self, *arguments, stdin=None, address=None, code=0):
        """What the docker command prints; it must end with this exit code."""
        done = subprocess.run(
            [DEBIAN_CLI, *arguments],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            env=os.environ
            | {
                "DOCKER_HOST": address or self.address,
                "DOCKER_CONFIG": str(self.folder / "config"),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def end(self, number=signal.SIGTERM):
        """End it; its exit code."""
        self.process.send_signal(number)
        self.rest, self.said = self.process.communicate(timeout=30)
        assert "Traceback" not in self.said
        return self.process.returncode


def end(process):
    """Have a process end by itself, so that it leaves nothing behind."""
    if process.poll() is None:
        process.terminate()
    try:
        process.communicate(timeout=30)
    except (subprocess.TimeoutExpired, ValueError):
        process.kill()
        raise


@contextlib.contextmanager
def served(folder, *options):
    """The command while it runs."""
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Served(process, folder)
        finally:
            end(process)
