"""What a deploy of a stack file sends to a manager, as the docker command and an engine make it.

Pure. Source: docker/cli cli/command/stack/deploy_composefile.go, createNetworks, deployServices;
moby client/service_create.go and service_update.go.
"""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, Final, NamedTuple

from swarmwire import engine, pb
from swarmwire.convert import (
    config_spec_to_grpc,
    network_create_to_grpc,
    secret_spec_to_grpc,
    service_spec_to_grpc,
)
from swarmwire.images import tagged_image
from swarmwire.plan import with_credentials
from swarmwire.releases import AnyRelease
from swarmwire.spec import field_differences
from swarmwire.stack.body.building import IMAGE

_DRIVER: Final = "overlay"
_GATEWAY: Final = "IPAMConfig.gateway"


class DeployedImage(NamedTuple):
    """The image that a service is sent with, and what its nodes must be.

    Attributes:
        name: its reference.
        platforms: architecture and operating system of each platform that will do; nothing if any
            does.
    """

    name: str
    platforms: tuple[tuple[str, str], ...] = ()


def deployed_service(
    body: engine.ServiceSpec,
    stored: pb.Service | None,
    network_ids: Mapping[str, str],
    release: AnyRelease,
    image: DeployedImage | None = None,
) -> pb.ServiceSpec:
    """The spec that a deploy sends for a service.

    Args:
        body: the body that the stack file makes; it is changed.
        stored: the service as it is; None if it is new.
        network_ids: ids of networks by name; what is not in it stays as it stands.
        release: the engine of the manager that is asked.
        image: the image; without it, the one that ``--resolve-image changed`` takes where no
            registry can be asked.

    Raises:
        FieldError: the engine refuses the body.
    """
    container = body.task_template.container_spec
    assert container is not None  # a stack has no other services
    if image is None:
        image = unresolved_image(container.image, stored)
    container.image = image.name
    if image.platforms:
        placement = body.task_template.placement or engine.Placement()
        placement.platforms = [
            engine.Platform(architecture=architecture, os=os)
            for architecture, os in image.platforms
        ]
        body.task_template.placement = placement
    if stored is not None:
        body.task_template.force_update = stored.spec.task.force_update
    taken = engine.adjust_for_api_version(body, "", release=release)
    spec = service_spec_to_grpc(taken, release=release)
    for attachment in spec.task.networks:
        attachment.target = network_ids.get(attachment.target, attachment.target)
    return spec if stored is None else with_credentials(stored.spec, spec)


def unresolved_image(written: str, stored: pb.Service | None) -> DeployedImage:
    """The image of a service where no registry is asked.

    That of the last deploy, if the file still names the same, with the digest that it got then.
    """
    if stored is not None and stored.spec.annotations.labels.get(IMAGE) == written:
        return DeployedImage(tagged_image(stored.spec.task.container.image))
    return DeployedImage(tagged_image(written))


def deployed_network(body: engine.NetworkCreateRequest, release: AnyRelease) -> pb.NetworkSpec:
    """The spec of a network that a deploy makes where there is none.

    Raises:
        FieldError: the engine refuses the body.
    """
    return network_create_to_grpc(network_request(body), release=release)


def object_gaps(stored: Any, wanted: Any) -> tuple[str, ...]:
    """The paths of what is otherwise in the spec of an object than a deploy would make it.

    A manager writes the gateway that it chose, the first address of its subnet, into the spec: that
    is no difference.
    """
    chosen = _first_addresses(stored) if isinstance(stored, pb.NetworkSpec) else frozenset()
    return tuple(
        each.path
        for each in field_differences(stored, wanted)
        if not (each.operation == "removed" and each.key == _GATEWAY and each.old in chosen)
    )


def _first_addresses(spec: pb.NetworkSpec) -> frozenset[str]:
    found = set()
    for config in spec.ipam.configs:
        try:
            subnet = ip_network(config.subnet, strict=False)
        except ValueError:
            continue
        found.add(str(next(subnet.hosts(), "")))
    return frozenset(found)


def network_request(body: engine.NetworkCreateRequest) -> engine.NetworkCreateRequest:
    """The body as the docker command sends it; it is changed."""
    body.driver = body.driver or _DRIVER
    return body


def deployed_file(
    body: engine.SecretSpec | engine.ConfigSpec, release: AnyRelease
) -> pb.SecretSpec | pb.ConfigSpec:
    """The spec that a deploy stores for a secret or config.

    Raises:
        FieldError: the engine refuses the body.
    """
    if isinstance(body, engine.SecretSpec):
        return secret_spec_to_grpc(body, release=release)
    return config_spec_to_grpc(body, release=release)
