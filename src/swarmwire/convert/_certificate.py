"""The issuer's names in a PEM certificate: the two parts of X.509 that the engine shows.

Reads just as much DER as leads to them. Source: swarmkit ca/reconciler.go, IssuerFromAPIRootCA.
"""

import re
from base64 import b64decode
from typing import NamedTuple

_PEM = rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----"
_SEQUENCE = 0x30
_VERSION = 0xA0


class Issuer(NamedTuple):
    """Subject and public key of a certificate, as their DER stands in it."""

    subject: bytes
    public_key: bytes


def issuer(pem: bytes) -> Issuer | None:
    """The issuer that the first certificate of ``pem`` is; None if it is not one."""
    found = re.search(_PEM, pem)
    if found is None:
        return None
    try:
        certificate = _Elements(b64decode(found[1])).inner(_SEQUENCE)
        parts = certificate.inner(_SEQUENCE)
        if parts.tag() == _VERSION:
            parts.next()
        for _serial_algorithm_issuer_validity in range(4):
            parts.next()
        return Issuer(subject=parts.next(), public_key=parts.next())
    except (ValueError, IndexError):
        return None


class _Elements:
    """The DER elements in a run of bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def tag(self) -> int:
        return self._data[self._at]

    def next(self) -> bytes:
        """The next element, tag and length included."""
        start = self._at
        _, self._at = self._bounds()
        return self._data[start : self._at]

    def inner(self, tag: int) -> "_Elements":
        """The elements within the next one, which must have ``tag``."""
        if self.tag() != tag:
            raise ValueError("not the expected element")
        content, end = self._bounds()
        self._at = end
        return _Elements(self._data[content:end])

    def _bounds(self) -> tuple[int, int]:
        size = self._data[self._at + 1]
        content = self._at + 2
        if size & 0x80:
            octets = size & 0x7F
            size = int.from_bytes(self._data[content : content + octets], "big")
            content += octets
        if content + size > len(self._data):
            raise ValueError("an element runs past the end")
        return content, content + size
