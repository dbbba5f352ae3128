"""Services: what a manager refuses because of what it stores.

A port that another service has, a secret that is not there, a name that is taken. ``Stored`` is as
much of the store as is known; of the rest nothing is said.

Source: SwarmKit manager/controlapi/service.go, CreateService and UpdateService.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect
from swarmwire.networks import is_ingress
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.releases.quirks import does
from swarmwire.rules._problems import Problems, invalid, raise_first
from swarmwire.rules.go_text import lower
from swarmwire.rules.service import service_spec_problems, service_spec_update_problems

_INGRESS: Final = pb.PortConfig.INGRESS
_HOST: Final = pb.PortConfig.HOST
_DEPRECATED_NETWORKS: Final = "Networks"


class Stored(NamedTuple):
    """What a manager stores beside the service in question; None is what is not known.

    Attributes:
        services: all services; the one that is updated may be among them.
        secrets: all secrets; their IDs and names are enough.
        configs: all configs, likewise.
        networks: all networks.
    """

    services: Sequence[pb.Service] | None = None
    secrets: Sequence[pb.Secret] | None = None
    configs: Sequence[pb.Config] | None = None
    networks: Sequence[pb.Network] | None = None


NOTHING_KNOWN: Final = Stored()


def validate_service_create(
    spec: pb.ServiceSpec | None, stored: Stored, *, release: AnyRelease = None
) -> None:
    """Accept or refuse a new service as a manager does.

    Raises:
        InvalidSpec: the first problem, with the manager's code and words.
    """
    raise_first(_create_problems(spec, stored, as_release(release)))


def service_create_problems(
    spec: pb.ServiceSpec | None, stored: Stored, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a new service, in the order in which a manager looks for them."""
    return list(_create_problems(spec, stored, as_release(release)))


def validate_service_update(
    current: pb.Service,
    spec: pb.ServiceSpec | None,
    stored: Stored,
    *,
    rollback: bool = False,
    release: AnyRelease = None,
) -> None:
    """Accept or refuse an update of a service as a manager does.

    Args:
        current: the service as it is stored.
        spec: the spec of the request; of a rollback it is checked too, and then passed over.
        stored: what else is stored.
        rollback: whether the request asks for the spec before.
        release: the engine of the manager; the newest unless it is given.

    Raises:
        InvalidSpec: the first problem, with the manager's code and words.
    """
    expect(pb.Service, current)
    raise_first(_update_problems(current, spec, stored, as_release(release), rollback=rollback))


def service_update_problems(
    current: pb.Service,
    spec: pb.ServiceSpec | None,
    stored: Stored,
    *,
    rollback: bool = False,
    release: AnyRelease = None,
) -> list[InvalidSpec]:
    """Every problem of an update, in the order in which a manager looks for them."""
    expect(pb.Service, current)
    return list(_update_problems(current, spec, stored, as_release(release), rollback=rollback))


def _create_problems(spec: pb.ServiceSpec | None, stored: Stored, release: Release) -> Problems:
    yield from service_spec_problems(spec, release=release)
    if spec is None:
        return
    own = does(release, "ingress-in-own-networks")
    yield from _ingress_problems(spec.networks if own else spec.task.networks, stored, own=own)
    yield from _port_problems(spec, stored, pb.Service(spec=spec), is_new=True)
    yield from _no_ingress_problems(spec, stored)
    yield from _missing_problems(spec, stored)
    yield from _name_problems(spec, stored, release)


def _update_problems(
    current: pb.Service,
    spec: pb.ServiceSpec | None,
    stored: Stored,
    release: Release,
    *,
    rollback: bool,
) -> Problems:
    yield from service_spec_problems(spec, release=release)
    if spec is None:
        return
    if not does(release, "ingress-in-own-networks"):
        yield from _ingress_problems(spec.task.networks, stored)
    if spec.HasField("endpoint") and spec.endpoint != current.spec.endpoint:
        yield from _port_problems(spec, stored, current)
    changes = service_spec_update_problems(current.spec, spec, release=release)
    # the change of the deprecated networks comes first, of mode and name last
    yield from (change for change in changes if change.path == _DEPRECATED_NETWORKS)
    yield from _missing_problems(spec, stored)
    yield from (change for change in changes if change.path != _DEPRECATED_NETWORKS)
    after = spec
    if rollback:
        if not current.HasField("previous_spec"):
            reason = f"service {current.id} does not have a previous spec"
            yield InvalidSpec("FailedPrecondition", reason, kind="missing")
            return
        after = current.previous_spec
    yield from _no_ingress_problems(after, stored)


