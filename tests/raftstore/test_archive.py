"""A tar of a manager's folder, unpacked as long as it is needed: what it has to be, and no more."""

import io
import random
import tarfile
from pathlib import Path

import pytest

from swarmwire.errors import StoreError
from swarmwire.raftstore.archive import Room, unpacked
from tests.support.powerless import powerless
from tests.support.tars import END, sparse

MEBIBYTE = 1 << 20


@pytest.fixture
def pack(tmp_path):
    """Writes a tar of members: names and bytes, None for a folder, a text for a hard link."""

    def write(*members, mode=""):
        path = tmp_path / "swarm.tar"
        with tarfile.open(path, f"w:{mode}") as tar:
            for name, content in members:
                info = tarfile.TarInfo(name)
                if isinstance(content, bytes):
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
                else:
                    info.type = tarfile.DIRTYPE if content is None else tarfile.LNKTYPE
                    info.linkname = content or ""
                    tar.addfile(info)
        return path

    return write


def files(path):
    """The files that are unpacked, below the folder."""
    with unpacked(path) as root:
        return {
            each.relative_to(root).as_posix(): each.read_bytes()
            for each in root.rglob("*")
            if each.is_file()
        }


@pytest.mark.parametrize(
    "name",
    [
        "raft/wal-v3-encrypted/0.wal",
        "raft/snap-v3-encrypted/1.snap",
        "raft/wal-v3/0.wal",
        "raft/snap-v3/1.snap",
        "raft/wal/0.wal",
        "raft/snap/1.snap",
        "certificates/swarm-node.key",
        "certificates/swarm-node.crt",
        "certificates/.swarm-node.crt",
        "worker/tasks.db",
        "docker-state.json",
        "state.json",
    ],
)
@pytest.mark.parametrize("root", ["", "./", "swarm/", "/var/lib/docker/swarm/"])
def test_what_recovery_reads_is_unpacked(pack, root, name):
    path = pack((f"{root}raft/wal/1.wal", b"log"), (f"{root}{name}", b"content"))
    assert files(path)[name] == b"content"


@pytest.mark.parametrize(
    "name",
    [
        "swarm/raft/wal/deeper/0.wal",
        "swarm/raft/wal-v4/0.wal",
        "swarm/raft/other/0.wal",
        "swarm/raft/wal.tmp/0.wal",
        "swarm/certificates/other.key",
        "swarm/worker/other.db",
        "swarm/other.json",
        "swarm/state.json.old",
        "overlay2/file",
    ],
)
def test_nothing_else_is(pack, name):
    assert files(pack(("swarm/raft/wal/1.wal", b"log"), (name, b"content"))) == {
        "raft/wal/1.wal": b"log"
    }


@pytest.mark.parametrize(
    "members",
    [
        [("swarm/raft/", None), ("swarm/certificates/swarm-node.key", b"key")],
        [("swarm/raft", None), ("swarm/raft/wal", None), ("swarm/raft/wal/1.wal", b"log")],
    ],
)
def test_folders_may_be_members(pack, members):
    (found,) = files(pack(*members)).values()
    assert found == members[-1][1]


def test_a_folder_that_is_empty_is_one_all_the_same(pack):
    with unpacked(pack(("swarm/raft/wal", None))) as root:
        assert (root / "raft/wal").is_dir()


def test_it_is_gone_afterwards_and_nobody_else_could_read_it(pack):
    with unpacked(pack(("swarm/raft/wal/1.wal", b"log"))) as root:
        assert root.parent.stat().st_mode & 0o077 == 0
    assert not root.parent.exists()


