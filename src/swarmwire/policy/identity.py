"""Who asks: the listener, the names of a certificate, the user of the other process. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

_SUBJECT: Final = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
}
_ALTERNATIVE: Final = ("DNS", "URI", "email", "IP Address")
CERTIFICATE_KINDS: Final = ("CN", "O", "OU", "SAN")
"""What the names of a certificate may be: ``CN=ci-shop``, ``SAN=ci.shop.example``."""


class Caller(NamedTuple):
    """What is known of whoever opened a connection.

    Attributes:
        socket: the path of the unix socket; nothing for another listener.
        names: the names of the certificate, see ``certificate_names``; none if none was shown, or
            none that was verified.
        uid: the user id of the other process, as the kernel gives it; None if it gives none.
        peer: the address or the process of the other side; it tells nobody's identity.
    """

    socket: str = ""
    names: frozenset[str] = frozenset()
    uid: int | None = None
    peer: str = ""


class ClientIdentity(NamedTuple):
    """Who a client of a policy is. All that is given must hold.

    Attributes:
        socket: the path of its unix socket; nothing if any listener will do.
        cert: names, all of which its certificate must have; none if it needs none.
        uid: user ids, one of which it must have; none if any will do.
    """

    socket: str = ""
    cert: frozenset[str] = frozenset()
    uid: frozenset[int] = frozenset()

    def is_of(self, caller: Caller) -> bool:
        """Whether the caller is that client."""
        return (
            any((self.socket, self.cert, self.uid))
            and self.socket in ("", caller.socket)
            and self.cert <= caller.names
            and (not self.uid or caller.uid in self.uid)
        )

    def covers(self, other: "ClientIdentity") -> bool:
        """Whether every caller that is the other one is this one, too."""
        return (
            self.socket in ("", other.socket)
            and self.cert <= other.cert
            and (not self.uid or (bool(other.uid) and other.uid <= self.uid))
        )


def certificate_names(certificate: Mapping[str, Any] | None) -> frozenset[str]:
    """The names of a verified certificate: ``CN=…``, ``O=…``, ``OU=…``, ``SAN=…``.

    Args:
        certificate: as ``ssl.SSLObject.getpeercert()`` gives it; None if there is none.
    """
    if not certificate:
        return frozenset()
    subject: Iterable[Any] = certificate.get("subject", ())
    found = [
        f"{_SUBJECT[kind]}={value}" for part in subject for kind, value in part if kind in _SUBJECT
    ]
    others: Iterable[Any] = certificate.get("subjectAltName", ())
    found += [f"SAN={value}" for kind, value in others if kind in _ALTERNATIVE]
    return frozenset(found)
