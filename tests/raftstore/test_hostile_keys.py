"""Key files, unlock keys, tasks and ids that are made to do harm."""

import time
import tracemalloc
from contextlib import suppress

import pytest

from swarmwire import pb, raftstore
from swarmwire.errors import CorruptLog, StoreError, WrongKey
from swarmwire.raftstore import Store
from swarmwire.raftstore.keys import open_keys, read_key_file, read_unlock_key
from swarmwire.raftstore.task_database import tasks
from swarmwire.storediff import compare
from tests.support.raft_folder import key, objects_of, unlock_key_text
from tests.support.raft_folder.identity import NodeKey
from tests.support.task_database import leaf, small_bucket, with_tasks

MEBIBYTE = 1 << 20
BEGIN, END = b"-----BEGIN PRIVATE KEY-----\n", b"-----END PRIVATE KEY-----\n"
PEM = NodeKey(key("dek")).pem()


@pytest.fixture
def quickly():
    """Work that grows faster than its input takes hours for a mebibyte."""
    began = time.process_time()
    yield
    assert time.process_time() - began < 5


@pytest.mark.usefixtures("quickly")
class TestKeyFile:
    """A file of a mebibyte at most is read: see ``Folder.read``."""

    @pytest.mark.parametrize(
        "piece",
        [
            BEGIN,
            END,
            b"-----BEGIN ",
            b"-----BEGIN A PRIVATE KEY-----\n-----END B PRIVATE KEY-----\n",
            b"PRIVATE KEY",
            b"-",
            b"\0",
            b"\xff",
        ],
    )
    def test_one_piece_again_and_again(self, piece):
        many = piece * (MEBIBYTE // len(piece))
        for data in (many, b"-----BEGIN " + many, many + END):
            with suppress(StoreError):
                assert read_key_file(data + b"x-----END X").sealed == ()

    @pytest.mark.parametrize(
        "body",
        [b"a" * MEBIBYTE, b"a:b\n" * 200_000, b"\n" * MEBIBYTE, b": " * 400_000, b"a:" * 400_000],
    )
    def test_odd_headers(self, body):
        file = read_key_file(BEGIN + body + b"\n" + END)
        assert file.sealed == ()
        with pytest.raises(WrongKey, match="holds no key"):
            open_keys([file], [])

    def test_a_header_of_any_length(self):
        line = b"raft-dek: " + b"A" * MEBIBYTE + b"\n\n"
        with pytest.raises(StoreError, match="raft-dek cannot be read"):
            read_key_file(BEGIN + line + END)

    def test_the_key_behind_what_is_none(self):
        """A begin without its end does not hide what follows."""
        for before in (BEGIN, END, BEGIN * 3, b"-----BEGIN EC PRIVATE KEY-----\n", b"\xff" * 100):
            assert open_keys([read_key_file(before + PEM)], []) == (key("dek"),)

    def test_only_the_first_key_counts(self):
        other = NodeKey(key("other")).pem()
        assert open_keys([read_key_file(PEM + other)], []) == (key("dek"),)

    def test_a_begin_that_goes_on_in_its_line_is_none(self):
        with pytest.raises(StoreError, match="not the private key"):
            read_key_file(PEM.replace(b"KEY-----\n", b"KEY----- more\n", 1))

    def test_many_versions_of_a_number(self):
        for text in (b"9" * 5000, b"-1", b"1e9", b"0x10", b"\xb2", b""):
            data = BEGIN + b"kek-version: " + text + b"\n\n" + END
            assert read_key_file(data).kek_version is None


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "SWMKEY-1-",
        "SWMKEY-1-" * 100_000,
        "SWMKEY-1-" + "A" * MEBIBYTE,
        "SWMKEY-1-" + "\n" * MEBIBYTE,
        f"{unlock_key_text(key('a'))}\0",
        f"{unlock_key_text(key('a'))}\udcff",
        "SWMKEY-1-\N{FULLWIDTH LATIN CAPITAL LETTER A}" + "A" * 42,
    ],
    ids=lambda text: ascii(text)[:24],
)
def test_an_unlock_key_of_any_text(text):
    with pytest.raises(WrongKey) as caught:
        read_unlock_key(text)
    assert len(str(caught.value)) < 200


