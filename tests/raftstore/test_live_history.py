"""What was removed by mistake comes back, and earlier states can be read."""

import time
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from swarmwire.raftstore import name_of
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import assert_equal, payloads_by_name, said, shown
from tests.support.shell import Shell
from tests.support.stored_swarm import Filler

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
