"""What is fuzzed of the raft store: files in; out comes what is sound, or an error with its place.

A fuzzer cannot guess checksums. So there are two ways in for a log: bytes as they come, and records
that are given the right checksums, whatever they hold.
"""
# ruff: noqa: INP001 - a script and its target, not a package

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import google_crc32c

from swarmwire import pb, raftstore
from swarmwire.errors import CorruptLog, StoreError
from swarmwire.raftstore.facts import facts
from swarmwire.raftstore.frame import BytesLog, Record
from swarmwire.raftstore.task_database import tasks
from swarmwire.raftstore.wal import records

PAYLOAD = "no error shows me"
"""What the secrets of the seeds hold."""

UNLOCK_KEY = "SWMKEY-1-" + "A" * 43

_TEMPORARY = TemporaryDirectory(prefix="swarmwire-fuzz-")
_ROOT = Path(_TEMPORARY.name)
_SEGMENT = f"{0:016x}-{0:016x}.wal"
_SNAPSHOT = f"{1:016x}-{1:016x}.snap"
_SNAPSHOT_FLAG = 0x80


def run(data: bytes) -> None:
    """Put ``data`` into the file that its first byte chooses."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:])


def segment(data: bytes) -> None:
    """One segment, as it comes: each record and each damaged place lies in it, in order."""
    at = 0
    for each in records(BytesLog(data)):
        if not (at <= each.offset <= each.end <= len(data)):
            raise AssertionError("a place outside of the file, or before the last one")
        at = each.offset
        if isinstance(each, Record) and len(each.data) > len(data):
            raise AssertionError("a record that is larger than the file")


def log(data: bytes) -> None:
    """A folder whose only segment is ``data`` behind the first byte, as it comes."""
    read({f"raft/wal/{_SEGMENT}": data[1:]}, data[:1])


def entries(data: bytes) -> None:
    """A folder with a log of sound records, and perhaps a snapshot."""
    files = {f"raft/wal/{_SEGMENT}": framed(pieces(data[1:]))}
    for kind, content in pieces(data[1:]):
        if kind & _SNAPSHOT_FLAG:
            files[f"raft/snap/{_SNAPSHOT}"] = snapshot_of(content)
    read(files, data[:1])


def snapshot(data: bytes) -> None:
    """A folder with nothing but a snapshot, as it comes."""
    read({f"raft/snap/{_SNAPSHOT}": data[1:]}, data[:1])


def content(data: bytes) -> None:
    """A folder with nothing but a snapshot whose checksum is right."""
    read({f"raft/snap/{_SNAPSHOT}": snapshot_of(data[1:])}, data[:1])


def key_file(data: bytes) -> None:
    """A folder with any key, and a log that is sealed."""
    sealed = pb.raftpb.Entry(Type=0, Term=1, Index=1, Data=data[-100:]).SerializeToString()
    files = {
        "certificates/swarm-node.key": data[1:],
        f"raft/wal-v3-encrypted/{_SEGMENT}": framed([(4, b""), (1, b""), (2, sealed)]),
    }
    read(files, data[:1])


def task_database(data: bytes) -> None:
    """The tasks of a node."""
    try:
        tasks(data, "worker/tasks.db")
    except CorruptLog as err:
        judge(err, len(data))
        if err.offset is None:
            raise AssertionError("damage without its place") from err


def plain_files(data: bytes) -> None:
    """What is told without a key, out of any bytes: never an error."""
    repr(facts(node_certificate=data, root_certificate=data, engine_state=data, managers=data))


TARGETS: tuple[Callable[[bytes], None], ...] = (
    segment,
    log,
    entries,
    snapshot,
    content,
    key_file,
    task_database,
    plain_files,
)


def read(files: dict[str, bytes], choice: bytes) -> None:
    """Read a folder with these files, with the options that a byte chooses."""
    put(files)
    number = choice[0] if choice else 0
    options = raftstore.Options(
        unlock_keys=(UNLOCK_KEY,) if number & 1 else (),
        at=number >> 4 if number & 2 else None,
        until=1_700_000_000_000_000_000 if number & 4 else None,
        uncommitted=(None, True, False, None)[number >> 3 & 3],
        deleted=bool(number & 32),
        partial=bool(number & 64),
    )
    longest = max(map(len, files.values()))
    try:
        recovery = raftstore.read(_ROOT, options)
    except StoreError as err:
        judge(err, longest)
        return
    for finding in recovery.findings:
        if PAYLOAD in finding.reason or not 0 <= (finding.offset or 0) <= longest:
            raise AssertionError("a finding that shows a payload, or lies nowhere")
    if recovery.position.index > recovery.position.last_index:
        raise AssertionError("the store stands behind the end of the log")


def judge(err: StoreError, size: int) -> None:
    """An error names a place that there is, and shows nothing of what is stored."""
    if isinstance(err, CorruptLog) and (err.offset is None or not err.file):
        raise AssertionError("damage without its place") from err
    if PAYLOAD in str(err) or not 0 <= (err.offset or 0) <= size:
        raise AssertionError("an error that shows a payload, or lies nowhere") from err


def put(files: dict[str, bytes]) -> None:
    """Make the folder hold these files and nothing else."""
    for path in sorted(_ROOT.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
    ending = "" if any("/wal/" in name or "/snap/" in name for name in files) else "-v3-encrypted"
    for kind in ("wal", "snap"):
        (_ROOT / f"raft/{kind}{ending}").mkdir(parents=True)
    for name, each in files.items():
        path = _ROOT / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(each)


def pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """What ``data`` is cut into: a byte for the kind, two for the length, the content."""
    at = 0
    while at + 3 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        yield data[at], data[at + 3 : at + 3 + size]
        at += 3 + size


def framed(contents: Iterator[tuple[int, bytes]] | list[tuple[int, bytes]]) -> bytes:
    """A segment of records with the right checksums."""
    out = bytearray()
    crc = 0
    for kind, each in contents:
        if kind & _SNAPSHOT_FLAG:
            continue
        crc = google_crc32c.extend(crc, each)
        record = pb.walpb.Record(type=kind, crc=crc)
        if each:
            record.data = each
        raw = record.SerializeToString()
        fill = -len(raw) % 8
        out += (len(raw) | ((0x80 | fill) << 56 if fill else 0)).to_bytes(8, "little")
        out += raw + bytes(fill)
    return bytes(out) + bytes(64)


def snapshot_of(content: bytes) -> bytes:
    """A snapshot file of entry 1 with this content and the right checksum."""
    inner = pb.raftpb.Snapshot(data=content)
    inner.metadata.index = inner.metadata.term = 1
    data = inner.SerializeToString()
    return pb.snappb.Snapshot(crc=google_crc32c.value(data), data=data).SerializeToString()
