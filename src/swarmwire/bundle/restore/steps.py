"""The steps of a restore: what is to become of each object, and what became of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec

from swarmwire import pb


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """How to restore.

    Attributes:
        keep_subnets: give networks the subnets and gateways that the dead swarm had chosen.
        use_existing: let services use a network, secret or config of the same name that is there,
            though it differs from the bundle's. It is never changed.
        jobs: create jobs too, which runs them again.
        same_swarm: restore even into the swarm that the bundle comes from.
        only: nothing but these, as ``service/web`` or ``service/shop_*``, and what they refer to;
            all if empty.
    """

    keep_subnets: bool = False
    use_existing: bool = False
    jobs: bool = False
    same_swarm: bool = False
    only: tuple[str, ...] = ()


Kind: TypeAlias = Literal["node", "network", "secret", "config", "service"]
"""What a bundle holds, in the order in which it is restored."""

Action: TypeAlias = Literal["create", "label", "present", "use", "differs", "cannot", "skip"]
Result: TypeAlias = Literal[
    "created", "labelled", "present", "used", "differs", "cannot", "skipped", "failed"
]
Message: TypeAlias = pb.Node | pb.Network | pb.Secret | pb.Config | pb.Service
Key: TypeAlias = tuple[Kind, str]
"""An object of the dead swarm: its kind and its id there."""
Known: TypeAlias = Mapping[Key, str]
"""Ids in the new swarm of what was created there before, from the same bundle."""

What: TypeAlias = Literal["image", "volume", "path"]
"""What nodes must have, and no bundle holds."""

_DIGEST: Final = "@sha256:"
_MOST: Final = 5
"""Names that are shown in a sentence."""

SHORT_OF: Final = frozenset({"differs", "cannot", "failed"})
"""Actions and results that leave the new swarm without something that the bundle holds."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between what the bundle holds and what is there under the same name.

    Attributes:
        path: which field, in the JSON names of the Engine API.
        found: what is there; None if nothing, or if it is not to be shown.
        wanted: what the bundle holds; None likewise.
    """

    path: str
    found: Any = None
    wanted: Any = None


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the nodes of a service must have; nodes are named by their hosts.

    Attributes:
        service: the name of the service.
        what: an ``image``, a named local ``volume``, or a ``path`` of the host.
        name: which one.
        there: nodes that may run the service and have it: a task runs there with that image.
        was_there: nodes of the same host as one on which the service ran at last.
        lacking: nodes on which a task was rejected because the image is not there.
        unknown: nodes that may run the service, and of which nothing is known.
        gone: hosts on which the service ran at last, and of which the new swarm has no node.
    """

    service: str
    what: What
    name: str
    there: tuple[str, ...] = ()
    was_there: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """What is to be done before the service is created; nothing if nothing is known to lack."""
        thing = f"{self.what} {self.name}"
        if self.lacking:
            return (
                f"{thing} is not on {_and(self.lacking)}: a task was rejected there for want of it"
            )
        if not self.unknown:
            return ""
        nodes = _and(self.unknown)
        if self.what == "image":
            if _DIGEST in self.name:
                return ""
            return (
                f"{thing} has no digest, so it may be in no registry: see that {nodes} can get it"
            )
        places = (*self.was_there, *self.gone)
        if not places:
            return ""
        return f"{thing} was on {_and(places)}, and nothing tells that it is on {nodes}"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of one object. Holds no payload and no credential.

    Attributes:
        kind: its kind.
        name: its name; of a node, that of its host.
        old_id: its id in the dead swarm.
        action: ``create`` it; ``label`` a node; it is ``present`` already; something else of that
            name is there, and is put to ``use`` or only ``differs``; it ``cannot`` be created;
            ``skip`` it, which nobody misses.
        id: its id in the new swarm, if something is there.
        why: the reason, for people, where the action does not say it all.
        notes: what one should know, though it stops nothing.
        gaps: how that which is there differs.
        needs: what nodes must have before its tasks run, and no bundle holds.
    """

    kind: Kind
    name: str
    old_id: str
    action: Action
    id: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def key(self) -> Key:
        """The object of the dead swarm."""
        return self.kind, self.old_id


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one step.

    Attributes:
        step: the step.
        result: what became of it; ``failed`` is what the manager refused.
        id: the object's id in the new swarm, if there is one.
        why: the reason, for people.
        gaps: how that which is there differs.
    """

    step: Step
    result: Result
    id: str = ""
    why: str = ""
    gaps: tuple[Gap, ...] = ()


class Target(NamedTuple):
    """What takes the place of an object of the dead swarm: id and name in the new one."""

    id: str
    name: str


@dataclass(slots=True)
class Targets:
    """What references of the dead swarm lead to in the new one.

    Attributes:
        found: where they lead; of what is yet to be created, to a text in the place of its id.
        missing: why they lead nowhere.
        others: what is there in the place of some that are missing, and differs.
    """

    found: dict[Key, Target] = field(default_factory=dict)
    missing: dict[Key, str] = field(default_factory=dict)
    others: dict[Key, Target] = field(default_factory=dict)

    def settle(self, step: Step, name: str = "") -> None:
        """Note where references to the object of a step lead."""
        key = step.key
        if step.action == "create":
            self.found[key] = Target(f"the new {step.kind} {step.name}", step.name)
        elif step.action in ("present", "use"):
            self.found[key] = Target(step.id, name or step.name)
        else:
            self.missing[key] = _missed(step)
            if step.id:
                self.others[key] = Target(step.id, name or step.name)

    def with_others(self) -> "Targets":
        """Where references would lead if what differs were put to use."""
        return Targets(self.others | self.found)


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """All steps of a restore, in their order.

    Attributes:
        cluster_id: the new swarm.
        from_id: the dead one.
        steps: one for each object; for a node two if some labels are there with other values.
        targets: where references lead.
    """

    cluster_id: str
    from_id: str
    steps: tuple[Step, ...]
    targets: Targets = field(repr=False)

    @property
    def is_whole(self) -> bool:
        """Whether all that the bundle holds will be there."""
        return not any(step.action in SHORT_OF for step in self.steps)


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What became of a restore.

    Attributes:
        plan: what was to be done.
        outcomes: what was done, in order.
    """

    plan: RestorePlan
    outcomes: tuple[Outcome, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all that the bundle holds is there."""
        return not any(outcome.result in SHORT_OF for outcome in self.outcomes)


def _missed(step: Step) -> str:
    if step.action == "differs":
        return f"another {step.kind} {step.name} is there"
    return f"{step.kind} {step.name} cannot be created"


def _and(names: Sequence[str]) -> str:
    """Some names in a sentence."""
    shown = list(names) if len(names) <= _MOST else [*names[:_MOST], f"{len(names) - _MOST} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
