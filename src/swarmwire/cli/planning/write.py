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
            service, change = self._on_top_of(
                manager.get(self._control, service.id), service, change
            )
            if change.wanted == service.spec and not change.rollback:
                self._tell("somebody else has made the same change meanwhile")
                return Written(service, change, service.spec_version.index, is_new=False)
        reason = f"nothing written: the service changed {ATTEMPTS} times while it was tried"
        raise Stop(usage.ERROR, reason)

    def _sent(self, service: pb.Service, change: Change) -> pb.Service | None:
        """The stored service; None if the version was not the newest any more."""
        request = pb.UpdateServiceRequest(
            service_id=service.id,
            service_version=service.meta.version,
            spec=change.wanted,
            rollback=(
                pb.UpdateServiceRequest.PREVIOUS
                if change.rollback
                else pb.UpdateServiceRequest.NONE
            ),
        )
        self.is_under_way = True
        try:
            return self._control.update_service(request).service
        except OutOfDate:
            time.sleep(random.uniform(0, _PAUSE))  # noqa: S311 - writers must not keep in step
            return None
        except AWAY as err:
            if isinstance(err, TransportError) and not err.uncertain:
                raise
            return self._found_out(service, err)
        finally:
            self.is_under_way = False

    def _found_out(self, sent: pb.Service, cause: Exception) -> pb.Service | None:
        """The service if it has what was sent; asked for until the manager answers again."""
        self._tell(f"{codes.told(cause)}; looking whether the change was made")
        until = time.monotonic() + PATIENCE
        while True:
            try:
                service = manager.get(self._control, sent.id)
            except AWAY as err:
                if time.monotonic() > until:
                    reason = (
                        "it is not known whether the change was written: the manager has not"
                        f" answered for {PATIENCE:g} s ({codes.told(err)})"
                    )
                    raise Stop(usage.NOT_FOLLOWED, reason) from err
                time.sleep(_PAUSE)
                continue
            ours = service.spec_version.index == sent.meta.version.index
            return service if ours else None

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
