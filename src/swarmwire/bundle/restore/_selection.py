"""A part of a bundle: what was asked for, and what that refers to. Pure."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, get_args

from swarmwire.bundle._bundle import Bundle
from swarmwire.bundle.restore._references import places
from swarmwire.bundle.restore._steps import Key, Kind, Step
from swarmwire.bundle.restore._swarm import name_of
from swarmwire.bundle.restore.errors import NotInBundle

_KINDS: tuple[Kind, ...] = get_args(Kind)


def selected(bundle: Bundle, only: Sequence[str]) -> Bundle:
    """The bundle with nothing but these, as ``service/web``, and what they refer to.

    ``*`` stands for anything: ``service/shop_*`` are the services of a stack.

    Raises:
        NotInBundle: one of them is not there, or is no such selection.
    """
    if not only:
        return bundle
    keys = {key for wanted in only for key in _keys(bundle, wanted)}
    for service in bundle.services:
        if ("service", service.id) in keys:
            keys |= {place.key for place in places(service.spec)}
    return Bundle(
        services=[one for one in bundle.services if ("service", one.id) in keys],
        networks=[one for one in bundle.networks if ("network", one.id) in keys],
        secrets=[one for one in bundle.secrets if ("secret", one.id) in keys],
        configs=[one for one in bundle.configs if ("config", one.id) in keys],
        nodes=[one for one in bundle.nodes if ("node", one.id) in keys],
        cluster_id=bundle.cluster_id,
    )


def without_namesakes(bundle: Bundle) -> tuple[Bundle, list[Step]]:
    """The bundle with one object of each name, the youngest, and the steps of the others.

    What a swarm has at one time has no namesakes; what was removed from it may have some.
    """
    left: dict[Kind, list[Any]] = {}
    older = []
    for kind in _NAMED:
        youngest: dict[str, Any] = {}
        for one in sorted(getattr(bundle, f"{kind}s"), key=_created_at):
            youngest[name_of(one).lower()] = one
        kept = {one.id for one in youngest.values()}
        left[kind] = [one for one in getattr(bundle, f"{kind}s") if one.id in kept]
        older += [_older(kind, one) for one in getattr(bundle, f"{kind}s") if one.id not in kept]
    part = Bundle(
        services=left["service"],
        networks=left["network"],
        secrets=left["secret"],
        configs=left["config"],
        nodes=bundle.nodes,
        cluster_id=bundle.cluster_id,
    )
    return part, older


_NAMED: tuple[Kind, ...] = ("network", "secret", "config", "service")


def _created_at(message: Any) -> int:
    created: int = message.meta.created_at.ToNanoseconds()
    return created


def _older(kind: Kind, one: Any) -> Step:
    why = "the bundle holds a younger one of that name"
    return Step(kind=kind, name=name_of(one), old_id=one.id, action="skip", why=why)


def _keys(bundle: Bundle, wanted: str) -> Iterable[Key]:
    """The objects of a name, of a pattern of names, or of an id."""
    word, _, name = wanted.partition("/")
    kind = next((each for each in _KINDS if each == word), None)
    if kind is None or not name:
        words = ", ".join(f"{each}/NAME" for each in _KINDS)
        raise NotInBundle(wanted, f"not one of {words}")
    objects = getattr(bundle, f"{kind}s")
    found = [one.id for one in objects if one.id == name or fnmatchcase(name_of(one), name)]
    if not found:
        raise NotInBundle(wanted)
    return [(kind, id_) for id_ in found]
