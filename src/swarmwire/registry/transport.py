"""HTTP to registries: where a request may go, and how much of an answer is read.

Nothing goes to a host that was not named, but where a registry that was named sends us itself: to
its token server and to the store of its blobs. Those are asked over https alone, never on this
machine or its link, and without the credentials for the registry. Any other redirect is an error.
"""

import ssl
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from swarmwire.registry.answers import RegistryAnswer
from swarmwire.registry.challenges import read_challenges
from swarmwire.registry.errors import ImageLookupRefused
from swarmwire.registry.failures import NotReachable, failure_text, request_text
from swarmwire.registry.hosts import RegistryHost, is_loopback, is_out_of_reach
from swarmwire.releases import Release

if TYPE_CHECKING:
    from aiohttp.abc import ResolveResult  # of aiohttp 3.10

_MOST_REDIRECTS: Final = 10
_MOST: Final = 4 * 2**20
"""Bytes of an answer: registries take no larger manifests, and engines make no larger configs."""
_AT_ONCE: Final = 64
_AT_ONCE_OF_ONE: Final = 8
_PIECE: Final = 2**16
_REDIRECTS: Final = (301, 302, 303, 307, 308)


class RegistryTransport:
    """Requests to the registries that were named.

    Args:
        registries: those.
        release: the engine in whose words failures are told.
        trusted: who vouches for each of them, and for whom it sends us to, by their names.
        patience: for how many seconds one request may take.
    """

    def __init__(
        self,
        registries: Collection[RegistryHost],
        release: Release,
        trusted: Mapping[str, ssl.SSLContext],
        patience: float,
    ) -> None:
        self._named = {_address(URL(origin)) for each in registries for origin in each.origins}
        self._release = release
        self._trusted = trusted
        self._patience = patience
        self._held = AsyncExitStack()
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        for is_named in (True, False):
            resolver = None if is_named else _CarefulResolver()
            connector = aiohttp.TCPConnector(
                limit=_AT_ONCE, limit_per_host=_AT_ONCE_OF_ONE, resolver=resolver
            )
            session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=self._patience),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                # As it is, or its digest would be another.
                headers={"Accept-Encoding": "identity", "User-Agent": "swarmwire"},
            )
            self._sessions[is_named] = await self._held.enter_async_context(session)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._held.aclose()

    async def ask(
        self,
        registry: RegistryHost,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        elsewhere: bool = False,
    ) -> RegistryAnswer:
        """The answer of a registry. It may send us on to another path of its own.

        Args:
            registry: whom to ask.
            method: ``GET``.
            url: where.
            headers: what goes with it; to nobody else.
            elsewhere: whether it may send us to another host, too.

        Raises:
            ImageLookupRefused: there is none, or it sends us elsewhere.
        """
        at, sent = URL(url, encoded=True), dict(headers or {})
        for _ in range(_MOST_REDIRECTS):
            answer = await self._exchange(registry, method, at, sent)
            if answer.status not in _REDIRECTS or not answer.location:
                return answer
            target = _joined(at, answer.location)
            if (target.scheme, *_address(target)) != (at.scheme, *_address(at)):
                if not elsewhere:
                    raise self._refused(
                        method, at, f"it redirects to {target.host}, which is not asked"
                    )
                self._refuse_foreign(registry, method, at, target)
                sent = {}
            at = target
        raise self._refused(method, at, "stopped after 10 redirects")

    async def ask_realm(
        self,
        registry: RegistryHost,
        realm: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> RegistryAnswer:
        """The answer of a registry's token server; nobody is asked if it sends us elsewhere.

        Args:
            registry: who named it.
            realm: where it is.
            query: what is added to its query.
            headers: what goes with it.
            form: what is posted to it; None to get it.

        Raises:
            ImageLookupRefused: there is no answer, or it may not be asked.
        """
        try:
            at = URL(realm)
            port_is_right = at.port is not None
        except ValueError:
            port_is_right = False
        if not port_is_right or at.host is None:
            raise ImageLookupRefused(500, "invalid token auth challenge realm")
        method = "GET" if form is None else "POST"
        self._refuse_foreign(registry, method, at, at)
        answer = await self._exchange(registry, method, at.update_query(query), headers, form)
        if answer.status in _REDIRECTS:
            raise self._refused(method, at, "it redirects, and credentials do not go along")
        return answer

    def _refuse_foreign(self, registry: RegistryHost, method: str, at: URL, target: URL) -> None:
        """Refuse an address to which a registry may not send us.

        Raises:
            ImageLookupRefused: it is without TLS, or one that others may not reach through us.
        """
        host = target.host or ""
        if registry.is_local and is_loopback(host):
            return
        if target.scheme != "https":
            raise self._refused(
                method, at, f"{host} is not asked: without https it could be anybody"
            )
        if _address(target) not in self._named and _is_literal_out_of_reach(host):
            raise self._refused(
                method, at, f"{host} is not asked: it is of this machine or its link"
            )

    async def _exchange(
        self,
        registry: RegistryHost,
        method: str,
        at: URL,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> RegistryAnswer:
        is_near = registry.is_local and is_loopback(at.host or "")
        session = self._sessions[is_near or _address(at) in self._named]
        try:
            async with session.request(
                method,
                at,
                headers=headers,
                data=form,
                allow_redirects=False,
                # As engines do: what is on the loopback shows whatever certificate it likes.
                ssl=False if is_near else self._trusted[registry.name],
            ) as response:
                return await self._read(method, at, response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
            raise self._refused(method, at, failure_text(err)) from err

    async def _read(self, method: str, at: URL, response: aiohttp.ClientResponse) -> RegistryAnswer:
        pieces = []
        size = 0
        async for piece in response.content.iter_chunked(_PIECE):
            size += len(piece)
            if size > _MOST:
                raise self._refused(method, at, f"an answer of more than {_MOST} bytes")
            pieces.append(piece)
        headers = response.headers
        wanted = headers.getall("WWW-Authenticate", []) if response.status == 401 else ()
        return RegistryAnswer(
            response.status,
            response.reason or "",
            b"".join(pieces),
            headers.get("Content-Type", ""),
            headers.get("Docker-Content-Digest", ""),
            headers.get("Content-Length", ""),
            headers.get("Location", ""),
            read_challenges(wanted),
        )

    def _refused(self, method: str, at: URL, text: str) -> ImageLookupRefused:
        # Queries have names of users.
        shown = str(at.with_query(None).with_user(None))
        asked = request_text(method, shown, self._release)
        return ImageLookupRefused(500, f"{asked}: {text}")


def _address(url: URL) -> tuple[str, int | None]:
    return (url.host or "").lower(), url.port


def _joined(at: URL, location: str) -> URL:
    try:
        return at.join(URL(location))
    except ValueError as err:
        raise ImageLookupRefused(500, "failed to parse Location header") from err


def _is_literal_out_of_reach(host: str) -> bool:
    try:
        return host == "localhost" or is_out_of_reach(host)
    except ValueError:
        # resolvers read 127.1 and 2130706433 as addresses, and aiohttp does not look such a host
        # up; of a name the addresses are looked at when it is looked up
        return ":" in host or host.replace(".", "").isdigit()


class _CarefulResolver(AbstractResolver):
    """Looks up names, and passes over the addresses that nobody may send us to."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, *args: Any, **settings: Any) -> "list[ResolveResult]":
        """The addresses of a host.

        Raises:
            OSError: it has none.
            NotReachable: it has none that may be asked.
        """
        found = await self._inner.resolve(host, *args, **settings)
        kept = [each for each in found if not is_out_of_reach(each["host"])]
        if not kept:
            raise NotReachable(f"{host} is of this machine or its link, and is not asked")
        return kept

    async def close(self) -> None:
        """Nothing is held."""
        await self._inner.close()
