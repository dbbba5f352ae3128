"""The end of a log as a dying manager leaves it: what is before is recovered, whatever it is."""

import random

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog
from tests.support.raft_folder import create, objects_of, secret
from tests.support.raft_folder.damage import cut, put, zero

LARGE = b"x" * 5_000


def wal(folder):
    return folder.root / folder.segments[-1].name


def whole(folder, recovery):
    """Everything that was committed is there, and nothing else; it says so."""
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.is_whole


def test_zeros_behind_the_last_record_are_the_rule(folder):
    recovery = raftstore.read(folder.write())
    whole(folder, recovery)
    assert recovery.findings == []
    assert recovery.position.index == recovery.position.last_index == folder.index


@pytest.mark.parametrize("tail", [8, 64, 511, 1 << 20])
def test_how_many_zeros_there_are_does_not_matter(folder, tail):
    recovery = raftstore.read(folder.write(tail=tail))
    whole(folder, recovery)
    assert recovery.findings == []


def test_a_file_that_ends_behind_its_last_record_may_have_been_cut(folder):
    recovery = raftstore.read(folder.write(tail=0))
    assert objects_of(recovery.store) == folder.objects()
    assert not recovery.is_whole
    (finding,) = recovery.findings
    assert (finding.kind, finding.file) == ("torn-tail", folder.last.file)
    assert finding.offset == folder.last.end


@pytest.mark.parametrize("what", ["entry", "hard state"])
def test_a_file_that_ends_inside_its_last_record(folder, what):
    before = folder.objects()
    folder.transaction(create(secret("late")), commit=what == "hard state")
    folder.write()
    place = folder.last
    # From the end, so that one file is cut again and again: the padding, the record, its length.
    for size in range(place.padding - 1, place.offset, -1):
        cut(wal(folder), size)
        recovery = raftstore.read(folder.root)
        # One voter: an entry that is whole counts, although no hard state covers it any more.
        expected = folder.objects(folder.index) if what == "hard state" else before
        assert objects_of(recovery.store) == expected
        torn = [each for each in recovery.findings if each.kind == "torn-tail"]
        assert [(each.file, each.offset) for each in torn] == [(place.file, place.offset)], size
        # Managers fill files with zeros first: one that ends earlier was cut, who knows where.
        assert not recovery.is_whole


def test_zeros_instead_of_the_last_entry_are_the_end_of_the_log(folder):
    folder.transaction(create(secret("late")), commit=False)
    place = folder.last
    root = folder.write()
    zero(root / place.file, place.offset, place.end)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(folder.index - 1)
    assert recovery.findings == []


def test_zeros_instead_of_the_last_hard_state_leave_its_entry_past_the_commit_index(folder):
    folder.transaction(create(secret("late")))
    place = folder.last
    root = folder.write()
    zero(root / place.file, place.offset, place.end)
    recovery = raftstore.read(root)
    whole(folder, recovery)
    assert (recovery.position.commit, recovery.position.index) == (folder.index - 1, folder.index)
    assert recovery.findings == []


@pytest.mark.parametrize("sector", [0, 1, 3])
def test_a_sector_of_the_last_entry_was_never_written(folder, sector):
    folder.transaction(create(secret("late", LARGE)), commit=False)
    place = folder.last
    root = folder.write()
    start = (place.data // 512 + 1 + sector) * 512
    assert start + 512 <= place.padding
    zero(root / place.file, start, start + 512)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(folder.index - 1)
    (finding,) = recovery.findings
    assert (finding.kind, finding.offset) == ("torn-tail", place.offset)
    assert "may have been answered" in finding.reason
    assert not recovery.is_whole


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(b"\0\0\0\0\0\1\0\0", id="a terabyte"),
        pytest.param(b"\xff" * 8, id="negative"),
        pytest.param(b"\x10\0\0\0\1\0\0\x87", id="four gigabytes and padding"),
        pytest.param(b"\0\0\0\1\0\0\0\0", id="16 MiB, which a record may have"),
    ],
)
def test_a_length_that_cannot_be_at_the_end(folder, word):
    root = folder.write()
    put(wal(folder), folder.last.end, word)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert (finding.kind, finding.offset) == ("torn-tail", folder.last.end)


@pytest.mark.parametrize("seed", range(20))
def test_noise_at_the_end_adds_nothing(folder, seed):
    noise = random.Random(seed).randbytes(300)
    size = 8 * (seed + 1)
    root = folder.write()
    put(wal(folder), folder.last.end, size.to_bytes(8, "little") + noise)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert finding.kind in {"torn-tail", "damaged-record"}
    assert finding.offset == folder.last.end


def test_noise_behind_the_first_zero_word_is_a_left_over(folder):
    root = folder.write()
    put(wal(folder), folder.last.end + 8, random.Random(1).randbytes(2_000))
    recovery = raftstore.read(root)
    whole(folder, recovery)
    assert recovery.findings == []


@pytest.mark.parametrize("size", [0, 8, 4096, 1 << 20])
def test_a_log_of_zeros_is_no_empty_swarm(folder, size):
    root = folder.write()
    wal(folder).write_bytes(bytes(size))
    with pytest.raises(CorruptLog, match="no empty swarm") as caught:
        raftstore.read(root)
    assert caught.value.file == folder.segments[0].name
    assert caught.value.offset == 0


def test_a_log_of_zeros_beside_a_snapshot_gives_the_snapshot(folder):
    index = folder.snapshot()
    folder.transaction(create(secret("late")))
    root = folder.write()
    wal(folder).write_bytes(bytes(4096))
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(index)
    assert "missing-log" in [each.kind for each in recovery.findings]
    assert not recovery.is_whole
