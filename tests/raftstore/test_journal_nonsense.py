"""Records whose checksums fit, and which cannot be true: they are left out and named."""

import pytest

from swarmwire import pb
from tests.raftstore.in_memory import MemoryLog
from tests.support.raft_folder import member

METADATA, ENTRY, STATE, MARKER = 1, 2, 3, 5


@pytest.fixture
def log():
    return MemoryLog()


def check(log, place, reason, *, sealed=False):
    log.entries(b"a")
    log.commit()
    final, journal = log.read(sealed=sealed)
    assert final == [b"a"]
    (finding,) = journal.findings
    assert (finding.kind, finding.offset) == ("damaged-record", place.offset)
    assert finding.first == 1
    assert reason in finding.reason


@pytest.mark.parametrize(
    "content",
    [
        pb.raftpb.Entry(Term=1, Type=0, Data=b"x"),
        pb.raftpb.Entry(Term=1, Type=0, Data=b"x", Index=0),
        pb.raftpb.Entry(Index=1, Type=0, Data=b"x"),
        pb.raftpb.Entry(Index=1, Term=1, Data=b"x"),
    ],
)
def test_an_entry_that_does_not_say_what_all_say(log, content):
    place = log.record(ENTRY, content.SerializeToString())
    check(log, place, "without index, term or type")


def test_a_sealed_entry_without_content(log):
    place = log.entry(b"")
    log.rewind(0)
    check(log, place, "an entry without content", sealed=True)


def test_in_plain_text_a_leader_begins_with_nothing(log):
    log.entries(b"", b"a")
    log.commit()
    assert log.read()[0] == [b"", b"a"]


@pytest.mark.parametrize(
    "content", [pb.raftpb.HardState(term=1, vote=1), pb.raftpb.HardState(commit=1)]
)
def test_a_hard_state_that_is_none(log, content):
    """It says no commit index, or more than a hard state can."""
    more = b"\x22\x1e" + bytes(30) if content.commit else b""
    place = log.record(STATE, content.SerializeToString() + more)
    check(log, place, "a hard state that is none")


def test_a_hard_state_with_the_largest_numbers(log):
    log.entries(b"a")
    most = (1 << 64) - 1
    content = pb.raftpb.HardState(term=most, vote=most, commit=most).SerializeToString()
    log.record(STATE, content)
    final, journal = log.read()
    assert final == [b"a"]
    assert (journal.term, journal.commit) == (most, most)


def test_a_marker_that_is_none(log):
    content = pb.walpb.Snapshot(index=7, term=1).SerializeToString() + b"\x22\x01x"
    check(log, log.record(MARKER, content), "a marker of a snapshot that is none")


def test_the_record_of_another_manager(log):
    place = log.record(METADATA, member("manager-2").SerializeToString())
    check(log, place, "the record of another manager")


@pytest.mark.parametrize("kind", [0, 6])
def test_an_unknown_type(log, kind):
    place = log.record(kind, b"something")
    check(log, place, f"a record of the unknown type {kind}")


@pytest.mark.parametrize("kind", [ENTRY, STATE, MARKER])
def test_content_that_cannot_be_parsed(log, kind):
    place = log.record(kind, b"\xff\xff\xff")
    check(log, place, "not of its type")


def test_behind_a_snapshot_it_is_where_the_next_entry_was_to_come(log):
    log.record(9, b"something")
    _, journal = log.read(after=2)
    assert [each.first for each in journal.findings] == [3]
