"""What a real engine's API said before the end is what its folder gives: every object and byte."""

import subprocess
import tarfile
import time
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import assert_equal, payloads, payloads_by_name, said, shown
from tests.support.stored_swarm import Filler, Writer, fill, force_snapshots

pytestmark = pytest.mark.engine

SNAPSHOT_INTERVAL = 100


@pytest.fixture(scope="module")
def stopped(engines):
    """The folder of a manager that was stopped, and what its API said before."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        filler = Filler(dockerd)
        force_snapshots(filler, SNAPSHOT_INTERVAL)
        fill(filler)
        filler.service("runs", replicas=1)
        dockerd.wait_for("a task that runs", lambda: states(dockerd) == ["running"])
        objects, tasks = said(dockerd), dockerd.get("/tasks").json
        dockerd.stop()
        folder = dockerd.data_root / "swarm"
        before = listing(folder)
        recovery = raftstore.read(folder)
        assert listing(folder) == before
        yield SimpleNamespace(
            dockerd=dockerd,
            folder=folder,
            filler=filler,
            objects=objects,
            tasks=tasks,
            recovery=recovery,
        )


def states(dockerd):
    return [task["Status"]["State"] for task in dockerd.get("/tasks").json]


def listing(folder):
    """The names, sizes and times of all that is in a folder."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        status = path.lstat()
        found[path] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return found


def test_every_object_is_recovered(stopped):
    assert len(stopped.objects["services"]) > 250
    assert len(stopped.objects["secrets"]) > 100
    assert_equal(shown(stopped.recovery.store), stopped.objects)


def test_every_secret_byte_is_recovered(stopped):
    assert payloads(stopped.recovery.store.secrets) == stopped.filler.secrets


def test_every_config_byte_is_recovered(stopped):
    assert payloads(stopped.recovery.store.configs) == stopped.filler.configs


def test_tasks_are_recovered(stopped):
    (task,) = stopped.tasks
    found = stopped.recovery.store.tasks[task["ID"]]
    assert found.service_id == task["ServiceID"]
    assert found.node_id == task["NodeID"]
    assert found.spec.container.image == task["Spec"]["ContainerSpec"]["Image"]


def test_store_is_of_a_snapshot_and_a_log(stopped):
    position = stopped.recovery.position
    assert SNAPSHOT_INTERVAL < position.snapshot_index < position.index
    assert position.first_index == position.snapshot_index + 1
    assert position.index == position.last_index == position.commit


def test_nothing_is_amiss(stopped):
    assert stopped.recovery.is_whole
    assert stopped.recovery.findings == []
    assert stopped.recovery.uncommitted == []


def test_the_manager_says_who_it_is(stopped):
    (node_id,) = stopped.objects["nodes"]
    recovery = stopped.recovery
    assert recovery.myself.node_id == node_id
    assert recovery.members.members == {recovery.myself.raft_id: recovery.myself}
    assert recovery.myself.addr == "127.0.0.1:2377"


@pytest.mark.parametrize("place", ["data_root", "folder"])
def test_folders_above_are_good_enough(stopped, place):
    above = {"data_root": stopped.dockerd.data_root, "folder": stopped.folder}[place]
    assert raftstore.read(above).position == stopped.recovery.position


def test_tar_of_the_folder_gives_the_same(stopped, tmp_path):
    file = tmp_path / "swarm.tar.gz"
    subprocess.run(
        ["tar", "-S", "-czf", file, "-C", stopped.dockerd.data_root, "swarm"], check=True
    )
    assert_equal(shown(raftstore.read(file).store), stopped.objects)


def test_tar_made_without_holes_gives_the_same(stopped, tmp_path):
    file = tmp_path / "swarm.tar.xz"
    with tarfile.open(file, "w:xz", preset=0) as tar:
        tar.add(stopped.folder, "var/lib/docker/swarm")
    assert raftstore.read(file).position == stopped.recovery.position


def test_the_store_is_the_same_from_the_log_alone(stopped, tmp_path):
    # No segment was ever full, so that the log begins with the swarm.
    copy = tmp_path / "swarm"
    subprocess.run(["cp", "-a", "--sparse=always", stopped.folder, copy], check=True)
    for file in (copy / "raft/snap-v3-encrypted").iterdir():
        file.unlink()
    recovery = raftstore.read(copy)
    assert recovery.position.snapshot_index == 0
    assert_equal(shown(recovery.store), stopped.objects)


