"""Requests that get no answer, in the words of an engine.

Source: Go net/http, net/url and net; crypto/tls.
"""

import socket
from typing import Final

try:
    import aiohttp
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.registry", err) from err

from swarmwire.releases import Release

_NO_QUOTES_BEFORE: Final = (1, 14)
"""The Go that writes URLs in errors with quotes for the first time."""


def request_text(method: str, url: str, release: Release) -> str:
    """A request as Go begins the text of its failure: ``Get "https://r.example/v2/"``."""
    is_old = release.go and tuple(map(int, release.go.split(".")[:2])) < _NO_QUOTES_BEFORE
    return f"{method.capitalize()} {url}" if is_old else f'{method.capitalize()} "{url}"'


def failure_text(err: Exception) -> str:
    """Why a request got no answer."""
    match err:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(err.certificate_error, "verify_message", "") or "it is not trusted"
            return f"tls: failed to verify certificate: {reason}"
        case aiohttp.ClientSSLError():
            return "http: server gave HTTP response to HTTPS client"
        case aiohttp.ClientConnectorError():
            return _dial_text(err)
    known = (text for kind, text in _TEXTS if isinstance(err, kind))
    return next(known, type(err).__name__)


_TEXTS: Final = (
    (TimeoutError, "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"),
    (aiohttp.ServerDisconnectedError, "EOF"),
    (aiohttp.ClientPayloadError, "unexpected EOF"),
    (aiohttp.ClientResponseError, "malformed HTTP response"),
    (aiohttp.ClientError, "the request cannot be sent"),
    (ValueError, 'net/http: invalid header field value for "Authorization"'),
)
"""The first that fits counts."""


class NotReachable(OSError):
    """A host has no address that may be asked."""


def _dial_text(err: aiohttp.ClientConnectorError) -> str:
    match err.os_error:
        case NotReachable():
            return f"dial tcp: lookup {err.host}: {err.os_error}"
        case socket.gaierror():
            return f"dial tcp: lookup {err.host}: no such host"
        case ConnectionRefusedError():
            reason = "connection refused"
        case _:
            reason = (err.os_error.strerror or str(err.os_error)).lower()
    return f"dial tcp {err.host}:{err.port}: connect: {reason}"
