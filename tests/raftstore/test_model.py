"""Whatever a manager's history is: what is read is what the model of it says, at any index."""

import pytest
from hypothesis import given, settings

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.raftstore.told_history import UNLOCK, ToldHistory, steps
from tests.support.raft_folder import objects_of, unlock_key_text

KEYS = (unlock_key_text(UNLOCK),)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A new place for each example."""
    return lambda: tmp_path_factory.mktemp("history")


def tell(root, done, *, late):
    told = ToldHistory(root, late=late)
    for each in done:
        told.step(*each)
    told.folder.write(tail=600)
    return told


def read(told, **options):
    options.setdefault("unlock_keys", KEYS)
    return raftstore.read(told.folder.root, raftstore.Options(**options))


WORDS = {1: "create", 2: "update", 3: "remove"}

histories = pytest.mark.parametrize("late", [False, True], ids=["first", "joined later"])


@histories
@settings(max_examples=100)
@given(done=steps)
def test_the_store_at_the_end(fresh, late, done):
    told = tell(fresh(), done, late=late)
    folder, end = told.folder, told.end
    recovery = read(told)
    assert objects_of(recovery.store) == folder.objects(end)
    assert (recovery.members.members, recovery.members.removed) == folder.history.members(end)
    position = recovery.position
    assert (position.index, position.last_index, position.commit) == (
        end,
        folder.index,
        folder.commit_index,
    )
    assert [
        (each.index, [(change.action, change.message) for change in each.changes])
        for each in recovery.uncommitted
    ] == [
        (
            index,
            [(WORDS[each.action], getattr(each, each.WhichOneof("target"))) for each in actions],
        )
        for index, actions in told.uncommitted()
    ]
    assert recovery.is_whole
    past = ["past-commit"] if folder.index > folder.commit_index else []
    assert [each.kind for each in recovery.findings] == past


@histories
@settings(max_examples=25)
@given(done=steps)
def test_the_store_at_each_index(fresh, late, done):
    told = tell(fresh(), done, late=late)
    for at in range(1, told.folder.index + 1):
        if told.is_there(at):
            recovery = read(told, at=at)
            assert objects_of(recovery.store) == told.folder.objects(min(at, told.end))
            assert recovery.position.index == min(at, told.end)
            assert recovery.is_whole
        else:
            with pytest.raises(StoreError):
                read(told, at=at)


@histories
@settings(max_examples=100)
@given(done=steps)
def test_what_was_deleted(fresh, late, done):
    told = tell(fresh(), done, late=late)
    recovery = read(told, deleted=True)
    assert [
        (each.kind, each.message.id, each.message.SerializeToString(), each.index)
        for each in recovery.deleted
    ] == told.deleted()
    assert recovery.is_whole


@histories
@pytest.mark.parametrize("uncommitted", [True, False])
@settings(max_examples=50)
@given(done=steps)
def test_what_is_past_the_commit_index_if_asked_for(fresh, late, uncommitted, done):
    told = tell(fresh(), done, late=late)
    folder = told.folder
    recovery = read(told, uncommitted=uncommitted)
    end = folder.index if uncommitted else folder.commit_index
    assert objects_of(recovery.store) == folder.objects(end)
    assert len(recovery.uncommitted) == folder.index - end
    assert recovery.is_whole
