"""Bodies of requests, as the engine reads them.

Source: moby daemon/server/httputils/httputils.go, ReadJSON; Go mime, ParseMediaType.
"""

import re
from typing import Final, TypeVar

from swarmwire import engine
from swarmwire.gateway.message import JSON, Request, RequestRefused
from swarmwire.releases import Release

_T = TypeVar("_T")

_MOST_COMMAS: Final = 50_000
"""Reading millions of tiny values would take memory and time from everybody else."""
_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_TYPE: Final = re.compile(rf"\s*({_WORD}/{_WORD}|{_WORD})\s*", re.ASCII)
_PARAMETER: Final = re.compile(rf'\s*{_WORD}\s*=\s*({_WORD}|"(?:[^"\\]|\\.)*")\s*', re.ASCII)


def read_json(
    request: Request, type_: type[_T], release: Release, *, most: int = _MOST_COMMAS
) -> _T:
    """The object that a body holds; an empty one if there is no body.

    Args:
        request: what holds the body.
        type_: what is read.
        release: whose rules of reading hold.
        most: how many values the body of a client with limits may hold.

    Raises:
        RequestRefused: 400: it is not said to be JSON, or is empty; 413: it holds far more values
            than any spec that a policy lets through.
        DecodeError: it is not such an object.
    """
    given = request.headers.get("content-type", "")
    is_chunked = "chunked" in request.headers.get("transfer-encoding", "").lower()
    if given or request.body or is_chunked:
        _refuse_other_types(given)
    if not request.body and not is_chunked:
        return type_()
    if request.limits is not None and request.body.count(b",") > most:
        raise RequestRefused(413, f"the body holds more than {most} values")
    if not request.body.strip(b" \t\r\n"):
        raise RequestRefused(400, "invalid JSON: got EOF while reading request body")
    return engine.decode(request.body, type_, release=release)


def _refuse_other_types(given: str) -> None:
    first, *parameters = given.split(";")
    found = _TYPE.fullmatch(first)
    reason = ""
    if not first.strip():
        reason = "mime: no media type"
    elif found is None:
        reason = "mime: unexpected content after media type"
    elif any(part.strip() and not _PARAMETER.fullmatch(part) for part in parameters) or any(
        not part.strip() for part in parameters[:-1]
    ):
        reason = "mime: invalid media parameter"
    if reason:
        raise RequestRefused(400, f"malformed Content-Type header ({given}): {reason}")
    if found is not None and found[1].lower() != JSON:
        raise RequestRefused(
            400, f"unsupported Content-Type header ({found_text(given)}): must be '{JSON}'"
        )


def found_text(given: str) -> str:
    """A header as it is repeated to who sent it: never long."""
    return given[:200]
