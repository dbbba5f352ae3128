"""Bodies of requests, as the engine reads them.

Source: moby daemon/server/httputils/httputils.go, ReadJSON; v20.10.24 api/server/router/swarm,
which decodes by itself; Go mime, ParseMediaType.
"""

import re
from collections.abc import Iterator
from typing import Final, TypeVar

from swarmwire import engine
from swarmwire.gateway.message import JSON, Request, RequestRefused
from swarmwire.releases import Release
from swarmwire.releases.quirks import does

_T = TypeVar("_T")

_MOST_COMMAS: Final = 50_000
"""Reading millions of tiny values would take memory and time from everybody else."""
_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_TOKEN: Final = re.compile(_WORD, re.ASCII)
_PARAMETER: Final = re.compile(rf'\s*;\s*({_WORD})\s*=\s*({_WORD}|"(?:[^"\\]|\\.)*")', re.ASCII)
_NOTHING: Final = "got EOF while reading request body"


def read_json(
    request: Request,
    type_: type[_T],
    release: Release,
    *,
    most: int = _MOST_COMMAS,
    of_swarm: bool = True,
) -> _T:
    """The object that a body holds; an empty one if there is no body.

    Args:
        request: what holds the body.
        type_: what is read.
        release: whose rules of reading hold.
        most: how many values the body of a client with limits may hold.
        of_swarm: whether it is of a route of the swarm's own: not of networks, not of volumes.

    Raises:
        RequestRefused: 400: it is not said to be JSON, or is empty; 413: it holds far more values
            than any spec that a policy lets through.
        DecodeError: it is not such an object.
    """
    is_chunked = "chunked" in request.headers.get("transfer-encoding", "").lower()
    is_there = bool(request.body) or is_chunked
    if not (of_swarm and does(release, "any-content-type")):
        _refuse_other_types(request.headers.get("content-type", ""), release, is_there=is_there)
    if not is_there and not does(release, "needs-a-body"):
        return type_()
    if request.limits is not None and request.body.count(b",") > most:
        raise RequestRefused(413, f"the body holds more than {most} values")
    if not request.body.strip(b" \t\r\n"):
        prefix = "" if does(release, "bare-decode-errors") else "invalid JSON: "
        raise RequestRefused(400, f"{prefix}{_NOTHING}")
    return engine.decode(request.body, type_, release=release)


def _refuse_other_types(given: str, release: Release, *, is_there: bool) -> None:
    if not given and not is_there:
        return
    fault = next(_faults_of_type(given), "")
    is_other = given.partition(";")[0].strip().lower() != JSON
    if not fault and not is_other:
        return
    shown = found_text(given)
    if does(release, "bare-decode-errors"):
        raise RequestRefused(400, f"Content-Type specified ({shown}) must be '{JSON}'")
    if fault:
        raise RequestRefused(400, f"malformed Content-Type header ({shown}): mime: {fault}")
    raise RequestRefused(400, f"unsupported Content-Type header ({shown}): must be '{JSON}'")


def _faults_of_type(given: str) -> Iterator[str]:
    """What Go finds wrong with a media type; the first counts."""
    base = given.partition(";")[0]
    kind, slash, rest = base.strip().partition("/")
    if not _beginning(kind):
        yield "no media type"
    elif _beginning(kind) != kind:
        yield "expected slash after first token"
    elif slash and not _beginning(rest):
        yield "expected token after slash"
    elif _beginning(rest) != rest:
        yield "unexpected content after media subtype"
    yield from _faults_of_parameters(given, len(base))


def _faults_of_parameters(given: str, place: int) -> Iterator[str]:
    known: dict[str, str] = {}
    while (found := _PARAMETER.match(given, place)) is not None:
        name, value = found[1].lower(), found[2].strip('"')
        if known.setdefault(name, value) != value:
            yield "duplicate parameter name"
        place = found.end()
    if given[place:].strip() not in ("", ";"):
        yield "invalid media parameter"


def _beginning(text: str) -> str:
    """The token that a text begins with; empty if there is none."""
    found = _TOKEN.match(text)
    return found[0] if found else ""


def found_text(given: str) -> str:
    """A header as it is repeated to who sent it: never long."""
    return given[:200]
