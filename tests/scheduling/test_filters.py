"""Each filter alone: whom it refuses, and what it says is lacking."""

import pytest

from swarmwire import pb
from swarmwire.errors import ConvertError
from swarmwire.scheduling import Cluster, explain, schedule
from tests.scheduling.build import (
    CPU,
    GIB,
    attach,
    mount,
    network,
    node,
    publish,
    service,
    task,
    volume,
)


def refusals(new, *nodes, tasks=(), volumes=()):
    return explain(Cluster(nodes=nodes, tasks=tasks, volumes=volumes), new)


def only(new, there, **more):
    """The one filter that refuses the one node; None if none does."""
    (found,) = refusals(new, there, **more).values()
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize("state", ["UNKNOWN", "DOWN", "DISCONNECTED"])
def test_ready(state):
    there = node("n1")
    there.status.state = pb.NodeStatus.State.Value(state)
    found = only(task("t"), there)
    assert str(found) == "ReadyFilter"
    assert (found.wanted, found.left) == ({"State": "READY"}, {"State": state})


@pytest.mark.parametrize("availability", ["PAUSE", "DRAIN"])
def test_ready_and_active(availability):
    there = node("n1")
    there.spec.availability = pb.NodeSpec.Availability.Value(availability)
    assert only(task("t"), there).left == {"Availability": availability}


def test_resources_by_how_much():
    held = task("old", on="n1", cpus=3, memory=7 * GIB)
    found = only(task("t", cpus=2, memory=2 * GIB), node("n1"), tasks=[held])
    assert str(found) == "ResourceFilter"
    assert found.wanted == {"NanoCPUs": 2 * CPU, "MemoryBytes": 2 * GIB}
    assert found.left == {"NanoCPUs": CPU, "MemoryBytes": GIB}
    assert only(task("t", cpus=1, memory=GIB), node("n1"), tasks=[held]) is None


@pytest.mark.parametrize(
    ("state", "holds"),
    [("NEW", False), ("ASSIGNED", True), ("RUNNING", True), ("COMPLETE", False), ("FAILED", False)],
)
@pytest.mark.parametrize("desired", ["RUNNING", "SHUTDOWN", "REMOVE"])
def test_who_holds_resources(state, holds, desired):
    held = task("old", on="n1", state=state, desired=desired, cpus=4)
    assert bool(only(task("t", cpus=1), node("n1"), tasks=[held])) is holds


def test_a_task_that_reserves_only_cpus_is_refused_for_overbooked_memory():
    held = task("old", on="n1", memory=9 * GIB)
    found = only(task("t", cpus=1), node("n1"), tasks=[held])
    assert (found.wanted, found.left) == ({"MemoryBytes": 0}, {"MemoryBytes": -GIB})
    assert only(task("t"), node("n1"), tasks=[held]) is None


@pytest.mark.parametrize(
    ("has", "held", "wanted", "left"),
    [
        ([("gpu", 3)], [("gpu", 1)], [("gpu", 2)], None),
        ([("gpu", 3)], [("gpu", 2)], [("gpu", 2)], 1),
        ([("gpu", 3)], [("gpu", 3)], [("gpu", 0)], 0),
        ([("gpu", "A"), ("gpu", "B")], [("gpu", 1)], [("gpu", 1)], None),
        ([("gpu", "A"), ("gpu", "B")], [("gpu", 1)], [("gpu", 2)], 1),
        # as SwarmKit: nothing wanted of named ones takes all of them
        ([("gpu", "A"), ("gpu", "B")], [("gpu", 0)], [("gpu", 1)], 0),
        # one kind that is not there: nothing is taken
        ([("gpu", 1)], [("gpu", 1), ("fpga", 1)], [("gpu", 1)], None),
        # each entry is looked at alone
        ([("gpu", 3)], [], [("gpu", 2), ("gpu", 2)], None),
        ([("gpu", "A")], [], [("gpu", "A")], 1),
        ([], [], [("gpu", 0)], 0),
    ],
)
def test_generic_resources(has, held, wanted, left):
    tasks = [task("old", on="n1", generic=held)]
    found = only(task("t", generic=wanted), node("n1", generic=has), tasks=tasks)
    assert (found and found.left) == (None if left is None else {"gpu": left})


def test_plugins():
    new = mount(task("t"), "data", "VOLUME", driver="nfs")
    new.spec.log_driver.name = "fluentd"
    there = node("n1")
    found = only(attach(new, pb.Network(driver_state={"name": "weave"})), there)
    assert str(found) == "PluginFilter"
    wanted = {"Volume plugin": "nfs", "Network plugin": "weave", "Log plugin": "fluentd"}
    assert found.wanted == wanted
    assert found.left["Log plugin"] == "json-file"
    for kind, name in wanted.items():
        there.description.engine.plugins.add(type=kind.split()[0], name=f"{name}:latest")
    assert only(new, there) is None


def test_plugins_that_are_not_asked_for():
    new = task("t")
    new.spec.log_driver.name = "fluentd"
    old = node("n1")
    del old.description.engine.plugins[:]
    assert only(new, old) is None
    bare = mount(task("t"), "data", "VOLUME", driver="nfs")
    old.description.ClearField("engine")
    assert only(bare, old) is None


