"""Objects of a log that stay bytes until they are known to survive: nothing else may differ."""

import pytest

from swarmwire import pb, raftstore
from swarmwire.raftstore.entry import NORMAL, Entry, EntryReader
from swarmwire.raftstore.store import KINDS
from tests.support.raft_folder import create, objects_of, remove, secret, service, update

ODD = b"\x0a\x03odd\x1a\x02\xff\xff"
"""An object that begins as one does, with the id "odd"; its spec is none."""


def field(tag, content):
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


def action(number, target, content):
    return field(0x12, bytes([8, number]) + field(target, content))


def both(content):
    """The changes of an entry, unparsed at first and parsed at once."""
    entry = Entry(9, 2, NORMAL, content, file="a segment", offset=80)
    lazily, at_once = EntryReader(None, lazily=True), EntryReader(None)
    found = lazily.transaction(entry), at_once.transaction(entry)
    assert lazily.unknown == at_once.unknown
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_objects_of_each_kind(kind):
    actions = []
    for number, size in ((1, 0), (2, 200), (3, 20_000)):
        each = pb.StoreAction(action=number)
        getattr(each, kind).id = "abc"
        getattr(each, kind).meta.created_at.seconds = 1 << size % 60
        actions.append(each)
    found, expected = both(pb.InternalRaftRequest(id=1 << 60, action=actions).SerializeToString())
    assert found == expected
    assert [each.action for each in found.changes] == ["create", "update", "remove"]
    assert {each.kind for each in found.changes} == {kind}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x08\x01", id="no action"),
        pytest.param(action(1, 0x3A, b"\x0a\x01a"), id="no id of the request"),
        pytest.param(field(0x12, field(0x3A, b"\x0a\x01a") + b"\x08\x01"), id="the object first"),
        pytest.param(field(0x12, field(0x3A, b"\x0a\x01a")), id="no word"),
        pytest.param(action(7, 0x3A, b"\x0a\x01a"), id="an unknown word"),
        pytest.param(action(1, 0x62, b"\x0a\x01a"), id="an unknown kind"),
        pytest.param(action(1, 0x3A, b""), id="an empty object"),
        pytest.param(action(1, 0x3A, b"\x12\x00\x0a\x01a"), id="the id behind another field"),
        pytest.param(action(1, 0x3A, b"\x0a\x00"), id="an empty id"),
        pytest.param(action(1, 0x3A, b"\x0a\x01\xff"), id="an id that is no text"),
        pytest.param(
            field(0x12, b"\x08\x01" + field(0x3A, b"\x0a\x01a") + field(0x3A, b"\x0a\x01b")),
            id="two objects",
        ),
        pytest.param(
            field(0x12, b"\x08\x01" + field(0x3A, b"\x0a\x01a") + field(0x1A, b"\x0a\x01b")),
            id="two kinds",
        ),
        pytest.param(action(1, 0x3A, b"\x0a\x01a") + b"\x18\x01", id="a field behind the actions"),
        pytest.param(b"\x12\x88\x00\x08\x01\x3a\x83\x00\x0a\x01a", id="long lengths"),
    ],
)
def test_whatever_an_action_looks_like(content):
    found, expected = both(content)
    assert found == expected


@pytest.fixture
def odd(folder):
    """Behind entries that create and change "odd" comes one whose object cannot be parsed."""
    first = secret("odd")
    first.id = "odd"
    folder.transaction(create(first))
    place = folder.entry(b"\x08\x01" + action(2, 0x3A, ODD))
    folder.commit()
    folder.history.actions[place.index] = ()
    return folder


class TestNoObject:
    """An entry with an object that cannot be parsed."""

    def test_what_was_there_before_it_is_kept(self, odd):
        recovery = raftstore.read(odd.write())
        assert objects_of(recovery.store) == odd.objects()
        (finding,) = recovery.findings
        assert (finding.kind, finding.loses) == ("unreadable-entry", True)
        assert (finding.first, finding.last) == (odd.index, odd.index)

    def test_one_that_was_written_over_loses_nothing(self, odd):
        last = secret("odd", b"new")
        last.id = "odd"
        odd.transaction(update(last))
        recovery = raftstore.read(odd.write())
        assert recovery.findings == []
        assert recovery.store.secrets["odd"].spec.data == b"new"

    def test_past_the_commit_index(self, folder):
        folder.entry(b"\x08\x01" + action(1, 0x3A, ODD))
        recovery = raftstore.read(folder.write(), raftstore.Options(uncommitted=False))
        assert objects_of(recovery.store) == folder.objects()
        assert recovery.uncommitted == []
        kinds = {each.kind: each.loses for each in recovery.findings}
        assert kinds == {"past-commit": False, "unreadable-entry": False}

    def test_among_what_was_removed(self, odd):
        odd.transaction(remove(secret("odd")))
        place = odd.entry(b"\x08\x01" + action(3, 0x3A, ODD))
        odd.commit()
        recovery = raftstore.read(odd.write(), raftstore.Options(deleted=True))
        assert place.index in {each.last for each in recovery.findings}
        assert recovery.store.secrets["odd"].spec.annotations.name == "odd"


def test_an_object_with_two_ids_has_the_last(folder):
    folder.entry(b"\x08\x01" + action(1, 0x3A, b"\x0a\x01a\x0a\x01b"))
    folder.commit()
    store = raftstore.read(folder.write()).store
    assert [each for each in store.secrets if len(each) == 1] == ["b"]


def test_text_that_is_not_utf_8_is_counted_where_it_survives(folder):
    for name in ("caf@", "caf@", "last"):
        one = service(name)
        one.id = "one"
        content = pb.InternalRaftRequest(id=1, action=[update(one)]).SerializeToString()
        folder.entry(content.replace(b"caf@", b"caf\xe9"))
        folder.commit()
        recovery = raftstore.read(folder.write())
        said = [each.reason for each in recovery.findings if "UTF-8" in each.reason]
        assert [reason.split()[0] for reason in said] == ([] if name == "last" else ["1"])
