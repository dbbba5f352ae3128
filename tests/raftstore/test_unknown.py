"""What a newer or a broken manager wrote: kept where possible, said where not."""

import pytest

from swarmwire import pb, raftstore
from tests.support.raft_folder import create, objects_of, secret, service

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
