"""The fuzz target of the raft store holds: on seeds, on small changes of them, and guided."""

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from swarmwire.errors import WrongKey
from swarmwire.raftstore.frame import BytesLog
from swarmwire.raftstore.wal import records
from tests.support.raft_folder import RaftFolder, create, remove, secret, service, update
from tests.support.raft_folder.identity import NodeKey, node_certificate
from tests.support.task_database import branch, entry, file_of, leaf, small_bucket

FUZZ = Path(__file__).resolve().parent.parent / "fuzz"


def load():
    file = FUZZ / "raftstore_target.py"
    spec = importlib.util.spec_from_file_location("fuzz_raftstore_target", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


target = load()


def folder():
    """A plain store with a bit of everything: objects that change and go, a snapshot, a tail."""
    made = RaftFolder(Path("swarm"), layout="")
    payload = target.PAYLOAD.encode()
    made.transaction(create(secret("a", payload)), create(service("web")))
    made.snapshot()
    made.transaction(update(service("web", replicas=3)))
    made.transaction(remove(secret("a", payload)), create(secret("b", payload)))
    made.transaction(create(secret("c", payload)), commit=False)
    return made


def database():
    pages = {
        2: leaf((b"v1", small_bucket((b"tasks", (3).to_bytes(8, "little") * 2, 1)), 1), number=2),
        3: branch(4, 5, number=3),
        4: leaf(entry("a"), number=4),
        5: leaf(entry("b"), number=5),
    }
    return file_of(pages, size=1024)


def piece(kind, content):
    return bytes([kind]) + len(content).to_bytes(2, "big") + content


def inputs():
    """At least one input for each target, without the byte that chooses it."""
    made = folder()
    segment = bytes(made.segments[0].data) + bytes(64)
    (snapshot,) = (data for _, data in made.snapshots.values())
    content = made.snapshot_message(made.commit_index).SerializeToString()
    log = b"".join(piece(each.type, bytes(each.data)) for each in records(BytesLog(segment)))
    return (
        (target.segment, segment),
        (target.log, b"\x68" + segment),
        (target.entries, b"\x68" + log),
        (target.entries, b"\x20" + piece(0x80, content) + log),
        (target.snapshot, b"\0" + snapshot),
        (target.content, b"\0" + content),
        (target.key_file, b"\0" + NodeKey(b"d" * 32).pem()),
        (target.key_file, b"\1" + NodeKey(b"d" * 32, unlock_key=bytes(32)).pem()),
        (target.task_database, database()),
        (target.plain_files, node_certificate("swarm", "swarm-manager", "node")),
        (target.plain_files, b'[{"node_id":"a","addr":"b:1"}]'),
    )


SEEDS = [bytes([target.TARGETS.index(chosen)]) + data for chosen, data in inputs()]


def test_each_target_has_a_seed():
    assert {seed[0] for seed in SEEDS} == set(range(len(target.TARGETS)))


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_seed_is_read(number):
    target.run(SEEDS[number])
    target.run(SEEDS[number][:1])
    target.run(b"")


@pytest.mark.parametrize(("chosen", "data"), inputs(), ids=lambda each: str(each)[10:20])
def test_seed_is_not_refused_at_the_door(chosen, data, monkeypatch):
    """It would find nothing of what is behind."""
    refused = []
    monkeypatch.setattr(target, "judge", lambda err, size: refused.append(err))
    chosen(data)
    if chosen is target.key_file:  # its log is sealed with another key
        assert [type(err) for err in refused] == [WrongKey]
        assert "key is of another node" in str(refused[0])
    else:
        assert refused == []


PIECES = [b"", b"\0", b"\xff", b"\0" * 8, b"\xff" * 8, b"\x80", b"\x01", b"\x7f" * 3, b"\n\x02"]


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_seed_with_small_changes_is_read_or_refused(number):
    numbers = random.Random(number)  # the same changes on each run
    seed = SEEDS[number]
    for _ in range(120):
        start = numbers.randrange(1, len(seed))
        end = min(len(seed), start + numbers.choice([0, 1, 1, 2, 8, 40]))
        target.run(seed[:start] + numbers.choice(PIECES) + seed[end:])


@pytest.mark.fuzz
def test_guided_run_finds_nothing(tmp_path):
    pytest.importorskip("atheris", reason="atheris is not installed: pip install atheris")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)
    run = subprocess.run(
        [
            sys.executable,
            str(FUZZ / "raftstore.py"),
            str(corpus),
            "-max_total_time=10",
            "-seed=1",
            "-max_len=8192",
            "-timeout=10",
            "-rss_limit_mb=1024",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    assert "Done " in run.stderr
