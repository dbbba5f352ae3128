"""The folder's own key file is broken: another copy of it serves as well."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.support.raft_folder import objects_of

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
