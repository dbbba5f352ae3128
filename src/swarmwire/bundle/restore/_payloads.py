"""Secrets and configs: what becomes of each. Pure."""

from collections.abc import Iterator, Sequence
from typing import Literal

from swarmwire import pb
from swarmwire.bundle.restore._destination import Destination
from swarmwire.bundle.restore._judging import UNREADABLE_PAYLOAD, is_unsure, judged
from swarmwire.bundle.restore._problems import reasons
from swarmwire.bundle.restore._references import places
from swarmwire.bundle.restore._steps import Step, Target, Targets
from swarmwire.bundle.restore._swarm import name_of
from swarmwire.rules import config_spec_problems, secret_spec_problems


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
