"""What would help a task that waits; that it does is tried."""

from swarmwire import pb
from swarmwire.scheduling import Cluster, advice, explain
from tests.scheduling.build import GIB, mount, node, publish, task


def texts(new, *nodes, tasks=()):
    return [str(each) for each in advice(Cluster(nodes=nodes, tasks=tasks), new)]


def test_none_is_needed():
    assert texts(task("t"), node("n1")) == []


def test_memory_and_more_nodes():
    held = task("old", on="n1", memory=7 * GIB)
    waiting = [task(f"t{number}", memory=3 * GIB) for number in range(5)]
    assert texts(waiting[0], node("n1"), tasks=[held, *waiting]) == [
        "free 2 GiB of memory on host-n1",
        "add 3 more nodes like host-n1",
    ]


def test_a_node_that_is_too_small_is_of_no_help():
    assert texts(task("t", memory=9 * GIB), node("n1")) == []


def test_cpus_and_generic_resources():
    held = task("old", on="n1", cpus=4, generic=[("gpu", 2)])
    new = task("t", cpus=1.5, generic=[("gpu", 1)])
    both, more = texts(new, node("n1", generic=[("gpu", 2)]), tasks=[held])
    assert both == "free 1.5 CPUs on host-n1 and free 1 gpu on host-n1"
    assert more == "add 1 more node like host-n1"


def test_labels_and_roles():
    new = task("t")
    new.spec.placement.constraints.extend(
        ["node.labels.zone==a", "engine.labels.disk != hdd", "node.role==manager"]
    )
    there = node("n1")
    there.description.engine.labels["disk"] = "hdd"
    (found,) = advice(Cluster(nodes=[there]), new)
    assert found.node == "n1"
    assert found.steps == (
        "label host-n1 zone=a",
        "remove engine label disk of host-n1",
        "promote host-n1",
    )
    there.spec.annotations.labels["zone"] = "a"
    del there.description.engine.labels["disk"]
    there.role = 1
    assert explain(Cluster(nodes=[there]), new) == {"n1": ()}


def test_constraints_that_exclude_each_other_cannot_be_helped():
    new = task("t")
    new.spec.placement.constraints.extend(["node.labels.zone==a", "node.labels.zone==b"])
    assert texts(new, node("n1")) == []
    new.spec.placement.constraints[:] = ["node.id==other"]
    assert texts(new, node("n1")) == []


def test_ports_replicas_plugins_and_states():
    held = publish(task("old", on="n1"), 80)
    assert texts(publish(task("t"), 80), node("n1"), tasks=[held])[0] == (
        "free port 80/tcp on host-n1: task old has it"
    )
    new = task("t")
    new.spec.placement.max_replicas = 1
    assert texts(new, node("n1"), tasks=[task("old", on="n1")]) == [
        "add 1 more node like host-n1",
        "raise max replicas per node above 1",
    ]
    plugged = mount(task("t"), "data", "VOLUME", driver="nfs")
    assert texts(plugged, node("n1")) == ["install the Volume plugin nfs on host-n1"]
    away = node("n1")
    away.status.state = pb.NodeStatus.DOWN
    away.spec.availability = pb.NodeSpec.DRAIN
    assert texts(task("t"), away) == ["bring host-n1 back: it is down and activate host-n1"]


def test_volumes():
    assert texts(mount(task("t"), "v"), node("n1")) == [
        "make volume v usable on host-n1: no such volume"
    ]


def test_the_fewest_steps_first_and_only_the_nodes_of_bound_tasks():
    new = task("t", cpus=1)
    new.spec.placement.constraints.append("node.labels.zone==a")
    nodes = [node("n1"), node("n2", zone="a")]
    tasks = [task("a", on="n1", cpus=4), task("b", on="n2", cpus=4)]
    found = advice(Cluster(nodes=nodes, tasks=tasks), new)
    assert [each.node for each in found] == ["n2", "n1", ""]
    new.node_id = "n1"
    assert [each.node for each in advice(Cluster(nodes=nodes, tasks=tasks), new)] == ["n1"]
