"""Newer engines out of Debian's own packages, each in a root folder of its own.

`python -m tests.support.engine_roots` builds what is not there, or is not what the mirror has. The
folders are in `.engines`, or where `SWARMWIRE_ENGINES` says, so that several clones can share them.
The mirror is the one of the machine's own apt. Only the standard library is used: this runs before
anything is installed.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUITES = ("trixie", "sid")
"""Debian's releases whose engines are wanted beside that of the machine itself."""

PACKAGES = ("docker.io", "docker-cli", "iptables", "busybox-static", "ca-certificates")

FOLDER = Path(os.environ.get("SWARMWIRE_ENGINES") or Path(__file__).parents[2] / ".engines")

_ARCHIVE = re.compile(r"/debian/?$")
_OLD_INDEX = 'Acquire::Check-Valid-Until "false"'
"""The index of sid can be older than it says it is valid."""


class RootFailed(Exception):
    """A root folder cannot be built on this machine; the text says why."""


def root_of(suite: str) -> Path:
    """The folder in which the suite's engine is, or would be."""
    return FOLDER / suite


def built_version(root: Path) -> str:
    """The version of the engine in a root folder; empty if there is none."""
    try:
        status = (root / "var/lib/dpkg/status").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r"^Package: docker\.io\n(?:.+\n)*?Version: (\S+)", status, re.MULTILINE)
    return found[1] if found else ""


def build(suite: str) -> str:
    """Build the root folder of a suite unless it has what the mirror has; what was done, in words.

    Raises:
        RootFailed: it cannot be built, and there is none.
    """
    root = root_of(suite)
    with _alone():
        there, wanted = built_version(root), _version_of_mirror(suite)
        if there and wanted in ("", there):
            reason = "" if wanted else ", the mirror does not tell its version"
            return f"{suite}: {there}, built before{reason}"
        began = time.monotonic()
        _bootstrap(suite, root)
        return f"{suite}: {built_version(root)}, built in {time.monotonic() - began:.0f} s"


def _bootstrap(suite: str, root: Path) -> None:
    if missing := _missing():
        raise RootFailed(f"{suite}: a root folder needs {', '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix=f"{suite}-", dir=FOLDER) as unfinished:
        folder = Path(unfinished) / "root"
        command = [
            *("mmdebstrap", "--mode=root", "--variant=essential", f"--aptopt={_OLD_INDEX}"),
            *("--include=" + ",".join(PACKAGES), suite, str(folder), _mirror()),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = "\n".join(done.stderr.splitlines()[-5:])
            raise RootFailed(f"{suite}: mmdebstrap cannot build it:\n{last}")
        # Engines find it read-only: what they need is made now.
        for place in ("old", "etc/docker", "var/lib/docker"):
            (folder / place).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(root, ignore_errors=True)
        folder.rename(root)


def _missing() -> list[str]:
    tools = [tool for tool in ("mmdebstrap", "apt-get") if shutil.which(tool) is None]
    return [*([] if os.geteuid() == 0 else ["root"]), *tools]


def _mirror() -> str:
    """The address from which the machine's own apt has Debian."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = [address for address in listed.stdout.split() if _ARCHIVE.search(address)]
    if not found:
        raise RootFailed("the machine's apt knows no mirror of Debian")
    return found[0]


def _version_of_mirror(suite: str) -> str:
    """The version of the engine that the mirror has; empty if it cannot be told now."""
    lists = FOLDER / "lists" / suite
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    source = lists.with_suffix(".list")
    try:
        source.write_text(f"deb {_mirror()} {suite} main\n", encoding="utf-8")
        options = [
            *("-o", f"Dir::Etc::SourceList={source}", "-o", "Dir::Etc::SourceParts=/dev/null"),
            *("-o", f"Dir::State::Lists={lists}", "-o", "Dir::Cache::pkgcache="),
            *("-o", "Dir::Cache::srcpkgcache=", "-o", "Acquire::Languages=none"),
            *("-o", "Acquire::Check-Valid-Until=false", "-o", "APT::Sandbox::User=root"),
        ]
        for command in (["apt-get", "update"], ["apt-cache", "madison", "docker.io"]):
            done = subprocess.run(
                [command[0], *options, *command[1:]], capture_output=True, text=True, check=True
            )
    except (OSError, subprocess.CalledProcessError):
        return ""
    found = re.search(r"^ *docker\.io \| (\S+)", done.stdout, re.MULTILINE)
    return found[1] if found else ""


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else builds meanwhile."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Build all of them; 1 if one cannot be built."""
    code = 0
    for suite in SUITES:
        try:
            sys.stdout.write(f"{build(suite)}\n")
        except RootFailed as failed:
            sys.stderr.write(f"{failed}\n")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
