"""What was removed by mistake comes back, and earlier states can be read."""

import base64
import shutil
import time
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from swarmwire.errors import WrongKey
from swarmwire.raftstore import name_of
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import assert_equal, payloads, payloads_by_name, said, shown
from tests.support.shell import Shell
from tests.support.stored_swarm import Filler, Writer

pytestmark = pytest.mark.engine

PAYLOAD = bytes(range(256)) * 100


@pytest.fixture(scope="module")
def mistaken(engines):
    """A swarm in which a secret, a config and a service were removed by mistake."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        filler = Filler(dockerd)
        filler.secret("kept", b"kept")
        doomed = {
            "secrets": filler.secret("doomed", PAYLOAD),
            "configs": filler.config("doomed", b"a = 1\n"),
            "services": filler.service("doomed", "sleep", "1"),
        }
        filler.update("services", doomed["services"], lambda spec: spec.update(Labels={"v": "2"}))
        before, moment = said(dockerd), time.time_ns()
        time.sleep(0.05)
        for kind, id_ in doomed.items():
            filler.remove(kind, id_)
        filler.secret("later", b"later")
        dockerd.stop()
        yield SimpleNamespace(folder=dockerd.data_root, doomed=doomed, before=before, moment=moment)


@pytest.fixture(scope="module")
def found(mistaken):
    """What was removed, by kind and name."""
    recovery = raftstore.read(mistaken.folder, raftstore.Options(deleted=True))
    return {
        (each.kind, name_of(each.message)): each for each in recovery.deleted if each.kind != "task"
    }


def test_removed_objects_are_not_in_the_store(mistaken):
    recovery = raftstore.read(mistaken.folder)
    names = {name_of(each) for each in recovery.store.secrets.values()}
    assert names == {"kept", "later"}
    assert not recovery.store.configs
    assert not recovery.store.services
    assert recovery.deleted == []


def test_removed_objects_are_found(mistaken, found):
    assert set(found) == {("secret", "doomed"), ("config", "doomed"), ("service", "doomed")}
    assert found["secret", "doomed"].message.spec.data == PAYLOAD
    assert found["config", "doomed"].message.spec.data == b"a = 1\n"
    assert found["service", "doomed"].message.spec.annotations.labels["v"] == "2"
    assert {each.message.id for each in found.values()} == set(mistaken.doomed.values())


def test_the_state_before_the_removal_can_be_read(mistaken, found):
    first = min(each.index for each in found.values())
    recovery = raftstore.read(mistaken.folder, raftstore.Options(at=first - 1))
    assert recovery.position.index == first - 1
    assert_equal(shown(recovery.store), mistaken.before)


def test_the_removals_happen_one_by_one(mistaken, found):
    at = found["secret", "doomed"].index
    store = raftstore.read(mistaken.folder, raftstore.Options(at=at)).store
    assert {name_of(each) for each in store.secrets.values()} == {"kept"}
    assert {name_of(each) for each in store.configs.values()} == {"doomed"}


def test_the_state_at_a_time_can_be_read(mistaken):
    # Only creations and updates tell the time, so removals that nothing followed count as earlier.
    recovery = raftstore.read(mistaken.folder, raftstore.Options(until=mistaken.moment))
    names = {name_of(each) for each in recovery.store.secrets.values()}
    assert "later" not in names
    assert "kept" in names


def test_what_was_removed_comes_back_into_the_living_swarm(engines, tmp_path):
    shell = Shell(tmp_path)
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        shell.socket = dockerd.control_socket
        filler = Filler(dockerd)
        filler.secret("kept", b"kept")
        filler.remove("secrets", filler.secret("other", b"other", why="wrong"))
        removed = filler.secret("doomed", PAYLOAD, owner="web")
        filler.remove("secrets", removed)
        shell(f"recover {dockerd.data_root / 'swarm'} --running --deleted --secrets -o back")
        shell("restore back --deleted --only secret/doomed --same-swarm --yes")
        found = {each["Spec"]["Name"]: each for each in dockerd.get("/secrets").json}
        options = raftstore.Options(running=True)
        store = raftstore.read(dockerd.data_root, options).store
    assert set(found) == {"kept", "doomed"}
    assert found["doomed"]["Spec"]["Labels"] == {"owner": "web"}
    assert found["doomed"]["ID"] != removed
    assert payloads_by_name(store) == {"kept": b"kept", "doomed": PAYLOAD}


# Autolock on a real engine: which key opens the folder when, and that no other one does.


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
