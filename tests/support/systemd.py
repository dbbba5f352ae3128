"""A machine of our own that systemd runs: started for tests, gone without a trace.

It is the machine that the tests run on, seen through namespaces: what it writes goes to memory, and
its units are those that a test puts there. Nothing but what a test starts runs in it.
"""

import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import swarmwire
from tests.support.installations import BUSYBOX, DOCKERD
from tests.support.started import Started

SYSTEMD = Path("/lib/systemd/systemd")
SWARMWIRE = Path("/opt/swarmwire/bin/swarmwire")
"""The command, as who followed the guide has it."""

_LAUNCHER = """#!/bin/sh
export PYTHONHOME=/opt/python LD_LIBRARY_PATH=/opt/python/lib PYTHONPATH=/opt/swarmwire/lib
export PYTHONPATH=$PYTHONPATH:/opt/swarmwire/libraries
exec /opt/python/bin/python3 -m swarmwire "$@"
"""

# What is mounted lies in memory, so that it goes with the namespace. Root's home is closed to the
# services that are tried, and a Python may lie there: it is shown elsewhere.
_BOOT = f"""
set -e
base=$1 python=$2 package=$3 libraries=$4
mount -t tmpfs tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
cd "$base/root"
rm -rf etc/systemd/system etc/fstab
mkdir -p etc/systemd/system opt/python opt/swarmwire/bin opt/swarmwire/lib opt/swarmwire/libraries
mkdir -p opt/swarmwire/lib/swarmwire
mount --bind "$python" opt/python
mount --bind "$package" opt/swarmwire/lib/swarmwire
mount --bind "$libraries" opt/swarmwire/libraries
cat > .{SWARMWIRE}
chmod 0755 .{SWARMWIRE} opt opt/swarmwire opt/swarmwire/bin opt/swarmwire/lib
printf '[Unit]\\nDefaultDependencies=no\\n' > etc/systemd/system/nothing.target
mount -t proc proc proc
for folder in run tmp var/lib/docker; do mkdir -p $folder; mount -t tmpfs tmpfs $folder; done
mount --bind /sys sys
mount -t cgroup2 none sys/fs/cgroup
mount --rbind /dev dev
ip link set lo up 2> /dev/null || {BUSYBOX} ip link set lo up
mkdir -p .old
pivot_root . .old
umount -l /.old
exec env -i container=tests PATH=/usr/sbin:/usr/bin {SYSTEMD} --system --unit=nothing.target \\
    --log-target=null --show-status=no
"""

_DOCKER = f"""[Service]
Type=notify
ExecStart={DOCKERD} --storage-driver=vfs --bridge=none --iptables=false --ip6tables=false \
--ip-forward=false --shutdown-timeout=1
KillMode=mixed
Delegate=yes
"""


class Systemd(Started):
    """A machine with systemd as its first process, and the machine's engine as ``docker.service``.

    Use it as a context manager. It dies with the process that started it.
    """

    def __init__(self) -> None:
        self._base = Path(tempfile.mkdtemp(prefix="systemd-", dir="/tmp"))
        self._launcher: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until its first process runs."""
        namespaces = ("--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup")
        (package,) = swarmwire.__path__
        self._launcher = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "KILL", "unshare", *namespaces),
                *("--fork", "--kill-child", "--mount-proc", "sh", "-c", _BOOT, "boot"),
                *(str(self._base), sys.base_prefix, package, sysconfig.get_path("purelib")),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert self._launcher.stdin is not None
        self._launcher.stdin.write(_LAUNCHER)
        self._launcher.stdin.close()
        end = time.monotonic() + 30
        while not self._runs():
            assert self._launcher.poll() is None, "systemd does not start"
            assert time.monotonic() < end, "systemd does not get ready"
            time.sleep(0.1)
        self.write("/etc/systemd/system/docker.service", _DOCKER)
        self.run("systemctl", "daemon-reload")

    @staticmethod
    def missing() -> list[str]:
        """What has to be there before it can be started, and is not."""
        return [str(path) for path in (SYSTEMD, BUSYBOX, DOCKERD) if not path.exists()]

    def run(self, *command: str | Path, stdin: str | None = None) -> str:
        """Run a command as the machine's root; return what it prints.

        Raises:
            AssertionError: it failed; what it said is in the message.
        """
        done = self.tried(*command, stdin=stdin)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def tried(
        self, *command: str | Path, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The same of a command that may fail."""
        enter = ["nsenter", f"--target={self._pid}", "--all", "--wd"]
        return subprocess.run(
            [*enter, *map(str, command)],
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def write(self, path: str | Path, text: str) -> None:
        self.run("sh", "-c", 'mkdir -p "${1%/*}" && cat > "$1"', "write", path, stdin=text)

    def state(self, unit: str, *names: str) -> dict[str, str]:
        """Properties of a unit, as systemd tells them."""
        lines = self.run("systemctl", "show", unit, *(f"--property={name}" for name in names))
        return dict(line.split("=", 1) for line in lines.splitlines())

    def remove(self) -> None:
        """End all of it, and delete the folder that it was mounted at."""
        if self._launcher is not None:
            self._launcher.send_signal(signal.SIGKILL)
            self._launcher.wait(30)
        shutil.rmtree(self._base)

    @property
    def _pid(self) -> int:
        assert self._launcher is not None
        launcher = self._launcher.pid
        return int(Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()[0])

    def _runs(self) -> bool:
        try:
            told = self.tried("systemctl", "is-system-running").stdout.strip()
        except IndexError:
            return False  # there is no first process yet
        return told == "running"
