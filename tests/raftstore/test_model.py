"""Whatever a manager's history is: what is read is what the model of it says, at any index."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.raftstore.told_history import UNLOCK, ToldHistory, steps
from tests.support.raft_folder import objects_of, unlock_key_text
from tests.support.raft_folder.damage import flip, zero

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


def may_lose(recovery):
    """Whether a request that was answered may be among what was left out."""
    return any(change.kind != "task" for each in recovery.uncommitted for change in each.changes)


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
    assert recovery.is_whole is not may_lose(recovery)
    past = ["past-commit"] if recovery.uncommitted else []
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
            assert recovery.is_whole is not may_lose(recovery)
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
    assert recovery.is_whole is not may_lose(recovery)


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


# Whatever a manager's history is: one damaged record costs what it held, and no more.


ENTRY, STATE = 2, 3


@pytest.fixture(scope="module")
def fresh_damage(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("history")


def provable(told):
    """Records that are proved by what stands behind them, in their own segment.

    Without those that begin a term: what was overwritten by them is not known without them. Nor
    the first entry, which tells that the manager is alone.
    """
    places = told.folder.places
    states = [number for number, each in enumerate(places) if each.type == STATE]
    return [
        place
        for place, after in zip(
            places[: states[-2] if len(states) > 1 else 0], places[2:], strict=False
        )
        if place.file == after.file
        and not (place.type == ENTRY and (place.index == 1 or place.padding - place.data < 75))
    ]


def damage(folder, place, number):
    path = folder.root / place.file
    match number % 6:
        case 0:
            flip(path, place.data + number % max(place.padding - place.data, 1))
        case 1:
            flip(path, place.crc + number % 4, 1 << number % 7)
        case 2:
            flip(path, place.type_byte, 1 << number % 3)
        case 3:
            flip(path, place.offset + number % 7, 1 << number % 8)
        case 4:
            zero(path, place.offset, place.end)
        case 5:
            zero(path, place.offset + 8, place.padding)


@pytest.mark.parametrize("late", [False, True], ids=["first", "joined later"])
@settings(max_examples=150)
@given(done=steps, which=st.integers(0, 200), how=st.integers(0, 500))
def test_one_damaged_record_costs_what_it_held(fresh_damage, late, done, which, how):
    told = ToldHistory(fresh_damage(), late=late)
    for each in done:
        told.step(*each)
    folder = told.folder
    folder.write(tail=600)
    places = provable(told)
    assume(places)
    place = places[which % len(places)]
    damage(folder, place, how)
    recovery = raftstore.read(folder.root, raftstore.Options(unlock_keys=KEYS))
    found = objects_of(recovery.store)
    lost = (place.index,) if place.type == ENTRY else ()
    ends = {folder.commit_index, folder.index}  # who else there is may have been in it
    assert found in [folder.objects(end, without=each) for end in ends for each in ((), lost)]
    if recovery.is_whole:
        assert found == folder.objects(told.end)