class TestContent:
    """Bytes are what they were, however many are zero."""

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            bytes(10),
            bytes(3 * MEBIBYTE),
            b"begin" + bytes(3 * MEBIBYTE),
            bytes(2 * MEBIBYTE) + b"end",
            b"x" * (2 * MEBIBYTE + 1),
        ],
        ids=["none", "zeros", "many zeros", "zeros behind", "zeros before", "no zeros"],
    )
    def test_of_any_file(self, pack, content):
        assert files(pack(("swarm/raft/wal/1.wal", content))) == {"raft/wal/1.wal": content}

    def test_zeros_take_no_room(self, pack):
        with unpacked(pack(("swarm/raft/wal/1.wal", bytes(8 * MEBIBYTE)))) as root:
            assert (root / "raft/wal/1.wal").stat().st_blocks * 512 < MEBIBYTE

    def test_the_last_of_a_name_counts(self, pack):
        members = [
            ("swarm/raft/wal/1.wal", b"the older and longer"),
            ("swarm/raft/wal/1.wal", b"x"),
        ]
        assert files(pack(*members)) == {"raft/wal/1.wal": b"x"}

    def test_a_hard_link_is_what_it_links_to(self, pack):
        """Copies made with hard links of each other are packed so."""
        members = [
            ("swarm/raft/wal/1.wal", b"log"),
            ("swarm/raft/wal/2.wal", "swarm/raft/wal/1.wal"),
        ]
        found = files(pack(*members))
        assert found == {"raft/wal/1.wal": b"log", "raft/wal/2.wal": b"log"}

    def test_a_hard_link_in_a_folder_of_its_own(self, pack):
        members = [
            ("swarm/raft/wal/1.wal", b"log"),
            ("swarm/raft/snap/1.snap", "swarm/raft/wal/1.wal"),
        ]
        assert files(pack(*members))["raft/snap/1.snap"] == b"log"

    def test_a_folder_and_a_file_of_one_name(self, pack):
        members = [("swarm/raft/wal/1.wal", b"log"), ("swarm/raft/wal", b"file")]
        assert files(pack(*members)) == {"raft/wal/1.wal": b"log"}


class TestRefused:
    """What is no tar of one manager's folder."""

    def check(self, path, reason):
        with pytest.raises(StoreError, match=reason) as caught, unpacked(path):
            pass
        assert caught.value.file == str(path)

    @pytest.mark.parametrize("members", [[], [("a/file", b"x")], [("swarm/state.json", b"[]")]])
    def test_none_is_in_it(self, pack, members):
        self.check(pack(*members), "no manager's folder is in it")

    def test_several_are(self, pack):
        path = pack(("raft/wal/1.wal", b"log"), ("b/certificates/swarm-node.key", b"key"))
        self.check(path, r"several managers' folders are in it: \., b/")

    def test_a_file_where_a_folder_must_be(self, pack):
        path = pack(("swarm/raft/wal", b"file"), ("swarm/raft/wal/1.wal", b"log"))
        self.check(path, r"\S")

    @pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz"])
    def test_one_that_breaks_off_before_any_file(self, pack, mode):
        path = pack(("swarm/raft/wal/1.wal", bytes(range(256)) * 5000), mode=mode)
        path.write_bytes(path.read_bytes()[:60])
        self.check(path, "not a tar, or a damaged one")

    def test_nobody_may_read_it(self, pack):
        path = pack(("swarm/raft/wal/1.wal", b"log"))
        path.chmod(0)
        with powerless():
            self.check(path, "Permission denied")


