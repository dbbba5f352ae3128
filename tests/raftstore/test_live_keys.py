"""Autolock on a real engine: which key opens the folder when, and that no other one does."""

import base64
import shutil
import time
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from swarmwire.errors import WrongKey
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import assert_equal, payloads, payloads_by_name, said, shown
from tests.support.stored_swarm import Filler, Writer

pytestmark = pytest.mark.engine

KEY_FILE = "certificates/swarm-node.key"
SOMEBODYS_KEY = "SWMKEY-1-" + base64.b64encode(bytes(range(32))).decode().rstrip("=")


def unlock_key(dockerd):
    return dockerd.get("/swarm/unlockkey").json["UnlockKey"]


def read(folder, *unlock_keys, key_files=()):
    return raftstore.read(
        folder, raftstore.Options(unlock_keys=unlock_keys, key_files=tuple(key_files))
    )


def add(filler, *names):
    for name in names:
        filler.secret(name, name.encode() * 100)
        filler.service(name)


@pytest.fixture(scope="module")
def rotated(engines, tmp_path_factory):
    """A swarm that was locked from the start and whose unlock key was then rotated."""
    old_key_file = tmp_path_factory.mktemp("old") / "swarm-node.key"
    with Dockerd() as dockerd:
        dockerd.cli("swarm", "init", "--autolock", "--advertise-addr", dockerd.address)
        dockerd.import_image()
        filler, first = Filler(dockerd), unlock_key(dockerd)
        add(filler, "before-1", "before-2")
        before = said(dockerd)
        dockerd.kill()
        folder = dockerd.data_root / "swarm"
        locked = read(folder, first)
        shutil.copy(folder / KEY_FILE, old_key_file)
        dockerd.start()
        dockerd.post("/swarm/unlock", {"UnlockKey": first})
        dockerd.wait_for("a manager", lambda: dockerd.request("GET", "/swarm").status == 200)
        filler.update_swarm(query="&rotateManagerUnlockKey=true")
        second = unlock_key(dockerd)
        rotates(dockerd, (folder / KEY_FILE), old_key_file.read_bytes())
        add(filler, "after-1")
        objects = said(dockerd)
        dockerd.stop()
        yield SimpleNamespace(
            folder=folder,
            filler=filler,
            first=first,
            second=second,
            old_key_file=old_key_file,
            locked=locked,
            before=before,
            objects=objects,
        )


def rotates(dockerd, key_file, before):
    dockerd.wait_for("a key file that was written anew", lambda: key_file.read_bytes() != before)


def test_locked_from_the_start_opens_with_its_key(rotated):
    assert len(rotated.before["secrets"]) == 2
    assert_equal(shown(rotated.locked.store), rotated.before)


def test_rotated_key_opens_everything(rotated):
    recovery = read(rotated.folder, rotated.second)
    assert recovery.is_whole
    assert_equal(shown(recovery.store), rotated.objects)
    assert payloads(recovery.store.secrets) == rotated.filler.secrets


def test_the_store_holds_the_unlock_key(rotated):
    (cluster,) = read(rotated.folder, rotated.second).store.clusters.values()
    (key,) = [each.key for each in cluster.unlock_keys if each.subsystem == "swarm-manager"]
    assert rotated.second == "SWMKEY-1-" + base64.b64encode(key).decode().rstrip("=")


@pytest.mark.parametrize("which", ["none", "previous", "somebodys"])
def test_other_keys_do_not_open_it(rotated, which):
    keys = {"none": [], "previous": [rotated.first], "somebodys": [SOMEBODYS_KEY]}[which]
    with pytest.raises(WrongKey, match="unlock key") as caught:
        read(rotated.folder, *keys)
    for key in (*keys, rotated.second):
        assert key.removeprefix("SWMKEY-1-") not in repr(caught.value)


def test_one_of_several_keys_is_enough(rotated):
    recovery = read(rotated.folder, rotated.first, SOMEBODYS_KEY, rotated.second)
    assert_equal(shown(recovery.store), rotated.objects)


def test_old_key_file_and_its_key_open_the_newer_log(rotated):
    recovery = read(rotated.folder, rotated.first, key_files=[rotated.old_key_file])
    assert_equal(shown(recovery.store), rotated.objects)


@pytest.fixture(scope="module")
def locked_later(engines):
    """A swarm that was locked when it already had objects, with a snapshot in its rotation."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        filler = Filler(dockerd)
        key_file = dockerd.data_root / "swarm" / KEY_FILE
        add(filler, "open-1", "open-2")
        open_key = key_file.read_bytes()
        filler.update_swarm(lambda spec: spec["EncryptionConfig"].update(AutoLockManagers=True))
        key = unlock_key(dockerd)
        rotates(dockerd, key_file, open_key)
        dockerd.wait_for("the end of a rotation", lambda: is_rotated(key_file))
        add(filler, "locked-1", "locked-2")
        objects = said(dockerd)
        dockerd.kill()
        yield SimpleNamespace(
            folder=dockerd.data_root / "swarm", filler=filler, key=key, objects=objects
        )


def is_rotated(key_file):
    text = key_file.read_text()
    return "raft-dek-pending" not in text and "raft-dek-needs-rotation" not in text


def test_locked_later_opens_with_its_key(locked_later):
    recovery = read(locked_later.folder, locked_later.key)
    assert recovery.position.snapshot_index > 0
    assert recovery.is_whole
    assert_equal(shown(recovery.store), locked_later.objects)
    assert payloads(recovery.store.secrets) == locked_later.filler.secrets


def test_locked_later_does_not_open_without(locked_later):
    with pytest.raises(WrongKey):
        read(locked_later.folder)


def test_killed_in_the_middle_of_a_rotation(engines):
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        filler, writer = Filler(dockerd), Writer(dockerd, "secret")
        key_file = dockerd.data_root / "swarm" / KEY_FILE
        writer.start()
        dockerd.wait_for("some secrets", lambda: len(writer.acknowledged) > 10)
        filler.update_swarm(lambda spec: spec["EncryptionConfig"].update(AutoLockManagers=True))
        key = unlock_key(dockerd)
        # The log is written with the new key while the snapshot under it is not there yet.
        until = time.monotonic() + 5
        while "raft-dek-pending" not in key_file.read_text() and time.monotonic() < until:
            pass
        dockerd.kill()
        writer.end()
        recovery = read(dockerd.data_root, key)
    found = payloads_by_name(recovery.store)
    assert {name: found.get(name) for name in writer.acknowledged} == writer.acknowledged
    assert {name: writer.asked.get(name) for name in found} == found
