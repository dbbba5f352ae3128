"""The engines that tests can run: the machine's own, and newer ones in root folders.

The version is read from the engine itself; what it is expected to do follows from
`swarmwire.engine.release`.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.engine_roots import SUITES, built_version, root_of

BUSYBOX = Path("/bin/busybox")
DOCKERD = Path("/usr/sbin/dockerd")
DEBIAN_CLI = Path("/usr/bin/docker")
_TOOLS = ("setpriv", "unshare", "nsenter")

_LOOPBACK = f'{BUSYBOX} ip link set lo up && exec "$@"'

# `docker import` needs a root that is a mount point, so that a chroot is not enough. What the
# daemon keeps lies at the same path inside and outside: it can move from one engine to another.
_PIVOT = f"""
set -e
root=$1 state=$2; shift 2
{BUSYBOX} mount --bind "$root" "$root"
{BUSYBOX} mount -o remount,bind,ro "$root"
for folder in run tmp etc/docker var/lib/docker; do
    {BUSYBOX} mount -t tmpfs tmpfs "$root/$folder"
done
{BUSYBOX} mkdir -p "$root$state"
{BUSYBOX} mount --bind "$state" "$root$state"
{BUSYBOX} mount -t proc proc "$root/proc"
for folder in sys dev; do {BUSYBOX} mount --rbind "/$folder" "$root/$folder"; done
cd "$root"
{BUSYBOX} pivot_root . old
cd /
{BUSYBOX} umount -l /old
{_LOOPBACK}
"""

# The command alone: it sees one folder outside, at the same path.
_CLI = f"""
set -e
root=$1 seen=$2; shift 2
{BUSYBOX} mount --bind "$root" "$root"
{BUSYBOX} mount -t tmpfs tmpfs "$root/tmp"
{BUSYBOX} mkdir -p "$root$seen"
{BUSYBOX} mount --bind "$seen" "$root$seen"
exec {BUSYBOX} chroot "$root" "$@"
"""


@dataclass(frozen=True)
class Installation:
    """One engine with its command.

    Attributes:
        name: `machine`, or Debian's release of which the root folder is.
        root: the root folder; None for the machine's own engine.
    """

    name: str
    root: Path | None = None

    @property
    def within(self) -> list[str]:
        """What runs a program, given as arguments after it, where the engine is installed.

        In namespaces of its own, with loopback up; what the daemon keeps follows as an argument.
        """
        if self.root is None:
            return [str(BUSYBOX), "sh", "-c", f"shift; {_LOOPBACK}", "dockerd"]
        return [str(BUSYBOX), "sh", "-c", _PIVOT, "dockerd", str(self.root)]

    def cli_with(self, folder: Path) -> list[str]:
        """What runs its docker command, given as arguments after it; it sees ``folder``."""
        if self.root is None:
            return []
        inside = (str(BUSYBOX), "sh", "-c", _CLI, "docker", str(self.root), str(folder))
        return ["unshare", "--mount", *inside]

    @property
    def command(self) -> list[str]:
        """Its docker command, whose arguments follow; it sees the files of the temporary folder."""
        return [*self.cli_with(Path(tempfile.gettempdir())), str(DEBIAN_CLI)]

    def missing(self) -> list[str]:
        """What has to be there before its daemon can be started, and is not."""
        programs = [DOCKERD, DEBIAN_CLI] if self.root is None else []
        lacking = [str(path) for path in (BUSYBOX, *programs) if not path.exists()]
        tools = [tool for tool in _TOOLS if shutil.which(tool) is None]
        found = [*([] if os.geteuid() == 0 else ["root"]), *lacking, *tools]
        if self.root is not None and not built_version(self.root):
            found.append(f"the root folder of {self.name} (make engines)")
        return found


MACHINE = Installation("machine")
INSTALLATIONS = (MACHINE, *(Installation(suite, root_of(suite)) for suite in SUITES))

EMBEDDED: Final = "embedded"


def either(*installations: Installation) -> list[Any]:
    """The parameters of a fixture: these engines, and the embedded swarm."""
    real = [pytest.param(each, marks=pytest.mark.engine, id=each.name) for each in installations]
    return [*real, pytest.param(EMBEDDED, id=EMBEDDED)]


ON_REAL_ENDS: Final = either(MACHINE, INSTALLATIONS[-1])[:-1]
ON_MACHINE: Final = either(MACHINE)
ON_NEWEST: Final = either(INSTALLATIONS[-1])
ON_ENDS: Final = either(MACHINE, INSTALLATIONS[-1])
ON_ALL: Final = either(*INSTALLATIONS)
