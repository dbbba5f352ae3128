"""How long a list of services takes through the gateway, beside the engine's own of the same swarm.

Starts Debian's docker.io as the tests do, as root, and `swarmwire serve` over it; without that it
says why and does nothing. Both are asked over unix sockets by the same client, turn by turn, in one
run; the median of the rounds' ratios counts. Memory is what the gateway's process has more of than
one that serves an empty swarm; time of the processor is its own.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import crowd  # noqa: E402 - as below
from benchmarks.live import fill  # noqa: E402 - the tests' engine is not installed
from swarmwire.control import sync  # noqa: E402
from tests.support.dockerd import Dockerd  # noqa: E402
from tests.support.installations import MACHINE  # noqa: E402

_PACE = 5
_TICKS = os.sysconf("SC_CLK_TCK")


class Asker:
    """One connection that is kept, read as fast as Python can."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))

    def get(self, target: str) -> tuple[float, int]:
        """Seconds until the last byte, and the number of bytes."""
        start = time.perf_counter()
        self._socket.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        data = self._socket.recv(1 << 18)
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        sizes = [int(line[16:]) for line in lines if line.startswith(b"content-length: ")]
        size, end = len(rest), rest[-5:]
        while (size < sizes[0]) if sizes else (end != b"0\r\n\r\n"):
            data = self._socket.recv(1 << 18)
            size += len(data)
            end = (end + data)[-5:]
        return time.perf_counter() - start, size


@contextmanager
def served(daemon: Dockerd) -> Iterator[tuple[Path, int]]:
    """The socket of a gateway in a process of its own, and the process."""
    path = daemon.root / "gateway.sock"
    command = [sys.executable, "-m", "swarmwire.cli", "serve"]
    arguments = ["--socket", str(daemon.control_socket), "--listen", f"unix://{path}"]
    process = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield path, process.pid
    finally:
        process.terminate()
        process.wait()


def memory(pid: int) -> int:
    """What a process has in memory, in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def processor(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def compared(daemon: Dockerd, path: Path, target: str, rounds: int) -> None:
    """Both in turn."""
    ours, theirs = Asker(path), Asker(daemon.socket)
    ours.get(target)
    theirs.get(target)
    pairs = [(ours.get(target), theirs.get(target)) for _ in range(rounds)]
    ratio = statistics.median(their[0] / our[0] for our, their in pairs)
    best = [min(pair[which][0] for pair in pairs) * 1000 for which in (0, 1)]
    print(
        f"{target}: {best[0]:.1f} ms, the engine {best[1]:.1f} ms, {ratio:.1f} times as fast"
        f" ({pairs[0][0][1] / 1e6:.1f} MB)"
    )


def crowded(daemon: Dockerd, path: Path, clients: int, listeners: int) -> None:
    """Many clients at once, of few services: what is measured is what each request costs."""
    version = daemon.api_version
    for who, where in (("the gateway", path), ("the engine", daemon.socket)):
        for pace, how in ((_PACE, f"{_PACE} requests a second each"), (0, "without a pause")):
            found = crowd.polled(where, version, clients, 6, pace)
            print(
                f"{clients} polling clients, {how}, {who}: {found.answers:.0f} answers a second,"
                f" 99 of 100 within {found.slowest * 1000:.0f} ms"
            )

        def happen(who: str = who) -> None:
            body = {"Name": who.replace(" ", "-"), "Data": "YQ=="}
            daemon.post("/secrets/create", body)

        seconds = crowd.told(where, version, listeners, happen)
        print(f"{listeners} listeners for events, {who}: all told after {seconds:.2f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--services", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--listeners", type=int, default=500)
    arguments = parser.parse_args()
    missing = MACHINE.missing()
    if missing:
        print(f"no gateway: a real engine needs {', '.join(missing)}")
        return 0
    with Dockerd() as daemon:
        daemon.init_swarm()
        with served(daemon) as (path, pid):
            Asker(path).get("/services")
            empty, idle = memory(pid), processor(pid)
        with sync.connect(str(daemon.control_socket)) as manager:
            fill(manager, 10)
        with served(daemon) as (path, _):
            crowded(daemon, path, arguments.clients, arguments.listeners)
        for services in arguments.services:
            for service in daemon.get("/services").json:
                daemon.delete(f"/services/{service['ID']}")
            with sync.connect(str(daemon.control_socket)) as manager:
                fill(manager, services)
            with served(daemon) as (path, pid):
                seconds, _ = Asker(path).get("/services")
                used = processor(pid) - idle
                each = (memory(pid) - empty) / services / 1024
                print(f"{services} services, the engine of {daemon.release.version}")
                print(f"first list {seconds:.2f} s, filled in {used:.2f} s of the processor")
                print(f"memory: {each:.1f} KiB a service")
                for target in ("/services", "/services?status=true"):
                    compared(daemon, path, target, arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
