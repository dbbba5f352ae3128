"""Records of hundreds of kilobytes, which are taken apart without copying them."""

import pytest

from swarmwire import pb, raftstore
from tests.support.raft_folder import RaftFolder, config, create, objects_of, secret
from tests.support.raft_folder.damage import cut, drop, flip, zero

SIZE = 511_999


@pytest.fixture(params=["secretbox", "fernet", "plain text"])
def folder(request, tmp_path):
    if request.param == "plain text":
        folder = RaftFolder(tmp_path / "swarm", layout="")
    else:
        folder = RaftFolder(tmp_path / "swarm", cipher=request.param)
    folder.transaction(create(secret("before")))
    folder.transaction(create(secret("large", (bytes(range(256)) * 2_000)[:SIZE])))
    folder.transaction(create(config("zeros", bytes(40_000))))
    folder.transaction(create(secret("after")))
    return folder


def test_they_are_read(folder):
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


def test_from_a_snapshot(folder):
    folder.snapshot()
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.position.snapshot_index == folder.commit_index


@pytest.mark.parametrize("part", [0.0, 0.3, 0.999])
def test_a_bit_of_one(folder, part):
    root = folder.write()
    place = folder.place(4)
    flip(root / place.file, place.data + int((place.padding - place.data) * part))
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(without=(4,))
    assert recovery.findings[0].offset == place.offset


def test_a_large_part_of_one_is_gone(folder):
    root = folder.write()
    place = folder.place(4)
    drop(root / place.file, place.data + 10_000, place.data + 210_000)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(without=(4,))


def test_a_large_part_of_one_is_zeros(folder):
    root = folder.write()
    place = folder.place(4)
    zero(root / place.file, place.data + 10_000, place.data + 210_000)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(without=(4,))


def test_its_length_word(folder):
    root = folder.write()
    place = folder.place(4)
    for offset in range(place.offset, place.offset + 8):
        flip(root / place.file, offset, 0xFF)
        recovery = raftstore.read(root)
        assert objects_of(recovery.store) in (folder.objects(), folder.objects(without=(4,)))
        flip(root / place.file, offset, 0xFF)


def test_the_file_ends_in_one(folder):
    root = folder.write()
    place = folder.place(4)
    cut(root / place.file, place.data + 100_000)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects(3)
    assert recovery.findings[0].offset == place.offset


def test_fields_in_another_order(folder):
    """Other writers of protobuf may put the data first."""
    sealed = folder.seal(
        pb.InternalRaftRequest(id=9).SerializeToString() + b"\x9a\x06\x00" * 20_000
    )
    tail = pb.raftpb.Entry(Type=0, Term=folder.term, Index=folder.index + 1).SerializeToString()
    data = pb.raftpb.Entry(Data=sealed).SerializeToString()
    folder.index += 1
    folder.record(2, data + tail, folder.index)
    folder.commit()
    folder.transaction(create(secret("last")))
    recovery = raftstore.read(folder.write())
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.position.index == folder.index
