"""An entry that was overwritten does not come back because its successor is damaged."""

import pytest

from swarmwire import raftstore
from tests.support.raft_folder import RaftFolder, create, objects_of, secret
from tests.support.raft_folder.damage import flip


def flipped(folder, place):
    flip(folder.root / place.file, place.data + 30)
    return raftstore.read(folder.root)


@pytest.fixture
def folder(tmp_path):
    folder = RaftFolder(tmp_path / "swarm")
    folder.transaction(create(secret("a")))
    folder.transaction(create(secret("never")), commit=False)
    folder.rewind(folder.index - 1)
    folder.term += 1
    return folder


def test_it_is_not_there(folder):
    folder.transaction(create(secret("b")))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


def test_nor_if_its_successor_is_damaged(folder):
    place = folder.transaction(create(secret("b")))
    folder.transaction(create(secret("c")))
    folder.write()
    recovery = flipped(folder, place)
    assert objects_of(recovery.store) == folder.objects(without=(place.index,))
    assert not recovery.is_whole


def test_nor_if_its_successor_is_the_last_entry(folder):
    place = folder.transaction(create(secret("b")))
    folder.write()
    recovery = flipped(folder, place)
    assert objects_of(recovery.store) == folder.objects(without=(place.index,))
    assert not recovery.is_whole
