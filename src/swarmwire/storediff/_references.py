"""Specs with the ids of the other side: what a spec refers to is the same, though its id is new."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from swarmwire import pb

Ids = Mapping[str, str]
"""Ids there to ids here, of objects that are the same by name only."""

_Spec = TypeVar("_Spec", bound=pb.Message)

_NODE: Final = re.compile(r"(\s*node\.id\s*[=!]=\s*)(\S+)(\s*)", re.IGNORECASE)


def translated(spec: _Spec, ids: Ids) -> _Spec:
    """The spec with the ids of here; itself if it refers to nothing with a new id."""
    if not ids or not any(_id(*place) in ids for place in _places(spec)):
        return spec
    out = type(spec)()
    out.CopyFrom(spec)
    for owner, field, index in _places(out):
        old = _id(owner, field, index)
        new = ids.get(old, old)
        if index is None:
            setattr(owner, field, new)
        else:
            constraints = getattr(owner, field)
            constraints[index] = _with_node(constraints[index], new)
    return out


_Place = tuple[Any, str, int | None]
"""A field that holds an id, or an element of a list of texts that holds one within."""


def _places(spec: Any) -> Iterator[_Place]:
    if isinstance(spec, pb.ServiceSpec):
        yield from ((network, "target", None) for network in spec.networks)
        yield from _task_places(spec.task)
    elif isinstance(spec, pb.VolumeSpec):
        yield from ((secret, "secret", None) for secret in spec.secrets)


def _task_places(task: pb.TaskSpec) -> Iterator[_Place]:
    yield from ((network, "target", None) for network in task.networks)
    yield from ((each, "resource_id", None) for each in task.resource_references)
    for index, constraint in enumerate(task.placement.constraints):
        if _NODE.fullmatch(constraint):
            yield task.placement, "constraints", index
    if task.HasField("container"):
        container = task.container
        yield from ((secret, "secret_id", None) for secret in container.secrets)
        yield from ((config, "config_id", None) for config in container.configs)
        credentials = container.privileges.credential_spec
        if credentials.WhichOneof("source") == "config":
            yield credentials, "config", None


def _id(owner: Any, field: str, index: int | None) -> str:
    value = getattr(owner, field)
    if index is None:
        return str(value)
    found = _NODE.fullmatch(value[index])
    return "" if found is None else found[2]


def _with_node(constraint: str, node: str) -> str:
    return _NODE.sub(lambda found: f"{found[1]}{node}{found[3]}", constraint)
