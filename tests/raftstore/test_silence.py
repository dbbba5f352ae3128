"""Payloads, keys and tokens are in the store, and nowhere else that people look."""

import logging
import traceback
from base64 import b64encode

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
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
from tests.support.raft_folder.damage import flip

UNLOCK = key("unlock")
TEXT = unlock_key_text(UNLOCK)
PAYLOAD = b"hunter2-and-more"
CONTENT = b"content-of-a-config"
TOKEN = "SWMTKN-1-not-a-manager-token"
ROOT_KEY = "-----BEGIN EC PRIVATE KEY-----"


@pytest.fixture
def folder(tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm", unlock_key=UNLOCK))
    folder.transaction(create(secret("hidden", PAYLOAD)), create(config("hidden", CONTENT)))
    folder.transaction(create(secret("deleted", PAYLOAD)))
    folder.transaction(remove(secret("deleted", PAYLOAD)))
    folder.transaction(create(secret("uncommitted", PAYLOAD)), commit=False)
    return folder


def telling(folder):
    """All that must not be seen."""
    raw = [PAYLOAD, CONTENT, UNLOCK, folder.dek]
    texts = [TEXT, TEXT[9:], TOKEN, ROOT_KEY]
    for each in raw:
        texts += [repr(each)[2:-1], each.hex(), b64encode(each).decode().rstrip("=")]
    return texts


def assert_silent(folder, text):
    assert text
    for each in telling(folder):
        assert each not in text


def options(**more):
    return raftstore.Options(unlock_keys=(TEXT,), deleted=True, uncommitted=False, **more)


def test_what_is_read_shows_nothing_of_it(folder):
    recovery = raftstore.read(folder.write(), options())
    assert [each.message.spec.data for each in recovery.deleted if each.kind == "secret"][-1] == (
        PAYLOAD
    )
    for each in (recovery, recovery.store, recovery.deleted, recovery.uncommitted, options()):
        assert_silent(folder, repr(each))
        assert_silent(folder, str(each))
    (transaction,) = recovery.uncommitted
    assert transaction.changes[0].message.spec.data == PAYLOAD
    assert_silent(folder, repr(transaction.changes[0]))


def test_findings_show_nothing_of_it(folder):
    root = folder.write()
    for index in range(3, 12):
        for offset in (folder.place(index).data + 30, folder.place(index).padding - 3):
            flip(root / folder.place(index).file, offset)
            recovery = raftstore.read(root, options())
            assert recovery.findings
            assert_silent(folder, repr(recovery.findings))
            flip(root / folder.place(index).file, offset)


def errors(folder, tmp_path):
    """Every kind of failure, with keys and payloads near by."""
    root = folder.write()
    wrong = unlock_key_text(key("wrong"))
    yield root, raftstore.Options()
    yield root, raftstore.Options(unlock_keys=(wrong,))
    yield root, raftstore.Options(unlock_keys=(f"{TEXT}x",))
    yield root, raftstore.Options(unlock_keys=(TEXT[9:],))
    yield root, options(at=10**6)
    yield root, options(key_files=(tmp_path / "missing",))
    broken = tmp_path / "broken.key"
    broken.write_bytes(folder.key.pem().replace(b"raft-dek: C", b"raft-dek: !"))
    yield root, options(key_files=(broken,))
    folder.key.dek = key("of another node")
    yield folder.write(), options()


def test_errors_and_tracebacks_show_nothing_of_it(folder, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    seen = set()
    for root, each in errors(folder, tmp_path):
        with pytest.raises(StoreError) as caught:
            raftstore.read(root, each)
        error = caught.value
        seen.add(str(error))
        assert error.__cause__ is None
        shown = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=False).format()
        )
        for text in (str(error), repr(error), repr(error.args), shown):
            assert_silent(folder, text)
    assert len(seen) == 7  # two texts that are no unlock keys get the same answer
    assert caplog.text == ""


def test_a_traceback_with_the_locals_of_this_package_shows_no_payload(folder):
    """Debuggers and loggers show locals by their repr."""
    folder.snapshot()
    folder.key.dek = key("of another node")
    root = folder.write()
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
