"""Write an update with the version that was read; if another came first, write it on top of that.

What is repeated is the change and not the whole spec: nothing that somebody else wrote meanwhile is
lost, and what both changed is a conflict.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from swarmwire import pb
from swarmwire.control import Control, OutOfDate, TransportError
from swarmwire.plan import merge
from swarmwire.update.clock import REAL_TIME, Clock
from swarmwire.update.errors import NotWritten, UncertainWrite, UpdateConflict
from swarmwire.update.events import (
    ChangedMeanwhile,
    ManagerAway,
    ManagerBack,
    SameChangeMeanwhile,
    WriteEvent,
)
from swarmwire.update.live import service_by_id, snapshot
from swarmwire.update.planned import LiveUpdate, plan_update
from swarmwire.update.repeat import ATTEMPTS, AWAY, out_of_step, until_answered

Agree = Callable[[LiveUpdate], Awaitable[object]]
"""Asked again when a change goes on top of another one; raises if the answer is no."""


class WrittenUpdate(NamedTuple):
    """An update that the manager has stored.

    Attributes:
        service: the service as it was stored.
        planned: what was written.
        version: the version of the service that it was written on; that of the spec ever since.
        is_new: False if somebody else had made the same change already.
    """

    service: pb.Service
    planned: LiveUpdate
    version: int
    is_new: bool = True


def tell_nobody(event: object) -> None:
    """Pass over what happens."""


class UpdateWriter:
    """Writes one update.

    Attributes:
        is_under_way: whether a request is out that has not been answered.
    """

    def __init__(
        self,
        control: Control,
        *,
        clock: Clock = REAL_TIME,
        happened: Callable[[WriteEvent], None] = tell_nobody,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._control = control
        self._clock = clock
        self._happened = happened
        self._most_attempts = attempts
        self._attempts = 0
        self.is_under_way = False

    async def write(self, planned: LiveUpdate, agree: Agree | None = None) -> WrittenUpdate:
        """Write what is planned, on top of what others change meanwhile.

        Args:
            planned: the update.
            agree: asked each time that the change has to go on top of another one, with the plan as
                it is then. An error that it raises ends the work, and nothing is written.

        Raises:
            UpdateConflict: another change touched the same fields.
            NotWritten: the versions never fitted, or the manager stayed away.
            UncertainWrite: an answer was lost, and the manager stayed away.
            ControlError: the manager refuses it.
            TransportError: it could not be sent.
        """
        at = await self.advance(planned)
        while isinstance(at, LiveUpdate):
            if agree is not None:
                await agree(at)
            at = await self.advance(at)
        return at

    async def advance(self, planned: LiveUpdate) -> WrittenUpdate | LiveUpdate:
        """Write what is planned, as far as nobody has to be asked.

        The same change planned on top of another one is handed back, to be agreed to and handed in
        again. Raises what ``write`` does.
        """
        while True:
            stored = await self._sent(planned)
            if stored is not None:
                return WrittenUpdate(stored, planned, planned.live.service.meta.version.index)
            newer = await self._read_again(planned, is_uncertain=False)
            if not _is_as_planned_for(newer, planned):
                return await self._on_top_of(newer, planned)
            planned = planned._replace(live=planned.live._replace(service=newer))

    async def _sent(self, planned: LiveUpdate) -> pb.Service | None:
        """The stored service; None if the version was not the newest any more."""
        if self._attempts == self._most_attempts:
            raise NotWritten(f"the service changed {self._attempts} times while it was tried")
        self._attempts += 1
        self.is_under_way = True
        try:
            stored = await self._answered(planned)
        except Exception:
            self.is_under_way = False
            raise
        self.is_under_way = False
        return stored

    async def _answered(self, planned: LiveUpdate) -> pb.Service | None:
        try:
            return (await self._control.update_service(_request(planned))).service
        except OutOfDate:
            await out_of_step(self._clock)
            return None
        except AWAY as err:
            if isinstance(err, TransportError) and not err.uncertain:
                raise
            self._happened(ManagerAway(err, is_written=False))
        found = await self._read_again(planned, is_uncertain=True)
        self._happened(ManagerBack())
        return found if _is_written(planned, found) else None

    async def _read_again(self, planned: LiveUpdate, *, is_uncertain: bool) -> pb.Service:
        """The service as it is now, once the manager answers."""
        service_id = planned.live.service.id
        try:
            return await until_answered(
                lambda: service_by_id(self._control, service_id), clock=self._clock
            )
        except AWAY as err:
            reason = f"the manager has not answered for {self._clock.patience:g} s ({err})"
            raise (UncertainWrite if is_uncertain else NotWritten)(reason) from err

    async def _on_top_of(
        self, newer: pb.Service, planned: LiveUpdate
    ) -> WrittenUpdate | LiveUpdate:
        """The change on top of another one, planned anew; or what says that it is there already."""
        base = planned.live.service.spec
        if planned.rollback:
            raise UpdateConflict((), base, planned.spec, newer.spec)
        merged = merge(base, planned.spec, newer.spec)
        if merged.conflicts:
            raise UpdateConflict(merged.conflicts, base, planned.spec, newer.spec)
        live = await until_answered(lambda: snapshot(self._control, newer), clock=self._clock)
        again = plan_update(live, merged.spec, hide_env=planned.hide_env, release=planned.release)
        if again.spec == newer.spec:
            self._happened(SameChangeMeanwhile())
            return WrittenUpdate(newer, again, newer.spec_version.index, is_new=False)
        self._happened(ChangedMeanwhile(again))
        return again


def _request(planned: LiveUpdate) -> pb.UpdateServiceRequest:
    back, no = pb.UpdateServiceRequest.PREVIOUS, pb.UpdateServiceRequest.NONE
    service = planned.live.service
    return pb.UpdateServiceRequest(
        service_id=service.id,
        service_version=service.meta.version,
        spec=planned.spec,
        rollback=back if planned.rollback else no,
    )


def _is_as_planned_for(newer: pb.Service, planned: LiveUpdate) -> bool:
    """Whether only the version has changed, as it does when the manager itself writes."""
    service = planned.live.service
    if planned.rollback and newer.previous_spec != service.previous_spec:
        return False
    return newer.spec == service.spec


def _is_written(planned: LiveUpdate, found: pb.Service) -> bool:
    """Whether the service holds the update that was sent."""
    before = planned.live.service
    if planned.rollback:
        return found.spec == before.previous_spec and found.previous_spec == before.spec
    # another writer may have sent another spec with the same version, and been first
    return found.spec_version.index == before.meta.version.index and found.spec == planned.spec


def is_still_in(service: pb.Service, planned: LiveUpdate) -> bool:
    """Whether a service has the change that was planned, under others that came after it."""
    if planned.rollback:
        return False
    merged = merge(planned.live.service.spec, planned.spec, service.spec)
    return not merged.conflicts and merged.spec == service.spec