def _ingress_problems(
    attachments: Sequence[pb.NetworkAttachmentConfig], stored: Stored, *, own: bool = False
) -> Problems:
    """No service joins the ingress network by itself. Source: validateNetworks."""
    names = {
        network.id: network.spec.annotations.name
        for network in stored.networks or ()
        if is_ingress(network)
    }
    steps: tuple[str, ...] = ("Networks",) if own else ("TaskTemplate", "Networks")
    for index, attachment in enumerate(attachments):
        if attachment.target in names:
            reason = "Service cannot be explicitly attached to the ingress network"
            name = names[attachment.target]
            yield invalid(f'{reason} "{name}"', *steps, index, "Target", kind="conflict")


def _port_problems(
    spec: pb.ServiceSpec, stored: Stored, service: pb.Service, *, is_new: bool = False
) -> Problems:
    """No port that another service publishes. Source: checkPortConflicts."""
    wanted = [
        (index, port) for index, port in enumerate(spec.endpoint.ports) if port.published_port
    ]
    if not wanted:
        return
    said: set[str] = set()
    for other in sorted(stored.services or (), key=lambda one: one.id):
        if not is_new and _is_same(other, service):
            continue
        for taken in (*other.spec.endpoint.ports, *other.endpoint.ports):
            for index, port in wanted:
                if not _conflict(taken, port):
                    continue
                how = (
                    "an ingress port" if taken.publish_mode == _INGRESS else "a host-published port"
                )
                reason = (
                    f"port '{port.published_port}' is already in use by service"
                    f" '{other.spec.annotations.name}' ({other.id}) as {how}"
                )
                if reason not in said:
                    said.add(reason)
                    yield invalid(reason, "EndpointSpec", "Ports", index, kind="conflict")


def _is_same(one: pb.Service, other: pb.Service) -> bool:
    """Whether they are one service; one whose ID is not known goes by its name."""
    if other.id:
        return one.id == other.id
    return one.spec.annotations.name == other.spec.annotations.name


def _conflict(taken: pb.PortConfig, port: pb.PortConfig) -> bool:
    same = (taken.published_port, taken.protocol) == (port.published_port, port.protocol)
    return same and not taken.publish_mode == port.publish_mode == _HOST


def _no_ingress_problems(spec: pb.ServiceSpec, stored: Stored) -> Problems:
    """A port in the routing mesh needs the ingress network."""
    if stored.networks is None or any(is_ingress(network) for network in stored.networks):
        return
    for index, port in enumerate(spec.endpoint.ports):
        if port.publish_mode == _INGRESS:
            reason = "service needs ingress network, but no ingress network is present"
            steps = ("EndpointSpec", "Ports", index)
            yield InvalidSpec("FailedPrecondition", reason, *steps, kind="missing")
            return


def _missing_problems(spec: pb.ServiceSpec, stored: Stored) -> Problems:
    """Secrets, then configs: each is found by its ID and has the name that is given.

    Source: checkSecretExistence, checkConfigExistence.
    """
    container = spec.task.container
    secrets = [(one.secret_id, one.secret_name) for one in container.secrets]
    configs = [(one.config_id, one.config_name) for one in container.configs]
    yield from _missing(secrets, stored.secrets, "secret")
    yield from _missing(configs, stored.configs, "config")


def _missing(
    references: Sequence[tuple[str, str]], known: Sequence[Any] | None, kind: str
) -> Iterator[InvalidSpec]:
    if not references or known is None:
        return
    names = {one.id: one.spec.annotations.name for one in known}
    missing = [
        (index, name) for index, (id_, name) in enumerate(references) if names.get(id_) != name
    ]
    if missing:
        kinds = kind if len(missing) == 1 else f"{kind}s"
        reason = f"{kinds} not found: {', '.join(name for _, name in missing)}"
        steps = ("TaskTemplate", "ContainerSpec", f"{kind.capitalize()}s", missing[0][0])
        yield invalid(reason, *steps, kind="missing")


def _name_problems(spec: pb.ServiceSpec, stored: Stored, release: Release) -> Problems:
    """No two services have one name, in whatever case. Source: store.CreateService."""
    name = spec.annotations.name
    if not any(lower(one.spec.annotations.name) == lower(name) for one in stored.services or ()):
        return
    code, reason = "AlreadyExists", "name conflicts with an existing object"
    if does(release, "bare-name-conflict"):
        code = "Unknown"
    else:
        reason += f": service {name} already exists"
    yield InvalidSpec(code, reason, "Name", kind="conflict")
