"""Carry a deployment out: step by step, and then all roll-outs together."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Final

from swarmwire import pb
from swarmwire.control import (
    AlreadyExists,
    Control,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
)
from swarmwire.deployment.events import (
    ChangedSincePlan,
    DeploymentEnded,
    DeploymentEvent,
    DeploymentStep,
    StepBegun,
    StepDone,
    StepLeft,
    StepVerb,
)
from swarmwire.deployment.parts import DeploymentPlan, NewService, PlannedPart, ServiceUpdate
from swarmwire.deployment.wanted import Identities
from swarmwire.plan.differences import strongest
from swarmwire.update import (
    AWAY,
    REAL_TIME,
    Clock,
    LiveUpdate,
    ServiceState,
    UpdateWriter,
    WatchLimits,
    WrittenChange,
    change_in_sequence,
    create_object,
    until_answered,
    wait_for,
)
from swarmwire.update.repeat import PAUSE
from swarmwire.update.settling import USUAL

_FREED: Final = 30.0
"""For so many seconds a network may still be in use by tasks that end."""


async def deploy(
    control: Control,
    plan: DeploymentPlan,
    *,
    follow: bool = True,
    limits: WatchLimits = USUAL,
    clock: Clock = REAL_TIME,
) -> AsyncGenerator[DeploymentEvent, None]:
    """Write what is planned, and follow all roll-outs together; the last event tells how it ended.

    Services that the files do not name are removed first, if they are to be; then networks,
    secrets and configs are made, then services. The first failure ends it. What was done stands,
    and the same deploy, planned anew, goes on from there.

    Args:
        control: the manager, connected with ``secrets=True``.
        plan: what ``plan_deployment`` or ``plan_stack_rollback`` gave, and nobody refuses.
        follow: whether the roll-outs are followed. If not, the end tells no states.
        limits: how long they are followed at most, and what counts as a failure.
        clock: its patience is how long the manager may be away.

    Raises:
        ValueError: the plan is refused.
        ChangedSincePlan: somebody changed a service, and the deploy would do more to it now.
        UpdateConflict: somebody changed the same.
        SwarmwireError: the manager refuses a step, or stays away.
    """
    if plan.is_refused:
        raise ValueError("this deployment is refused")
    work = _Deployment(control, plan, clock)
    for step in work.steps():
        yield StepBegun(step.told)
        yield await step.done()
    ended = DeploymentEnded(())
    if follow and work.followed:
        seen = work.roll_outs(limits)
        async with aclosing(seen):
            async for event in seen:
                if isinstance(event, DeploymentEnded):
                    ended = event
                else:
                    yield event
    if not ended.failed and not ended.reason:
        for part in (one for one in plan.parts if one.action == "removed"):
            told = DeploymentStep("remove", part.kind, part.name)
            yield StepBegun(told)
            yield await work.removed(part, told, patient=follow)
    yield ended


def _taken(kind: str, name: str) -> AlreadyExists:
    reason = f"{kind} {name} was made by somebody else meanwhile: plan again"
    return AlreadyExists("AlreadyExists", reason)


@dataclass
class _Step:
    """One step to do."""

    told: DeploymentStep
    do: Any = field(repr=False)

    async def done(self) -> StepDone:
        id_, was_there = await self.do()
        return StepDone(self.told, id_, was_there)


class _Deployment:
    """One deployment under way.

    Attributes:
        followed: the names of the services to follow, by id.
    """

    def __init__(self, control: Control, plan: DeploymentPlan, clock: Clock) -> None:
        self._control = control
        self._plan = plan
        self._clock = clock
        self._identities = Identities()
        self.followed: dict[str, str] = {}
        self._written: dict[str, WrittenChange] = {}

    def steps(self) -> Iterator[_Step]:
        """All that is written before the roll-outs, in its order."""
        for other in self._plan.others:
            if other.is_removed:
                yield self._step(
                    "remove", "service", other.name, self._removing(other.live.service)
                )
        for part in self._plan.parts:
            if part.action == "created":
                yield self._step("create", part.kind, part.name, self._making(part))
            elif part.action == "changed":
                yield self._step("change", part.kind, part.name, self._labelling(part))
        for update in self._plan.updates:
            if update.is_sent:
                verb: StepVerb = "roll back" if self._plan.rollback else "update"
                yield self._step(verb, "service", update.name, self._updating(update))
            elif update.is_under_way:
                self.followed[update.planned.live.service.id] = update.name
        for new in self._plan.creations:
            yield self._step("create", "service", new.name, self._creating(new))

    @staticmethod
    def _step(verb: StepVerb, kind: str, name: str, do: Any) -> _Step:
        return _Step(DeploymentStep(verb, kind, name), do)

    def _removing(self, service: pb.Service) -> Any:
        async def do() -> tuple[str, bool]:
            return service.id, await self._gone("service", service.id)

        return do

    def _making(self, part: PlannedPart) -> Any:
        async def do() -> tuple[str, bool]:
            made = await create_object(self._control, part.kind, part.spec, clock=self._clock)
            if made.is_ours is False:
                raise _taken(part.kind, part.name)
            self._identities.add(part.kind, part.name, made.found.id)
            return made.found.id, made.is_ours is None

        return do

    def _labelling(self, part: PlannedPart) -> Any:
        async def do() -> tuple[str, bool]:
            await change_in_sequence(lambda: self._labelled(part), clock=self._clock)
            return part.stored.id, False

        return do

    async def _labelled(self, part: PlannedPart) -> None:
        control, id_ = self._control, part.stored.id
        if part.kind == "secret":
            secret = (await control.get_secret(pb.GetSecretRequest(secret_id=id_))).secret
            await control.update_secret(
                pb.UpdateSecretRequest(
                    secret_id=id_, secret_version=secret.meta.version, spec=part.spec
                )
            )
            return
        config = (await control.get_config(pb.GetConfigRequest(config_id=id_))).config
        await control.update_config(
            pb.UpdateConfigRequest(
                config_id=id_, config_version=config.meta.version, spec=part.spec
            )
        )

    def _updating(self, update: ServiceUpdate) -> Any:
        async def agree(again: LiveUpdate) -> None:
            before, now = update.planned.plan.effect, again.plan.effect
            if now != before and strongest((before, now)) == now:
                raise ChangedSincePlan(update.name, again.plan.summary)

        async def do() -> tuple[str, bool]:
            planned = update.planned
            spec = planned.spec if planned.rollback else self._identities.put_in(planned.spec)
            writer = UpdateWriter(self._control, clock=self._clock)
            written = await writer.write(planned._replace(spec=spec), agree)
            self.followed[written.service.id] = update.name
            before = written.planned.live.service.spec
            self._written[written.service.id] = WrittenChange(
                written.version, before, written.planned.spec
            )
            return written.service.id, not written.is_new

        return do

    def _creating(self, new: NewService) -> Any:
        async def do() -> tuple[str, bool]:
            spec = self._identities.put_in(new.spec)
            made = await create_object(self._control, "service", spec, clock=self._clock)
            if made.is_ours is False:
                raise _taken("service", new.name)
            self.followed[made.found.id] = new.name
            version = made.found.spec_version.index
            self._written[made.found.id] = WrittenChange(version, pb.ServiceSpec(), spec)
            return made.found.id, made.is_ours is None

        return do

    async def roll_outs(self, limits: WatchLimits) -> AsyncGenerator[DeploymentEvent, None]:
        """How far the services are, until all are decided or one fails; then the end."""
        states = {
            id_: ServiceState(id_, name, "under way")
            for id_, name in sorted(self.followed.items(), key=lambda one: one[1])
        }
        reason = ""
        seen = wait_for(
            self._control, list(states), written=self._written, limits=limits, clock=self._clock
        )
        try:
            async with aclosing(seen):
                async for seen_event in seen:
                    event = self._meant(seen_event)
                    yield event
                    if isinstance(event, ServiceState):
                        states[event.service] = event
                        if DeploymentEnded(tuple(states.values())).failed:
                            break
                else:
                    if not all(one.is_decided for one in states.values()):
                        reason = f"not finished within {limits.seconds:g} s"
        except AWAY as err:
            reason = f"the manager has not answered for {self._clock.patience:g} s: {err}"
        yield DeploymentEnded(tuple(states.values()), reason)

    def _meant(self, event: DeploymentEvent) -> DeploymentEvent:
        """What is seen of a rollback that somebody wanted: its end is no failure."""
        if self._plan.rollback and isinstance(event, ServiceState) and event.state == "rolled back":
            return replace(event, state="converged", reason="")
        return event

    async def removed(
        self, part: PlannedPart, told: DeploymentStep, *, patient: bool
    ) -> StepDone | StepLeft:
        """Remove a network, secret or config, unless something still uses it."""
        until = self._clock.now() + (_FREED if patient else 0)
        while True:
            try:
                return StepDone(told, part.stored.id, await self._gone(part.kind, part.stored.id))
            except (FailedPrecondition, InvalidArgument) as err:
                if self._clock.now() >= until:
                    return StepLeft(told, str(err))
            await self._clock.sleep(PAUSE)

    async def _gone(self, kind: str, id_: str) -> bool:
        """Remove an object; whether it was gone already."""
        try:
            await until_answered(lambda: self._remove(kind, id_), clock=self._clock)
        except NotFound:
            return True
        return False

    async def _remove(self, kind: str, id_: str) -> None:
        control = self._control
        match kind:
            case "service":
                await control.remove_service(pb.RemoveServiceRequest(service_id=id_))
            case "network":
                await control.remove_network(pb.RemoveNetworkRequest(network_id=id_))
            case "secret":
                await control.remove_secret(pb.RemoveSecretRequest(secret_id=id_))
            case _:
                await control.remove_config(pb.RemoveConfigRequest(config_id=id_))
