"""A real Docker engine of our own: started for tests, reached by its socket, gone without a trace.

Each daemon lives in namespaces of its own: for processes, so that its end is the end of all that it
started; for mounts and network, so that neither has to be tidied up and any number of daemons run
side by side. It dies with the process that started it, whatever kills that one.
"""

import http.client
import io
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.support.engine_client import Answer, EngineClient, EngineFailed, UnixConnection
from tests.support.installations import BUSYBOX, DEBIAN_CLI, DOCKERD, MACHINE, Installation
from tests.support.started import Started

__all__ = [
    "BUSYBOX",
    "DEBIAN_CLI",
    "IMAGE",
    "Answer",
    "Dockerd",
    "EngineFailed",
    "UnixConnection",
]

IMAGE = "busybox-static:latest"
"""The one image that ``import_image`` makes: no registry is ever asked."""


class Dockerd(EngineClient, Started):
    """One daemon, and all that it keeps, in a folder that ``remove`` takes away.

    Use it as a context manager; ``start``, ``stop``, ``kill`` and ``restart`` may be called within.
    A daemon ``beside`` another shares its network; give it an ``address`` of its own (127.0.0.2).
    ``options`` are more of the daemon's own.
    Stopped, it may go on as another ``installation`` with what it kept: an upgrade.
    """

    def __init__(
        self,
        installation: Installation = MACHINE,
        *,
        beside: Self | None = None,
        address: str = "127.0.0.1",
        options: Sequence[str] = (),
    ) -> None:
        self.installation = installation
        # The paths of sockets below have little room: a unix socket's has 107 bytes.
        self.root = Path(tempfile.mkdtemp(prefix="dockerd-", dir="/tmp"))
        self.address = address
        self.socket = self.root / "api.sock"
        self.log = self.root / "log"
        self._beside = beside
        self._options = options
        self._launcher: subprocess.Popen[bytes] | None = None

    @property
    def data_root(self) -> Path:
        """What survives a restart; the raft folder is ``swarm/raft`` in it."""
        return self.root / "data"

    @property
    def exec_root(self) -> Path:
        """What does not: ``swarm/control.sock`` is in it."""
        return self.root / "exec"

    @property
    def control_socket(self) -> Path:
        """The manager's own gRPC socket."""
        return self.exec_root / "swarm" / "control.sock"

    @property
    def pid(self) -> int:
        """The daemon's process, as seen from outside its namespace."""
        if self._launcher is None:
            raise EngineFailed("the daemon is not running")
        launcher = self._launcher.pid
        return int(Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()[0])

    def start(self, timeout: float = 60) -> None:
        """Start the daemon and wait until it answers."""
        shutil.rmtree(self.exec_root, ignore_errors=True)
        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._launcher = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.wait_for("an answer to ping", self._answers, timeout)
        vars(self).pop("_versions", None)

    def stop(self, timeout: float = 30) -> None:
        """End the daemon as an init system does."""
        self._end(signal.SIGTERM, timeout)

    def kill(self) -> None:
        """End the daemon and its containers at once, as a power cut does."""
        self._end(signal.SIGKILL, timeout=10)

    def restart(self) -> None:
        self.stop()
        self.start()

    def remove(self) -> None:
        """End the daemon, if it runs, and delete what it kept."""
        if self._launcher is not None:
            self.kill()
        shutil.rmtree(self.root)

    def init_swarm(self) -> None:
        """Make the engine the only manager of a new swarm.

        Not by its command: newer ones ask for an empty list of address pools. A manager shows that
        until it restarts, and does not store it.
        """
        addresses = {"ListenAddr": f"{self.address}:2377", "AdvertiseAddr": self.address}
        self.post("/swarm/init", addresses)
        self.wait_for(
            "a manager", lambda: self.request("GET", "/swarm").status == http.HTTPStatus.OK
        )

    def join_swarm(self, manager: "Dockerd", role: str = "manager") -> None:
        """Join the swarm of ``manager``, whose network this one must share."""
        token = manager.cli("swarm", "join-token", "--quiet", role).strip()
        self.cli(
            *("swarm", "join", "--token", token, "--advertise-addr", self.address),
            *("--listen-addr", f"{self.address}:2377", f"{manager.address}:2377"),
        )

    def import_image(self) -> None:
        """Make ``IMAGE`` of busybox."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.add(BUSYBOX, "bin/busybox")
            for applet in ("sh", "sleep", "true"):
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
        name, _, tag = IMAGE.partition(":")
        self.post(f"/images/create?fromSrc=-&repo={name}&tag={tag}", archive.getvalue())

    def runs(self) -> bool:
        return self._launcher is not None and self._launcher.poll() is None

    def state(self) -> str:
        return f"end of the log:\n{self._log_end()}"

    def enter_cli(self) -> list[str]:
        if self.installation.root is None:
            return []
        return ["nsenter", f"--target={self.pid}", "--mount"]

    def _command(self) -> list[str]:
        enter = [] if self._beside is None else ["nsenter", f"--target={self._beside.pid}", "--net"]
        network = ["--net"] if self._beside is None else []
        return [
            *("setpriv", "--pdeathsig", "KILL", *enter),
            *("unshare", *network, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
            *(*self.installation.within, str(self.root)),
            str(DOCKERD),
            f"--data-root={self.data_root}",
            f"--exec-root={self.exec_root}",
            f"--host=unix://{self.socket}",
            f"--pidfile={self.exec_root / 'pid'}",
            *("--storage-driver=vfs", "--shutdown-timeout=1"),
            *("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"),
            *self._options,
        ]

    def _end(self, how: signal.Signals, timeout: float) -> None:
        if self._launcher is None:
            return
        if self._launcher.poll() is None:
            os.kill(self.pid, how)
        try:
            self._launcher.wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise EngineFailed(f"does not end; end of the log:\n{self._log_end()}") from late
        self._launcher = None

    def _answers(self) -> bool:
        try:
            return self.asked("GET", "/_ping").status == http.HTTPStatus.OK
        except OSError:
            return False

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