def test_progress_reaches_its_end(stopped):
    seen = []
    raftstore.read(stopped.folder, progress=lambda done, total: seen.append((done, total)))
    done, total = seen[-1]
    (segment,) = stopped.folder.glob("raft/wal*/*.wal")
    assert total == segment.stat().st_size
    assert 0 < done <= total
    assert seen == sorted(seen)


def test_what_the_engine_goes_on_with_is_what_was_recovered(stopped):
    stopped.dockerd.start()
    try:
        after = said(stopped.dockerd)
        assert after["secrets"] == shown(stopped.recovery.store)["secrets"]
        assert after["configs"] == shown(stopped.recovery.store)["configs"]
    finally:
        stopped.dockerd.stop()


# Copies of a manager's folder, taken while it runs and writes.


COPIES = 6
WAL, SNAP = "raft/wal-v3-encrypted", "raft/snap-v3-encrypted"


@pytest.fixture(scope="module")
def writing(engines):
    """A manager that takes a snapshot every thirty entries, and somebody who writes to it."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        force_snapshots(Filler(dockerd), 30)
        writer = Writer(dockerd, "secret")
        writer.start()
        dockerd.wait_for("some secrets", lambda: len(writer.acknowledged) > 50)
        yield SimpleNamespace(dockerd=dockerd, acknowledged=writer.acknowledged, asked=writer.asked)
        writer.end()


def copied(folder, target, parts):
    target.mkdir(parents=True)
    (target / "raft").mkdir()
    for part in parts:
        # What vanishes while it is copied, a temporary file or an old snapshot, is no failure.
        subprocess.run(
            ["cp", "-a", "--sparse=always", folder / part, (target / part).parent],
            check=False,
            stderr=subprocess.DEVNULL,
        )
    return target


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(["certificates", WAL, SNAP], id="log first"),
        pytest.param(["certificates", SNAP, WAL], id="snapshots first"),
        pytest.param(["certificates", "raft"], id="as it comes"),
    ],
)
def test_copies_hold_what_was_acknowledged_before(writing, tmp_path, parts):
    for at in range(COPIES):
        before = dict(writing.acknowledged)
        copy = copied(writing.dockerd.data_root / "swarm", tmp_path / str(at), parts)
        recovery = raftstore.read(copy)
        found = payloads_by_name(recovery.store)
        assert {name: found.get(name) for name in before} == before
        assert {name: writing.asked.get(name) for name in found} == found


def test_a_running_manager_is_not_read_unless_asked_for(writing):
    with pytest.raises(StoreError, match="is running"):
        raftstore.read(writing.dockerd.data_root)


def test_a_running_manager_is_read_when_asked_for_and_goes_on(writing):
    before = dict(writing.acknowledged)
    recovery = raftstore.read(writing.dockerd.data_root, raftstore.Options(running=True))
    found = payloads_by_name(recovery.store)
    assert {name: found.get(name) for name in before} == before
    writing.dockerd.wait_for("more", lambda: len(writing.acknowledged) > len(before) + 5)


# A manager that is killed while it writes: what it has acknowledged is there, to the byte.


WRITERS = 2
MOMENTS = (0.05, 0.2, 0.35, 0.6)
"""How long managers write before they are killed, in seconds."""


@pytest.fixture(scope="module")
def swarm(engines):
    """A manager that takes a snapshot every twenty entries."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        force_snapshots(Filler(dockerd), 20)
        yield dockerd


def test_what_was_acknowledged_is_recovered(swarm):
    acknowledged, asked = {}, {}
    for round_, moment in enumerate(MOMENTS):
        if round_:
            swarm.start()
            swarm.wait_for("a leader", lambda: swarm.request("GET", "/secrets").status == 200)
        writers = [Writer(swarm, f"{round_}-{at}") for at in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(moment)
        swarm.kill()
        for writer in writers:
            writer.end()
            assert writer.acknowledged
            acknowledged |= writer.acknowledged
            asked |= writer.asked
        recovery = raftstore.read(swarm.data_root)
        found = payloads_by_name(recovery.store)
        assert {name: found.get(name) for name in acknowledged} == acknowledged
        assert {name: asked.get(name) for name in found} == found
        assert len(found) - len(acknowledged) <= WRITERS * (round_ + 1)
    assert recovery.position.snapshot_index > 20
