"""What a registry says of an image, as an engine asks and answers it.

Source: moby daemon/server/router/distribution/distribution_routes.go; docker/distribution
registry/client/repository.go.
"""

import asyncio
from collections.abc import Iterable
from hashlib import new, sha256
from pathlib import Path
from typing import Final, NamedTuple, Self

from swarmwire.engine import encode
from swarmwire.images import ImageReference, check_digest
from swarmwire.registry.answers import RegistryAnswer, refusal
from swarmwire.registry.certificates import CERTIFICATES, trusted_for
from swarmwire.registry.challenges import Challenge
from swarmwire.registry.credentials import RegistryLogin
from swarmwire.registry.description import DistributionInspect, ImageDescriptor, ImagePlatform
from swarmwire.registry.errors import ImageLookupRefused, RegistryNotAsked
from swarmwire.registry.failures import request_text
from swarmwire.registry.hosts import RegistryHost
from swarmwire.registry.manifests import (
    ACCEPTED,
    SIGNED_MANIFEST,
    ImageManifest,
    platform_of_config,
    read_manifest,
)
from swarmwire.registry.references import image_reference, refuse_schema_1
from swarmwire.registry.tokens import Authorizer
from swarmwire.registry.transport import RegistryTransport
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.releases.quirks import does

_PATIENCE: Final = 15.0
_OVERALL: Final = 45.0
_LONGEST_LENGTH: Final = 18
"""Digits: no number of bytes has more."""
_ACCEPT: Final = {"Accept": ", ".join(ACCEPTED)}


class Registries:
    """Registries that may be asked about images. Used as an asynchronous context.

    async with Registries([registry_host("docker.io")]) as registries:
        found = await registries.describe("nginx:1.27")

    Args:
        hosts: those that may be asked; no other one is.
        release: the release of the engine whose answers are given, the newest if none.
        certificates: a folder like ``CERTIFICATES``, where the engine has authorities and
            certificates for registries.

    Raises:
        UnusableCertificate: a file there cannot be used.
    """

    def __init__(
        self,
        hosts: Iterable[RegistryHost],
        release: AnyRelease = None,
        *,
        certificates: Path = CERTIFICATES,
    ) -> None:
        self.release: Release = as_release(release)
        self.hosts = {each.name: each for each in hosts}
        trusted = {each.name: trusted_for(each, certificates) for each in self.hosts.values()}
        self._transport = RegistryTransport(self.hosts.values(), self.release, trusted, _PATIENCE)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.__aexit__()

    async def describe(self, image: str, login: str = "") -> DistributionInspect:
        """What a registry says of an image.

        Args:
            image: its reference: ``nginx:1.27``.
            login: credentials, as the header ``X-Registry-Auth`` has them.

        Raises:
            ImageLookupRefused: there is no such image, or no answer.
            RegistryNotAsked: its registry is none of those that may be asked.
        """
        reference = image_reference(image, self.release)
        host = self.hosts.get(reference.domain.lower())
        if host is None:
            raise RegistryNotAsked(reference.domain)
        repository = _Repository(
            self._transport, host, reference, RegistryLogin.read(login), self.release
        )
        try:
            async with asyncio.timeout(_OVERALL):
                return await repository.describe()
        except TimeoutError as err:
            raise ImageLookupRefused(500, f"the registry {host.name} takes too long") from err

    async def describe_json(self, image: str, login: str = "") -> bytes:
        """As ``describe``: the JSON that an engine answers, to the byte."""
        return encode(await self.describe(image, login), release=self.release)


class _Tagged(NamedTuple):
    """What a tag stands for."""

    digest: str
    size: int


