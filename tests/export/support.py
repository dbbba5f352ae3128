"""What the tests of exports share: a swarm that stores what a stack file makes."""

from swarmwire import convert, export, pb
from swarmwire.errors import FieldError
from swarmwire.images import tagged_image


def network(name, body=None):
    """A network as a manager stores it; without a body, one of somebody else's."""
    found = pb.Network(id=f"n{name}".ljust(25, "0"))
    if body is None:
        found.spec.annotations.name = name
        return found
    body.driver = body.driver or "overlay"
    found.spec.CopyFrom(convert.network_create_to_grpc(body))
    return found


def service(spec, networks):
    """A service as a manager stores it: networks by id."""
    for attachment in spec.task.networks:
        attachment.target = networks[attachment.target].id
    return pb.Service(id=f"s{spec.annotations.name}".ljust(25, "0"), spec=spec)


def deployed(bodies):
    """The swarm after a deploy of bodies; services that the engine refuses are not in it."""
    names = {each.target for one in bodies.services.values() for each in one.task_template.networks}
    networks = {name: network(name, bodies.networks.get(name)) for name in sorted(names)}
    services = []
    for body in bodies.services.values():
        container = body.task_template.container_spec
        # every client sends a tag
        container.image = tagged_image(container.image)
        try:
            spec = convert.service_spec_to_grpc(body)
        except FieldError:
            continue
        services.append(service(spec, networks))
    return export.KnownSwarm(
        services=tuple(services),
        networks=tuple(networks.values()),
        secrets=tuple(pb.Secret(spec=convert.secret_spec_to_grpc(one)) for one in bodies.secrets),
        configs=tuple(pb.Config(spec=convert.config_spec_to_grpc(one)) for one in bodies.configs),
    )


def exported(swarm, stack="st", choice=None, **around):
    """The export of all services of a swarm."""
    return export.export(swarm, stack, swarm.services, choice or export.ExportChoice(), **around)


def stored(change=lambda spec: None, name="st_web", **around):
    """A swarm with one service of the stack ``st``, as a deploy stores it, and a change to it."""
    spec = pb.ServiceSpec()
    labels = {"com.docker.stack.namespace": "st", "com.docker.stack.image": "nginx:1.27"}
    spec.annotations.name = name
    spec.annotations.labels.update(labels)
    container = spec.task.container
    container.image = "nginx:1.27"
    container.labels["com.docker.stack.namespace"] = "st"
    container.privileges.SetInParent()
    spec.task.resources.SetInParent()
    spec.task.placement.SetInParent()
    spec.task.networks.add(target="nst_default".ljust(25, "0"), aliases=["web"])
    spec.replicated.replicas = 2
    spec.endpoint.SetInParent()
    change(spec)
    default = network("st_default")
    default.spec.annotations.labels["com.docker.stack.namespace"] = "st"
    default.spec.driver_config.name = "overlay"
    around.setdefault("networks", (default,))
    return export.KnownSwarm((pb.Service(id="sst_web".ljust(25, "0"), spec=spec),), **around)


def unsaid(found):
    """The paths of what the only service of an export cannot say."""
    return [each.path for each in found.proof.services[0].unsaid]
