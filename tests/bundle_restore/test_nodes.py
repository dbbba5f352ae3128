"""Labels of nodes, and placement on nodes that are gone."""

import pytest

from swarmwire import pb
from swarmwire.bundle import Bundle
from swarmwire.bundle.restore import LiveSwarm, plan_restore
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build


def plan_nodes(olds, news, *services):
    bundle = Bundle(nodes=olds, services=list(services))
    return plan_restore(bundle, LiveSwarm("new", nodes=tuple(news)))


def new(host, id_="", **labels):
    return build.node(host, id_ or f"new-{host}", **labels)


def test_only_absent_labels_are_added():
    manager = FakeManager()
    (node,) = manager.objects("node")
    node.spec.annotations.labels["zone"] = "theirs"
    manager.put(node)

    report = build.carry_out(manager, Bundle(nodes=[build.node("manager", zone="a", disk="ssd")]))

    (found,) = manager.objects("node")
    assert dict(found.spec.annotations.labels) == {"zone": "theirs", "disk": "ssd"}
    assert [(each.result, each.why) for each in report.outcomes] == [
        ("labelled", "disk"),
        ("differs", "differs in Labels[zone]; left alone"),
    ]
    assert not report.is_whole


NO_MATCH = {
    "no such host": ([build.node("a", x="1")], [new("b")], "no node of that host"),
    "two new nodes": ([build.node("a", x="1")], [new("a"), new("a", "n2")], "2 nodes of that host"),
    "two old nodes that differ": (
        [build.node("a", x="1"), build.node("a", "o2", x="2")],
        [new("a")],
        "2 nodes of host a had labels, and not the same",
    ),
    "no host": ([build.node("", x="1")], [new("")], "no node of that host"),
}


@pytest.mark.parametrize("case", NO_MATCH)
def test_nodes_in_doubt_are_listed_and_left_alone(case):
    olds, news, why = NO_MATCH[case]

    plan = plan_nodes(olds, news)

    assert {step.action for step in plan.steps} == {"skip"}
    assert all(step.why.startswith(why) for step in plan.steps)
    assert plan.is_whole


def test_a_node_that_joined_twice_is_one_host():
    olds = [build.node("a", "o1"), build.node("a", "o2", x="1"), build.node("a", "o3", x="1")]

    plan = plan_nodes(olds, [new("a")])

    assert [(step.action, step.id) for step in plan.steps] == [("label", "new-a")] * 2


def test_availability_is_told():
    drained = build.node("a", x="1")
    drained.spec.availability = pb.NodeSpec.DRAIN

    (step,) = plan_nodes([drained], [new("a", x="1")]).steps

    assert step.action == "present"
    assert step.notes == ("its availability was drain: docker node update --availability drain",)


OLDS = [build.node("a", zone="1"), build.node("b")]

NOTES = {
    "node.id==old-a": ["node.id == old-a: that node is gone; its host a is now new-a"],
    "node.id!=old-a": ["node.id != old-a: that node is gone; its host a is now new-a"],
    "node.id==old-b": ["node.id == old-b: that node is gone; its host was b"],
    "node.id==other": ["node.id == other: that node is gone"],
    "node.id==new-a": [],
    "node.hostname==a": [],
    "node.hostname==b": ["node.hostname == b: no node satisfies it"],
    "node.labels.zone==1": [],
    "node.labels.zone==2": ["node.labels.zone == 2: no node satisfies it"],
    "engine.labels.gpu==yes": ["engine.labels.gpu == yes: no node satisfies it"],
    "node.ip==10.9.9.9": ["node.ip == 10.9.9.9: no node satisfies it"],
    "node.labels.none!=x": [],
}


@pytest.mark.parametrize("constraint", NOTES)
def test_constraints_without_nodes_are_told(constraint):
    web = build.service("web", constraints=[constraint])

    plan = plan_nodes(OLDS, [new("a")], web)

    found = build.step(plan, "service", "web")
    assert list(found.notes) == NOTES[constraint]
    assert found.action == "create"


def test_constraints_that_no_node_satisfies_together_are_told():
    web = build.service("web", constraints=["node.hostname==a", "node.labels.disk==ssd"])

    plan = plan_nodes([], [new("a"), new("b", disk="ssd")], web)

    assert build.step(plan, "service", "web").notes == (
        "no node satisfies all of node.hostname==a, node.labels.disk==ssd",
    )
