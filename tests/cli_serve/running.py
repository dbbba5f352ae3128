"""A swarm in memory on a manager's socket, and ``serve`` over it in a process of its own."""

import contextlib
import socket
import subprocess
import sys
import time
from pathlib import Path

from swarmwire.control.locate import SOCKET_VARIABLE
from tests.cli_serve.served import Served
from tests.support.dockerd import UnixConnection

SWARMWIRE = (sys.executable, "-m", "swarmwire.cli")


def asked(path, method, target, body=None):
    """The status and the body of one exchange through a unix socket."""
    connection = UnixConnection(path)
    try:
        given = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, target, body, given)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextlib.contextmanager
def serving(*command, **settings):
    """A command that becomes ``serve``, until the block ends."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings
    ) as process:
        try:
            found = Served(process, None)
            found.path = Path(found.address.removeprefix("unix://"))
            yield found
        finally:
            process.kill()


@contextlib.contextmanager
def swarm_in_memory(*options):
    """The socket of a manager of a swarm in memory."""
    with subprocess.Popen(
        [*SWARMWIRE, "embedded", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            name, _, place = process.stdout.readline().strip().partition("=")
            assert name == SOCKET_VARIABLE
            yield place
        finally:
            process.terminate()


def waited_for(is_so, seconds=60):
    """Wait until ``is_so()`` is true."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


class Listening:
    """A socket that listens, as systemd has it, to be handed over as file descriptor 3."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen()

    def handed_to(self, *command):
        """A command that has the socket, and the settings of its process."""
        text = f'exec env LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=api "$@" 3<&{self.number}'
        return ("bash", "-c", text, "bash", *command)

    @property
    def number(self):
        return self.socket.fileno()
