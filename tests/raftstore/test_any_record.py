"""One bit of any record but the last entry and its hard state: no proof is behind them."""

import pytest

from swarmwire import raftstore
from tests.support.raft_folder import objects_of
from tests.support.raft_folder.damage import flip

ENTRY = 2


def lost(recovery):
    """The indexes that are said to be lost."""
    ranges = [each for each in recovery.findings if each.kind == "lost-entries"]
    return [at for each in ranges for at in range(each.first, each.last + 1)]


def damaged(recovery):
    """Where records are said to be damaged."""
    records = [each for each in recovery.findings if each.kind == "damaged-record"]
    return [(each.file, each.offset) for each in records]


def loses_only(folder, recovery, *indexes):
    """These entries are lost, everything else is there, and that is what it says."""
    assert objects_of(recovery.store) == folder.objects(without=indexes)
    assert lost(recovery) == list(indexes)
    assert recovery.is_whole == (not indexes)
    last = max(set(range(1, folder.index + 1)) - set(indexes))
    assert recovery.position.last_index == recovery.position.index == last


def flipped(folder, place, offset, mask=0x10):
    flip(folder.root / place.file, offset, mask)
    return raftstore.read(folder.root)


def test_of_its_content(folder):
    folder.write()
    for place in folder.places[1:-2]:
        for offset in {place.data, (place.data + place.padding) // 2, place.padding - 1}:
            recovery = flipped(folder, place, offset)
            entry = (place.index,) if place.type == ENTRY else ()
            loses_only(folder, recovery, *entry)
            assert damaged(recovery) == [(place.file, place.offset)]
            flip(folder.root / place.file, offset)


@pytest.mark.parametrize("mask", [0x01, 0x10, 0x40])
def test_of_its_checksum(folder, mask):
    folder.write()
    for place in folder.places[2:-2]:
        for offset in range(place.crc, place.crc + 4):
            recovery = flipped(folder, place, offset, mask)
            loses_only(folder, recovery)
            assert damaged(recovery) == [(place.file, place.offset)]
            flip(folder.root / place.file, offset, mask)


@pytest.mark.parametrize("mask", [0x01, 0x08, 0x80])
def test_of_its_length(folder, mask):
    folder.write()
    for place in folder.places[1:-2]:
        for offset in range(place.offset, place.offset + 7):
            recovery = flipped(folder, place, offset, mask)
            entry = {place.index} if place.type == ENTRY else set()
            assert set(lost(recovery)) <= entry
            loses_only(folder, recovery, *lost(recovery))
            flip(folder.root / place.file, offset, mask)


@pytest.mark.parametrize("mask", [0x01, 0x02, 0x04, 0x08, 0x80])
def test_of_its_type(folder, mask):
    folder.write()
    for place in folder.places[:-2]:
        recovery = flipped(folder, place, place.type_byte, mask)
        entry = {place.index} if place.type == ENTRY else set()
        assert set(lost(recovery)) <= entry
        loses_only(folder, recovery, *lost(recovery))
        if lost(recovery):
            assert damaged(recovery) == [(place.file, place.offset)]
        flip(folder.root / place.file, place.type_byte, mask)


def test_of_its_padding(folder):
    folder.write()
    padded = [place for place in folder.places if place.padding < place.end]
    assert padded
    for place in padded:
        recovery = flipped(folder, place, place.padding)
        loses_only(folder, recovery)
        assert recovery.findings == []
        flip(folder.root / place.file, place.padding)
