"""Which object there is which one here: by id, and what is left over by name.

What a spec refers to is the same, though its id is new: so its ids are translated.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from swarmwire import pb
from swarmwire.raftstore.store import Kind, StoreObject, name_of
from swarmwire.spec import copied

Ids = Mapping[str, str]
"""Ids there to ids here, of objects that are the same by name only."""

_Spec = TypeVar("_Spec", bound=pb.Message)

_NODE: Final = re.compile(r"(\s*node\.id\s*[=!]=\s*)(\S+)(\s*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paired:
    """The objects of one kind: those of both sides, and those of one. Its repr shows none."""

    both: list[tuple[StoreObject, StoreObject]] = field(repr=False)
    only_here: list[StoreObject] = field(repr=False)
    only_there: list[StoreObject] = field(repr=False)


_BY_ID_ONLY: Final[frozenset[Kind]] = frozenset({"task"})
"""A task that was replaced is another one, though it is in the same place."""


def paired(kind: Kind, here: Mapping[str, StoreObject], there: Mapping[str, StoreObject]) -> Paired:
    """Pair the objects of one kind, in the order of ``here``."""
    partner = {id_: id_ for id_ in here if id_ in there}
    if kind not in _BY_ID_ONLY:
        partner |= _by_name(
            (one for id_, one in here.items() if id_ not in there),
            (one for id_, one in there.items() if id_ not in here),
        )
    taken = set(partner.values())
    return Paired(
        both=[(one, there[partner[id_]]) for id_, one in here.items() if id_ in partner],
        only_here=[one for id_, one in here.items() if id_ not in partner],
        only_there=[one for id_, one in there.items() if id_ not in taken],
    )


def _by_name(here: Iterable[StoreObject], there: Iterable[StoreObject]) -> dict[str, str]:
    """Ids here to ids there, for names that are there once on each side."""
    names_there = _unambiguous(there)
    return {
        one: names_there[name] for name, one in _unambiguous(here).items() if name in names_there
    }


def _unambiguous(objects: Iterable[StoreObject]) -> dict[str, str]:
    """Ids by name. Managers do not tell names apart by case; hosts of nodes may be called alike."""
    ids: dict[str, list[str]] = {}
    for one in objects:
        ids.setdefault(name_of(one).casefold(), []).append(one.id)
    return {name: found[0] for name, found in ids.items() if name and len(found) == 1}


def translated(spec: _Spec, ids: Ids) -> _Spec:
    """The spec with the ids of here; itself if it refers to nothing with a new id."""
    if not ids or not any(_id(*place) in ids for place in _places(spec)):
        return spec
    out = copied(spec)
    for owner, attribute, index in _places(out):
        old = _id(owner, attribute, index)
        new = ids.get(old, old)
        if index is None:
            setattr(owner, attribute, new)
        else:
            constraints = getattr(owner, attribute)
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


def _id(owner: Any, attribute: str, index: int | None) -> str:
    value = getattr(owner, attribute)
    if index is None:
        return str(value)
    found = _NODE.fullmatch(value[index])
    return "" if found is None else found[2]


def _with_node(constraint: str, node: str) -> str:
    return _NODE.sub(lambda found: f"{found[1]}{node}{found[3]}", constraint)
