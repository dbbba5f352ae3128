"""Payloads, keys and tokens are in the store, and nowhere else that people look."""

import logging
import traceback
from base64 import b64encode

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog, StoreError, WrongKey
from swarmwire.raftstore.keys import open_keys, read_key_file, read_unlock_key
from swarmwire.raftstore.task_database import tasks
from swarmwire.raftstore.wire import Hidden
from tests.support.raft_folder import (
    RaftFolder,
    config,
    create,
    fill,
    key,
    remove,
    secret,
    unlock_key_text,
)
from tests.support.raft_folder.damage import cut, flip
from tests.support.raft_folder.identity import NodeKey
from tests.support.task_database import a_task, leaf, small_bucket, with_tasks

UNLOCK = key("unlock")
TEXT = unlock_key_text(UNLOCK)
PAYLOAD = b"hunter2-and-more"
CONTENT = b"content-of-a-config"
TOKEN = "SWMTKN-1-not-a-manager-token"
ROOT_KEY = "-----BEGIN EC PRIVATE KEY-----"


@pytest.fixture
def secretive(tmp_path):
    secretive = fill(RaftFolder(tmp_path / "swarm", unlock_key=UNLOCK))
    secretive.transaction(create(secret("hidden", PAYLOAD)), create(config("hidden", CONTENT)))
    secretive.transaction(create(secret("deleted", PAYLOAD)))
    secretive.transaction(remove(secret("deleted", PAYLOAD)))
    secretive.transaction(create(secret("uncommitted", PAYLOAD)), commit=False)
    return secretive


def telling(secretive):
    """All that must not be seen."""
    raw = [PAYLOAD, CONTENT, UNLOCK, secretive.dek]
    texts = [TEXT, TEXT[9:], TOKEN, ROOT_KEY]
    for each in raw:
        texts += [repr(each)[2:-1], each.hex(), b64encode(each).decode().rstrip("=")]
    return texts


def assert_silent(secretive, text):
    assert text
    for each in telling(secretive):
        assert each not in text


def options(**more):
    return raftstore.Options(unlock_keys=(TEXT,), deleted=True, uncommitted=False, **more)


def test_what_is_read_shows_nothing_of_it(secretive):
    recovery = raftstore.read(secretive.write(), options())
    assert [each.message.spec.data for each in recovery.deleted if each.kind == "secret"][-1] == (
        PAYLOAD
    )
    for each in (recovery, recovery.store, recovery.deleted, recovery.uncommitted, options()):
        assert_silent(secretive, repr(each))
        assert_silent(secretive, str(each))
    (transaction,) = recovery.uncommitted
    assert transaction.changes[0].message.spec.data == PAYLOAD
    assert_silent(secretive, repr(transaction.changes[0]))


def test_findings_show_nothing_of_it(secretive):
    root = secretive.write()
    for index in range(3, 12):
        for offset in (secretive.place(index).data + 30, secretive.place(index).padding - 3):
            flip(root / secretive.place(index).file, offset)
            recovery = raftstore.read(root, options())
            assert recovery.findings
            assert_silent(secretive, repr(recovery.findings))
            flip(root / secretive.place(index).file, offset)


def errors(secretive, tmp_path):
    """Every kind of failure, with keys and payloads near by."""
    root = secretive.write()
    wrong = unlock_key_text(key("wrong"))
    yield root, raftstore.Options()
    yield root, raftstore.Options(unlock_keys=(wrong,))
    yield root, raftstore.Options(unlock_keys=(f"{TEXT}x",))
    yield root, raftstore.Options(unlock_keys=(TEXT[9:],))
    yield root, options(at=10**6)
    yield root, options(key_files=(tmp_path / "missing",))
    broken = tmp_path / "broken.key"
    broken.write_bytes(secretive.key.pem().replace(b"raft-dek: C", b"raft-dek: !"))
    yield root, options(key_files=(broken,))
    secretive.key.dek = key("of another node")
    yield secretive.write(), options()


def test_errors_and_tracebacks_show_nothing_of_it(secretive, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    seen = set()
    for root, each in errors(secretive, tmp_path):
        with pytest.raises(StoreError) as caught:
            raftstore.read(root, each)
        error = caught.value
        seen.add(str(error))
        assert error.__cause__ is None
        shown = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=False).format()
        )
        for text in (str(error), repr(error), repr(error.args), shown):
            assert_silent(secretive, text)
    assert len(seen) == 7  # two texts that are no unlock keys get the same answer
    assert caplog.text == ""


def test_a_traceback_with_the_locals_of_this_package_shows_no_payload(secretive):
    """Debuggers and loggers show locals by their repr."""
    secretive.snapshot()
    secretive.key.dek = key("of another node")
    root = secretive.write()
    with pytest.raises(StoreError) as caught:
        raftstore.read(root, options())
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [frame for frame in shown.stack if "swarmwire/raftstore" in frame.filename]
    assert frames
    texts = [text for frame in frames for text in (frame.locals or {}).values()]
    assert texts
    for text in texts:
        for each in (repr(PAYLOAD)[2:-1], TOKEN, ROOT_KEY):
            assert each not in text


# The locals that debuggers, loggers and test runners show with a traceback tell no key.


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
