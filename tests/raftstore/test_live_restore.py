"""A restore that is cut short, by the death of the command or of the manager, and goes on."""

import signal
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from swarmwire.raftstore import name_of
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import payloads_by_name
from tests.support.shell import Shell
from tests.support.stored_swarm import Filler, fill

pytestmark = pytest.mark.engine

RESTORE = "restore bundle --yes"


@pytest.fixture(scope="module")
def dead(engines, tmp_path_factory):
    """A manager with many objects that was killed, and the bundle made of its folder."""
    shell = Shell(tmp_path_factory.mktemp("restore"))
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        fill(Filler(dockerd), services=150)
        dockerd.kill()
        shell(f"recover {dockerd.data_root} -o bundle --all")
        yield SimpleNamespace(shell=shell, store=raftstore.read(dockerd.data_root).store)


@pytest.fixture
def living(dead):
    """A new swarm; what is written of restores into another one stays in the bundle."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        dead.shell.socket = dockerd.control_socket
        yield dockerd


def ids(dockerd):
    """The ids of all services and secrets."""
    return {each["ID"] for kind in ("services", "secrets") for each in dockerd.get(f"/{kind}").json}


def assert_restored(dockerd, store):
    """Every object is there as it was, but for its id and those that it refers to."""
    found = raftstore.read(dockerd.data_root, raftstore.Options(running=True)).store
    assert len(store.services) > 100
    assert payloads_by_name(found) == payloads_by_name(store)
    new = {}
    for kind in ("secret", "config", "network"):
        after = by_name(found, kind)
        assert after.keys() == by_name(store, kind).keys()
        new |= {each.id: after[name].id for name, each in by_name(store, kind).items()}
    for kind in ("service", "config"):
        specs = {name: renewed(each.spec, new) for name, each in by_name(store, kind).items()}
        assert {name: each.spec for name, each in by_name(found, kind).items()} == specs


def by_name(store, kind):
    return {name_of(each): each for each in store.of(kind).values()}


def renewed(spec, new):
    """The same spec with references to the new objects."""
    data = spec.SerializeToString()
    for before, after in new.items():
        data = data.replace(before.encode(), after.encode())
    return type(spec).FromString(data)


def restoring(dead, number):
    """A restore that runs and has created so many objects."""
    running = dead.shell.start(RESTORE)
    created = (line for line in running.stdout if line.startswith(b"created"))
    assert len([line for _, line in zip(range(number), created, strict=False)]) == number
    return running


def test_command_that_is_killed_goes_on_when_run_again(dead, living):
    for number in (5, 50, 40):
        running = restoring(dead, number)
        running.kill()
        running.communicate()
        assert running.returncode == -signal.SIGKILL
    before = ids(living)
    assert 0 < len(before) < len(dead.store.secrets) + len(dead.store.services)
    dead.shell(RESTORE)
    assert before < ids(living)
    assert_restored(living, dead.store)


def test_manager_that_is_killed_and_comes_back_gets_the_rest(dead, living):
    running = restoring(dead, 60)
    living.kill()
    assert running.poll() is None
    living.start()
    printed, _ = running.communicate(timeout=90)
    assert running.returncode == 0, printed.decode()
    assert_restored(living, dead.store)


def test_command_that_is_killed_goes_on_without_a_journal_too(dead, living):
    running = restoring(dead, 150)
    running.kill()
    running.communicate()
    (dead.shell.folder / "bundle/restore.journal").unlink()
    before = ids(living)
    dead.shell(RESTORE)
    assert before < ids(living)
    assert_restored(living, dead.store)
