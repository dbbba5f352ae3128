"""Which object is meant: the one with that id, that name, or an id that begins so.

Source: moby daemon/cluster/helpers.go.
"""

from collections.abc import Sequence
from typing import Any

from swarmwire.control.api import Control
from swarmwire.control.errors import (
    AmbiguousReference,
    ControlError,
    NoSuchObject,
    Unimplemented,
)
from swarmwire.control.kinds import KINDS, ObjectKind


async def resolve(control: Control, kind: ObjectKind, reference: str) -> Any:
    """The object of that kind.

    Raises:
        NoSuchObject: there is none.
        AmbiguousReference: there are several.
        ControlError: the manager cannot tell.
    """
    # Differs: the engine takes no text at all for the beginning of every id.
    found = await _candidates(control, kind, reference) if reference else ()
    if not found:
        raise NoSuchObject(f"{kind.word} {reference} not found")
    if len(found) > 1:
        reason = f"{kind.word} {reference} is ambiguous ({len(found)} matches found)"
        raise AmbiguousReference(reason)
    return found[0]


async def _candidates(control: Control, kind: ObjectKind, reference: str) -> Sequence[Any]:
    # as moby: whatever goes wrong here, the next step is tried
    try:
        return [await kind.read(control, reference)]
    except ControlError:
        pass
    try:
        named = await kind.listed(control, names=[reference])
    except ControlError:
        named = ()
    return named or await kind.listed(control, id_prefixes=[reference])


async def resolve_any(control: Control, reference: str) -> tuple[ObjectKind, Any]:
    """The object of whatever kind.

    Raises:
        NoSuchObject: there is none.
        AmbiguousReference: there are several, of one kind or of more.
        ControlError: the manager cannot tell.
    """
    found: list[tuple[ObjectKind, Any]] = []
    for kind in KINDS.values():
        try:
            found.append((kind, await resolve(control, kind, reference)))
        except (NoSuchObject, Unimplemented):
            continue  # managers before 23.0 have no volumes
    if not found:
        raise NoSuchObject(f"nothing is called {reference}, or has an id that begins so")
    if len(found) > 1:
        words = " and ".join(f"a {kind.word}" for kind, _ in found)
        raise AmbiguousReference(f"{reference} is {words}: say which with --kind")
    return found[0]