class _Repository:
    """One image of one repository, being asked for."""

    def __init__(
        self,
        transport: RegistryTransport,
        host: RegistryHost,
        reference: ImageReference,
        login: RegistryLogin,
        release: Release,
    ) -> None:
        self._transport = transport
        self._host = host
        self._reference = reference
        self._release = release
        self._authorizer = Authorizer(transport, host, reference.path, login, release)
        self._challenges: tuple[Challenge, ...] = ()
        self._origin = ""
        self._authorization: str | None = None

    async def describe(self) -> DistributionInspect:
        """See ``Registries.describe``."""
        await self._begin()
        found = _Tagged(self._reference.digest, 0)
        if not found.digest:
            found = await self._tagged()
        answer = await self._ask("GET", f"manifests/{found.digest}", _ACCEPT)
        if not answer.is_good:
            raise refusal(answer, self._release)
        manifest = self._read(answer)
        if manifest.media_type == SIGNED_MANIFEST:
            refuse_schema_1(self._reference, self._release)
        platforms = manifest.platforms or await self._platforms_of_config(manifest)
        descriptor = ImageDescriptor(manifest.media_type, found.digest, found.size or manifest.size)
        return DistributionInspect(descriptor, platforms or None)

    async def _begin(self) -> None:
        """Find where the registry answers, and what it wants.

        Raises:
            ImageLookupRefused: it does not answer.
        """
        failure = ImageLookupRefused(500, "there is no registry")
        for origin in self._host.origins:
            try:
                answer = await self._transport.ask(self._host, "GET", f"{origin}/v2/")
            except ImageLookupRefused as err:
                failure = err
                continue
            self._origin, self._challenges = origin, answer.challenges
            return
        raise failure

    async def _tagged(self) -> _Tagged:
        """What the tag stands for.

        Raises:
            ImageLookupRefused: nothing, or the registry does not say it as it should.
        """
        path = f"manifests/{self._reference.tag}"
        answer = await self._ask("HEAD", path, _ACCEPT)
        if not (answer.is_good and answer.digest):
            # Not every registry knows HEAD, and only GET tells what is wrong.
            answer = await self._ask("GET", path, _ACCEPT)
        if not answer.is_good:
            raise refusal(answer, self._release)
        if not answer.content_type:
            raise ImageLookupRefused(500, "missing or empty Content-Type header")
        if not answer.digest:
            return _Tagged(f"sha256:{sha256(answer.body).hexdigest()}", self._read(answer).size)
        try:
            check_digest(answer.digest)
        except ValueError as err:
            raise ImageLookupRefused(500, str(err)) from err
        if not answer.length.isdecimal() or len(answer.length) > _LONGEST_LENGTH:
            raise ImageLookupRefused(500, "missing or empty Content-Length header")
        return _Tagged(answer.digest, int(answer.length))

    async def _platforms_of_config(self, manifest: ImageManifest) -> tuple[ImagePlatform, ...]:
        """The platform that an image's config tells; none if it cannot be had, as for an engine."""
        try:
            check_digest(manifest.config)
            answer = await self._ask("GET", f"blobs/{manifest.config}", {}, elsewhere=True)
        except (ValueError, ImageLookupRefused):
            return ()
        algorithm, _, wanted = manifest.config.partition(":")
        is_it = new(algorithm, answer.body).hexdigest() == wanted
        return platform_of_config(answer.body) if answer.is_good and is_it else ()

    async def _ask(
        self, method: str, path: str, headers: dict[str, str], *, elsewhere: bool = False
    ) -> RegistryAnswer:
        url = f"{self._origin}/v2/{self._reference.path}/{path}"
        if self._authorization is None:
            try:
                self._authorization = await self._authorizer.header(self._challenges)
            except ImageLookupRefused as err:
                asked = request_text(method, url, self._release)
                status = 500 if does(self._release, "failed-tokens-are-500") else err.status
                raise ImageLookupRefused(status, f"{asked}: {err.text}") from err
        if self._authorization:
            headers = headers | {"Authorization": self._authorization}
        return await self._transport.ask(self._host, method, url, headers, elsewhere=elsewhere)

    def _read(self, answer: RegistryAnswer) -> ImageManifest:
        try:
            return read_manifest(answer.media_type, answer.body)
        except ValueError as err:
            raise ImageLookupRefused(500, str(err)) from err
