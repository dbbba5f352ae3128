"""Published ports in short form: ``[address:][published:]target[/protocol]``, with ranges.

Source: docker/go-connections nat/nat.go, parse.go; docker/cli opts/swarmopts/port.go.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from swarmwire.engine.address import parse_address

_NUMBER = re.compile(r"\+?[0-9]+")
_PROTOCOLS = frozenset({"tcp", "udp", "sctp"})


class PortSpec(NamedTuple):
    """What one text publishes.

    Attributes:
        protocol: ``tcp``, ``udp`` or ``sctp``.
        target: the first and the last port of the containers.
        published: the first and the last port outside; None if nothing is chosen.
        address: the address outside, which a swarm ignores.
    """

    protocol: str
    target: tuple[int, int]
    published: tuple[int, int] | None
    address: str

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Target and published port of each that is published; published is 0 for any."""
        start, end = self.target
        if self.published is None:
            yield from ((target, 0) for target in range(start, end + 1))
            return
        first, last = self.published
        if start == end:
            yield from ((start, published) for published in range(first, last + 1))
        else:
            yield from ((start + step, first + step) for step in range(end - start + 1))


def parse_port_spec(text: str) -> PortSpec:
    """What a text publishes.

    Raises:
        ValueError: not a port; the text is docker's.
    """
    address, published, target = _split(text)
    target, _, protocol = target.partition("/")
    if not target:
        raise ValueError(f"no port specified: {text}<empty>")
    protocol = protocol.lower() or "tcp"
    if protocol not in _PROTOCOLS:
        raise ValueError(f"invalid proto: {protocol}")
    address = _address(address)
    start, end = _range(target, f"invalid containerPort: {target}")
    if not published:
        return PortSpec(protocol, (start, end), None, address)
    first, last = _range(published, f"invalid hostPort: {published}")
    if start != end and end - start != last - first:
        ranges = f"{target} and {published}"
        raise ValueError(f"invalid ranges specified for container and host Ports: {ranges}")
    return PortSpec(protocol, (start, end), (first, last), address)


def _split(text: str) -> tuple[str, str, str]:
    parts = text.split(":")
    if len(parts) == 1:
        return "", "", text
    return ":".join(parts[:-2]), parts[-2], parts[-1]


def _address(text: str) -> str:
    if text.startswith("["):
        if not text.endswith("]") or "]" in text[:-1]:
            raise ValueError(f"invalid IP address {text}: address {text}: missing ']' in address")
        text = text[1:-1]
    if text:
        # Go knows addresses with a zone, but not here.
        try:
            parse_address(text.replace("%", " "))
        except ValueError:
            raise ValueError(f"invalid IP address: {text}") from None
    return text


def _range(text: str, invalid: str) -> tuple[int, int]:
    start, dash, end = text.partition("-")
    first = _port(start, invalid)
    last = _port(end, invalid) if dash and start != end else first
    if last < first:
        raise ValueError(invalid)
    return first, last


def _port(text: str, invalid: str) -> int:
    if not _NUMBER.fullmatch(text) or len(text) > 1000 or int(text) > 65535:
        raise ValueError(invalid)
    return int(text)
