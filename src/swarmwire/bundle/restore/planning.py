"""All steps of a restore, from the part of the bundle that is wanted and the new swarm. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from swarmwire import pb
from swarmwire.bundle.contents import Bundle
from swarmwire.bundle.restore.comparison import judged, reasons
from swarmwire.bundle.restore.errors import NotInBundle, SameSwarm
from swarmwire.bundle.restore.needs import Needs
from swarmwire.bundle.restore.networks import network_steps
from swarmwire.bundle.restore.nodes import Nodes, labelled, node_steps
from swarmwire.bundle.restore.references import places
from swarmwire.bundle.restore.services import service_steps
from swarmwire.bundle.restore.steps import (
    Key,
    Kind,
    Known,
    RestoreOptions,
    RestorePlan,
    Step,
    Targets,
)
from swarmwire.bundle.restore.swarm import Destination, LiveSwarm, name_of
from swarmwire.rules import config_spec_problems, secret_spec_problems

_DEFAULTS = RestoreOptions()
_NOTHING: Known = {}


def plan_restore(
    bundle: Bundle, swarm: LiveSwarm, options: RestoreOptions = _DEFAULTS, known: Known = _NOTHING
) -> RestorePlan:
    """What is to be done to give ``swarm`` all that the bundle holds. Changes no argument.

    Everything is checked as a manager checks it, and all that is wrong is told at once.

    Args:
        bundle: what a dead swarm had.
        swarm: what the new one has.
        options: how to restore.
        known: what was created in that swarm before, from the same bundle.

    Raises:
        SameSwarm: the bundle comes from this very swarm, and the options do not allow that.
        NotInBundle: the options select what the bundle does not hold.
    """
    if bundle.cluster_id == swarm.cluster_id and not options.same_swarm:
        raise SameSwarm(swarm.cluster_id)
    part, older = without_namesakes(selected(bundle, options.only))
    to, targets = Destination(swarm, known, options, bundle.network_names), Targets()
    steps: list[Step] = [*older, *node_steps(part.nodes, swarm)]
    nodes = Nodes(bundle.nodes, labelled(part.nodes, swarm))
    steps += network_steps(part.networks, to, targets)
    steps += payload_steps("secret", part.secrets, to, targets)
    steps += payload_steps("config", part.configs, to, targets)
    needs = Needs(swarm, nodes.new, bundle.ran)
    steps += service_steps(part.services, to, targets, nodes, needs)
    return RestorePlan(swarm.cluster_id, bundle.cluster_id, tuple(steps), targets)


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


def payload_steps(
    kind: Literal["secret", "config"],
    objects: Sequence[pb.Secret] | Sequence[pb.Config],
    to: Destination,
    targets: Targets,
) -> Iterator[Step]:
    """The steps of all secrets, or of all configs; where references lead is noted."""
    for one in objects:
        step = judged(kind, one, to, one.spec) or _new(kind, one)
        existing = to.swarm.with_id(kind, step.id)
        targets.settle(step, name_of(existing) if existing else "")
        yield step


def _new(kind: Literal["secret", "config"], one: pb.Secret | pb.Config) -> Step:
    if isinstance(one, pb.Secret) and one.internal:
        why = "managers make such secrets themselves"
        return Step(kind=kind, name=name_of(one), old_id=one.id, action="skip", why=why)
    why = "; ".join(_problems(one))
    action: Literal["create", "cannot"] = "cannot" if why else "create"
    return Step(kind=kind, name=name_of(one), old_id=one.id, action=action, why=why)


def _problems(one: pb.Secret | pb.Config) -> Iterator[str]:
    has_driver = isinstance(one, pb.Secret) and one.spec.HasField("driver")
    if not one.spec.data and not has_driver:
        yield "the bundle does not hold its payload"
    elif isinstance(one, pb.Secret):
        yield from reasons(secret_spec_problems(one.spec))
    else:
        yield from reasons(config_spec_problems(one.spec))