class TestTasks:
    """A task that is small in the file and large in memory."""

    def database(self, *sizes):
        """Tasks that attach to as many networks, of which each says nothing."""
        pairs = []
        for number, size in enumerate(sizes):
            name = f"task {number}"
            task = pb.Task(id=name).SerializeToString() + b"\x52\x00" * size
            pairs.append((name.encode(), small_bucket((b"data", task, 0)), 1))
        page = leaf(*pairs, number=4)
        page = leaf(*pairs, number=4, overflow=(len(page) - 1) // 4096)
        return with_tasks(p4=page)

    def test_as_large_as_it_may_be(self):
        (task,) = tasks(self.database(1000))
        assert len(task.SerializeToString()) > 2000

    def test_larger_than_any(self):
        tracemalloc.start()
        with pytest.raises(CorruptLog, match="larger tasks"):
            tasks(self.database(17 * MEBIBYTE), "tasks.db")
        assert tracemalloc.get_traced_memory()[1] < 256 * MEBIBYTE
        tracemalloc.stop()


@pytest.mark.parametrize("id_", ["\\g<9>", "\\1", "\\", "$1", "{0}", "\x1b[31m", "a\nb", "1", "%s"])
def test_an_id_is_only_text(id_):
    """A service is bound to a node whose id is another one there, and the same host."""
    here, there = Store(), Store()
    for store, node in ((here, id_), (there, "there")):
        store.nodes[node] = pb.Node(id=node)
        store.nodes[node].description.hostname = "host"
        store.services["s"] = pb.Service(id="s")
        store.services["s"].spec.task.placement.constraints.append(f"node.id == {node}")
    found = compare(here, there)
    differing = [each.kind for each in found.both if each.differences]
    assert differing == []


# The folder's own key file is broken: another copy of it serves as well.


KEY_FILE = "certificates/swarm-node.key"


@pytest.fixture
def broken(folder):
    """A folder whose key file lost its second half."""
    path = folder.write() / KEY_FILE
    path.write_bytes(path.read_bytes()[:40])
    return folder


def test_alone_it_is_an_error(broken):
    with pytest.raises(StoreError, match="not the private key of a node") as caught:
        raftstore.read(broken.root)
    assert caught.value.file == KEY_FILE


def test_beside_a_copy_it_is_only_said(broken, tmp_path):
    copy = tmp_path / "copy.key"
    copy.write_bytes(broken.key.pem())
    recovery = raftstore.read(broken.root, raftstore.Options(key_files=(copy,)))
    assert objects_of(recovery.store) == broken.objects()
    (finding,) = recovery.findings
    assert (finding.kind, finding.file, finding.loses) == ("anomaly", KEY_FILE, False)


def test_a_copy_that_is_not_there(broken, tmp_path):
    options = raftstore.Options(key_files=(tmp_path / "copy.key",))
    with pytest.raises(StoreError, match="No such file") as caught:
        raftstore.read(broken.root, options)
    assert caught.value.file == str(tmp_path / "copy.key")


def test_a_copy_that_is_none(folder, tmp_path):
    folder.write()
    copy = tmp_path / "copy.key"
    copy.write_bytes(b"no key")
    with pytest.raises(StoreError, match="not the private key of a node") as caught:
        raftstore.read(folder.root, raftstore.Options(key_files=(copy,)))
    assert caught.value.file == str(copy)


def test_without_a_log_it_does_not_matter_whether_there_is_a_key(tmp_path):
    (tmp_path / "swarm/raft").mkdir(parents=True)
    with pytest.raises(StoreError, match="neither a log nor a snapshot"):
        raftstore.read(tmp_path / "swarm")
