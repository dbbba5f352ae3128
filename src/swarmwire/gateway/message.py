"""What comes in and what goes out, without any server: a request, a response, a refusal."""

import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from swarmwire import engine
from swarmwire.errors import SwarmwireError
from swarmwire.gateway.permission import EVERYTHING, Permission
from swarmwire.policy import ClientLimits
from swarmwire.releases import AnyRelease

JSON = "application/json"
"""Exactly this: clients compare it as a text."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One HTTP request. Its repr shows nothing of what a client sent but the method.

    Attributes:
        method: ``GET``.
        path: as it was sent, still percent-encoded, without the query.
        query: what follows the ``?``, as it was sent.
        headers: by their names in lower case; of repeated ones the first, as Go reads them.
        body: all of it.
        permission: what its client may do.
        identity: what the policy calls its client; empty if nobody says.
        told_by: what told so: ``socket=/run/x.sock``, ``cert=CN=ci``, ``uid=1001``.
        peer: the address, or the process, of the other side.
        limits: how much it may ask for; None for no limit.
        is_surplus: whether its client has more connections than it may have.
        still_holds: whether what it says of its client is so up to now; if not, nothing is done
            for it any more, and its stream is one of those that ``Gateway.end_outdated_streams``
            ends.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    permission: Permission = EVERYTHING
    identity: str = ""
    told_by: str = ""
    peer: str = ""
    limits: ClientLimits | None = None
    is_surplus: bool = False
    still_holds: Callable[[], bool] = _always

    def __repr__(self) -> str:
        return f"<Request {self.method}>"


@dataclass(slots=True)
class Response:
    """One HTTP response.

    Attributes:
        status: the number.
        body: its pieces, to be written one after the other. They may be shared: never changed.
        headers: by their names, as they are written.
        stream: what follows, piece by piece, for as long as it takes; None if ``body`` is all.
        route: the method and the template of the path that were found for the request; None if
            there are none.
    """

    status: int = 200
    body: Sequence[bytes] = ()
    headers: dict[str, str] = field(default_factory=dict)
    stream: AsyncGenerator[bytes, None] | None = None
    route: tuple[str, str] | None = None


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def whole_text(text: str) -> str:
    """A text with a character for each byte that was no UTF-8 when it came, as Go writes it."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


class RequestRefused(SwarmwireError):
    """A request is answered with an error.

    Attributes:
        status: the HTTP status.
        text: what the client is told.
    """

    def __init__(self, status: int, text: str) -> None:
        text = whole_text(text)
        super().__init__(status, text)
        self.status = status
        self.text = text

    def __str__(self) -> str:
        return self.text


def json_response(data: bytes, status: int = 200) -> Response:
    """A response of JSON that is written already."""
    return Response(status, (data, b"\n"), {"Content-Type": JSON})


def error_response(status: int, text: str, release: AnyRelease = None) -> Response:
    """An error, as clients expect it, and as a release writes it."""
    return json_response(engine.encode({"message": text}, release=release), status)
