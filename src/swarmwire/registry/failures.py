"""Requests that get no answer, in the words of an engine.

Source: Go net/http, net/url and net; crypto/tls.
"""

from typing import Final

import aiohttp

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
        case TimeoutError():
            return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(err.certificate_error, "verify_message", "") or "it is not trusted"
            return f"tls: failed to verify certificate: {reason}"
        case aiohttp.ClientConnectorDNSError():
            reason = err.os_error.strerror or "no such host"
            is_ours = err.os_error.errno is None and err.os_error.args[1:]
            return f"dial tcp: lookup {err.host}: {reason if is_ours else 'no such host'}"
        case aiohttp.ClientSSLError():
            return "http: server gave HTTP response to HTTPS client"
        case aiohttp.ClientConnectorError():
            reason = (err.os_error.strerror or str(err.os_error)).lower()
            if isinstance(err.os_error, ConnectionRefusedError):
                reason = "connection refused"
            return f"dial tcp {err.host}:{err.port}: connect: {reason}"
        case aiohttp.ServerDisconnectedError():
            return "EOF"
        case aiohttp.ClientPayloadError():
            return "unexpected EOF"
        case aiohttp.ClientResponseError():
            return "malformed HTTP response"
    return type(err).__name__
