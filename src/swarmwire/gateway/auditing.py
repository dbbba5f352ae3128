"""What is recorded of each request: before a write is sent, and before its answer is given."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from swarmwire.gateway.message import Request, RequestRefused
from swarmwire.gateway.mirror import Mirror
from swarmwire.policy import AuditFailed, AuditLog, AuditRecord, PolicyViolation, TokenBucket

_log: Final = logging.getLogger("swarmwire.gateway")
_READS: Final = ("GET", "HEAD")
_REFUSALS: Final = (401, 403, 429)
_FLOOD: Final = 10.0
"""Records in a second of those who are nobody, or ask too often: they must not fill the disk."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Auditor:
    """Records what becomes of requests.

    Args:
        log: where.
        reads: whether what only reads is recorded although it is allowed.
        now: tells the time, as RFC 3339 has it.

    Attributes:
        failures: how many records could not be written.
    """

    def __init__(
        self, log: AuditLog, *, reads: bool = False, now: Callable[[], str] = _now
    ) -> None:
        self.reads = reads
        self.failures = 0
        self._log = log
        self._now = now
        self._flood = TokenBucket(_FLOOD, 2 * _FLOOD, time.monotonic)

    def begin(self, request: Request, route: str) -> "RequestTrail":
        """A request begins."""
        return RequestTrail(self, request, route)

    def turned_away(self, request: Request, route: str, status: int) -> None:
        """Record that a request was not looked at, unless there are too many of them."""
        if self._flood.take() == 0:
            self.record(request, route, decision="refused", status=status)

    def record(self, request: Request, route: str, **fields: Any) -> None:
        """Write a record.

        Raises:
            AuditFailed: it was not written.
        """
        record = AuditRecord(
            time=self._now(),
            client=request.identity,
            identity=request.told_by,
            peer=request.peer,
            method=request.method,
            route=route,
            **fields,
        )
        try:
            self._log.record(record)
        except AuditFailed:
            self.failures += 1
            raise


class RequestTrail:
    """What is recorded of one request."""

    def __init__(self, auditor: Auditor, request: Request, route: str) -> None:
        self._auditor = auditor
        self._request = request
        self._route = route
        self._began = time.monotonic()
        self._fields: dict[str, Any] = {}
        self._decision = ""

    def decided(
        self,
        about: dict[str, Any],
        found: Sequence[PolicyViolation],
        *,
        is_dry_run: bool,
    ) -> None:
        """It is known what is written, and whether it may be.

        Args:
            about: what is written: fields of the record.
            found: why it may not be.
            is_dry_run: whether nothing is sent.

        Raises:
            RequestRefused: 503: it cannot be recorded, so it is not sent.
        """
        rules = {"rules": tuple(one.rule for one in found)}
        paths = {"paths": tuple(one.path for one in found)}
        self._fields = about | (rules | paths if found else {})
        self._decision = "refused" if found else "planned" if is_dry_run else "done"
        if found or is_dry_run:
            return
        try:
            self._record("allowed", 0)
        except AuditFailed as err:
            raise RequestRefused(503, f"nothing was written: {err}") from err

    def answered(self, status: int, mirror: Mirror) -> None:
        """It is known what is answered.

        Raises:
            RequestRefused: 500, 503: something was done, or is going to be shown, and it cannot be
                recorded.
        """
        decision = self._decided(status)
        if not decision:
            return
        if decision == "done":
            self._fields |= _after(self._fields, mirror)
        try:
            self._record(decision, status)
        except AuditFailed as err:
            _log.error("%s %s: %s", self._request.method, self._route, err)
            if decision == "done":
                text = f"the change was made, but not recorded: {err}"
                raise RequestRefused(500, text) from err
            if decision == "read":
                raise RequestRefused(503, str(err)) from err

    def _decided(self, status: int) -> str:
        if status in _REFUSALS:
            return "refused"
        if self._request.method in _READS:
            return "read" if self._auditor.reads else ""
        return "failed" if status >= 400 else self._decision or "done"

    def _record(self, decision: str, status: int) -> None:
        took = round((time.monotonic() - self._began) * 1000, 1)
        self._auditor.record(
            self._request,
            self._route,
            decision=decision,
            status=status,
            milliseconds=took,
            **self._fields,
        )


def about_write(operation: str, kind: str, new: Any, old: Any, plan: str) -> dict[str, Any]:
    """What is recorded of a write: names and numbers, no values."""
    spec = getattr(old, "spec", old) if new is None else new
    annotations = getattr(spec, "annotations", None)
    return {
        "operation": operation,
        "kind": kind,
        "id": getattr(old, "id", ""),
        "name": "" if annotations is None else annotations.name,
        "before": 0 if old is None else old.meta.version.index,
        "plan": plan,
    }


def _after(fields: dict[str, Any], mirror: Mirror) -> dict[str, Any]:
    """The id and the version of what was written."""
    shelf = mirror.shelves.get(fields.get("kind", ""))
    if shelf is None:
        return {}
    one: Any = shelf.get(fields["id"])
    if not fields["id"]:
        named = shelf.named(fields["name"])
        one = named[0] if len(named) == 1 else None
    return {} if one is None else {"id": one.id, "after": one.meta.version.index}
