"""What a manager's folder does not hold is told with numbers."""

from swarmwire import pb
from swarmwire.bundle import not_recoverable
from tests.bundle.building import store_of
from tests.support.raft_folder.objects import cluster, node, secret, service, task


def told(*objects):
    return " ".join(not_recoverable(store_of(*objects)))


def test_volumes_and_paths_are_counted_once_each():
    first, second = service("a"), service("b")
    for each in (first, second):
        mounts = each.spec.task.container.mounts
        mounts.add(type=pb.Mount.VOLUME, source="data", target="/data")
        mounts.add(type=pb.Mount.BIND, source="/etc", target="/etc")
        mounts.add(type=pb.Mount.VOLUME, target="/scratch")
        mounts.add(type=pb.Mount.TMPFS, target="/tmp")
    second.spec.task.container.mounts.add(type=pb.Mount.VOLUME, source="more", target="/more")
    assert "services use 2 volumes and 1 path of hosts" in told(first, second)


def test_containers_images_tasks_and_nodes_are_counted():
    running = task("a", 1)
    running.status.state = pb.TaskState.Value("RUNNING")
    text = told(service("a"), running, task("a", 2), node("n1"), node("n2"))
    assert "1 task ran at the end" in text
    assert "1 image must be pulled again" in text
    assert "2 tasks known" in text
    assert "2 nodes get a new ID" in text


def test_services_bound_to_an_old_node_are_counted():
    bound = service("a")
    bound.spec.task.placement.constraints.append("node.id == abc")
    assert "1 service is bound to a node by its old ID" in told(bound, service("b"))
    assert "bound to a node" not in told(service("b"))


def test_what_lies_elsewhere_is_told():
    driven = secret("s")
    driven.spec.driver.name = "vault"
    external = cluster()
    external.root_ca.ca_key = b""
    text = told(driven, external, pb.Volume(id="v"))
    assert "The payload of 1 secret is kept by a secret driver" in text
    assert "an external CA signs" in text
    assert "1 cluster volume" in text
    assert "external CA" not in told(cluster())
