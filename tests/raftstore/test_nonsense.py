"""What a newer or a broken manager wrote: kept where possible, said where not."""

import pytest

from swarmwire import pb, raftstore
from tests.raftstore.in_memory import MemoryLog
from tests.support.raft_folder import RaftFolder, create, member, objects_of, secret, service
from tests.support.raft_folder.damage import flip

CREATE = pb.StoreActionKind.Value("STORE_ACTION_CREATE")


def kinds(recovery):
    return [each.kind for each in recovery.findings]


def varint_field(number, value):
    return bytes([number << 3, value])


def bytes_field(number, content):
    return bytes([number << 3 | 2, len(content)]) + content


def test_an_action_that_nobody_knows_is_left_out_and_said(folder):
    """The transaction's other actions are done, as an engine would do them one by one."""
    before = folder.objects()
    place = folder.transaction(
        pb.StoreAction(action=7, secret=secret("password", b"?")), create(secret("known"))
    )
    recovery = raftstore.read(folder.write())
    found = objects_of(recovery.store)
    assert found.keys() - before.keys() == {("secret", secret("known").id)}
    assert found["secret", secret("password").id].spec.data == b"hunter2"
    assert kinds(recovery) == ["anomaly"]
    assert str(place.index) in recovery.findings[0].reason


def test_an_object_of_a_kind_that_nobody_knows_is_left_out_and_said(folder):
    action = varint_field(1, CREATE) + bytes_field(15, bytes_field(1, b"id of something new"))
    folder.entry(varint_field(1, 9) + bytes_field(2, action))
    folder.commit()
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert kinds(recovery) == ["anomaly"]
    assert "unknown kind" in recovery.findings[0].reason
    assert not recovery.is_whole


def test_fields_that_nobody_knows_stay_with_their_object(folder):
    message = secret("newer")
    message.MergeFromString(bytes_field(14, b"something new"))
    folder.transaction(create(message))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert b"something new" in recovery.store.secrets[message.id].SerializeToString()


def test_text_that_is_not_utf_8_is_repaired_and_said(folder):
    """Old engines took any bytes, and Go's protobuf did not check."""
    message = service("latin")
    message.spec.task.container.image = "caf@"
    raw = message.SerializeToString().replace(b"caf@", b"caf\xe9")
    action = varint_field(1, CREATE) + bytes_field(3, raw)
    folder.entry(varint_field(1, 9) + bytes_field(2, action))
    folder.commit()
    recovery = raftstore.read(folder.write())
    found = recovery.store.services[message.id]
    assert found.spec.task.container.image == "caf\ufffd"
    assert kinds(recovery) == ["anomaly"]
    assert "UTF-8" in recovery.findings[0].reason
    assert recovery.is_whole


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"\x12\x05abc", b"plain text"])
def test_an_entry_that_is_no_transaction(folder, content):
    place = folder.entry(content)
    folder.commit()
    folder.transaction(create(secret("after")))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert (finding.kind, finding.first) == ("unreadable-entry", place.index)
    assert (finding.file, finding.offset) == (place.file, place.offset)
    assert not recovery.is_whole


def test_entries_in_a_row_that_cannot_be_read_are_one_finding(folder):
    first = folder.entry(b"\xff")
    last = folder.entry(b"\xff")
    folder.commit()
    recovery = raftstore.read(folder.write())
    (finding,) = recovery.findings
    assert (finding.first, finding.last) == (first.index, last.index)


@pytest.mark.parametrize("content", [b"\xff", b"no change"])
def test_a_change_of_the_members_that_is_none(folder, content):
    place = folder.entry(content, kind=1)
    folder.commit()
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert list(recovery.members.members) == [folder.myself.raft_id]
    assert [(each.kind, each.first) for each in recovery.findings] == [
        ("unreadable-entry", place.index)
    ]


def test_a_change_of_the_members_in_another_form(folder):
    """Swarm never writes the second form of such changes; etcd does."""
    place = folder.entry(b"", kind=2)
    folder.commit()
    folder.transaction(create(secret("after")))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert [(each.kind, each.first) for each in recovery.findings] == [
        ("unreadable-entry", place.index)
    ]


def test_a_manager_whose_address_cannot_be_read(folder):
    change = pb.raftpb.ConfChange(type=pb.raftpb.ConfChangeAddNode, node_id=77, context=b"\xff")
    folder.entry(change.SerializeToString(), kind=1)
    folder.commit()
    recovery = raftstore.read(folder.write())
    assert 77 in recovery.members.members
    assert kinds(recovery) == ["anomaly"]


@pytest.mark.parametrize("kind", [0, 6, 99])
def test_a_record_of_a_type_that_nobody_knows(folder, kind):
    place = folder.record(kind, b"something new")
    folder.transaction(create(secret("after")))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert (finding.kind, finding.offset) == ("damaged-record", place.offset)


@pytest.mark.parametrize("kind", [1, 2, 3, 5])
def test_a_record_whose_content_is_not_of_its_type(folder, kind):
    """Its checksum fits: it was written so."""
    place = folder.record(kind, b"\xff\xff\xff")
    folder.transaction(create(secret("after")))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert (finding.kind, finding.offset) == ("damaged-record", place.offset)


def test_a_commit_index_behind_the_last_entry_says_that_entries_are_missing(folder):
    last = folder.index
    folder.commit(last + 5)
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects(last)
    (finding,) = recovery.findings
    assert (finding.kind, finding.first, finding.last) == ("lost-entries", last + 1, last + 5)
    assert not recovery.is_whole


def test_a_commit_index_that_goes_back_does_not_take_anything_back(folder):
    folder.commit(3)
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects(folder.index)
    assert recovery.uncommitted == []


# Records whose checksums fit, and which cannot be true: they are left out and named.


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


# An entry that was overwritten does not come back because its successor is damaged.


def flipped(rewound, place):
    flip(rewound.root / place.file, place.data + 30)
    return raftstore.read(rewound.root)


@pytest.fixture
def rewound(tmp_path):
    rewound = RaftFolder(tmp_path / "swarm")
    rewound.transaction(create(secret("a")))
    rewound.transaction(create(secret("never")), commit=False)
    rewound.rewind(rewound.index - 1)
    rewound.term += 1
    return rewound


def test_it_is_not_there(rewound):
    rewound.transaction(create(secret("b")))
    recovery = raftstore.read(rewound.write())
    assert objects_of(recovery.store) == rewound.objects()
    assert recovery.findings == []


def test_nor_if_its_successor_is_damaged(rewound):
    place = rewound.transaction(create(secret("b")))
    rewound.transaction(create(secret("c")))
    rewound.write()
    recovery = flipped(rewound, place)
    assert objects_of(recovery.store) == rewound.objects(without=(place.index,))
    assert not recovery.is_whole


def test_nor_if_its_successor_is_the_last_entry(rewound):
    place = rewound.transaction(create(secret("b")))
    rewound.write()
    recovery = flipped(rewound, place)
    assert objects_of(recovery.store) == rewound.objects(without=(place.index,))
    assert not recovery.is_whole
