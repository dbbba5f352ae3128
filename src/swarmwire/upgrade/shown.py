"""What inspect shows of a stored service after an upgrade that it did not show before."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from swarmwire import convert, engine, pb
from swarmwire.errors import FieldError, render_path
from swarmwire.releases import Release

_ABSENT: Final = object()
_BEFORE: Final = "PreviousSpec"
"""Says the same of the spec before; nobody needs that twice."""


class ShownChange(msgspec.Struct, frozen=True, kw_only=True):
    """A field that ``docker service inspect`` shows in another way, though nothing was written.

    Attributes:
        path: where, in JSON names, from the service: ``Spec.TaskTemplate…``.
        what: whether it appears, disappears, or has another value.
    """

    path: str
    what: Literal["appears", "disappears", "changes"]


def shown_changes(service: pb.Service, old: Release, new: Release) -> tuple[ShownChange, ...]:
    """What the two releases show differently of what is stored; nothing if one cannot show it."""
    try:
        return tuple(_changes((), _shown(service, old), _shown(service, new)))
    except FieldError:
        return ()


def _shown(service: pb.Service, release: Release) -> Any:
    shown = convert.service_from_grpc(service, release=release)
    found = msgspec.json.decode(engine.encode(shown, release=release))
    found.pop(_BEFORE, None)
    return found


def _changes(steps: tuple[str | int, ...], before: Any, after: Any) -> Iterator[ShownChange]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            inner = before.get(key, _ABSENT), after.get(key, _ABSENT)
            yield from _changes((*steps, key), *inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes((*steps, index), old, new)
    else:
        what: Literal["appears", "disappears", "changes"] = "changes"
        if before is _ABSENT:
            what = "appears"
        elif after is _ABSENT:
            what = "disappears"
        yield ShownChange(path=render_path(steps), what=what)


def why_not_shown(service: pb.Service, release: Release) -> str:
    """Why a release cannot show a stored service; empty if it can."""
    try:
        _shown(service, release)
    except FieldError as err:
        return str(err)
    return ""
