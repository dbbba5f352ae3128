"""The length word's last byte counts the padding: one that is wrong costs its record at most."""

import pytest

from swarmwire import raftstore
from tests.support.raft_folder import objects_of
from tests.support.raft_folder.damage import flip


@pytest.mark.parametrize("mask", [0x01, 0x02, 0x07, 0x80, 0x81, 0x82])
def test_the_record_behind_it_is_not_lost(folder, mask):
    root = folder.write()
    for place in folder.places[1:-2]:
        flip(root / place.file, place.offset + 7, mask)
        recovery = raftstore.read(root)
        without = folder.objects(without=(place.index,)) if place.type == 2 else folder.objects()
        assert objects_of(recovery.store) in (folder.objects(), without)
        assert objects_of(recovery.store) == folder.objects() or not recovery.is_whole
        flip(root / place.file, place.offset + 7, mask)
