"""The plan of an update: everything above put together."""

from collections.abc import Mapping, Sequence

import msgspec

from swarmwire import pb
from swarmwire.errors import ConvertError, InvalidSpec
from swarmwire.plan._counts import Counts
from swarmwire.plan._draft import Draft
from swarmwire.plan._exactness import Exactness, exactness
from swarmwire.plan._refusal import Refusal, refusal
from swarmwire.plan._trap import Trap, Update
from swarmwire.plan.differences import Difference, as_differences, changes_of
from swarmwire.plan.effects import Effect, effects, refusals
from swarmwire.plan.rollout import Rollout
from swarmwire.plan.tasks import TaskVerdict
from swarmwire.plan.traps import traps


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an update of a service would do. ``msgspec.json.encode`` writes it.

    Attributes:
        service: the name of the service.
        effect: the strongest thing that happens.
        summary: the same in one sentence: ``restarts 4 of 4 tasks, because … changed``.
        differences: every difference between the specs, in the order of the document.
        refusals: why a manager refuses the update; empty if it does not.
        counts: how many tasks stay, restart, come and go; None if that cannot be said.
        tasks: what becomes of each task; empty if no tasks were given.
        traps: what surprises people about this update.
        rollout: how the restarts are rolled out; None if there are none.
        exactness: whether all that is certain, and if not, what would make it so.
    """

    service: str
    effect: Effect
    summary: str
    differences: tuple[Difference, ...]
    refusals: tuple[Refusal, ...]
    counts: Counts | None
    tasks: tuple[TaskVerdict, ...]
    traps: tuple[Trap, ...]
    rollout: Rollout | None
    exactness: Exactness


def plan(  # noqa: PLR0913 - an update is planned from so many things
    current: pb.Service | pb.ServiceSpec,
    desired: pb.ServiceSpec,
    *,
    tasks: Sequence[pb.Task] | None = None,
    nodes: Sequence[pb.Node] | None = None,
    exact: bool = True,
    names: Mapping[str, str] | None = None,
    hide_env: bool = False,
    rollback: bool = False,
) -> Plan:
    """What happens when the service ``current`` is updated to ``desired``. Changes no argument.

    Args:
        current: the service as a manager stores it, or its spec alone.
        desired: the spec that is to be sent.
        tasks: the tasks of the service, all of them; those of other services are passed over.
        nodes: all nodes of the swarm.
        exact: whether the messages come from a manager. False if they were made from the Engine
            API's JSON, which does not show all that decides.
        names: names of networks and other objects, by ID.
        hide_env: whether to hide the value of every environment variable.
        rollback: whether the update is a rollback; ``desired`` is then the previous spec.

    Raises:
        ConvertError: kind "type": an argument is not such a message.
    """
    _check(current, desired, tasks, nodes)
    old = _service(current)
    draft = Draft(old, _updated(old, desired, rollback=rollback), tasks, nodes)
    refused = _refusals(draft, rollback=rollback)
    changes = changes_of(old.spec, desired, hide_env=hide_env)
    found = effects(changes, old.spec, desired, kept=draft.kept)
    differences = as_differences(changes, found, old.spec, desired)
    effect = "refused" if refused else draft.effect(found)
    update = Update(draft, changes, differences, names or {}, rollback)
    return Plan(
        service=desired.annotations.name,
        effect=effect,
        summary=refused[0].summary if refused else draft.summary(effect, differences),
        differences=differences,
        refusals=refused,
        counts=None if refused else draft.counts(effect),
        tasks=() if refused else draft.verdicts,
        traps=traps(update),
        rollout=None if refused else draft.rollout(effect, rollback=rollback),
        exactness=exactness(draft, from_manager=exact, whole=isinstance(current, pb.Service)),
    )


def _refusals(draft: Draft, *, rollback: bool) -> tuple[Refusal, ...]:
    problems = list(refusals(draft.old.spec, draft.new.spec))
    if rollback and not draft.old.HasField("previous_spec"):
        reason = f"service {draft.old.id} does not have a previous spec"
        problems.append(InvalidSpec("FailedPrecondition", reason, kind="missing"))
    return tuple(refusal(problem) for problem in problems)


def _service(current: pb.Service | pb.ServiceSpec) -> pb.Service:
    if isinstance(current, pb.Service):
        return current
    out = pb.Service()
    out.spec.CopyFrom(current)
    return out


def _updated(old: pb.Service, desired: pb.ServiceSpec, *, rollback: bool) -> pb.Service:
    """The service as a manager stores it after the update.

    Source: SwarmKit manager/controlapi/service.go, UpdateService.
    """
    out = pb.Service()
    out.CopyFrom(old)
    out.spec.CopyFrom(desired)
    out.ClearField("spec_version")
    out.ClearField("update_status")
    if rollback:
        out.update_status.state = pb.UpdateStatus.ROLLBACK_STARTED
    if not rollback and old.HasField("meta"):
        out.spec_version.CopyFrom(old.meta.version)
    elif rollback and old.HasField("previous_spec_version"):
        out.spec_version.CopyFrom(old.previous_spec_version)
    return out


def _check(current: object, desired: object, *lists: object) -> None:
    if not isinstance(current, pb.Service | pb.ServiceSpec):
        raise _expected("Service or ServiceSpec", current)
    if not isinstance(desired, pb.ServiceSpec):
        raise _expected("ServiceSpec", desired)
    for items, kind in zip(lists, (pb.Task, pb.Node), strict=True):
        if items is None:
            continue
        if not isinstance(items, Sequence):
            raise _expected(f"list of {kind.__name__}", items)
        for index, item in enumerate(items):
            if not isinstance(item, kind):
                raise _expected(kind.__name__, item).under(index)


def _expected(wanted: str, got: object) -> ConvertError:
    return ConvertError("type", f"expected {wanted}, got {type(got).__name__}")
