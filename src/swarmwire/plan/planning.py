"""The plan of an update: all that can be said of it, and how certain that is."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect, expect_each
from swarmwire.plan.differences import Difference, Effect, as_differences, effects
from swarmwire.plan.forecast import Forecast
from swarmwire.plan.live_refusals import stored_objects
from swarmwire.plan.refusals import Refusal, refusal
from swarmwire.plan.rollout import Rollout
from swarmwire.plan.summary import Counts
from swarmwire.plan.tasks import TaskVerdict
from swarmwire.plan.trap import PlannedUpdate, Trap
from swarmwire.plan.traps import traps
from swarmwire.releases import AnyRelease, as_release
from swarmwire.releases.messages import known_to
from swarmwire.rules import Stored, service_update_problems
from swarmwire.spec import Display, field_differences


class Exactness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a plan is certain.

    Attributes:
        exact: True if a manager decides just so, as long as nothing changes until then.
        text: why, and what would make it exact.
    """

    exact: bool
    text: str


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
    release: AnyRelease = None,
    services: Sequence[pb.Service] | None = None,
    secrets: Sequence[pb.Secret] | None = None,
    configs: Sequence[pb.Config] | None = None,
    networks: Sequence[pb.Network] | None = None,
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
        release: the engine of the managers; the newest unless it is given.
        services: all services of the swarm: whose ports are taken. None, here and below: not
            known, so that nothing is refused for it.
        secrets: all secrets; IDs and names are enough.
        configs: all configs; IDs and names are enough.
        networks: all networks.

    Raises:
        ConvertError: kind "type": an argument is not such a message.
    """
    expect((pb.Service, pb.ServiceSpec), current)
    expect(pb.ServiceSpec, desired)
    for kind, items in ((pb.Task, tasks), (pb.Node, nodes)):
        if items is not None:
            expect_each(kind, items)
    engine = as_release(release)
    old, desired = known_to(_service(current), engine), known_to(desired, engine)
    new = updated_service(old, desired, rollback=rollback)
    forecast = Forecast(old, new, tasks, nodes, engine)
    stored = stored_objects(services, secrets, configs, networks)
    refused = _refusals(forecast, stored, rollback=rollback)
    found = tuple(field_differences(old.spec, desired, display=Display(hide_env=hide_env)))
    kept = None if refused else forecast.kept
    come_of_it = effects(found, old.spec, desired, kept=kept, release=engine)
    differences = as_differences(found, come_of_it, old.spec, desired, release=engine)
    effect = "refused" if refused else forecast.effect(come_of_it)
    update = PlannedUpdate(forecast, found, differences, names or {}, rollback)
    return Plan(
        service=desired.annotations.name,
        effect=effect,
        summary=refused[0].summary if refused else forecast.summary(effect, differences),
        differences=differences,
        refusals=refused,
        counts=None if refused else forecast.counts(effect),
        tasks=() if refused else forecast.verdicts,
        traps=traps(update),
        rollout=None if refused else forecast.rollout(effect, rollback=rollback),
        exactness=_exactness(forecast, from_manager=exact, whole=isinstance(current, pb.Service)),
    )


def _refusals(forecast: Forecast, stored: Stored, *, rollback: bool) -> tuple[Refusal, ...]:
    # a rollback sends the present spec, and the manager swaps it with the one before
    sent = forecast.old.spec if rollback else forecast.new.spec
    problems = service_update_problems(
        forecast.old, sent, stored, rollback=rollback, release=forecast.release
    )
    if not problems:
        try:
            _ = forecast.fate
        except InvalidSpec as crash:
            problems.append(crash)
    return tuple(refusal(problem) for problem in problems)


def _service(current: pb.Service | pb.ServiceSpec) -> pb.Service:
    if isinstance(current, pb.Service):
        return current
    out = pb.Service()
    out.spec.CopyFrom(current)
    return out


def updated_service(old: pb.Service, desired: pb.ServiceSpec, *, rollback: bool) -> pb.Service:
    """The service as a manager stores it after the update, with its endpoint as before.

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


def _exactness(forecast: Forecast, *, from_manager: bool, whole: bool) -> Exactness:
    """How certain a plan is.

    ``from_manager`` tells whether the messages are those of a manager, ``whole`` whether the
    service was given and not its spec alone.
    """
    missing = list(_missing(forecast, from_manager=from_manager, whole=whole))
    if missing:
        return Exactness(exact=False, text="A guess. " + " ".join(missing))
    text = "Exact: made from a manager's own messages, by the rule by which it decides."
    return Exactness(exact=True, text=text)


def _missing(forecast: Forecast, *, from_manager: bool, whole: bool) -> Iterator[str]:
    if not from_manager:
        yield (
            "It is made from the Engine API's JSON, which hides some of what decides; messages"
            " read from a manager's socket would make it exact."
        )
    if forecast.tasks is None:
        yield (
            "All tasks are taken to be there, to run the current spec, and to have its endpoint;"
            " the tasks of the service would make it exact."
        )
    if forecast.tasks is not None and not whole:
        yield "Only the spec of the service is known; the service would make it exact."
    if forecast.nodes is None and _needs_nodes(forecast):
        yield (
            "Which tasks go or stay depends on the nodes; the nodes of the swarm would make it"
            " exact."
        )
    if any(not verdict.sure for verdict in forecast.verdicts):
        yield (
            "Several slots are equally good to be taken away; which of them go, only the manager"
            " knows."
        )


def _needs_nodes(forecast: Forecast) -> bool:
    everywhere = {"global", "global_job"}
    unknown = any(verdict.action == "unknown" for verdict in forecast.verdicts)
    return forecast.depends or unknown or forecast.new.spec.WhichOneof("mode") in everywhere
