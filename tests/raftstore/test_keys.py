"""Keys: missing, wrong, old, pending, in every form that managers wrote them."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError, WrongKey
from tests.support.raft_folder import (
    RaftFolder,
    create,
    fill,
    key,
    objects_of,
    secret,
    unlock_key_text,
)

UNLOCK = key("unlock")
TEXT = unlock_key_text(UNLOCK)
KEY_FILE = "certificates/swarm-node.key"


def read(folder, *unlock_keys, **options):
    return raftstore.read(folder.root, raftstore.Options(unlock_keys=unlock_keys, **options))


@pytest.fixture(params=["secretbox", "fernet"])
def locked(request, tmp_path):
    return fill(RaftFolder(tmp_path / "swarm", unlock_key=UNLOCK, cipher=request.param))


def whole(folder, recovery):
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


class TestLocked:
    """Autolock is on."""

    def test_the_unlock_key_opens_it(self, locked):
        locked.write()
        whole(locked, read(locked, TEXT))

    @pytest.mark.parametrize("text", [TEXT[:30] + "\r\n" + TEXT[30:], TEXT + "\n"])
    def test_line_breaks_in_it_do_not_matter(self, locked, text):
        locked.write()
        whole(locked, read(locked, text))

    def test_without_it_nothing_is_read(self, locked):
        locked.write()
        with pytest.raises(WrongKey, match="the swarm is locked"):
            read(locked)

    def test_another_one_does_not_open_it(self, locked):
        locked.write()
        with pytest.raises(WrongKey, match="does not open"):
            read(locked, unlock_key_text(key("another")))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "SWMKEY-1-",
            "SWMKEY-2-" + TEXT[9:],
            "swmkey-1-" + TEXT[9:],
            TEXT[9:],
            TEXT + "=",
            TEXT[:-1],
            TEXT + "A",
            " " + TEXT,
            TEXT[:20] + " " + TEXT[20:],
            TEXT[:20] + "é" + TEXT[21:],
            TEXT[:20] + "-" + TEXT[21:],
            "SWMTKN-1-" + "a" * 43,
        ],
    )
    def test_what_is_no_unlock_key(self, locked, text):
        locked.write()
        with pytest.raises(WrongKey, match="is not one") as caught:
            read(locked, text)
        assert TEXT[10:] not in str(caught.value)

    def test_it_is_not_needed_where_nothing_is_locked(self, folder):
        folder.write()
        whole(folder, read(folder, TEXT))


class TestOldKeyFile:
    """A copy of the key file from before."""

    def test_with_the_unlock_key_of_its_time_it_opens_a_newer_log(self, tmp_path):
        old = key("old unlock")
        folder = fill(RaftFolder(tmp_path / "swarm", unlock_key=old))
        copy = tmp_path / "copy.key"
        copy.write_bytes(folder.key.pem())
        folder.key.unlock_key = UNLOCK
        folder.transaction(create(secret("after the rotation of the unlock key")))
        folder.write()
        with pytest.raises(WrongKey):
            read(folder, unlock_key_text(old))
        whole(folder, read(folder, unlock_key_text(old), key_files=(copy,)))

    def test_the_folder_s_own_may_be_missing(self, tmp_path, folder):
        folder.write()
        copy = (folder.root / KEY_FILE).rename(tmp_path / "copy.key")
        whole(folder, read(folder, key_files=(copy,)))

    def test_it_may_be_of_another_time(self, tmp_path, folder):
        """Its key is one that the folder's own replaced: both are tried."""
        copy = tmp_path / "copy.key"
        copy.write_bytes(folder.key.pem())
        folder.begin_rotation(UNLOCK)
        folder.snapshot()
        folder.finish_rotation()
        folder.transaction(create(secret("after")))
        folder.write()
        recovery = read(folder, TEXT, key_files=(copy,), deleted=True)
        whole(folder, recovery)
        assert "doomed" in [
            each.message.spec.annotations.name for each in recovery.deleted if each.kind == "secret"
        ]

    def test_it_is_not_there(self, tmp_path, folder):
        folder.write()
        with pytest.raises(StoreError, match="No such file"):
            read(folder, key_files=(tmp_path / "missing.key",))


