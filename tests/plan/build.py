"""A small service with its tasks and nodes, to be changed by the tests."""

from swarmwire import pb

RUNNING = 512
COMPLETE = 576
SHUTDOWN = 640
FAILED = 704
REMOVE = 800


def service(replicas=1):
    out = pb.Service(id="svc")
    out.meta.version.index = 20
    out.spec_version.index = 10
    out.spec.annotations.name = "web"
    out.spec.replicated.replicas = replicas
    out.spec.task.container.image = "nginx:1.27"
    return out


def mode(spec, name):
    """Make ``spec`` one of another mode."""
    getattr(spec, name).SetInParent()
    return spec


def changed(spec, change=None):
    """A copy of ``spec``, changed."""
    out = pb.ServiceSpec()
    out.CopyFrom(spec)
    if change is not None:
        change(out)
    return out


def task(of, slot=1, *, node="n1", state=RUNNING, desired=RUNNING, name=None):
    out = pb.Task(id=name or f"t{slot}", service_id=of.id, slot=slot, node_id=node)
    out.desired_state = desired
    out.status.state = state
    out.spec.CopyFrom(of.spec.task)
    out.spec_version.CopyFrom(of.spec_version)
    out.endpoint.SetInParent()
    if of.spec.HasField("endpoint"):
        out.endpoint.spec.CopyFrom(of.spec.endpoint)
    return out


def tasks(of):
    return [task(of, slot) for slot in range(1, of.spec.replicated.replicas + 1)]


def node(name="n1", **labels):
    out = pb.Node(id=name)
    out.status.state = pb.NodeStatus.READY
    out.description.hostname = name
    out.spec.annotations.labels.update(labels)
    return out


def codes(plan):
    return [trap.code for trap in plan.traps]


def env(spec):
    spec.task.container.env.append("A=1")


def actions(answer):
    return {
        (verdict.task or verdict.slot or verdict.node): verdict.action for verdict in answer.tasks
    }
