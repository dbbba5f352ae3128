"""Credentials for registries: out of the services into one file of their own, and back. Pure.

An engine gets them in a header of the request that creates or updates a service, and keeps them in
the spec; the spec before it has those of its time.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress

import msgspec

from swarmwire import pb

_INDENT = 2


class Credential(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The credentials of one service. Its repr hides them.

    Attributes:
        service: the name of the service.
        id: its id.
        server: the registry, for people.
        username: who logs in there, for people.
        auth: the value of the header ``X-Registry-Auth``.
        previous_auth: the one of the spec before.
    """

    service: str
    id: str
    server: str = ""
    username: str = ""
    auth: str = ""
    previous_auth: str = ""

    def __repr__(self) -> str:
        return f"Credential(service={self.service!r}, id={self.id!r})"


class _Header(msgspec.Struct):
    serveraddress: str = ""
    username: str = ""


def auth_of(spec: pb.ServiceSpec) -> str:
    """The header that a spec keeps; nothing without one."""
    return spec.task.container.pull_options.registry_auth


def holds_login(spec: pb.ServiceSpec) -> bool:
    """Whether a spec keeps credentials; a client that has none for a registry sends ``{}``."""
    auth = auth_of(spec)
    with suppress(msgspec.MsgspecError, ValueError):
        return bool(msgspec.json.decode(_decoded(auth), type=dict[str, object])) if auth else False
    return True


def without_credentials(service: pb.Service) -> pb.Service:
    """The service without credentials, in its previous spec neither; itself if it has none."""
    if not any(spec.task.container.HasField("pull_options") for spec in _specs(service)):
        return service
    out = pb.Service()
    out.CopyFrom(service)
    for spec in _specs(out):
        if spec.task.HasField("container"):
            spec.task.container.ClearField("pull_options")
    return out


def _specs(service: pb.Service) -> Iterator[pb.ServiceSpec]:
    yield service.spec
    if service.HasField("previous_spec"):
        yield service.previous_spec


def write_credentials(services: Iterable[pb.Service]) -> bytes:
    """The file of the credentials of these services; nothing if they have none."""
    found = [_credential(each) for each in services if any(map(auth_of, _specs(each)))]
    return msgspec.json.format(msgspec.json.encode(found), indent=_INDENT) + b"\n" if found else b""


def _credential(service: pb.Service) -> Credential:
    auth = auth_of(service.spec)
    header = _Header()
    with suppress(msgspec.MsgspecError, ValueError):
        header = msgspec.json.decode(_decoded(auth), type=_Header)
    return Credential(
        service=service.spec.annotations.name,
        id=service.id,
        server=header.serveraddress,
        username=header.username,
        auth=auth,
        previous_auth=auth_of(service.previous_spec),
    )


def _decoded(auth: str) -> bytes:
    return urlsafe_b64decode(auth + "=" * (-len(auth) % 4))


def put_back(services: Iterable[pb.Service], data: bytes) -> None:
    """Give services their credentials again, from the file.

    Raises:
        ValidationError, DecodeError: msgspec's own; it is no such file.
    """
    by_id = {each.id: each for each in msgspec.json.decode(data, type=list[Credential])}
    for service in services:
        found = by_id.get(service.id)
        if found is None:
            continue
        _give(service.spec, found.auth)
        if service.HasField("previous_spec"):
            _give(service.previous_spec, found.previous_auth)


def _give(spec: pb.ServiceSpec, auth: str) -> None:
    if auth and spec.task.HasField("container"):
        spec.task.container.pull_options.registry_auth = auth
