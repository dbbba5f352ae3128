"""A gateway under load for a long time: what it answers, and what it keeps of it.

Starts a swarm in memory and `swarmwire serve` over it, each in a process of its own, and clients of
every kind: some poll, some follow events and logs, some write, some leave in the middle, some speak
no HTTP. What the gateway's process has in memory and in open files is told now and then; it ends
with an error if it has grown since it was warm, or if an answer was wrong.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

_COMMAND = [sys.executable, "-m", "swarmwire.cli"]
_LISTS = ("/services", "/services?status=true", "/tasks", "/nodes", "/networks", "/info", "/swarm")
_JSON = {"Content-Type": "application/json"}


class _Connection(http.client.HTTPConnection):
    """HTTP through a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class SoakedGateway:
    """A gateway in a process of its own, with its manager in another one."""

    def __init__(self, folder: Path, manager: str) -> None:
        self.path = str(folder / "api.sock")
        self._health = str(folder / "health.sock")
        self.process = subprocess.Popen(
            [
                *(*_COMMAND, "serve", "--socket", manager, "--listen", f"unix://{self.path}"),
                *("--metrics", f"unix://{self._health}"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline()

    def asked(self, method: str, target: str, body: bytes | None = None) -> tuple[int, bytes]:
        """The status and the body of one exchange."""
        with closing(_Connection(self.path)) as connection:
            connection.request(method, target, body, _JSON if body else {})
            response = connection.getresponse()
            return response.status, response.read()

    def samples(self) -> dict[tuple[str, ...], float]:
        """Its metrics, by their names and labels."""
        with closing(_Connection(self._health)) as connection:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def end(self) -> str:
        """What it said, once it has ended."""
        self.process.terminate()
        return self.process.communicate(timeout=60)[1]


@contextmanager
def soaked() -> Iterator[SoakedGateway]:
    """The gateway, and what it needs."""
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        subprocess.Popen(
            [*_COMMAND, "embedded", "--speed", "50"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as manager,
    ):
        try:
            assert manager.stdout is not None
            place = manager.stdout.readline().strip().partition("=")[2]
            gateway = SoakedGateway(Path(folder), place)
            try:
                yield gateway
            finally:
                gateway.process.kill()
                gateway.process.communicate()
        finally:
            manager.terminate()


class Load:
    """Clients of every kind, each in a thread, until they are told to end.

    Attributes:
        done: how often each kind of client did what it does.
        wrong: answers that should not have been.
    """

    def __init__(self, gateway: SoakedGateway, threads: int) -> None:
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._gateway = gateway
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number,)) for number in range(threads)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        numbers = random.Random(number)
        kinds: tuple[Callable[[random.Random, str], None], ...] = (
            *(self._poll, self._poll, self._poll, self._write),
            *(self._follow, self._leave, self._babble),
        )
        while not self._ended.is_set():
            kind = numbers.choice(kinds)
            try:
                kind(numbers, f"soak{number}-{numbers.randrange(1_000)}")
            except (OSError, http.client.HTTPException, ValueError) as err:
                self.wrong.append(f"{kind.__name__}: {err!r}")
            self.done[kind.__name__] += 1

    def _expect(self, what: str, status: int, *wanted: int) -> None:
        if status not in wanted:
            self.wrong.append(f"{what}: {status}")

    def _poll(self, numbers: random.Random, _: str) -> None:
        with closing(_Connection(self._gateway.path)) as connection:
            for _number in range(numbers.randrange(1, 20)):
                target = numbers.choice(_LISTS)
                connection.request("GET", target)
                response = connection.getresponse()
                json.loads(response.read())
                self._expect(target, response.status, 200)

    def _write(self, numbers: random.Random, name: str) -> None:
        spec = {
            "Name": name,
            "TaskTemplate": {"ContainerSpec": {"Image": "x:1"}},
            "Mode": {"Replicated": {"Replicas": numbers.randrange(4)}},
        }
        status, _ = self._gateway.asked("POST", "/services/create", json.dumps(spec).encode())
        self._expect("create", status, 201, 409)
        status, body = self._gateway.asked("GET", f"/services/{name}")
        self._expect("inspect", status, 200)
        version = json.loads(body)["Version"]["Index"]
        spec["TaskTemplate"] = {"ContainerSpec": {"Image": "x:2"}}
        target = f"/services/{name}/update?version={version}"
        status, _ = self._gateway.asked("POST", target, json.dumps(spec).encode())
        self._expect("update", status, 200, 500)  # out of sequence: tasks of it change, too
        self._expect("remove", self._gateway.asked("DELETE", f"/services/{name}")[0], 200)

    def _follow(self, numbers: random.Random, _: str) -> None:
        with closing(_Connection(self._gateway.path)) as connection:
            connection.request("GET", "/events")
            response = connection.getresponse()
            self._expect("/events", response.status, 200)
            time.sleep(numbers.random() / 2)

    def _leave(self, numbers: random.Random, _: str) -> None:
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(self._gateway.path)
            target = numbers.choice((*_LISTS, "/events"))
            one.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            one.settimeout(60)
            one.recv(numbers.choice((1, 100)))

    def _babble(self, numbers: random.Random, _: str) -> None:
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(self._gateway.path)
            one.sendall(b"\x16\x03\x01" + numbers.randbytes(50) + b"\r\n\r\n")
            one.settimeout(60)
            one.recv(1 << 16)


class SoakResult:
    """What a run showed.

    Attributes:
        grown: how many bytes more the process had at the end than when it was warm.
        files: the same of open files.
        problems: what should not have been; nothing if all is well.
    """

    def __init__(self, grown: float, files: float, problems: list[str]) -> None:
        self.grown = grown
        self.files = files
        self.problems = problems


def soak(
    seconds: float, threads: int, tell: Callable[[str], None], *, most: float = 16e6
) -> SoakResult:
    """Load a gateway for some seconds, of which the first fifth warms it.

    Args:
        seconds: for how long.
        threads: how many clients there are at once.
        tell: is told now and then how it goes.
        most: by how many bytes it may grow after it was warm.
    """
    with soaked() as gateway:
        start = time.monotonic()
        with Load(gateway, threads) as load:
            _wait(start + seconds / 5)
        warm = _still(gateway)
        with Load(gateway, threads) as load:
            for part in range(1, 9):
                _wait(start + seconds / 5 + part * seconds / 10)
                now = gateway.samples()
                tell(
                    f"{time.monotonic() - start:.0f} s: {_megabytes(now)} MB,"
                    f" {now['process_open_fds',]:.0f} files, {sum(load.done.values())} rounds"
                )
        cold = _still(gateway)
        said = gateway.end()
        problems = load.wrong[:10]
        grown = cold["process_resident_memory_bytes",] - warm["process_resident_memory_bytes",]
        files = cold["process_open_fds",] - warm["process_open_fds",]
        if grown > most:
            problems.append(f"grew by {grown / 1e6:.1f} MB")
        if files:
            problems.append(f"{files:.0f} more files are open")
        if cold["swarmwire_requests_in_flight",] or cold["swarmwire_objects", "service"]:
            problems.append("requests or services are left")
        if "failed" in said or "Traceback" in said:
            problems.append(said)
        requests = sum(n for key, n in cold.items() if key[0] == "swarmwire_requests_total")
        tell(f"{requests:.0f} requests, {dict(load.done)}; grew by {grown / 1e6:.1f} MB")
        return SoakResult(grown, files, problems)


def _wait(until: float) -> None:
    time.sleep(max(until - time.monotonic(), 0))


def _megabytes(samples: dict[tuple[str, ...], float]) -> str:
    return f"{samples['process_resident_memory_bytes',] / 1e6:.1f}"


def _still(gateway: SoakedGateway) -> dict[tuple[str, ...], float]:
    """The metrics once all clients are gone."""
    for _ in range(600):
        samples = gateway.samples()
        streams = sum(n for key, n in samples.items() if key[0] == "swarmwire_streams")
        if not samples["swarmwire_connections",] and not streams:
            return samples
        time.sleep(0.05)
    raise AssertionError("clients are left")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--threads", type=int, default=min(16, 8 * (os.cpu_count() or 1)))
    arguments = parser.parse_args()
    result = soak(arguments.seconds, arguments.threads, print)
    for problem in result.problems:
        print(f"problem: {problem}")
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main())
