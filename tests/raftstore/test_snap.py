"""A snapshot file in memory: its checksum, its place in the log, its content."""

import google_crc32c
import pytest

from swarmwire import pb
from swarmwire.errors import CorruptLog, StoreError
from swarmwire.raftstore.snap import SnapshotFile, read_content, read_snapshot_file
from tests.support.raft_folder import (
    cluster,
    config,
    key_of,
    member,
    network,
    node,
    objects_of,
    secret,
    service,
    task,
)

NAME = "raft/snap/1.snap"


def file_of(data, crc=None):
    crc = google_crc32c.value(data) if crc is None else crc
    return pb.snappb.Snapshot(crc=crc, data=data).SerializeToString()


def inner(index=70, term=4, content=b"sealed content"):
    found = pb.raftpb.Snapshot(data=content)
    found.metadata.index, found.metadata.term = index, term
    return found.SerializeToString()


def refused(data):
    with pytest.raises(CorruptLog) as caught:
        read_snapshot_file(data, NAME)
    assert (caught.value.file, caught.value.offset) == (NAME, 0)
    return caught.value.reason


class TestFile:
    """What is around the content."""

    def test_it_tells_its_place_and_gives_its_content(self):
        found = read_snapshot_file(file_of(inner()))
        assert found == SnapshotFile(70, 4, b"sealed content")

    def test_it_does_not_show_its_content(self):
        assert "sealed" not in repr(read_snapshot_file(file_of(inner())))

    @pytest.mark.parametrize("data", [b"", file_of(b""), file_of(inner(), crc=0)])
    def test_empty(self, data):
        assert refused(data) == "the snapshot is empty"

    def test_any_bit(self):
        """Above the 32 bits of its checksum are some that do not count."""
        data = file_of(inner())
        for offset in set(range(len(data))) - {5}:
            for bit in range(8):
                changed = bytearray(data)
                changed[offset] ^= 1 << bit
                refused(bytes(changed))

    def test_any_half_of_it(self):
        data = file_of(inner())
        for size in range(len(data)):
            refused(data[:size])

    def test_its_checksum_is_that_of_its_data(self):
        data = inner()
        crc = google_crc32c.value(data) ^ 1
        assert refused(file_of(data, crc)) == "the snapshot does not fit its checksum"

    def test_its_checksum_fits_and_it_is_none_all_the_same(self):
        assert "cannot be parsed" in refused(file_of(b"\xff\xff"))

    def test_without_an_index_it_is_nowhere(self):
        assert refused(file_of(inner(index=0))) == "the snapshot tells no index"


class TestContent:
    """Objects and managers."""

    def test_every_kind_of_object(self):
        resource, extension, volume = pb.Resource(id="r"), pb.Extension(id="e"), pb.Volume(id="v")
        objects = [
            node("worker-1"),
            service("web"),
            network("front"),
            task("web"),
            cluster(),
            secret("password"),
            resource,
            extension,
            config("settings"),
            volume,
        ]
        snapshot = pb.Snapshot()
        for each in objects:
            getattr(snapshot.store, f"{key_of(each)[0]}s").append(each)
        store, _ = read_content(snapshot.SerializeToString())
        assert objects_of(store) == {key_of(each): each for each in objects}

    def test_managers_that_are_there_and_that_left(self):
        snapshot = pb.Snapshot()
        managers = [member("manager-1"), member("manager-2")]
        snapshot.membership.members.extend(managers)
        snapshot.membership.removed.extend([7, 8])
        _, members = read_content(snapshot.SerializeToString())
        assert members.members == {each.raft_id: each for each in managers}
        assert members.removed == [7, 8]

    def test_nothing(self):
        store, members = read_content(b"")
        assert list(store) == []
        assert (members.members, members.removed) == ({}, [])

    def test_what_is_none(self):
        with pytest.raises(CorruptLog, match="content cannot be parsed") as caught:
            read_content(b"\xff", NAME)
        assert (caught.value.file, caught.value.offset) == (NAME, 0)
        assert caught.value.__suppress_context__

    def test_a_version_that_nobody_knows_yet(self):
        """An older snapshot would be no better: the error is not one of damage."""
        with pytest.raises(StoreError, match="unknown version 1") as caught:
            read_content(b"\x08\x01", NAME)
        assert not isinstance(caught.value, CorruptLog)
        assert caught.value.file == NAME
