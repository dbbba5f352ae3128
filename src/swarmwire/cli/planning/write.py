"""Write a change with the version that was read; if another came first, write it on top of that.

What is repeated is the change and not the whole spec: nothing that somebody else wrote meanwhile is
lost, and what both changed is a conflict, which is reported.
"""

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from swarmwire import pb
from swarmwire.cli.exits import Stop
from swarmwire.cli.planning import codes, manager, usage
from swarmwire.cli.planning.merge import merge
from swarmwire.control import NoLeader, NotLeader, OutOfDate, TransportError, Unavailable
from swarmwire.control.sync import BlockingControl

ATTEMPTS = 60
PATIENCE = 60.0
"""Seconds for a manager to come back."""
_PAUSE = 0.5

AWAY = (TransportError, Unavailable, NoLeader, NotLeader)
"""What is heard of a manager that stops, starts, or has no leader."""


class Change(NamedTuple):
    """``wanted`` in the place of ``base``; of a rollback, ``wanted`` is the spec as it is."""

    base: pb.ServiceSpec
    wanted: pb.ServiceSpec
    rollback: bool = False


class Written(NamedTuple):
    """The service as the manager stored it, the change that was written, and the version sent."""

    service: pb.Service
    change: Change
    version: int
    is_new: bool = True


class Conflict(Exception):
    """Both sides changed the same; nothing was written."""

    def __init__(self, paths: tuple[str, ...], change: Change, theirs: pb.ServiceSpec) -> None:
        super().__init__(", ".join(paths))
        self.paths = paths
        self.change = change
        self.theirs = theirs


class Writer:
    """Writes one change.

    ``agree`` is asked again when the change has to go on top of another one, with the service as
    it is now; it raises if the answer is no. ``tell`` is given sentences.
    """

    def __init__(
        self,
        control: BlockingControl,
        agree: Callable[[pb.Service, Change], None],
        tell: Callable[[str], None],
    ) -> None:
        self._control = control
        self._agree = agree
        self._tell = tell
        self.is_under_way = False
        """Whether a request is out that has not been answered."""

    def write(self, service: pb.Service, change: Change) -> Written:
        """Write the change.

        Raises:
            Conflict: another change touched the same fields.
            Stop: it is not known whether it was written, or the versions never fit.
        """
        for _ in range(ATTEMPTS):
            version = service.meta.version.index
            stored = self._sent(service, change)
            if stored is not None:
                return Written(stored, change, version)
            newer = self._read_again(service.id, uncertain=False)
            service, change = self._on_top_of(newer, service, change)
            if change.wanted == service.spec and not change.rollback:
                self._tell("somebody else has made the same change meanwhile")
                return Written(service, change, service.spec_version.index, is_new=False)
        reason = f"nothing written: the service changed {ATTEMPTS} times while it was tried"
        raise Stop(usage.ERROR, reason)

    def _sent(self, service: pb.Service, change: Change) -> pb.Service | None:
        """The stored service; None if the version was not the newest any more."""
        self.is_under_way = True
        try:
            stored = self._answered(service, change)
        except Exception:
            self.is_under_way = False
            raise
        self.is_under_way = False
        return stored

    def _answered(self, service: pb.Service, change: Change) -> pb.Service | None:
        back, no = pb.UpdateServiceRequest.PREVIOUS, pb.UpdateServiceRequest.NONE
        request = pb.UpdateServiceRequest(
            service_id=service.id,
            service_version=service.meta.version,
            spec=change.wanted,
            rollback=back if change.rollback else no,
        )
        try:
            return self._control.update_service(request).service
        except OutOfDate:
            time.sleep(random.uniform(0, _PAUSE))  # noqa: S311 - writers must not keep in step
            return None
        except AWAY as err:
            if isinstance(err, TransportError) and not err.uncertain:
                raise
            self._tell(f"{codes.told(err)}; looking whether the change was made")
        found = self._read_again(service.id, uncertain=True)
        ours = found.spec_version.index == service.meta.version.index
        return found if ours or (change.rollback and _is_rolled_back(service, found)) else None

    def _read_again(self, service_id: str, *, uncertain: bool) -> pb.Service:
        """The service as it is now; asked for until the manager answers."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return manager.get(self._control, service_id)
            except AWAY as err:
                if time.monotonic() > until:
                    what = "it is not known whether the change was written"
                    text = (
                        f"{what if uncertain else 'nothing written'}: the manager has not answered"
                    )
                    code = usage.NOT_FOLLOWED if uncertain else usage.ERROR
                    raise Stop(code, f"{text} for {PATIENCE:g} s ({codes.told(err)})") from err
            time.sleep(_PAUSE)

    def _on_top_of(
        self, service: pb.Service, before: pb.Service, change: Change
    ) -> tuple[pb.Service, Change]:
        """The newer service, and the change made to fit."""
        if change.rollback:
            same = service.spec == before.spec and service.previous_spec == before.previous_spec
            if not same:
                raise Conflict((), change, service.spec)
            return service, change
        if service.spec == change.base:
            return service, change
        merged = merge(change.base, change.wanted, service.spec)
        if merged.conflicts:
            raise Conflict(merged.conflicts, change, service.spec)
        again = Change(service.spec, merged.spec)
        if again.wanted != service.spec:
            self._tell(
                "somebody else changed the service meanwhile; the change goes on top of that"
            )
            self._agree(service, again)
        return service, again


def _is_rolled_back(before: pb.Service, now: pb.Service) -> bool:
    """Whether the spec before and the present one have changed places."""
    return now.spec == before.previous_spec and now.previous_spec == before.spec
