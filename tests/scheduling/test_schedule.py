"""Where tasks find a place: order of nodes, spreading, texts. The vectors hold the rest."""

from collections import Counter

import pytest

from swarmwire import pb
from swarmwire.errors import ConvertError
from swarmwire.scheduling import Cluster, schedule
from tests.scheduling.build import GIB, node, publish, service, task


def tasks(number, **fields):
    return [task(f"t{index}", **fields) for index in range(number)]


def spread(new, *labels):
    for each in new:
        for label in labels:
            each.spec.placement.preferences.add().spread.spread_descriptor = label
    return new


def counted(got):
    return dict(Counter(got.placed.values()))


def test_the_emptiest_nodes_are_filled_first():
    cluster = Cluster(
        nodes=[node("n1"), node("n2"), node("n3")],
        tasks=[task("a", on="n1"), task("b", on="n1"), task("c", on="n2", service="db")],
        services=[service()],
    )
    assert counted(schedule(cluster, tasks(1))) == {"n3": 1}
    # as SwarmKit: once the next node is better, it never comes back to one before it is at the end
    assert counted(schedule(cluster, tasks(4))) == {"n3": 1, "n2": 2, "n1": 1}


def test_the_lower_id_wins_among_equal_nodes_whatever_their_order():
    nodes = [node("n2"), node("n1"), node("n3")]
    assert schedule(Cluster(nodes=nodes), tasks(1)).placed == {"t0": "n1"}
    assert schedule(Cluster(nodes=nodes[::-1]), tasks(1)).placed == {"t0": "n1"}


def test_five_failures_make_a_node_the_last_choice():
    ended = tasks(5, on="n1")
    failed = tasks(5, on="n1", state="FAILED", desired="SHUTDOWN")
    nodes = [node("n1"), node("n2")]
    busy = task("busy", on="n2")

    def best(number, version=1):
        cluster = Cluster(nodes=nodes, tasks=[*ended, busy], failed=failed[:number])
        got = schedule(cluster, [task("new", version=version)])
        return got.placed["new"]

    assert best(0) == "n2"
    assert best(5) == "n2"
    # another version of the spec starts at none
    assert best(5, version=2) == "n1"


def test_preferences_spread_over_labels_then_nodes():
    nodes = [node("a1", zone="a"), node("a2", zone="a"), node("b1", zone="b"), node("none")]
    got = schedule(Cluster(nodes=nodes), spread(tasks(6), "node.labels.zone"))
    assert counted(got) == {"a1": 1, "a2": 1, "b1": 2, "none": 2}
    ignored = schedule(Cluster(nodes=nodes), spread(tasks(8), "node.hostname"))
    assert counted(ignored) == {"a1": 2, "a2": 2, "b1": 2, "none": 2}


def test_a_full_branch_gives_its_share_to_the_others():
    nodes = [node("a1", zone="a", cpus=1), node("b1", zone="b")]
    got = schedule(Cluster(nodes=nodes), spread(tasks(5, cpus=1), "node.labels.zone"))
    assert counted(got) == {"a1": 1, "b1": 4}
    assert got.waiting == {}


def test_the_text_describes_the_cluster_after_all_were_placed():
    small, big = node("n1", memory=GIB), node("n2", memory=3 * GIB)
    down = node("n3")
    down.status.state = pb.NodeStatus.DOWN
    got = schedule(Cluster(nodes=[small, big, down], services=[service()]), tasks(6, memory=GIB))
    assert counted(got) == {"n1": 1, "n2": 3}
    text = (
        "no suitable node (insufficient resources on 2 nodes; 1 node not available for new tasks)"
    )
    assert set(got.waiting.values()) == {text}
    assert len(got.waiting) == 2


def test_no_nodes_at_all():
    assert schedule(Cluster(nodes=[]), tasks(1)).waiting == {"t0": "no suitable node"}


def test_max_replicas_are_told_without_a_number():
    new = tasks(3)
    for each in new:
        each.spec.placement.max_replicas = 1
    got = schedule(Cluster(nodes=[node("n1"), node("n2")]), new)
    assert list(got.waiting.values()) == ["no suitable node (max replicas per node limit exceed)"]


def test_a_task_on_its_node_is_told_bare_and_goes_first():
    bound = [publish(task("b1", on="n1", state="PENDING"), 80)]
    free = [publish(task("f1", service="other"), 80)]
    cluster = Cluster(nodes=[node("n1")])
    got = schedule(cluster, [*free, *bound])
    assert got.placed == {"b1": "n1"}
    text = "host-mode port already in use on 1 node"
    assert got.waiting == {"f1": f"no suitable node ({text})"}
    again = schedule(Cluster(nodes=[node("n1")], tasks=[publish(task("old", on="n1"), 80)]), bound)
    assert again.waiting == {"b1": text}


@pytest.mark.parametrize(
    ("new", "services"),
    [
        (task("t", on="gone", state="PENDING"), [service()]),
        (task("t", desired="REMOVE"), [service()]),
        (task("t", cpus=99), []),
        (task("t", cpus=99, version=1), [service(version=2)]),
    ],
    ids=["node gone", "not wanted", "service gone", "old version"],
)
def test_tasks_of_which_a_manager_says_nothing(new, services):
    got = schedule(Cluster(nodes=[node("n1")], services=services), [new])
    assert (got.placed, got.waiting) == ({}, {"t": ""})


def test_what_it_said_before_stays_where_it_says_nothing():
    new = task("t", on="gone", state="PENDING")
    new.status.err = "insufficient resources on 1 node"
    assert schedule(Cluster(nodes=[]), [new]).waiting == {"t": new.status.err}


def test_an_old_version_is_placed_all_the_same():
    cluster = Cluster(nodes=[node("n1")], services=[service(version=2)])
    assert schedule(cluster, [task("t", version=1)]).placed == {"t": "n1"}


@pytest.mark.parametrize("state", ["NEW", "RUNNING", "FAILED"])
def test_the_scheduler_looks_at_pending_tasks_alone(state):
    got = schedule(Cluster(nodes=[node("n1")]), [task("t", state=state)])
    assert (got.placed, got.waiting, got.untouched) == ({}, {}, ("t",))


def test_tasks_that_wait_already_go_first_but_are_not_told():
    cluster = Cluster(nodes=[node("n1", cpus=1)], tasks=[task("old", service="db", cpus=1)])
    got = schedule(cluster, tasks(1, cpus=1))
    assert got.placed == {}
    assert list(got.waiting) == ["t0"]
    assert schedule(cluster, [task("old", service="db", cpus=1)]).placed == {"old": "n1"}


def test_nothing_given_is_changed():
    cluster = Cluster(nodes=[node("n1", generic=[("gpu", 1)])], services=[service()])
    new = tasks(2, generic=[("gpu", 1)])
    before = [each.SerializeToString() for each in (*cluster.nodes, *new)]
    assert schedule(cluster, new) == schedule(cluster, new)
    assert [each.SerializeToString() for each in (*cluster.nodes, *new)] == before


def test_other_objects_are_refused():
    with pytest.raises(ConvertError, match=r"expected pb\.Task, got pb\.Node"):
        schedule(Cluster(nodes=[]), [node("n1")])
