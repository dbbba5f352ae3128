"""Which handler answers a request: paths, methods and versions, as an engine's router takes them.

Source: moby daemon/server/server.go, CreateMux; daemon/server/middleware/version.go; gorilla/mux.
"""

import posixpath
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote

from swarmwire.engine.versions import OLDEST, parse_version
from swarmwire.gateway.auditing import RequestTrail
from swarmwire.gateway.message import Request, RequestRefused, Response
from swarmwire.gateway.parameters import Parameters
from swarmwire.releases import Release

_VERSIONED: Final = re.compile(r"/v([0-9.]+)(/.*)", re.DOTALL)
_VARIABLE: Final = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
_USUAL: Final = {f"1.{minor}": (1, minor) for minor in range(1, 100)}
_SHORT: Final = 200
_MOST_FOUND: Final = 4096
"""Short paths of which the route is remembered: clients ask for the same ones again and again."""
PLAIN_BEFORE: Final = (1, 24)
"""Clients that ask for an older version than this expect errors as plain text; 26 and 27 forgot."""


def oldest_served(release: Release) -> str:
    """The oldest API version that is served: that of the release, and 1.24 where that is newer."""
    return min(OLDEST, release.oldest_api_version, key=parse_version)


class RoutedRequest(NamedTuple):
    """A request, and what its path and query say.

    Attributes:
        request: as it came.
        version: the API version that it names, or the newest if it names none.
        version_text: the same as it was written.
        variables: the variable parts of the path.
        parameters: those of the query.
        is_dry_run: whether nothing is to be written.
        trail: what is recorded of it; None if nothing is.
    """

    request: Request
    version: tuple[int, ...]
    version_text: str
    variables: dict[str, str]
    parameters: Parameters
    is_dry_run: bool = False
    trail: RequestTrail | None = None


Handler = Callable[[Any, RoutedRequest], Awaitable[Response]]
"""What answers a route: given the gateway and the request."""


class Route(NamedTuple):
    """One route.

    Attributes:
        method: ``GET``.
        template: its path: ``/services/{id}``; a variable is one step, or what its expression says.
        handler: what answers it.
        plans: whether it takes a dry run, which is answered with the plan.
        first: the first API version that has it; empty if each has. Releases before 29.0 serve it
            to older clients, too.
    """

    method: str
    template: str
    handler: Handler
    first: str = ""
    plans: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


class Router:
    """The routes, each with and without a version before it; the first that fits answers."""

    def __init__(self, routes: Iterable[Route], release: Release) -> None:
        self._routes = [(_expression(route.template), route) for route in routes]
        self._newest = release.api_version
        self._oldest = oldest_served(release)
        self._range = (parse_version(self._oldest), parse_version(release.api_version))
        self._found: dict[tuple[str, str], tuple[Route, dict[str, str]]] = {}
        self._refuses_early = release.has("29.0")

    def find(self, request: Request) -> tuple[Route, dict[str, str], str] | None:
        """The route, the variable parts of its path, and the version in front of it.

        None if there is none: whatever path or method that is.

        Raises:
            MalformedPath: the path has an escape that is none.
            MovedPath: the path is written in an odd way, and is answered with a better one.
        """
        if _BAD_ESCAPE.search(request.path):
            raise MalformedPath
        path = unquote(request.path)
        if _clean(path) != path:
            raise MovedPath(_location(request))
        version, rest = _parted(path)
        key = (request.method, rest)
        known = self._found.get(key)
        if known is None:
            known = self._route(*key)
            if len(rest) <= _SHORT and known is not None:
                if len(self._found) >= _MOST_FOUND:
                    self._found.clear()
                self._found[key] = known
        return known and (*known, version)

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        for expression, route in self._routes:
            found = expression.fullmatch(path)
            if found is not None and route.method == method:
                return route, found.groupdict()
        return None

    def version_of(self, request: Request) -> str:
        """The version in front of a path that leads nowhere; empty if there is none."""
        return _parted(unquote(request.path))[0]

    def routed(
        self, request: Request, route: Route, variables: dict[str, str], version: str
    ) -> RoutedRequest:
        """The request, once its version is one that is served.

        Raises:
            RequestRefused: 400.
        """
        text = version or self._newest
        asked = _USUAL.get(text) or parse_version(text)
        oldest, newest = self._range
        if asked < oldest:
            raise RequestRefused(
                400,
                f"client version {version} is too old. Minimum supported API version is"
                f" {self._oldest}, please upgrade your client to a newer version",
            )
        if asked > newest:
            raise RequestRefused(
                400,
                f"client version {version} is too new. Maximum supported API version is"
                f" {self._newest}",
            )
        if self._refuses_early and route.first and asked < parse_version(route.first):
            raise RequestRefused(400, f"{route} requires minimum API version {route.first}")
        parameters = Parameters(request.query)
        return RoutedRequest(request, asked, version or self._newest, variables, parameters)


class MalformedPath(RequestRefused):
    """A path that is no path: Go's own server refuses it, before the engine hears of it."""

    def __init__(self) -> None:
        super().__init__(400, "400 Bad Request")


class MovedPath(RequestRefused):
    """A path that is answered with another one.

    Attributes:
        location: the other one.
    """

    def __init__(self, location: str) -> None:
        super().__init__(301, "")
        self.location = location


def _parted(path: str) -> tuple[str, str]:
    """The version in front of a path, and what comes after it."""
    versioned = _VERSIONED.fullmatch(path)
    return (versioned[1], versioned[2]) if versioned else ("", path)


def _expression(template: str) -> re.Pattern[str]:
    text, end = "", 0
    for found in _VARIABLE.finditer(template):
        text += re.escape(template[end : found.start()])
        text += f"(?P<{found[1]}>{found[2] or '[^/]+'})"
        end = found.end()
    return re.compile(text + re.escape(template[end:]), re.DOTALL)


def _location(request: Request) -> str:
    """Where the cleaned path is, encoded again. Source: Go net/url, URL.String."""
    clean = _clean(unquote(request.path, errors="surrogateescape"))
    path = quote(clean, safe="$&+,/:;=@", errors="surrogateescape")
    return f"{path}?{request.query}" if request.query else path


def _clean(path: str) -> str:
    """The path without empty steps and steps back. Source: gorilla/mux, cleanPath."""
    if "//" not in path and "/." not in path and path.startswith("/"):
        return path
    clean = posixpath.normpath("/" + path.lstrip("/"))
    return clean + "/" if path.endswith("/") and clean != "/" else clean
