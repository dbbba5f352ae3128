"""Tars that broke, or whose names lead elsewhere: nothing is lost in silence, nothing gets out."""

import bz2
import gzip
import io
import lzma
import sys
import tarfile
from itertools import pairwise

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from swarmwire.raftstore.archive import unpacked
from tests.support.raft_folder import objects_of
from tests.support.tars import END, header, member, pax

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SEGMENT = "swarm/raft/wal/0000000000000000-0000000000000000.wal"


@pytest.fixture
def refused(tmp_path):
    """Gives the reason why a tar is refused."""

    def read(content):
        path = tmp_path / "hostile.tar"
        path.write_bytes(content)
        with pytest.raises(StoreError) as caught, unpacked(path):
            pass
        return caught.value.reason

    return read


def files(path):
    with unpacked(path) as root:
        found = (each for each in root.rglob("*") if each.is_file())
        return {each.relative_to(root).as_posix(): each.read_bytes() for each in found}


class TestDamage:
    """tarfile takes a damaged header for the end. Here nothing gets lost in silence."""

    @pytest.fixture
    def tar(self, folder):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            tar.add(folder.write(), "swarm")
        with tarfile.open(fileobj=io.BytesIO(stream.getvalue())) as tar:
            return bytearray(stream.getvalue()), [each.offset for each in tar]

    def test_a_header_that_is_damaged(self, tar, refused):
        data, offsets = tar
        for offset in offsets[1:]:
            damaged = bytearray(data)
            damaged[offset + 3] ^= 0x40
            assert "a header in it is damaged" in refused(damaged)

    def test_a_header_of_zeros(self, tar, refused):
        data, offsets = tar
        told = 0
        for offset, following in pairwise(offsets):
            if following - offset > 512:  # what is behind a folder is another header
                damaged = data[:offset] + bytes(512) + data[offset + 512 :]
                assert "a header in it is damaged" in refused(damaged) or not offset
                told += 1
        assert told > 3

    def test_an_end_between_two_members(self, tar, refused):
        data, offsets = tar
        for offset in offsets[1:]:
            assert "breaks off" in refused(data[:offset])

    def test_an_end_in_a_member(self, tar, refused):
        data, offsets = tar
        for offset in offsets:
            for more in (100, 511, 700):
                assert "not a tar, or a damaged one" in refused(data[: offset + more])

    def test_an_end_of_one_block(self, tar, folder, tmp_path):
        data, _ = tar
        end = len(data.rstrip(b"\0"))
        path = tmp_path / "short.tar"
        path.write_bytes(data[: end + -end % 512 + 512])
        assert objects_of(raftstore.read(path).store) == folder.objects()

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
    def test_a_packed_one_in_several_parts(self, tar, folder, tmp_path, pack):
        """Programs that pack on all cores write so."""
        data, _ = tar
        path = tmp_path / "parts.tar"
        path.write_bytes(pack(bytes(data[:5000])) + pack(b"") + pack(bytes(data[5000:])))
        assert objects_of(raftstore.read(path).store) == folder.objects()

    def test_xz_filled_up_with_zeros(self, tar, folder, tmp_path):
        data, _ = tar
        path = tmp_path / "parts.tar"
        parts = [lzma.compress(bytes(each)) for each in (data[:5000], data[5000:])]
        path.write_bytes(bytes(8).join(parts) + bytes(8))
        assert objects_of(raftstore.read(path).store) == folder.objects()

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
    def test_a_packed_one_that_is_damaged_anywhere(self, tar, folder, tmp_path, pack):
        """It is refused, or what was damaged was not needed."""
        packed = pack(bytes(tar[0]))
        path = tmp_path / "damaged.tar"
        for offset in range(0, len(packed), len(packed) // 25):
            path.write_bytes(
                packed[:offset] + bytes([packed[offset] ^ 0x55]) + packed[offset + 1 :]
            )
            try:
                recovery = raftstore.read(path)
            except StoreError:
                continue
            assert objects_of(recovery.store) == folder.objects() or recovery.findings


class TestNames:
    """No name in a tar leads anywhere, or stops the rest from being read."""

    @pytest.mark.parametrize(
        "name",
        [
            "swarm/raft/wal/..",
            "swarm/raft/wal/.",
            "swarm/raft/wal/a\0b.wal",
            "swarm/raft/wal/\x1b[31m.wal",
            "swarm/raft/wal/\N{RIGHT-TO-LEFT OVERRIDE}law.wal",
            f"swarm/raft/wal/{'a' * 300}.wal",
            f"{'a/' * 100_000}x",
            "swarm/certificates/swarm-\n",
        ],
        ids=lambda name: ascii(name)[:40],
    )
    def test_that_no_manager_gives(self, tmp_path, name):
        path = tmp_path / "names.tar"
        odd = pax(path=name.encode()) + member("x", b"content")
        path.write_bytes(odd + member(SEGMENT, b"log") + odd + END)
        assert list(files(path).values()) == [b"log"]

    def test_of_the_folder_may_be_any(self, tmp_path):
        path = tmp_path / "names.tar"
        path.write_bytes(pax(path=b"a\n\xff\x1b/" + SEGMENT.encode()) + member("x", b"log") + END)
        assert list(files(path).values()) == [b"log"]

    def test_of_many_folders_are_not_all_told(self, refused):
        names = [f"{number}/raft/wal/0.wal" for number in range(40)]
        reason = refused(b"".join(member(name, b"log") for name in names) + END)
        assert reason.endswith("0/, 1/, 2/, 3/, 4/, …")

    @pytest.mark.parametrize(
        "kind", [tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
    )
    def test_of_what_is_no_file_are_passed_over(self, tmp_path, kind):
        path = tmp_path / "kinds.tar"
        other = SEGMENT.replace("0.wal", "1.wal")
        odd = [header(name, kind=kind, linkname=SEGMENT) for name in (SEGMENT, other)]
        path.write_bytes(member(SEGMENT, b"log") + b"".join(odd) + END)
        assert list(files(path).values()) == [b"log"]

    def test_a_hard_link_to_itself_and_to_nothing(self, tmp_path):
        path = tmp_path / "links.tar"
        links = [SEGMENT, "/etc/hostname", "swarm/raft/wal/none"]
        odd = [header(SEGMENT, kind=tarfile.LNKTYPE, linkname=each) for each in links]
        path.write_bytes(member(SEGMENT, b"log") + b"".join(odd) + END)
        assert list(files(path).values()) == [b"log"]

    def test_a_file_over_a_hard_link_leaves_the_other_as_it_is(self, tmp_path):
        path = tmp_path / "links.tar"
        other = SEGMENT.replace("0.wal", "1.wal")
        path.write_bytes(
            member(SEGMENT, b"log")
            + header(other, kind=tarfile.LNKTYPE, linkname=SEGMENT)
            + member(SEGMENT, b"new")
            + END
        )
        assert sorted(files(path).values()) == [b"log", b"new"]

    def test_a_tar_in_a_tar_is_not_unpacked(self, refused):
        inner = member(SEGMENT, b"log") + END
        assert "no manager's folder" in refused(member("swarm.tar", inner) + END)
        assert refused(gzip.compress(gzip.compress(inner)))
