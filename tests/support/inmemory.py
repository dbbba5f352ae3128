"""Services, tasks and a manager that are only in memory."""

from typing import Any

from swarmwire import pb
from swarmwire.control import sync
from swarmwire.control.layer import Layer
from swarmwire.control.testing import FakeManager

RUNNING = 512


def service_of(name, replicas, **ids):
    out = pb.Service(id=ids.get("id", "0123456789abcdefghijklmno"))
    out.meta.version.index = 20
    out.spec_version.index = 10
    out.spec.annotations.name = name
    out.spec.replicated.replicas = replicas
    out.spec.task.container.image = "x:1"
    return out


def task_of(service, slot, *, state=RUNNING, desired=RUNNING, name=None, node="node"):
    out = pb.Task(id=name or f"task{slot}", service_id=service.id, slot=slot, node_id=node)
    out.desired_state = desired
    out.status.state = state
    out.spec.CopyFrom(service.spec.task)
    out.spec_version.CopyFrom(service.spec_version)
    out.job_iteration.CopyFrom(service.job_status.job_iteration)
    return out


def created(fake, spec):
    """The service that the manager in memory makes of a spec, as it is stored at last."""
    with sync.blocking(fake) as control:
        service = control.create_service(pb.CreateServiceRequest(spec=spec)).service
        return control.get_service(pb.GetServiceRequest(service_id=service.id)).service


class Unsteady(Layer):
    """A manager in memory to which something happens just before, or after, a method is called.

    ``events`` are done one per call of that method; one that is an exception is raised.
    """

    def __init__(self, inner: FakeManager) -> None:
        super().__init__(inner)
        self.fake = inner
        self.before: dict[str, list[Any]] = {}
        self.after: dict[str, list[Any]] = {}

    async def unary(self, method, request):
        name = method.place.partition("/")[2]
        self._happen(self.before, name)
        answer = await super().unary(method, request)
        self._happen(self.after, name)
        return answer

    def _happen(self, events, name):
        if not events.get(name):
            return
        event = events[name].pop(0)
        if isinstance(event, Exception):
            raise event
        if event is not None:
            event()


def label(key, value):
    return lambda spec: spec.annotations.labels.update({key: value})


def meanwhile(fake, change):
    """Somebody else changes the service."""

    def do():
        (found,) = fake.fake.objects("service")
        found.spec_version.CopyFrom(found.meta.version)
        found.previous_spec.CopyFrom(found.spec)
        change(found.spec)
        fake.fake.put(found)

    return do


def stored(fake):
    (found,) = fake.fake.objects("service")
    return found
