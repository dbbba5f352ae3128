"""Whatever a manager's history is: one damaged record costs what it held, and no more."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from swarmwire import raftstore
from tests.raftstore.told_history import UNLOCK, ToldHistory, steps
from tests.support.raft_folder import objects_of, unlock_key_text
from tests.support.raft_folder.damage import flip, zero

KEYS = (unlock_key_text(UNLOCK),)
ENTRY, STATE = 2, 3


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
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
def test_one_damaged_record_costs_what_it_held(fresh, late, done, which, how):
    told = ToldHistory(fresh(), late=late)
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