class TestMissing:
    """What opens the log is not there."""

    def test_no_key_file(self, folder):
        folder.write()
        (folder.root / KEY_FILE).unlink()
        with pytest.raises(WrongKey, match="key is missing") as caught:
            read(folder)
        assert caught.value.file == KEY_FILE

    def test_no_headers(self, folder):
        folder.key.dek = None
        folder.write()
        with pytest.raises(WrongKey, match="holds no key of the raft log"):
            read(folder)

    def test_the_key_of_another_node(self, folder, tmp_path):
        other = RaftFolder(tmp_path / "other", name="manager-2")
        folder.key = other.key
        folder.write()
        with pytest.raises(WrongKey, match="of another node or time"):
            read(folder)

    def test_the_key_of_another_node_and_a_snapshot(self, folder, tmp_path):
        folder.snapshot()
        folder.key = RaftFolder(tmp_path / "other", name="manager-2").key
        folder.write()
        with pytest.raises(WrongKey, match="of another node or time"):
            read(folder)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"no key",
            b"-----BEGIN PRIVATE KEY-----\n",
            b"-----BEGIN PRIVATE KEY-----\nraft-dek: !!!\n\nAAAA\n-----END PRIVATE KEY-----\n",
            b"-----BEGIN PRIVATE KEY-----\nraft-dek: //8=\n\nAAAA\n-----END PRIVATE KEY-----\n",
            bytes(300),
        ],
    )
    def test_a_key_file_that_is_none(self, folder, data):
        folder.write()
        (folder.root / KEY_FILE).write_bytes(data)
        with pytest.raises(StoreError) as caught:
            read(folder)
        assert KEY_FILE in str(caught.value)


class TestForms:
    """How the private key is written; it is not needed."""

    @pytest.mark.parametrize("unlock_key", [None, UNLOCK])
    def test_the_form_of_before_18_03(self, tmp_path, unlock_key):
        folder = fill(RaftFolder(tmp_path / "swarm", unlock_key=unlock_key))
        folder.key.form = "pkcs1"
        folder.write()
        pem = (folder.root / KEY_FILE).read_bytes()
        assert pem.startswith(b"-----BEGIN EC PRIVATE KEY-----\n")
        whole(folder, read(folder, *([TEXT] if unlock_key else [])))

    def test_windows_line_breaks(self, folder):
        folder.write()
        path = folder.root / KEY_FILE
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        whole(folder, read(folder))

    def test_the_certificates_are_not_needed(self, folder):
        folder.write()
        for name in ("swarm-node.crt", "swarm-root-ca.crt"):
            (folder.root / "certificates" / name).unlink()
        whole(folder, read(folder))


class TestRotation:
    """The key of the log is rotated."""

    def test_in_the_middle_of_it(self, folder):
        folder.begin_rotation(UNLOCK)
        folder.transaction(create(secret("under the new key")))
        folder.write()
        whole(folder, read(folder, TEXT))

    def test_the_new_snapshot_is_written_and_the_old_key_is_still_there(self, folder):
        folder.begin_rotation(UNLOCK)
        folder.snapshot()
        folder.transaction(create(secret("under the new key")))
        folder.write()
        whole(folder, read(folder, TEXT))

    def test_the_new_snapshot_is_half_written(self, folder):
        folder.snapshot()
        folder.begin_rotation(UNLOCK)
        folder.transaction(create(secret("under the new key")))
        index = folder.snapshot()
        folder.write()
        path = folder.snapshot_file(index)
        path.write_bytes(path.read_bytes()[:-40])
        recovery = read(folder, TEXT)
        assert objects_of(recovery.store) == folder.objects()
        assert recovery.is_whole

    def test_it_is_over(self, folder):
        """Entries under the old key are still in the file, and nothing can open them."""
        folder.begin_rotation(UNLOCK)
        folder.snapshot()
        folder.finish_rotation()
        folder.transaction(create(secret("under the new key")))
        folder.write()
        whole(folder, read(folder, TEXT))

    def test_it_is_over_and_the_snapshot_is_gone(self, folder):
        """What the old key sealed is lost, what the new one did is not."""
        folder.begin_rotation(UNLOCK)
        folder.snapshot(file=False)
        folder.finish_rotation()
        place = folder.transaction(create(secret("under the new key")))
        folder.write()
        recovery = read(folder, TEXT)
        names = [each.spec.annotations.name for each in recovery.store.secrets.values()]
        assert names == ["under the new key"]
        assert not recovery.is_whole
        (finding,) = [each for each in recovery.findings if each.kind == "unreadable-entry"]
        assert (finding.first, finding.last) == (1, place.index - 1)

    def test_it_is_still_to_come(self, folder):
        folder.key.unlock_key = UNLOCK
        folder.key.needs_rotation = True
        folder.key.kek_version = 44
        folder.write()
        whole(folder, read(folder, TEXT))
