"""The locals that debuggers, loggers and test runners show with a traceback tell no key."""

import traceback
from base64 import b64encode

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog, StoreError, WrongKey
from swarmwire.raftstore.hidden import Hidden
from swarmwire.raftstore.keys import open_keys, read_key_file, read_unlock_key
from swarmwire.raftstore.task_database import tasks
from tests.support.raft_folder import RaftFolder, create, fill, key, secret, unlock_key_text
from tests.support.raft_folder.damage import cut
from tests.support.raft_folder.identity import NodeKey
from tests.support.task_database import a_task, leaf, small_bucket, with_tasks

UNLOCK = key("unlock")
DEK = key("dek")


def frames_of(error):
    """What is shown of this package's frames, each with its locals."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [each for each in shown.stack if "swarmwire/raftstore" in each.filename]
    assert frames
    return [text for each in frames for text in (each.locals or {}).values()]


def assert_hidden(error, *secrets):
    texts = frames_of(error)
    for each in secrets:
        encoded = b64encode(each).decode().rstrip("=")
        for form in (repr(each)[2:-1], repr(each[:20])[2:-1], each.hex(), encoded, encoded[:20]):
            assert not any(form in text for text in texts), form


class TestFolder:
    """Reading a folder fails near its keys."""

    def failed(self, folder, *unlock_keys):
        root = folder.write()
        options = raftstore.Options(unlock_keys=tuple(map(unlock_key_text, unlock_keys)))
        with pytest.raises(StoreError) as caught:
            raftstore.read(root, options)
        return caught.value

    def test_with_the_wrong_unlock_key(self, tmp_path):
        folder = fill(RaftFolder(tmp_path, unlock_key=UNLOCK))
        wrong = key("of last year")
        assert_hidden(self.failed(folder, wrong), wrong, UNLOCK, folder.dek)

    def test_with_the_key_of_another_node(self, folder):
        folder.key.dek = DEK
        assert_hidden(self.failed(folder, UNLOCK), DEK, UNLOCK)

    def test_with_a_key_file_that_is_damaged(self, folder):
        root = folder.write()
        path = root / "certificates/swarm-node.key"
        pem = path.read_bytes()
        path.write_bytes(pem.replace(b"raft-dek: E", b"raft-dek: !E"))
        with pytest.raises(StoreError, match="header raft-dek cannot be read") as caught:
            raftstore.read(root)
        body = pem.splitlines()[5]
        assert_hidden(caught.value, folder.dek)
        assert not any(body[:20].decode() in text for text in frames_of(caught.value))

    def test_with_a_log_that_is_none(self, folder):
        root = folder.write()
        folder.transaction(create(secret("a")))
        cut(root / folder.segments[0].name, 30)
        with pytest.raises(CorruptLog) as caught:
            raftstore.read(root, raftstore.Options(unlock_keys=(unlock_key_text(UNLOCK),)))
        assert_hidden(caught.value, folder.dek, UNLOCK)


class TestKeys:
    """Keys alone."""

    def test_an_unlock_key_that_is_none(self):
        text = unlock_key_text(UNLOCK)
        for slip in (text[:-1], f"{text}x", text[1:], f"{text[:-1]}!", text.lower(), f"{text}="):
            with pytest.raises(WrongKey) as caught:
                read_unlock_key(slip)
            assert not any(text[12:30].lower() in each.lower() for each in frames_of(caught.value))

    def test_a_key_file_that_no_key_opens(self):
        file = read_key_file(NodeKey(DEK, unlock_key=UNLOCK).pem())
        with pytest.raises(WrongKey) as caught:
            open_keys([file], [read_unlock_key(unlock_key_text(key("another")))])
        assert_hidden(caught.value, key("another"), DEK, UNLOCK)

    def test_those_that_are_found_are_hidden(self):
        file = read_key_file(NodeKey(DEK, unlock_key=UNLOCK).pem())
        found = open_keys([file], [read_unlock_key(unlock_key_text(UNLOCK))])
        assert found == (DEK,)
        assert f"{found} {found[0]} {found[0]!s} {file}".count("<32 bytes>") == 3
        assert repr(read_unlock_key(unlock_key_text(UNLOCK))) == "<32 bytes>"
        assert repr(read_key_file(NodeKey(DEK).pem()).sealed) == "(<34 bytes>,)"

    def test_hidden_bytes_are_bytes(self):
        assert Hidden(b"abc") == b"abc"
        assert bytes(Hidden(b"abc")) == b"abc"
        assert f"{Hidden(b'abc')}" == "<3 bytes>"


def test_a_task_at_the_id_of_another_is_not_shown():
    """Its variables may be secrets."""
    data, _ = a_task("name-in-the-task")
    bucket = small_bucket((b"data", data, 0))
    database = with_tasks(p4=leaf((b"other", bucket, 1), number=4))
    with pytest.raises(CorruptLog, match="id of another") as caught:
        tasks(database)
    texts = frames_of(caught.value)
    assert not any("service_id" in text for text in texts)
