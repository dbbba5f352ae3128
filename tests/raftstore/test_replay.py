"""Entries, opened and applied one by one."""

import pytest

from swarmwire import pb
from swarmwire.raftstore.entry import CONF_CHANGE, NORMAL, Entry, EntryReader, UnreadableEntry
from swarmwire.raftstore.keys import KeyRing
from swarmwire.raftstore.replay import History, Replay
from swarmwire.raftstore.store import Change, Members, Store, Transaction
from tests.support.raft_folder import create, key, member, remove, seal, secret, service, task

DEK = key("dek")
ADD, REMOVE, UPDATE = (
    pb.raftpb.ConfChangeAddNode,
    pb.raftpb.ConfChangeRemoveNode,
    pb.raftpb.ConfChangeUpdateNode,
)


def entry(content, kind=NORMAL, index=9):
    return Entry(index, 2, kind, content, file="a segment", offset=80)


def request(*actions):
    return pb.InternalRaftRequest(id=1, action=actions).SerializeToString()


def change(action, message):
    return Change(action, type(message).__name__.lower(), message)


class TestEntryReader:
    """What an entry holds."""

    def test_a_transaction(self):
        reader = EntryReader(None)
        found = reader.transaction(entry(request(create(secret("a")), remove(service("web")))))
        assert (found.index, found.term) == (9, 2)
        assert found.changes == (
            change("create", secret("a")),
            change("remove", service("web")),
        )
        assert (reader.opened, reader.repairs, reader.unknown) == (1, 0, 0)

    def test_sealed(self):
        reader = EntryReader(KeyRing([DEK]))
        sealed = seal(request(create(secret("a"))), DEK, "secretbox")
        for each in (sealed, memoryview(sealed)):
            (found,) = reader.transaction(entry(each)).changes
            assert found.message == secret("a")
        assert reader.opened == 2

    def test_no_key_opens_it(self):
        reader = EntryReader(KeyRing([key("another")]))
        sealed = seal(request(create(secret("a"))), DEK, "secretbox")
        with pytest.raises(UnreadableEntry, match="no key at hand opens it"):
            reader.transaction(entry(sealed))
        assert reader.opened == 0

    def test_an_election_does_nothing(self):
        reader = EntryReader(None)
        assert reader.transaction(entry(b"")) == Transaction(9, 2, ())
        assert reader.opened == 1

    def test_seen_as_a_transaction_a_change_of_the_managers_does_nothing(self):
        assert EntryReader(None).transaction(entry(b"\xff", CONF_CHANGE)) == Transaction(9, 2, ())

    def test_what_is_no_transaction_was_opened_all_the_same(self):
        """So the key was the right one."""
        reader = EntryReader(None)
        with pytest.raises(UnreadableEntry, match="holds no transaction") as caught:
            reader.transaction(entry(b"\xff"))
        assert caught.value.__suppress_context__
        assert reader.opened == 1

    def test_objects_of_unknown_kinds_are_counted(self):
        reader = EntryReader(None)
        nothing = pb.StoreAction(action=1)
        found = reader.transaction(entry(request(nothing, create(secret("a")), nothing)))
        assert found.changes == (change("create", secret("a")),)
        assert reader.unknown == 2
        reader.transaction(entry(request(nothing)))
        assert reader.unknown == 3

    def test_unknown_actions_have_their_number(self):
        found = EntryReader(None).transaction(
            entry(request(pb.StoreAction(action=7, secret=secret("a"))))
        )
        assert [each.action for each in found.changes] == ["action 7"]

    def test_text_that_is_not_utf_8_is_counted(self):
        reader = EntryReader(None)
        raw = request(create(secret("caf@"))).replace(b"caf@", b"caf\xe9")
        for number in (1, 2):
            (found,) = reader.transaction(entry(raw)).changes
            assert found.message.spec.annotations.name == "caf\ufffd"
            assert reader.repairs == number

    def test_a_change_of_the_managers(self):
        reader = EntryReader(None)
        change = pb.raftpb.ConfChange(type=ADD, node_id=5)
        assert reader.conf_change(entry(change.SerializeToString(), CONF_CHANGE)) == change
        with pytest.raises(UnreadableEntry, match="no change of the managers"):
            reader.conf_change(entry(b"\xff", CONF_CHANGE))
        assert reader.opened == 2

    def test_an_entry_does_not_show_its_content(self):
        assert "hunter2" not in repr(entry(b"hunter2"))


