"""How fast a manager's log is read, beside the cipher alone, and how much memory that takes.

Logs are written as managers write them, in segments of 64 MB. The floor is PyNaCl opening the same
records, already in memory, and keeping as many as are alive at the end: what no reader of sealed
records can save. (New memory for all of a large log takes about as long as to decrypt it.) Subject
and floor take turns, and the median of the rounds' ratios counts. Time is that of the processor.
Small entries that are kept have to be parsed, which alone takes three to four times as long as to
decrypt them; most entries of a real log are overwritten. Memory is the most that a process
of its own had resident, for two logs that hold the same few objects and differ in length only.
"""

import argparse
import platform
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import nacl  # noqa: E402 - the tests' writer of folders is not installed
from nacl.secret import SecretBox  # noqa: E402

from swarmwire import pb, raftstore  # noqa: E402
from swarmwire.raftstore.folder import opened, read_segments  # noqa: E402
from swarmwire.raftstore.journal import Journal  # noqa: E402
from tests.support.raft_folder import RaftFolder, config, create, update  # noqa: E402
from tests.support.raft_folder.disk import put_log  # noqa: E402

SEGMENT = 64_000_000
LARGEST_CONFIG = 1_000 * 1024 - 1
FEW = 4
SMALL_SERVICE = ROOT / "benchmarks" / "documents" / "web-service.pb"

Actions = Iterator[pb.StoreAction]


class Result(NamedTuple):
    name: str
    megabytes: float
    entries: int
    seconds: float
    floor: float
    ratio: float
    target: float | None


def large(number: int) -> Actions:
    """Configs of the largest size, each another one."""
    for each in range(number):
        yield create(config(f"large-{each}", bytes([each % 251]) * LARGEST_CONFIG))


def small(number: int) -> Actions:
    """Services of a common size, each another one."""
    service = pb.Service.FromString(SMALL_SERVICE.read_bytes())
    for each in range(number):
        service.id = f"service{each:018}"
        service.spec.annotations.name = service.id
        yield create(service)


def small_overwritten(number: int) -> Actions:
    """The same few services of a common size again and again, as the tasks of a swarm are."""
    few = [action.service for action in small(FEW)]
    yield from map(create, few)
    yield from map(update, islice(cycle(few), number - len(few)))


def overwritten(number: int) -> Actions:
    """The same few configs again and again."""
    few = [config(f"again-{each}", bytes([each]) * LARGEST_CONFIG) for each in range(FEW)]
    yield from map(create, few)
    yield from map(update, islice(cycle(few), number - len(few)))


def written(root: Path, actions: Actions) -> RaftFolder:
    """A folder with one entry for each action; full segments leave our memory at once."""
    folder = RaftFolder(root)
    for number, action in enumerate(actions):
        request = pb.InternalRaftRequest(id=number + 1, action=[action])
        folder.entry(request.SerializeToString())
        folder.commit()
        if len(folder.segments[-1].data) >= SEGMENT:
            folder.cut()
            put_log(root, folder.segments[:1], tail=0)
            folder.drop_segment(0)
    folder.write(tail=max(0, SEGMENT - len(folder.segments[-1].data)))
    return folder


def sealed(root: Path) -> list[tuple[bytes, bytes]]:
    """Each record of a log as the cipher wants it: text and nonce."""
    found = []
    with opened(root) as folder:
        journal = Journal(0, sealed=True)
        for entry in journal.committed(read_segments(folder.segments())):
            record = pb.MaybeEncryptedRecord.FromString(bytes(entry.data))
            found.append((record.data, record.nonce))
    return found


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()  # other processes are no part of it
    work()
    return time.process_time() - start


def against(
    name: str,
    actions: Actions,
    *,
    rounds: int,
    kept: int | None = None,
    target: float | None = None,
) -> Result:
    """Read a log; ``kept`` tells how many of its entries are alive at the end, None for all."""
    with TemporaryDirectory(prefix="swarmwire-bench-") as temporary:
        root = Path(temporary) / "swarm"
        box = SecretBox(written(root, actions).dek)
        entries = sealed(root)

        def read() -> None:
            recovery = raftstore.read(root)
            assert recovery.is_whole
            assert recovery.position.index == len(entries)

        def floor() -> None:
            deque((box.decrypt(text, nonce) for text, nonce in entries), maxlen=kept)

        read()
        floor()
        took = [(seconds(read), seconds(floor)) for _ in range(rounds)]
    return Result(
        name,
        sum(len(text) for text, _ in entries) / 1e6,
        len(entries),
        min(mine for mine, _ in took),
        min(base for _, base in took),
        statistics.median(mine / base for mine, base in took),
        target,
    )


def peak(actions: Actions) -> tuple[float, float]:
    """The length of a log, and the most memory that reading it took, in MB."""
    with TemporaryDirectory(prefix="swarmwire-bench-") as temporary:
        root = Path(temporary) / "swarm"
        written(root, actions)
        size = sum(each.stat().st_blocks * 512 for each in root.rglob("*.wal"))
        reader = [sys.executable, __file__, "--peak-of", str(root)]
        answer = subprocess.run(reader, check=True, capture_output=True, text=True).stdout
    return size / 1e6, int(answer) / 1e3


def highest() -> int:
    """The most memory that this process had resident, in kB.

    ``getrusage`` would count what its parent had.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--large", type=int, default=130, help="entries of a megabyte")
    parser.add_argument("--small", type=int, default=10_000, help="entries of a service")
    parser.add_argument("--peak-of", metavar="FOLDER", help="read it, print the memory in kB")
    arguments = parser.parse_args()
    if arguments.peak_of:
        raftstore.read(arguments.peak_of)
        print(highest())
        return 0
    print(f"python {platform.python_version()}, PyNaCl {nacl.__version__}")
    print(f"{'':26}{'entries':>9}{'MB':>8}{'MB/s':>8}{'cipher':>8}{'x cipher':>10}{'at most':>9}")
    many, rounds = arguments.large, arguments.rounds
    for each in (
        against("large entries, overwritten", overwritten(many), rounds=rounds, kept=FEW, target=2),
        against("large entries, kept", large(many), rounds=rounds, target=2),
        against(
            "small entries, overwritten",
            small_overwritten(arguments.small),
            rounds=rounds,
            kept=FEW,
            target=8,
        ),
        against("small entries, kept", small(arguments.small), rounds=rounds, target=8),
    ):
        speeds = f"{each.megabytes / each.seconds:8.0f}{each.megabytes / each.floor:8.0f}"
        limit = f"{each.target:9.1f}" if each.target else ""
        print(
            f"{each.name:26}{each.entries:9}{each.megabytes:8.0f}{speeds}{each.ratio:10.2f}{limit}"
        )
    for number in (many // 2, many * 4):
        size, memory = peak(overwritten(number))
        print(f"memory for a log of {size:6.0f} MB, always the same objects: {memory:6.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
