"""A cluster in which tasks come and go."""

from swarmwire import pb
from swarmwire.scheduling import Cluster, MovingCluster, explain
from tests.scheduling.build import GIB, mount, node, publish, service, task, volume

FULL = "no suitable node (insufficient resources on 1 node)"


def test_a_task_that_is_stopped_holds_its_memory_until_it_ends():
    runs = task("old", on="n1", memory=5 * GIB)
    moving = MovingCluster(Cluster(nodes=[node("n1")], tasks=[runs]))
    moving.add([task("new", memory=5 * GIB)])
    assert moving.settle() == frozenset()
    assert moving.texts["new"] == FULL
    moving.stop("old")
    assert moving.settle() == frozenset()
    moving.end("old")
    assert moving.settle() == {"new"}
    assert moving.placed == {"new": "n1"}


def test_a_task_that_is_stopped_counts_no_more_for_max_replicas():
    runs, new = task("old", on="n1"), task("new")
    new.spec.placement.max_replicas = 1
    moving = MovingCluster(Cluster(nodes=[node("n1")], tasks=[runs]))
    moving.add([new])
    assert moving.settle() == frozenset()
    moving.stop("old")
    assert moving.settle() == {"new"}


def test_a_task_that_waits_and_is_stopped_finds_no_place_any_more():
    waits = task("waits", memory=5 * GIB)
    runs = task("runs", on="n1", memory=5 * GIB)
    moving = MovingCluster(Cluster(nodes=[node("n1")], tasks=[waits, runs]))
    moving.settle()
    moving.stop("waits")
    moving.end("runs")
    assert moving.settle() == frozenset()
    assert [each.id for each in moving.cluster().tasks] == ["waits"]


def test_the_cluster_as_it_has_become():
    before = Cluster(nodes=[node("n1")], tasks=[], services=[service("web")])
    moving = MovingCluster(before)
    moving.put(service("web", version=2))
    moving.add([publish(task("new", version=2), 80)])
    moving.settle()
    after = moving.cluster()
    assert [each.spec_version.index for each in after.services.values()] == [2]
    (placed,) = after.tasks
    assert (placed.node_id, placed.status.state) == ("n1", pb.TaskState.Value("ASSIGNED"))
    (refusal,) = explain(after, publish(task("next"), 80))["n1"]
    assert (str(refusal), refusal.left) == ("HostPortFilter", {"80/tcp": "new"})
    assert before.tasks == ()


def test_what_found_its_place_here_frees_all_of_it():
    one = volume("data", sharing="NONE")
    moving = MovingCluster(Cluster(nodes=[node("n1")], volumes=[one]))
    moving.add([mount(task("first"), "data")])
    assert moving.settle() == {"first"}
    moving.add([mount(task("second"), "data")])
    assert moving.settle() == frozenset()
    moving.end("first")
    assert moving.settle() == {"second"}
