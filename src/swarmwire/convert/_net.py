"""Addresses and prefixes: strict to write, lenient to read.

The engine reads what stands in the store as best it can; a text that is no address becomes none.
"""

from swarmwire.engine import Address, Prefix
from swarmwire.engine.address import mask_prefix, parse_address, parse_prefix, unmap_address


def read_address(text: str) -> Address:
    """The address, in canonical form; ``""`` if it is none. Source: Go netip.ParseAddr."""
    try:
        return parse_address(text)
    except ValueError:
        return ""


def read_unmapped_address(text: str) -> Address:
    """The address, as IPv4 where it is that; ``""`` if it is none."""
    try:
        return unmap_address(text)
    except ValueError:
        return ""


def read_prefix(text: str) -> Prefix:
    """The prefix, host bits included; ``""`` if it is none. Source: Go netip.ParsePrefix."""
    try:
        return parse_prefix(text)
    except ValueError:
        return ""


def read_network(text: str) -> Prefix:
    """The prefix without host bits; ``""`` if it is none. Source: moby netiputil.ParseCIDR."""
    try:
        return mask_prefix(text)
    except ValueError:
        return ""
