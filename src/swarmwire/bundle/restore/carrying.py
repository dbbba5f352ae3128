"""Carry a restore out: step by step, each told of as soon as it is done."""

from collections.abc import Callable
from typing import Any, Protocol

from swarmwire.bundle.contents import Bundle
from swarmwire.bundle.restore.comparison import action_for, gaps_of, why
from swarmwire.bundle.restore.networks import wanted_network
from swarmwire.bundle.restore.planning import plan_restore
from swarmwire.bundle.restore.references import mapped
from swarmwire.bundle.restore.sending import Sender
from swarmwire.bundle.restore.steps import (
    Action,
    Gap,
    Kind,
    Known,
    Outcome,
    RestoreOptions,
    RestorePlan,
    RestoreReport,
    Result,
    Step,
    Target,
    Targets,
)
from swarmwire.bundle.restore.swarm import look, name_of
from swarmwire.control import Control
from swarmwire.errors import SwarmwireError
from swarmwire.update import AWAY, REAL_TIME, Clock, Created

_DEFAULTS = RestoreOptions()
_RESULTS: dict[Action, Result] = {
    "create": "created",
    "label": "labelled",
    "present": "present",
    "use": "used",
    "differs": "differs",
    "cannot": "cannot",
    "skip": "skipped",
}

Told = Callable[[Outcome], None]


class RestoreJournal(Protocol):
    """Remembers what was created, from run to run. Holds ids only."""

    def known(self, cluster_id: str) -> Known:
        """What was created in a swarm."""
        ...

    def add(self, cluster_id: str, kind: Kind, old_id: str, new_id: str) -> None:
        """Remember one object that was created in a swarm."""
        ...


async def preview(
    control: Control,
    bundle: Bundle,
    options: RestoreOptions = _DEFAULTS,
    *,
    journal: RestoreJournal | None = None,
) -> RestorePlan:
    """What ``restore`` would do. Changes nothing.

    Raises:
        SameSwarm: as for ``plan_restore``.
        NotInBundle: as for ``plan_restore``.
        ControlError: the manager says no.
        TransportError: it cannot be reached.
    """
    swarm = await look(control)
    known = journal.known(swarm.cluster_id) if journal else {}
    return plan_restore(bundle, swarm, options, known)


async def restore(  # noqa: PLR0913 - all but two have a default
    control: Control,
    bundle: Bundle,
    options: RestoreOptions = _DEFAULTS,
    *,
    clock: Clock = REAL_TIME,
    journal: RestoreJournal | None = None,
    happened: Told | None = None,
) -> RestoreReport:
    """Create in a live swarm what the bundle holds and the swarm lacks.

    Nothing that is there is changed, but labels that a node lacks. May be interrupted anywhere and
    started again: what is there already is compared and used.

    Args:
        control: a manager of the new swarm, connected with ``secrets=True`` if registry
            credentials are to be compared.
        bundle: what a dead swarm had.
        options: how to restore.
        clock: how to wait for a manager that is away.
        journal: remembers what was created; without it, what is there is only compared.
        happened: is told of each step as soon as it is done.

    Raises:
        SameSwarm: as for ``plan_restore``.
        NotInBundle: as for ``plan_restore``.
        ControlError: the manager cannot go on: it has lost its leader.
        TransportError: it cannot be reached, or stays away.
    """
    plan = await preview(control, bundle, options, journal=journal)
    run = _Run(plan, bundle, options, Sender(control, clock))
    outcomes = []
    for step in plan.steps:
        outcome = await run.outcome(step)
        if journal is not None and outcome.result == "created":
            journal.add(plan.cluster_id, step.kind, step.old_id, outcome.id)
        if happened is not None:
            happened(outcome)
        outcomes.append(outcome)
    return RestoreReport(plan, tuple(outcomes))


class _Run:
    """One restore under way."""

    def __init__(
        self, plan: RestorePlan, bundle: Bundle, options: RestoreOptions, sender: Sender
    ) -> None:
        self._targets = Targets(dict(plan.targets.found), dict(plan.targets.missing))
        self._options = options
        self._sender = sender
        objects: dict[Kind, list[Any]] = {
            "node": list(bundle.nodes),
            "network": list(bundle.networks),
            "secret": list(bundle.secrets),
            "config": list(bundle.configs),
            "service": list(bundle.services),
        }
        self._objects = {(kind, one.id): one for kind, all_ in objects.items() for one in all_}

    async def outcome(self, step: Step) -> Outcome:
        """Do one step.

        Raises:
            SwarmwireError: the manager stays away, so that no step can be done.
        """
        try:
            if step.action == "create":
                return await self._create(step)
            if step.action == "label":
                await self._sender.label(step.id, self._objects[step.key])
        except AWAY:
            raise
        except SwarmwireError as err:
            return self._failed(step, str(err))
        return Outcome(
            step=step, result=_RESULTS[step.action], id=step.id, why=step.why, gaps=step.gaps
        )

    async def _create(self, step: Step) -> Outcome:
        wanted, lost = self._wanted(step)
        if lost:
            return self._failed(step, "; ".join(lost))
        sent = await self._sender.create(step.kind, wanted)
        found = sent.found
        gaps = () if sent.is_ours else gaps_of(step.kind, wanted, found)
        action = _action(step.kind, sent, gaps, self._options)
        self._targets.found.pop(step.key, None)
        if action == "differs":
            self._targets.missing[step.key] = f"another {step.kind} {step.name} is there"
        else:
            self._targets.found[step.key] = Target(found.id, name_of(found))
        reason = why(action, gaps)
        return Outcome(step=step, result=_RESULTS[action], id=found.id, why=reason, gaps=gaps)

    def _wanted(self, step: Step) -> tuple[Any, tuple[str, ...]]:
        """The spec to send, and the references in it that lead nowhere."""
        one = self._objects[step.key]
        match step.kind:
            case "network":
                return wanted_network(one, self._options), ()
            case "service":
                return mapped(one.spec, self._targets)
            case _:
                return one.spec, ()

    def _failed(self, step: Step, reason: str) -> Outcome:
        self._targets.found.pop(step.key, None)
        self._targets.missing[step.key] = f"{step.kind} {step.name} could not be created"
        return Outcome(step=step, result="failed", id=step.id, why=reason)


def _action(
    kind: Kind, sent: Created[Any], gaps: tuple[Gap, ...], options: RestoreOptions
) -> Action:
    """What became of a creation: an equal object after a lost answer is the one we sent."""
    if sent.is_ours or (sent.is_ours is None and not gaps):
        return "create"
    return action_for(kind, gaps, options, ours=False)
