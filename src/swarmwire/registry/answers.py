"""What registries answer, and what an engine makes of it when they refuse. Pure.

Source: docker/distribution registry/client/errors.go and registry/api/errcode; moby
api/server/httpstatus/status.go.
"""

from http import HTTPStatus
from typing import Any, Final, NamedTuple

from swarmwire.registry.challenges import Challenge
from swarmwire.registry.documents import json_kind, member, read_json
from swarmwire.registry.errors import ImageLookupRefused
from swarmwire.releases import Release
from swarmwire.releases.quirks import does
from swarmwire.rules.go_text import quote


class RegistryAnswer(NamedTuple):
    """One answer of a registry or its token server.

    Attributes:
        status: the HTTP status.
        reason: the words beside it.
        body: all of it; nothing of ``HEAD``.
        content_type: as it was sent; nothing if it was not.
        digest: ``Docker-Content-Digest``, likewise.
        length: ``Content-Length``, likewise.
        location: where it sends us, likewise.
        challenges: what it wants; only of 401.
    """

    status: int
    reason: str = ""
    body: bytes = b""
    content_type: str = ""
    digest: str = ""
    length: str = ""
    location: str = ""
    challenges: tuple[Challenge, ...] = ()

    def __repr__(self) -> str:
        # A token server's answer is a secret.
        return f"<RegistryAnswer {self.status}, {len(self.body)} bytes>"

    @property
    def is_good(self) -> bool:
        """Whether it counts as a success."""
        return 200 <= self.status < 400

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.content_type.partition(";")[0].strip().lower()


_CODES: Final = {
    "UNKNOWN": (500, "unknown error"),
    "UNSUPPORTED": (405, "The operation is unsupported."),
    "UNAUTHORIZED": (401, "authentication required"),
    "DENIED": (403, "requested access to the resource is denied"),
    "UNAVAILABLE": (503, "service unavailable"),
    "TOOMANYREQUESTS": (429, "too many requests"),
    "DIGEST_INVALID": (400, "provided digest did not match uploaded content"),
    "SIZE_INVALID": (400, "provided length did not match content length"),
    "NAME_INVALID": (400, "invalid repository name"),
    "TAG_INVALID": (400, "manifest tag did not match URI"),
    "NAME_UNKNOWN": (404, "repository name not known to registry"),
    "MANIFEST_UNKNOWN": (404, "manifest unknown"),
    "MANIFEST_INVALID": (400, "manifest invalid"),
    "MANIFEST_UNVERIFIED": (400, "manifest failed signature verification"),
    "MANIFEST_BLOB_UNKNOWN": (400, "blob unknown to registry"),
    "BLOB_UNKNOWN": (404, "blob unknown to registry"),
    "BLOB_UPLOAD_UNKNOWN": (404, "blob upload unknown to registry"),
    "BLOB_UPLOAD_INVALID": (404, "blob upload invalid"),
    "PAGINATION_NUMBER_INVALID": (400, "invalid number of results requested"),
}
"""The codes of registries' errors: the status that an engine answers with, and the usual words."""

_BY_STATUS: Final = {401: "UNAUTHORIZED", 403: "DENIED", 429: "TOOMANYREQUESTS"}
_BEARER_ERRORS: Final = {"invalid_token": "UNAUTHORIZED", "insufficient_scope": "DENIED"}
_JSON: Final = ("application/json", "application/vnd.api+json")
_LONGEST: Final = 16_384
"""So much of a registry's words is told."""


class _RegistryError(NamedTuple):
    code: str
    message: str | None

    @property
    def status(self) -> int:
        return _CODES[self.code][0]

    def __str__(self) -> str:
        text = self.code.lower().replace("_", " ")
        return text if self.message is None else f"{text}: {self.message[:_LONGEST]}"


def refusal(answer: RegistryAnswer, release: Release) -> ImageLookupRefused:
    """What an engine of a release says of an answer that is no success."""
    if not 400 <= answer.status < 500:
        words = f"{answer.status} {answer.reason or _usual_reason(answer.status)}"
        return ImageLookupRefused(500, f"received unexpected HTTP status: {words}".rstrip())
    for challenge in answer.challenges:
        code = _BEARER_ERRORS.get(challenge.parameters.get("error", ""))
        if challenge.scheme == "bearer" and code is not None:
            message = challenge.parameters.get("error_description", _CODES[code][1])
            return _refused([_RegistryError(code, message), *_told_or_raw(answer, release)])
    try:
        return _refused(_told(answer, release))
    except ValueError as err:
        if answer.status == 401:
            return _refused([_RegistryError("UNAUTHORIZED", _CODES["UNAUTHORIZED"][1])])
        return ImageLookupRefused(500, str(err))


def _usual_reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _refused(errors: list[_RegistryError | str]) -> ImageLookupRefused:
    first = errors[0]
    status = 500 if isinstance(first, str) else first.status
    if len(errors) == 1:
        return ImageLookupRefused(status, str(first))
    return ImageLookupRefused(status, "errors:\n" + "".join(f"{each}\n" for each in errors))


def _told_or_raw(answer: RegistryAnswer, release: Release) -> list[_RegistryError | str]:
    try:
        return _told(answer, release)
    except ValueError as err:
        return [str(err)]


def _told(answer: RegistryAnswer, release: Release) -> list[_RegistryError | str]:
    """The errors that a body tells.

    Raises:
        ValueError: it tells none; the text is the engine's.
    """
    body = answer.body.decode("utf-8", "surrogateescape")
    by_status = _BY_STATUS.get(answer.status, "UNKNOWN")
    if answer.media_type not in _JSON and not does(release, "untyped-registry-errors"):
        return [_RegistryError(by_status, body)]
    try:
        document = read_json(answer.body)
        details = member(document, "details")
        if isinstance(details, str) and details:
            return [_RegistryError(by_status, details)]
        listed = _listed(document)
    except ValueError as err:
        text = f"error parsing HTTP {answer.status} response body: {err}: "
        raise ValueError(text + quote(body[:_LONGEST])) from None
    return [_registry_error(each) for each in listed]


def _listed(document: object) -> list[dict[str, Any]]:
    if document is not None and not isinstance(document, dict):
        kind = json_kind(document)
        into = "Go value of type struct { Errors []errcode.Error }"
        raise ValueError(f"json: cannot unmarshal {kind} into {into}")
    listed = member(document, "errors")
    if listed is None or listed == []:
        raise ValueError("no error details found in HTTP response body")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        kind = json_kind(listed)
        raise ValueError(f"json: cannot unmarshal {kind} into Go struct field .Errors")
    return listed


def _registry_error(told: dict[str, Any]) -> _RegistryError:
    code = member(told, "code")
    known = code if isinstance(code, str) and code in _CODES else "UNKNOWN"
    message = member(told, "message")
    words = message if isinstance(message, str) else ""
    if member(told, "detail") is None and words in ("", _CODES[known][1]):
        return _RegistryError(known, None)
    return _RegistryError(known, words)