class TestCut:
    """Of a tar that breaks off everything is unpacked that is there."""

    @pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz"])
    @pytest.mark.parametrize("room", [Room(), Room(in_memory=True)], ids=["disk", "memory"])
    def test_what_is_there_is_unpacked(self, pack, mode, room):
        key, content = b"key", random.Random(1).randbytes(4 * MEBIBYTE)
        path = pack(
            ("swarm/certificates/swarm-node.key", key),
            ("swarm/raft/wal/1.wal", content),
            mode=mode,
        )
        data = path.read_bytes()
        cut = len(data) * 2 // 3
        path.write_bytes(data[:cut])
        told = []
        with unpacked(path, room=room, tell=told.append) as root:
            assert (root / "certificates/swarm-node.key").read_bytes() == key
            found = (root / "raft/wal/1.wal").read_bytes()
        assert content.startswith(found)
        assert len(found) > cut - MEBIBYTE - 16_384  # bz2 packs blocks of 900,000 bytes
        (loss,) = told
        assert "breaks off" in loss

    def test_holes_stay_in_their_places(self, tmp_path):
        """GNU tar writes the pieces between the holes of a file one after the other."""
        pieces = [(0, 512), (4096, 512), (16_384, 512)]
        data = b"a" * 512 + b"b" * 512 + b"c" * 512
        tar = sparse("swarm/raft/wal/1.wal", 32_768, pieces, data)
        path = tmp_path / "swarm.tar"
        path.write_bytes(tar[:-700])
        with unpacked(path) as root:
            found = (root / "raft/wal/1.wal").read_bytes()
        assert found == b"a" * 512 + bytes(3584) + b"b" * 324

    @pytest.mark.parametrize("end", [[], [(32_768, 0)], [(32_768, 0), (0, 0), (0, 0)]])
    def test_ends_of_a_list_of_holes(self, tmp_path, end):
        tar = sparse("swarm/raft/wal/1.wal", 32_768, [(512, 512), *end], b"a" * 512)
        path = tmp_path / "swarm.tar"
        path.write_bytes(tar + END)
        assert files(path) == {"raft/wal/1.wal": bytes(512) + b"a" * 512 + bytes(31_744)}

    def test_a_whole_one_tells_nothing(self, pack):
        told = []
        with unpacked(pack(("swarm/raft/wal/1.wal", b"log")), tell=told.append):
            pass
        assert told == []


class TestRoom:
    """Where it is unpacked."""

    def test_in_a_hidden_folder_of_the_one_that_is_named(self, pack, tmp_path):
        place = tmp_path / "place"
        place.mkdir()
        with unpacked(pack(("swarm/raft/wal/1.wal", b"log")), room=Room(place)) as root:
            (folder,) = place.iterdir()
            assert root.is_relative_to(folder)
            assert folder.name.startswith(".swarmwire-recover-")
            assert folder.stat().st_mode & 0o777 == 0o700
        assert list(place.iterdir()) == []

    def test_none_that_is_not_there(self, pack, tmp_path):
        path = pack(("swarm/raft/wal/1.wal", b"log"))
        with (
            pytest.raises(StoreError, match="No such file"),
            unpacked(path, room=Room(tmp_path / "none")),
        ):
            pass

    def test_in_memory_nothing_is_on_the_disk(self, pack, tmp_path):
        members = [
            ("swarm/raft/wal/1.wal", b"log"),
            ("swarm/raft/wal/2.wal", "swarm/raft/wal/1.wal"),
            ("swarm/raft/wal/1.wal", b"newer"),
        ]
        with unpacked(pack(*members), room=Room(tmp_path, in_memory=True)) as root:
            for name, content in (("1", b"newer"), ("2", b"log")):
                path = root / f"raft/wal/{name}.wal"
                assert path.is_symlink()
                assert path.read_bytes() == content
        assert not any(each.is_symlink() for each in tmp_path.rglob("*"))

    def test_memory_is_given_back(self, pack):
        before = len(list(Path("/proc/self/fd").iterdir()))
        with unpacked(pack(("swarm/raft/wal/1.wal", b"log")), room=Room(in_memory=True)):
            assert len(list(Path("/proc/self/fd").iterdir())) > before
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_progress_goes_up_to_the_whole(pack):
    path = pack(("swarm/raft/wal/1.wal", bytes(range(256)) * 20_000), ("swarm/other", bytes(10)))
    told = []
    with unpacked(path, lambda done, total: told.append((done, total))):
        pass
    assert {total for _, total in told} == {path.stat().st_size}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 3
    assert told[-1][0] > path.stat().st_size // 2
