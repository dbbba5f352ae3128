"""What convinces a registry: a token of its token server, or a user's password.

Source: docker/distribution registry/client/auth/session.go.
"""

from typing import Final

from swarmwire.registry.answers import RegistryAnswer, refusal
from swarmwire.registry.challenges import Challenge
from swarmwire.registry.credentials import RegistryLogin
from swarmwire.registry.documents import ENDS_EARLY, member, read_json
from swarmwire.registry.errors import ImageLookupRefused
from swarmwire.registry.hosts import RegistryHost
from swarmwire.registry.transport import RegistryTransport
from swarmwire.releases import Release

_CLIENT: Final = "docker"


class Authorizer:
    """Finds what goes into the header ``Authorization``, for reading one repository.

    Args:
        transport: how token servers are asked.
        registry: the registry.
        repository: its repository.
        login: the credentials that came along.
        release: the engine in whose words failures are told.
    """

    def __init__(
        self,
        transport: RegistryTransport,
        registry: RegistryHost,
        repository: str,
        login: RegistryLogin,
        release: Release,
    ) -> None:
        self._transport = transport
        self._registry = registry
        self._scope = f"repository:{repository}:pull"
        self._login = login
        self._release = release

    async def header(self, challenges: tuple[Challenge, ...]) -> str:
        """What convinces a registry that has these challenges; nothing if there are none.

        Raises:
            ImageLookupRefused: nothing does.
        """
        header = ""
        for challenge in (each for each in challenges if each.scheme == "bearer"):
            header = f"Bearer {self._login.registry_token or await self._token(challenge)}".rstrip()
        if self._login.registry_token or not any(each.scheme == "basic" for each in challenges):
            return header
        if not self._login.has_password:
            raise ImageLookupRefused(500, "no basic auth credentials")
        return self._login.basic

    async def _token(self, challenge: Challenge) -> str:
        realm = challenge.parameters.get("realm")
        if realm is None:
            raise ImageLookupRefused(500, "no realm specified for token auth challenge")
        service = challenge.parameters.get("service", "")
        if self._login.identity_token:
            answer = await self._exchanged(realm, service)
            return _read_token(answer, ("access_token",))
        answer = await self._given(realm, service)
        token = _read_token(answer, ("access_token", "token"))
        if not token:
            text = "authorization server did not include a token in the response"
            raise ImageLookupRefused(500, text)
        return token

    async def _exchanged(self, realm: str, service: str) -> RegistryAnswer:
        """A token for the token that the user has."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._login.identity_token,
            "service": service,
            "client_id": _CLIENT,
            "scope": self._scope,
        }
        answer = await self._transport.ask_realm(self._registry, realm, {}, form=form)
        return self._good(answer)

    async def _given(self, realm: str, service: str) -> RegistryAnswer:
        """A token for the user's password, or for nobody."""
        query = {"service": service} if service else {}
        query["scope"] = self._scope
        headers = {}
        if self._login.has_password:
            query["account"] = self._login.username
            headers["Authorization"] = self._login.basic
        answer = await self._transport.ask_realm(self._registry, realm, query, headers)
        return self._good(answer)

    def _good(self, answer: RegistryAnswer) -> RegistryAnswer:
        if not answer.is_good:
            raise refusal(answer, self._release)
        return answer


def _read_token(answer: RegistryAnswer, names: tuple[str, ...]) -> str:
    try:
        document = read_json(answer.body)
    except ValueError as err:
        is_cut = str(err) == ENDS_EARLY
        reason = ("unexpected EOF" if answer.body.strip() else "EOF") if is_cut else err
        raise ImageLookupRefused(500, f"unable to decode token response: {reason}") from None
    found = (member(document, name) for name in names)
    token = next((each for each in found if isinstance(each, str) and each), "")
    if not token.isascii() or not token.isprintable():
        raise ImageLookupRefused(500, "unable to decode token response: no token")
    return token
