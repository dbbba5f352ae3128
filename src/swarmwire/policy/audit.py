"""What was decided about each request, one line of JSON each, or nothing happens at all. Pure.

There is no field for a value: of variables, data, credentials or a raw URL nothing can be recorded.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from swarmwire.policy.errors import AuditFailed

WriteBytes = Callable[[bytes], int | None]
"""Writes bytes, as the ``write`` of an unbuffered file: how many it took, or an ``OSError``."""

_LONGEST: Final = 256
"""Characters of a text that a client chose: nobody fills the disk with one name."""
_MOST: Final = 100
"""Violations of one write."""
_LARGEST: Final = 8 * 1024
"""Bytes of the paths of all of them, as they are written."""


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request and what was decided.

    Attributes:
        time: when, as RFC 3339 has it.
        client: the client of the policy; nothing if nobody could be told.
        identity: by what it was told: ``socket=/run/x.sock``, ``cert=CN=ci``, ``uid=1001``.
        peer: the address, or the process id, of the other side.
        method: of the request.
        route: the route with its placeholders, ``/services/{id}/update``, and never the URL: some
            clients put secrets into it. What follows a question mark is cut off.
        operation: ``service.update``; nothing for what reads.
        kind: of the object.
        id: of the object.
        name: of the object.
        before: its version that was judged; 0 if there was none.
        after: its version that was written; 0 if there is none.
        decision: ``refused``; of a write ``allowed``, before it is sent, then ``done`` or
            ``failed``, or ``planned`` if it was a dry run; ``read`` of what only reads.
        rules: the ids of the rules that it breaks.
        paths: where, one for each of them.
        plan: what the write does, in a sentence: ``restarts 2 of 4 tasks``.
        milliseconds: how long it took.
        status: of the answer; 0 if there is none yet.
    """

    time: str
    client: str
    method: str
    route: str
    decision: str
    status: int
    identity: str = ""
    peer: str = ""
    operation: str = ""
    kind: str = ""
    id: str = ""
    name: str = ""
    before: int = 0
    after: int = 0
    rules: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    plan: str = ""
    milliseconds: float = 0.0

    def line(self) -> bytes:
        """The record as a line of JSON, whose length is bounded: what a client chose is cut off."""
        paths = list(_bounded(self.paths[:_MOST]))
        safe = msgspec.structs.replace(
            self,
            method=self.method[:_LONGEST],
            route=self.route.partition("?")[0],
            name=self.name[:_LONGEST],
            plan=self.plan[:_LONGEST],
            rules=self.rules[: len(paths) or _MOST],
            paths=tuple(paths),
        )
        return msgspec.json.encode(safe) + b"\n"


def _bounded(paths: Sequence[str]) -> Iterator[str]:
    """The first paths, as far as they have room; what is escaped takes more of it."""
    room = _LARGEST
    for path in paths:
        short = path[:_LONGEST]
        room -= len(msgspec.json.encode(short))
        if room < 0:
            return
        yield short


class AuditLog:
    """Writes records, each before the answer that it is about.

    A record that cannot be written whole is an error, and what it is about must be refused. A line
    that was written in part is ended before the next one, so that the others stay readable.
    """

    def __init__(self, write: WriteBytes) -> None:
        self._write = write
        self._is_torn = False

    def record(self, record: AuditRecord) -> None:
        """Write a record.

        Raises:
            AuditFailed: it was not written, or not whole.
        """
        try:
            line = (b"\n" if self._is_torn else b"") + record.line()
            written = self._write(line)
        except UnicodeEncodeError as err:
            raise AuditFailed("the audit record holds what is no text") from err
        except OSError as err:
            reason = err.strerror or type(err).__name__
            raise AuditFailed(f"the audit record cannot be written: {reason}") from err
        written = 0 if written is None else written
        if written < len(line):
            self._is_torn = self._is_torn or written > 0
            raise AuditFailed("the audit record cannot be written whole")
        self._is_torn = False
