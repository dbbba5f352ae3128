"""References of a service to other objects: where they stand, where they lead. Pure.

Source: SwarmKit api/specs.proto and types.proto; manager/controlapi/service.go says which of them
a manager checks.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.bundle.restore.comparison import UNREADABLE_PAYLOAD, is_unsure
from swarmwire.bundle.restore.steps import Key, Kind, Target, Targets
from swarmwire.bundle.restore.swarm import Destination, name_of

_RESOURCES: Final[dict[int, Kind]] = {
    pb.ResourceType.Value("SECRET"): "secret",
    pb.ResourceType.Value("CONFIG"): "config",
}


class Reference(NamedTuple):
    """One reference: to what, and the fields that hold it."""

    kind: Kind
    owner: Any
    id_field: str
    name_field: str = ""

    @property
    def id(self) -> str:
        """The id that it holds."""
        found: str = getattr(self.owner, self.id_field)
        return found

    @property
    def name(self) -> str:
        """The name that it holds; nothing if such references hold none."""
        return getattr(self.owner, self.name_field) if self.name_field else ""

    @property
    def key(self) -> Key:
        """What it leads to in the dead swarm."""
        return self.kind, self.id


def places(spec: pb.ServiceSpec) -> Iterator[Reference]:
    """Every reference of a service."""
    for attachment in (*spec.task.networks, *spec.networks):
        yield Reference("network", attachment, "target")
    if spec.task.WhichOneof("runtime") == "container":
        yield from _of_container(spec.task.container)
    for reference in spec.task.resource_references:
        kind = _RESOURCES.get(reference.resource_type)
        if kind is not None:
            yield Reference(kind, reference, "resource_id")


def _of_container(container: pb.ContainerSpec) -> Iterator[Reference]:
    for secret in container.secrets:
        yield Reference("secret", secret, "secret_id", "secret_name")
    for config in container.configs:
        yield Reference("config", config, "config_id", "config_name")
    credentials = container.privileges.credential_spec
    if credentials.WhichOneof("source") == "config" and credentials.config:
        yield Reference("config", credentials, "config")


def mapped(spec: pb.ServiceSpec, targets: Targets) -> tuple[pb.ServiceSpec, tuple[str, ...]]:
    """A copy whose references lead into the new swarm, and why some lead nowhere, once each.

    A reference that leads nowhere is left as it is.
    """
    out = pb.ServiceSpec()
    out.CopyFrom(spec)
    lost = []
    for place in list(places(out)):
        target = targets.found.get(place.key)
        if target is None:
            lost.append(targets.missing.get(place.key) or _unknown(place))
            continue
        setattr(place.owner, place.id_field, target.id)
        if place.name_field:
            setattr(place.owner, place.name_field, target.name)
    return out, tuple(dict.fromkeys(lost))


def _unknown(place: Reference) -> str:
    return f"{place.kind} {place.id or place.name} is not in the bundle"


def adopt(spec: pb.ServiceSpec, to: Destination, targets: Targets) -> Iterator[str]:
    """Let references to what the bundle lacks lead to what the swarm has under that name.

    Networks, secrets and configs that were not recovered can so be made by hand before the
    services. Yields what one should know of each.
    """
    for place in places(spec):
        if place.key in targets.found or place.key in targets.missing:
            continue
        name = place.name
        if place.kind == "network":
            # an edited service may name its networks
            name = to.network_names.get(place.id, place.id)
        found = to.swarm.named(place.kind, name) if name else None
        if found is None:
            if name and name != place.id:
                reason = f"{place.kind} {name} is neither in the bundle nor in the swarm"
                targets.missing[place.key] = reason
            continue
        targets.found[place.key] = Target(found.id, name_of(found))
        text = f"{place.kind} {name} is not in the bundle: that of the swarm is used"
        yield f"{text}; {UNREADABLE_PAYLOAD}" if is_unsure(found, ours=False) else text
