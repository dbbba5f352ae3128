"""A snapshot file in memory: its checksum, its place in the log, its content."""

import random
import subprocess
import sys

import google_crc32c
import pytest

from swarmwire import pb, raftstore
from swarmwire.errors import CorruptLog, StoreError
from swarmwire.raftstore.snapshot import (
    SnapshotFile,
    look_through,
    read_content,
    read_snapshot_file,
)
from tests.support.raft_folder import (
    RaftFolder,
    cluster,
    config,
    create,
    fill,
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


# Files that end as snapshots do, and are none by their names.


@pytest.mark.parametrize(
    "name", ["zzz.snap", "0.snap", "FFFFFFFFFFFFFFFF-00000000000000FF.snap", "copy of 1.snap"]
)
@pytest.mark.parametrize("content", ["noise", "an older snapshot"])
def test_they_do_not_come_before_those_that_are(folder, name, content):
    """Engines try them in the order of their names; the newest by name may be the oldest."""
    oldest = folder.snapshot()
    folder.transaction(create(secret("between")))
    folder.snapshot()
    folder.cut()
    folder.transaction(create(secret("after")))
    root = folder.write()
    data = folder.snapshot_file(oldest).read_bytes() if content != "noise" else b"noise" * 100
    folder.snapshot_file(oldest).unlink()
    (root / folder.segments[0].name).unlink()
    (folder.snapshot_file(oldest).parent / name).write_bytes(data)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.is_whole


# What is large is looked through before it is taken into memory.


def pieces_of(data, size=8192):
    return [data[start : start + size] for start in range(0, len(data), size)]


LARGE = random.Random(5).randbytes(100_000)


@pytest.mark.parametrize("sealed", [True, False])
class TestLookThrough:
    """A file that is no snapshot is refused without having it in memory."""

    def refused(self, data, *, sealed):
        with pytest.raises(CorruptLog) as caught:
            look_through(pieces_of(data), NAME, sealed=sealed)
        assert (caught.value.file, caught.value.offset) == (NAME, 0)
        return caught.value.reason

    def test_a_sound_one_passes(self, sealed):
        look_through(pieces_of(file_of(inner(content=LARGE))), NAME, sealed=sealed)

    def test_zeros(self, sealed):
        assert "cannot be parsed" in self.refused(bytes(100_000), sealed=sealed)
        assert "cannot be parsed" in self.refused(b"", sealed=sealed)
        assert "cannot be parsed" in self.refused(file_of(bytes(100_000)), sealed=sealed)
        zeros = file_of(inner(content=bytes(100_000)))
        assert "cannot be parsed" in self.refused(zeros, sealed=sealed)

    def test_one_that_was_cut_or_goes_on(self, sealed):
        data = file_of(inner(content=LARGE))
        assert "half written" in self.refused(data[:-1], sealed=sealed)
        assert "half written" in self.refused(data + b"x", sealed=sealed)

    def test_any_bit(self, sealed):
        data = bytearray(file_of(inner(content=LARGE)))
        for offset in range(20, len(data), 9_000):
            data[offset] ^= 4
            assert "checksum" in self.refused(bytes(data), sealed=sealed)
            data[offset] ^= 4


def test_zeros_in_the_middle_are_only_in_what_is_not_sealed():
    data = file_of(inner(content=LARGE[:20_000] + bytes(60_000) + LARGE[:20_000]))
    look_through(pieces_of(data), NAME, sealed=False)
    with pytest.raises(CorruptLog, match="zeros"):
        look_through(pieces_of(data), NAME, sealed=True)


_READ = """
import resource, sys
from swarmwire import raftstore

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
try:
    recovery = raftstore.read(sys.argv[1])
except raftstore_error as err:
    print(err)
else:
    print([each.kind for each in recovery.findings], len(recovery.store))
# not getrusage: that counts what the parent had before it became another program
status = open('/proc/self/status').read()
print(status.partition('VmHWM:')[2].split()[0])
""".replace("raftstore_error", "__import__('swarmwire.errors').errors.StoreError")


@pytest.mark.parametrize("layout", ["-v3-encrypted", "-v3"])
@pytest.mark.parametrize("begins", ["zeros", "snapshot"])
@pytest.mark.parametrize("with_log", [True, False])
def test_two_gigabytes_of_zeros_stay_out_of_memory(tmp_path, layout, begins, with_log):
    folder = fill(RaftFolder(tmp_path / "swarm", layout=layout))
    root = folder.write()
    if not with_log:
        for each in folder.segments:
            (root / each.name).unlink()
    name = "0000000000000009-0000000000000009.snap"
    with (root / f"raft/snap{layout}" / name).open("wb") as file:
        size = (2 << 30) - 64
        if begins == "snapshot":  # wrapped as a manager does; its checksum is not that of zeros
            file.write(b"\x08\x01\x12" + varint(size) + b"\x0a" + varint(size - 16) + b"\x08\x01")
        file.truncate(size)
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(root)], capture_output=True, text=True, check=True
    )
    told, memory = done.stdout.splitlines()
    assert int(memory) < 400 << 10
    if with_log:
        assert told == f"['damaged-snapshot'] {len(folder.objects())}"
    else:
        assert "empty" in told or "log" in told


def varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
