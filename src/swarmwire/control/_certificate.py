"""What a certificate of a node tells: until when it is good, and whose it is. Bytes in, facts out.

Source: RFC 5280, 4.1. SwarmKit writes a node's role into the subject's OU.
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

_CONTEXT_0, _UTC_TIME = 0xA0, 0x17
_ROLES = ("swarm-manager", "swarm-worker")


@dataclass(frozen=True)
class NodeCertificate:
    """The facts.

    Attributes:
        starts: from when it is good.
        ends: until when it is good.
        role: ``swarm-manager``, ``swarm-worker``, or nothing if it is of no node.
    """

    starts: datetime
    ends: datetime
    role: str

    def problem(self, now: datetime) -> str:
        """Why it is not good at the time, or nothing."""
        if now > self.ends:
            return f"expired on {self.ends:%Y-%m-%d %H:%M} UTC"
        if now < self.starts:
            return f"is good only from {self.starts:%Y-%m-%d %H:%M} UTC on: look at the clock"
        return ""


def read_pem(pem: str) -> NodeCertificate:
    """The facts of the first certificate in ``pem``.

    Raises:
        ValueError: there is none.
    """
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    start, stop = pem.find(begin), pem.find(end)
    if start < 0 or stop < 0:
        raise ValueError("no certificate in it")
    return read_der(ssl.PEM_cert_to_DER_cert(pem[start : stop + len(end)]))


def read_der(der: bytes) -> NodeCertificate:
    """The facts of one certificate.

    Raises:
        ValueError: it is none.
    """
    try:
        _, body, _ = _element(der)
        _, body, _ = _element(body)
        fields = _elements(body)
        if fields[0][0] == _CONTEXT_0:
            del fields[0]
        _serial, _algorithm, _issuer, (_, validity), (_, subject), *_ = fields
        starts, ends = (_time(*one) for one in _elements(validity))
    except (IndexError, UnicodeDecodeError) as err:
        raise ValueError("not a certificate") from err
    role = next((role for role in _ROLES if role.encode() in subject), "")
    return NodeCertificate(starts, ends, role)


def _elements(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        tag, content, data = _element(data)
        found.append((tag, content))
    return found


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag and content of the first element, and what comes after it."""
    size, at = data[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(data[2:at], "big")
    if at + size > len(data):
        raise ValueError("breaks off")
    return data[0], data[at : at + size], data[at + size :]


def _time(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if text >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
