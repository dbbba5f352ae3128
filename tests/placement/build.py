"""Services with their tasks, on nodes of ``tests.scheduling.build``."""

from swarmwire import pb
from tests.scheduling.build import reserve


def spec(name="web", replicas=1, *, order="STOP_FIRST", parallelism=1, **reserved):
    """A spec of a replicated service."""
    out = pb.ServiceSpec()
    out.annotations.name = name
    out.task.container.image = "nginx:1"
    out.replicated.replicas = replicas
    out.update.MergeFrom(pb.UpdateConfig(order=order, parallelism=parallelism))
    if reserved:
        reserve(out.task.resources.reservations, **reserved)
    return out


def host_port(of, port):
    of.endpoint.ports.add(published_port=port, target_port=80, publish_mode="HOST")
    return of


def running(of, *nodes):
    """The service of a spec, and a task of it on each node; one of a global service by its node."""
    service = pb.Service(id=of.annotations.name, spec=of)
    service.meta.version.index = 10
    service.spec_version.index = 5
    tasks = []
    for slot, node in enumerate(nodes, 1):
        task = pb.Task(
            id=f"{service.id}-{slot}",
            service_id=service.id,
            slot=0 if of.HasField("global") else slot,
            node_id=node,
            spec=of.task,
            spec_version=service.spec_version,
            desired_state="RUNNING",
            status=pb.TaskStatus(state="RUNNING"),
        )
        if of.HasField("endpoint"):
            task.endpoint.spec.CopyFrom(of.endpoint)
            task.endpoint.ports.extend(of.endpoint.ports)
        else:
            task.endpoint.SetInParent()
        tasks.append(task)
    return service, tasks


def changed(of, image="nginx:2"):
    """The spec with something that restarts every task."""
    out = pb.ServiceSpec()
    out.CopyFrom(of)
    out.task.container.image = image
    return out
