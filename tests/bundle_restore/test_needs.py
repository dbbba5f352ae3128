"""What nodes must have and no bundle holds: what is known of images, volumes and paths."""

import pytest

from swarmwire import pb
from swarmwire.bundle import Bundle, LastPlace
from swarmwire.bundle.restore import LiveSwarm, plan_restore
from tests.bundle_restore import build

PINNED = "busybox:1@sha256:" + "0" * 64


def ran(service, host, image="busybox:1"):
    return LastPlace(service=f"old-{service}", image=image, node=f"old-{host}", hostname=host)


def node(host, **fields):
    out = build.node(host, f"new-{host}")
    out.MergeFrom(pb.Node(**fields))
    return out


def task(image, host, state, err=""):
    out = pb.Task(id=f"task-{host}-{state}", node_id=f"new-{host}")
    out.spec.container.image = image
    out.status.state = pb.TaskState.Value(state)
    out.status.err = err
    return out


def needs(service, nodes, places=(), tasks=()):
    bundle = Bundle(services=[service], ran=list(places))
    swarm = LiveSwarm("new", nodes=tuple(nodes), tasks=tuple(tasks))
    (step,) = plan_restore(bundle, swarm).steps
    return step.needs


def test_it_is_told_what_is_known_of_an_image_on_each_node():
    (need,) = needs(
        build.service("web"),
        [node("a"), node("b"), node("c"), node("d")],
        [ran("web", "b"), ran("web", "lost"), ran("web", "d", image="busybox:0")],
        [
            task("busybox:1", "a", "RUNNING"),
            task("busybox:1", "c", "REJECTED", "No such image: busybox:1"),
        ],
    )
    assert (need.service, need.what, need.name) == ("web", "image", "busybox:1")
    assert (need.there, need.was_there, need.lacking, need.unknown, need.gone) == (
        *(("a",), ("b",), ("c",)),
        *(("d",), ("lost",)),
    )
    assert need.warning == "image busybox:1 is not on c: a task was rejected there for want of it"


def test_an_image_without_a_digest_is_doubted_where_nothing_is_known():
    (need,) = needs(build.service("web"), [node("a"), node("b")], [ran("web", "a")])
    assert need.warning == (
        "image busybox:1 has no digest, so it may be in no registry: see that b can get it"
    )


@pytest.mark.parametrize("image", ["busybox:1", PINNED])
def test_an_image_that_was_there_is_not_doubted(image):
    web = build.service("web")
    web.spec.task.container.image = image
    (need,) = needs(web, [node("a")], [ran("web", "a", image)])
    assert (need.was_there, need.warning) == (("a",), "")


def test_an_image_with_a_digest_comes_from_a_registry():
    web = build.service("web")
    web.spec.task.container.image = PINNED
    (need,) = needs(web, [node("a")])
    assert (need.unknown, need.warning) == (("a",), "")


def test_an_image_that_was_pulled_meanwhile_is_there():
    tasks = [
        task("busybox:1", "a", "REJECTED", "No such image: busybox:1"),
        task("busybox:1", "a", "RUNNING"),
    ]
    (need,) = needs(build.service("web"), [node("a")], tasks=tasks)
    assert (need.there, need.lacking) == (("a",), ())


def test_another_reason_to_reject_a_task_says_nothing_of_its_image():
    rejected = task("busybox:1", "a", "REJECTED", "invalid mount config")
    (need,) = needs(build.service("web"), [node("a")], tasks=[rejected])
    assert (need.lacking, need.unknown) == ((), ("a",))


def test_only_nodes_that_may_run_the_service_are_asked():
    web = build.service("web", constraints=["node.labels.zone==east"])
    east = {"spec": {"annotations": {"labels": {"zone": "east"}}}}
    drained = node("c", **east)
    drained.spec.availability = pb.NodeSpec.DRAIN
    down = node("d", **east)
    down.status.state = pb.NodeStatus.DOWN
    (need,) = needs(web, [node("a"), node("b", **east), drained, down])
    assert need.unknown == ("b",)


def test_volumes_and_paths_are_where_the_service_ran():
    db = build.service("db")
    mounts = db.spec.task.container.mounts
    mounts.add(type="VOLUME", source="data", target="/data")
    mounts.add(type="VOLUME", target="/anonymous")
    mounts.add(type="BIND", source="/srv", target="/srv")
    mounts.add(type="TMPFS", target="/tmp")
    _, path, volume = needs(db, [node("a"), node("b")], [ran("db", "a"), ran("db", "lost")])
    assert (path.what, path.name, volume.what, volume.name) == ("path", "/srv", "volume", "data")
    assert volume.warning == ("volume data was on a and lost, and nothing tells that it is on b")
    assert (volume.was_there, volume.unknown, volume.gone) == (("a",), ("b",), ("lost",))


def test_a_volume_of_which_nothing_is_known_is_listed_and_not_doubted():
    db = build.service("db")
    db.spec.task.container.mounts.add(type="VOLUME", source="data", target="/data")
    _, volume = needs(db, [node("a")])
    assert (volume.unknown, volume.warning) == (("a",), "")


def test_a_service_that_is_there_already_needs_nothing():
    web = build.service("web")
    there = pb.Service(id="new-web", spec=web.spec)
    swarm = LiveSwarm("new", nodes=(node("a"),), services=(there,))
    (step,) = plan_restore(Bundle(services=[web]), swarm).steps
    assert (step.action, step.needs) == ("present", ())