def test_constraints_and_what_was_found():
    new = task("t")
    new.spec.placement.constraints.extend(["node.labels.zone == a", "node.role!=worker"])
    found = only(new, node("n1", zone="b"))
    assert str(found) == "ConstraintFilter"
    assert found.wanted == {"node.labels.zone==a": "a", "node.role!=worker": "worker"}
    assert found.left == {"node.labels.zone==a": "b", "node.role!=worker": "WORKER"}
    new.spec.placement.constraints.append("unreadable")
    assert only(new, node("n1")) is None


@pytest.mark.parametrize(
    ("os", "architecture", "fits"),
    [("linux", "amd64", True), ("", "x86_64", True), ("", "", True), ("Linux", "", False)],
)
def test_platform(os, architecture, fits):
    new = task("t")
    new.spec.placement.platforms.add(os=os, architecture=architecture)
    assert (only(new, node("n1")) is None) is fits
    assert str(only(new, pb.Node(id="n", status={"state": "READY"}))) == "PlatformFilter"


def test_host_ports():
    held = publish(task("old", on="n1", desired="SHUTDOWN"), 80)
    found = only(publish(task("t"), 80), node("n1"), tasks=[held])
    assert str(found) == "HostPortFilter"
    assert (found.wanted, found.left) == ({"80/tcp": 1}, {"80/tcp": "old"})
    for free in (publish(task("t"), 80, "UDP"), publish(task("t"), 80, mode="INGRESS")):
        assert only(free, node("n1"), tasks=[held]) is None


def test_max_replicas():
    new = task("t")
    new.spec.placement.max_replicas = 1
    gone = task("gone", on="n1", desired="SHUTDOWN")
    assert only(new, node("n1"), tasks=[gone]) is None
    found = only(new, node("n1"), tasks=[gone, task("old", on="n1")])
    assert str(found) == "MaxReplicasFilter"
    assert found.left == {"MaxReplicas": 0}


def used(name, on, *, readonly=False):
    out = mount(task(name, on=on), "v", readonly=readonly)
    out.volumes.add(id="id-v", source="v", target="/v")
    return out


@pytest.mark.parametrize(
    ("there", "holder", "why"),
    [
        (volume("v"), None, None),
        (volume("v", created=False), None, "no such volume"),
        (volume("other"), None, "no such volume"),
        (volume("v", scope="SINGLE_NODE"), used("o", "n2"), "in use on another node"),
        (volume("v", scope="SINGLE_NODE"), used("o", "n1"), None),
        (volume("v", sharing="NONE"), used("o", "n1"), "in use"),
        (volume("v", sharing="ONE_WRITER"), used("o", "n1"), "has a writer"),
        (volume("v", sharing="ONE_WRITER"), used("o", "n1", readonly=True), None),
        (volume("v", sharing="READ_ONLY"), None, "read-only"),
    ],
)
def test_cluster_volumes(there, holder, why):
    found = only(
        mount(task("t"), "v"), node("n1"), tasks=[holder] if holder else [], volumes=[there]
    )
    assert (found and found.left) == (None if why is None else {"volume v": why})
    assert found is None or str(found) == "VolumesFilter"


def test_cluster_volumes_by_group_and_topology():
    new = mount(task("t"), "group:fast")
    there = volume("v", group="fast")
    there.volume_info.accessible_topology.add(segments={"zone": "a"})
    near = node("n1")
    assert only(new, near, volumes=[there]) is None
    near.description.csi_info.add(plugin_name="csi").accessible_topology.segments["zone"] = "b"
    assert only(new, near, volumes=[there]).left == {
        "volume group:fast": "not accessible from this node"
    }


def test_one_mount_that_can_be_served_is_enough_as_in_swarmkit():
    new = mount(mount(task("t"), "nowhere"), "v")
    cluster = Cluster(nodes=[node("n1")], services=[service()], volumes=[volume("v")])
    assert schedule(cluster, [new]).placed == {"t": "n1"}
    bound = task("bound", on="n1", state="PENDING")
    bound.spec.CopyFrom(new.spec)
    text = "cannot find volume to satisfy mount with source nowhere"
    assert schedule(cluster, [bound]).waiting == {"bound": text}


def test_all_that_refuse_are_told_in_order():
    new = publish(task("t", cpus=9), 80)
    new.spec.placement.constraints.append("node.labels.zone==a")
    paused = node("n1")
    paused.spec.availability = pb.NodeSpec.PAUSE
    held = publish(task("old", on="n1"), 80)
    found = refusals(new, paused, node("n2", cpus=9, zone="a"), tasks=[held])
    assert list(map(str, found["n1"])) == [
        "ReadyFilter",
        "ResourceFilter",
        "ConstraintFilter",
        "HostPortFilter",
    ]
    assert found["n2"] == ()


def test_what_the_task_itself_holds_does_not_count():
    running = publish(task("t", on="n1", cpus=4), 80)
    assert only(running, node("n1"), tasks=[running]) is None


@pytest.mark.parametrize("key", ["nodes", "tasks", "services", "volumes", "failed"])
def test_other_objects_are_refused(key):
    with pytest.raises(ConvertError) as caught:
        Cluster(**{"nodes": [], key: [network("front")]})
    assert caught.value.kind == "type"
    assert caught.value.reason.endswith("got pb.Network")
