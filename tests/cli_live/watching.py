"""``swarmwire watch`` as a process, and services for it to see."""

import json
import subprocess

from tests.cli_live.conftest import COMMAND
from tests.support.dockerd import IMAGE


class Watch:
    """``swarmwire watch`` as a process."""

    def __init__(self, daemon, folder, *options):
        self.daemon = daemon
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            command = [*COMMAND, "watch", "--format", "json", *options]
            socket = ["--socket", str(daemon.control_socket)]
            self.process = subprocess.Popen([*command, *socket], stdout=out, stderr=err)

    def __enter__(self):
        self.said("watching")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def said(self, text, times=1):
        self.daemon.wait_for(text, lambda: self.err.read_text().count(text) >= times)

    def changes(self):
        whole = self.out.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def created(self):
        return [each["name"] for each in self.changes() if each["action"] == "create"]


def create(daemon, name, replicas=0):
    command = ["sleep", "1000"]
    container = {"Image": IMAGE, "Command": command, "StopGracePeriod": 1_000_000_000}
    spec = {
        "Name": name,
        "TaskTemplate": {"ContainerSpec": container},
        "Mode": {"Replicated": {"Replicas": replicas}},
    }
    return daemon.post("/services/create", spec).json["ID"]
