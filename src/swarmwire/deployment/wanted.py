"""From stack files to the bodies for one swarm: ids of what is there, names for what is new. Pure.

What does not exist yet goes by an id that no manager gives; ``Identities.put_in`` puts the real one
in its place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from swarmwire import pb
from swarmwire.deployment.parts import PartKind
from swarmwire.deployment.rotation import rotated_names
from swarmwire.deployment.swarm import SwarmNow
from swarmwire.errors import StackError
from swarmwire.releases import AnyRelease
from swarmwire.stack import Bodies, Stack, possible_bodies
from swarmwire.stack.body.building import scoped
from swarmwire.stack.forms.objects import is_external, text_of
from swarmwire.stack.places import Located

_NEW: Final = "new:"
"""Begins the ids of objects that are only planned: no manager gives such ones."""


def planned_id(kind: PartKind, name: str) -> str:
    """The id of an object that is yet to be made."""
    return f"{_NEW}{kind}:{name}"


@dataclass
class Identities:
    """The ids that managers gave to objects which were only planned, by what they went by."""

    given: dict[str, str] = field(default_factory=dict)

    def add(self, kind: PartKind, name: str, id_: str) -> None:
        """Remember the id of an object that has been made."""
        self.given[planned_id(kind, name)] = id_

    def put_in(self, spec: pb.ServiceSpec) -> pb.ServiceSpec:
        """A copy of the spec with real ids.

        Raises:
            KeyError: an object has not been made.
        """
        out = pb.ServiceSpec()
        out.CopyFrom(spec)
        for attachment in out.task.networks:
            attachment.target = self._real(attachment.target)
        for secret in out.task.container.secrets if out.task.HasField("container") else ():
            secret.secret_id = self._real(secret.secret_id)
        for config in out.task.container.configs if out.task.HasField("container") else ():
            config.config_id = self._real(config.config_id)
        return out

    def _real(self, id_: str) -> str:
        return self.given[id_] if id_.startswith(_NEW) else id_


@dataclass(frozen=True)
class WantedStack:
    """What a stack is to become.

    Attributes:
        bodies: the bodies of its objects.
        secrets: the names of its own secrets, also of those that are refused.
        configs: the same of configs.
        rotated: the names with a digest, by the names without.
        refused: what the docker command refuses.
    """

    bodies: Bodies = field(repr=False)
    secrets: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    rotated: dict[str, str] = field(default_factory=dict)
    refused: tuple[StackError, ...] = ()


def wanted_stack(
    loaded: Stack, swarm: SwarmNow, *, rotate: bool = False, release: AnyRelease = None
) -> WantedStack:
    """The bodies of a stack for a swarm, and everything that the docker command refuses of it.

    Args:
        loaded: what ``stack.load`` gave.
        swarm: what the swarm has.
        rotate: whether names of secrets and configs get a digest of their content.
        release: that of the docker command, whose order of ports is kept.
    """
    # Which secrets and configs there will be, is known only once their files were read.
    drafts, _ = possible_bodies(loaded, swarm.stack, secret_ids=_AnyId(), config_ids=_AnyId())
    rotated = rotated_names(drafts) if rotate else {}
    secrets = _own_names(swarm.stack, loaded.sections.secrets)
    configs = _own_names(swarm.stack, loaded.sections.configs)
    bodies, refused = possible_bodies(
        loaded,
        swarm.stack,
        secret_ids=_ids("secret", swarm.secrets, secrets, rotated),
        config_ids=_ids("config", swarm.configs, configs, rotated),
        release=release,
    )
    if rotated:
        _rename(bodies, rotated)
    return WantedStack(
        bodies,
        tuple(rotated.get(name, name) for name in secrets),
        tuple(rotated.get(name, name) for name in configs),
        rotated,
        refused,
    )


def _own_names(stack: str, section: Mapping[str, Located]) -> list[str]:
    """The full names of secrets or configs of the stack's own."""
    return [
        text_of(one, "name") or scoped(stack, own_name)
        for own_name, one in section.items()
        if not is_external(one)
    ]


class _AnyId(dict[str, str]):
    """Ids of all secrets and configs, whether they are there or not."""

    def __missing__(self, name: str) -> str:
        return name


def _ids(
    kind: PartKind,
    stored: Iterable[pb.Secret | pb.Config],
    own: Iterable[str],
    rotated: Mapping[str, str],
) -> dict[str, str]:
    """Ids by the names that the files know; also of what is refused, which is told elsewhere."""
    known = {one.spec.annotations.name: one.id for one in stored}
    found = dict(known)
    for before in own:
        name = rotated.get(before, before)
        found[before] = known.get(name) or planned_id(kind, name)
    return found


def _rename(bodies: Bodies, rotated: Mapping[str, str]) -> None:
    own: Iterable[Any] = (*bodies.secrets, *bodies.configs)
    for one in own:
        one.name = rotated.get(one.name, one.name)
    for service in bodies.services.values():
        container: Any = service.task_template.container_spec
        for secret in container.secrets or ():
            secret.secret_name = rotated.get(secret.secret_name, secret.secret_name)
        for config in container.configs or ():
            config.config_name = rotated.get(config.config_name, config.config_name)
        # As the docker command sorts them, so that their order restarts nothing.
        (container.secrets or []).sort(key=lambda one: one.secret_name)
        (container.configs or []).sort(key=lambda one: one.config_name)
