"""What ``docker stack deploy`` sends of a stack: the bodies of all its objects.

Source: docker/cli cli/command/stack/deploy_composefile.go and common.go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from swarmwire import engine
from swarmwire.errors import DecodeError, StackError
from swarmwire.releases import AnyRelease, as_release
from swarmwire.rules.go_text import WHITE_SPACE, quote
from swarmwire.stack.body.file_objects import file_object_bodies
from swarmwire.stack.body.networks import networks_of
from swarmwire.stack.body.references import Ids
from swarmwire.stack.body.refusal import Refusal
from swarmwire.stack.body.service import service_body
from swarmwire.stack.forms.objects import FileObject
from swarmwire.stack.loading import Stack
from swarmwire.stack.places import Located, plain
from swarmwire.stack.source_map import Kind, SourceMap, place_in

_Body = TypeVar("_Body", bound=engine.EngineObject)
_WithData = TypeVar("_WithData", engine.SecretSpec, engine.ConfigSpec)


@dataclass(frozen=True)
class Bodies:
    """The bodies of a stack's objects, without what differs from swarm to swarm.

    Attributes:
        services: by the service's own name, without the stack's.
        networks: by full name. As in the docker command's own reader, a driver that is not given
            is ``""``; on the way to the engine, ``docker stack deploy`` makes it ``overlay``.
        external_networks: the full names of the networks that must be there; sorted.
        secrets: with their data, in the order of the file.
        configs: with their data, in the order of the file.
        source_map: where every field of every body came from. Services and networks go by their
            keys above, secrets and configs by full name.
    """

    services: dict[str, engine.ServiceSpec]
    networks: dict[str, engine.NetworkCreateRequest]
    external_networks: tuple[str, ...]
    secrets: tuple[engine.SecretSpec, ...]
    configs: tuple[engine.ConfigSpec, ...]
    source_map: SourceMap


def bodies(
    loaded: Stack,
    name: str,
    *,
    secret_ids: Mapping[str, str],
    config_ids: Mapping[str, str],
    release: AnyRelease = None,
) -> Bodies:
    """The bodies of a stack's objects.

    Args:
        loaded: what ``load`` gave; its ``read`` is asked for files of secrets and configs.
        name: the stack's name.
        secret_ids: ids of secrets in the swarm, by full name; of those that services use.
        config_ids: the same of configs.
        release: that of the docker command, which has an order of ports of its own before 29; the
            newest unless it is given. In all else, the newest is meant: see docs/fidelity.md.

    Raises:
        UnknownRelease: there is no such release.
        StackError: what the docker command refuses: a name without letters, files of secrets and
            configs, then services. Networks are never refused here.
    """
    possible, refused = possible_bodies(
        loaded, name, secret_ids=secret_ids, config_ids=config_ids, release=release
    )
    if refused:
        raise refused[0]
    return possible


def possible_bodies(
    loaded: Stack,
    name: str,
    *,
    secret_ids: Mapping[str, str],
    config_ids: Mapping[str, str],
    release: AnyRelease = None,
) -> tuple[Bodies, tuple[StackError, ...]]:
    """The bodies of those objects that have one, and why the others do not.

    Args:
        loaded: as for ``bodies``.
        name: as for ``bodies``.
        secret_ids: as for ``bodies``.
        config_ids: as for ``bodies``.
        release: as for ``bodies``.

    Returns:
        The bodies, and what ``bodies`` would raise of each object, the first first.
    """
    command, ids = as_release(release), Ids(secret_ids, config_ids)
    refused: list[StackError] = []
    if (unnamed := name_error(name)) is not None:
        refused.append(unnamed)
    making = _Making(name, refused)
    networks, external = networks_of(name, loaded.sections)
    made = Bodies({}, {}, external, (), (), making.sources)
    for full_name, body in networks.items():
        making.add(made.networks, "networks", full_name, body, engine.NetworkCreateRequest)
    secrets = making.file_objects("secret", loaded, engine.SecretSpec)
    configs = making.file_objects("config", loaded, engine.ConfigSpec)
    for own_name in loaded.sections.services:
        try:
            body = service_body(name, own_name, loaded.sections, ids, command)
        except Refusal as err:
            refused.append(err.error(f"service {own_name}: ", f"services.{own_name}"))
            continue
        making.add(made.services, "services", own_name, body, engine.ServiceSpec)
    return replace(made, secrets=secrets, configs=configs), tuple(refused)


def name_error(name: str) -> StackError | None:
    """Why the docker command refuses a name for a stack; None if it does not.

    Managers refuse many more, as parts of the names of networks and services.
    """
    if name.strip(WHITE_SPACE + "\"'"):
        return None
    return StackError("convert", f"invalid stack name: {quote(name)}")


class _Making:
    """Bodies in the making: their places, and what is refused."""

    def __init__(self, stack: str, refused: list[StackError]) -> None:
        self.sources = SourceMap()
        self._stack = stack
        self._refused = refused

    def add(
        self, bodies: dict[str, _Body], kind: Kind, name: str, body: Located, type_: type[_Body]
    ) -> None:
        """Add one body with its places."""
        try:
            bodies[name] = _decoded(body, type_)
        except StackError as err:
            self._refused.append(err)
            return
        self.sources.add(kind, name, body)

    def file_objects(
        self, kind: FileObject, loaded: Stack, type_: type[_WithData]
    ) -> tuple[_WithData, ...]:
        """The secrets or configs, with their data."""
        section = loaded.sections.secrets if kind == "secret" else loaded.sections.configs
        made: dict[str, _WithData] = {}
        for own_name, one in section.items():
            try:
                found = file_object_bodies(kind, self._stack, {own_name: one}, loaded.read)
            except StackError as err:
                self._refused.append(err)
                continue
            for full_name, (body, data) in found.items():
                self.add(made, "secrets" if kind == "secret" else "configs", full_name, body, type_)
                if full_name in made:
                    made[full_name].data = data
        return tuple(made.values())


def _decoded(body: Located, type_: type[_Body]) -> _Body:
    try:
        return engine.decode(msgspec.json.encode(plain(body)), type_)
    except DecodeError as err:
        # A number that fits into the docker command's types but not into the Engine API's.
        place = place_in(body, err.steps)
        raise StackError("convert", str(err), **place._asdict()) from None
