"""Requests that tests send."""

import secrets

from swarmwire import pb
from tests.support.dockerd import IMAGE

CREATE, UPDATE, REMOVE = 1, 2, 4


def unique(word):
    """A name that no other test uses: the real manager outlives them."""
    return f"{word}-{secrets.token_hex(6)}"


def service_spec(name=None, replicas=0, *command, **container):
    spec = pb.ServiceSpec()
    spec.annotations.name = name or unique("service")
    spec.task.container.MergeFrom(pb.ContainerSpec(image=IMAGE, command=command, **container))
    spec.task.container.stop_grace_period.SetInParent()
    spec.replicated.replicas = replicas
    return spec


def create_service(spec):
    return pb.CreateServiceRequest(spec=spec)


def update_service(service, spec=None, **more):
    return pb.UpdateServiceRequest(
        service_id=service.id,
        service_version=service.meta.version,
        spec=spec or service.spec,
        **more,
    )


def data_spec(message=pb.SecretSpec, name=None, data=b"data", **labels):
    annotations = pb.Annotations(name=name or unique("data"), labels=labels)
    return message(annotations=annotations, data=data)


def watch(kind, action=7, **more):
    entry = pb.WatchRequest.WatchEntry(kind=kind, action=action)
    return pb.WatchRequest(entries=[entry], **more)


async def get_service(manager, id_, **more):
    answer = await manager.get_service(pb.GetServiceRequest(service_id=id_, **more))
    return answer.service


async def created(manager, spec):
    """The new service, once the allocator has had its hands on it."""
    answer = await manager.create_service(create_service(spec))
    service = answer.service
    while spec.HasField("endpoint") and not service.HasField("endpoint"):
        service = await get_service(manager, service.id)
    return service