class TestReplay:
    """Objects by id, as transactions leave them."""

    @pytest.fixture
    def replay(self):
        return Replay(Store(), Members(), 5, 1)

    def apply(self, replay, *changes, index=6):
        replay.apply(Transaction(index, 2, changes))
        return [each.spec.data for each in replay.store.secrets.values()]

    def test_create_update_remove(self, replay):
        old, new = secret("a", b"old"), secret("a", b"new")
        assert self.apply(replay, change("create", old)) == [b"old"]
        assert self.apply(replay, change("update", new), index=7) == [b"new"]
        assert self.apply(replay, change("remove", old), index=8) == []
        assert (replay.misfits, replay.anomalies) == (0, [])
        assert (replay.index, replay.term) == (8, 2)

    def test_all_of_a_transaction_in_its_order(self, replay):
        a = secret("a", b"x")
        changes = change("create", a), change("remove", a), change("create", a)
        assert self.apply(replay, *changes) == [b"x"]
        assert replay.misfits == 0

    def test_nothing_is_a_transaction_too(self, replay):
        assert self.apply(replay) == []
        assert (replay.index, replay.term) == (6, 2)

    @pytest.mark.parametrize(
        ("changes", "left"),
        [
            ((change("create", secret("a", b"1")), change("create", secret("a", b"2"))), [b"2"]),
            ((change("update", secret("a", b"1")),), [b"1"]),
            ((change("remove", secret("a", b"1")),), []),
        ],
        ids=["create twice", "update what is not there", "remove it"],
    )
    def test_what_does_not_fit_is_done_and_counted(self, replay, changes, left):
        assert self.apply(replay, *changes) == left
        assert replay.misfits == 1

    def test_an_unknown_action_changes_nothing(self, replay):
        self.apply(replay, change("create", secret("a", b"1")))
        assert self.apply(replay, change("action 7", secret("a", b"2"))) == [b"1"]
        assert replay.anomalies == ["entry 6: action 7 of a secret is unknown"]

    def test_what_cannot_be_read_is_passed_over(self, replay):
        replay.pass_over(entry(b""))
        assert (replay.index, replay.term) == (9, 2)

    def test_managers_join_move_and_leave(self, replay):
        who = member("manager-2")
        moved = member("manager-2")
        moved.addr = "elsewhere:2377"
        for kind, context in ((ADD, who), (UPDATE, moved)):
            raw = context.SerializeToString()
            found = pb.raftpb.ConfChange(type=kind, node_id=who.raft_id, context=raw)
            replay.change_members(entry(b"", CONF_CHANGE), found)
            assert replay.members.members == {who.raft_id: context}
        assert (replay.index, replay.term) == (9, 2)
        gone = pb.raftpb.ConfChange(type=REMOVE, node_id=who.raft_id)
        replay.change_members(entry(b"", CONF_CHANGE, index=10), gone)
        assert replay.members == Members({}, [who.raft_id])
        assert replay.index == 10
        assert replay.anomalies == []

    def test_who_leaves_need_not_be_known(self, replay):
        replay.change_members(entry(b""), pb.raftpb.ConfChange(type=REMOVE, node_id=7))
        assert replay.members == Members({}, [7])

    def test_a_manager_that_cannot_be_read_is_one_all_the_same(self, replay):
        found = pb.raftpb.ConfChange(type=ADD, node_id=7, context=b"\xff")
        replay.change_members(entry(b""), found)
        assert replay.members.members == {7: pb.RaftMember(raft_id=7)}
        assert replay.anomalies == ["entry 9 adds a manager that cannot be read"]


class TestHistory:
    """What the log has seen, and what of it is gone."""

    def deleted(self, *transactions, store=None):
        history = History()
        for number, changes in enumerate(transactions):
            history.note(Transaction(number, 1, changes))
        return [
            (each.kind, each.message.spec.data, each.index)
            for each in history.deleted(store or Store())
        ]

    def test_what_was_removed_is_as_its_removal_holds_it(self):
        a = secret("a", b"x")
        assert self.deleted((change("create", a),), (change("remove", a),)) == [("secret", b"x", 1)]

    def test_what_only_is_missing_was_removed_nobody_knows_where(self):
        assert self.deleted((change("create", secret("a", b"x")),)) == [("secret", b"x", None)]

    def test_what_is_there_was_not_removed(self):
        store = Store()
        a, b = secret("a", b"x"), secret("b", b"x")
        store.secrets[a.id] = a
        changes = change("create", a), change("remove", b)
        assert self.deleted(changes, store=store) == [("secret", b"x", 0)]

    def test_the_last_is_last(self):
        a, b = secret("a", b"a"), secret("b", b"b")
        found = self.deleted(
            (change("create", a), change("create", b)),
            (change("remove", b),),
            (change("remove", a),),
        )
        assert [data for _, data, _ in found] == [b"b", b"a"]

    def test_tasks_come_and_go_by_themselves(self):
        assert self.deleted((change("remove", task("web")),)) == []
