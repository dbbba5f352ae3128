"""IP addresses and prefixes as Go's net/netip reads and writes them. Pure text to text.

Source: Go net/netip, ParseAddr and ParsePrefix; moby daemon/internal/netiputil.
"""

import ipaddress
from functools import lru_cache

_MAPPED = "::ffff:"


@lru_cache(1024)
def parse_address(text: str) -> str:
    """The canonical text of an address.

    Raises:
        ValueError: not an address; the text is Go's.
    """
    address = _address(text)
    return _canonical(address)


@lru_cache(1024)
def parse_prefix(text: str) -> str:
    """The canonical text of a prefix; host bits are kept.

    Raises:
        ValueError: not a prefix; the text is Go's.
    """
    address, bits = _split(text)
    return f"{_canonical(address)}/{bits}"


@lru_cache(1024)
def unmap_address(text: str) -> str:
    """An IPv4 address in IPv6 clothing as IPv4; all else, ``""`` too, as it is."""
    if not text:
        return ""
    address = _address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped) if mapped is not None else _canonical(address)


@lru_cache(1024)
def mask_prefix(text: str) -> str:
    """A prefix without its host bits, unmapped to IPv4 where it is one; ``""`` stays.

    The mask of a mapped prefix is cut to the length that is left, as the engine does:
    ``::ffff:1.2.3.4/24`` is ``0.0.0.0/0``.
    """
    if not text:
        return ""
    address, bits = _split(text)
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address, bits = mapped, max(0, bits - 96)
    shift = address.max_prefixlen - bits
    network = type(address)(int(address) >> shift << shift)
    return f"{_canonical(network)}/{bits}"


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _address(text: str) -> _Address:
    try:
        # Python takes digits of any script; Go does not.
        return ipaddress.ip_address(text if text.isascii() else "")
    except ValueError:
        raise ValueError(f"ParseAddr({go_quoted(text)}): {_reason(text)}") from None


def _reason(text: str) -> str:
    if "." not in text and ":" not in text:
        return "unable to parse IP"
    if ":" not in text:
        for field in text.split("."):
            if not field:
                return "IPv4 field must have at least one digit"
            if not (field.isascii() and field.isdigit()):
                return "unexpected character"
            if len(field) > 1 and field[0] == "0":
                return "IPv4 field has octet with leading zero"
            if int(field[:4]) > 255:
                return "IPv4 field has value >255"
        return "IPv4 address too short" if text.count(".") < 3 else "IPv4 address too long"
    return "not an IPv6 address"


def _split(text: str) -> tuple[_Address, int]:
    address_text, slash, bits_text = text.rpartition("/")
    if not slash:
        raise ValueError(f"netip.ParsePrefix({go_quoted(text)}): no '/'")
    if "%" in address_text:
        raise ValueError(
            f"netip.ParsePrefix({go_quoted(text)}): IPv6 zones cannot be present in a prefix"
        )
    try:
        address = _address(address_text)
    except ValueError as err:
        raise ValueError(f"netip.ParsePrefix({go_quoted(text)}): {err}") from None
    plain = bits_text.isascii() and bits_text.isdigit()
    if not plain or (len(bits_text) > 1 and bits_text[0] == "0"):
        raise ValueError(
            f"netip.ParsePrefix({go_quoted(text)}): bad bits after slash: {go_quoted(bits_text)}"
        )
    bits = int(bits_text[:4])
    if bits > address.max_prefixlen:
        raise ValueError(f"netip.ParsePrefix({go_quoted(text)}): prefix length out of range")
    return address, bits


def _canonical(address: _Address) -> str:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        zone = f"%{address.scope_id}" if address.scope_id else ""
        return f"{_MAPPED}{address.ipv4_mapped}{zone}"
    return str(address)


def go_quoted(text: str) -> str:
    """``text`` as Go's %q shows it, for the texts that people meet in errors."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else _escape(c) for c in escaped) + '"'


_SHORT = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


def _escape(character: str) -> str:
    number = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
