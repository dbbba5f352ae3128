"""Which registries may be asked, and where each of them answers. Pure.

Source: moby registry/service_v2.go and config.go: what is on the loopback may be without TLS.
"""

from typing import Final, NamedTuple

from swarmwire.images import parse_image

_HUB: Final = "docker.io"
_HUB_ANSWERS_AT: Final = "registry-1.docker.io"


class RegistryHost(NamedTuple):
    """A registry that may be asked.

    Attributes:
        name: as references of images have it, in lower case: ``docker.io``, ``localhost:5000``.
        is_local: whether it is on this machine's loopback.
    """

    name: str
    is_local: bool

    @property
    def origins(self) -> tuple[str, ...]:
        """Where it is asked, one after the other until it answers: ``https://r.example``."""
        host = _HUB_ANSWERS_AT if self.name == _HUB else self.name
        return (f"https://{host}", f"http://{host}") if self.is_local else (f"https://{host}",)


def registry_host(text: str) -> RegistryHost:
    """A registry by its name: ``docker.io``, ``registry.example``, ``127.0.0.1:5000``.

    Raises:
        ValueError: not the name of a registry, as references of images have it.
    """
    if "@" in text:
        raise ValueError("a name has no credentials in it: clients send them along")
    if "://" in text:
        raise ValueError(f"{text!r}: write it as images do, without {text.partition('://')[0]}://")
    found = parse_image(f"{text}/any")
    if found is None or found.domain.lower() != _completed(text.lower()):
        raise ValueError(f"{text!r} is no HOST or HOST:PORT, as in front of the name of an image")
    name = found.domain.lower()
    port = name.rpartition(":")[2] if _has_port(name) else "443"
    if not 0 < int(port) <= 0xFFFF:
        raise ValueError(f"{text!r}: there is no port {port}")
    return RegistryHost(name, is_loopback(host_of(name)))


def _completed(text: str) -> str:
    return _HUB if text == f"index.{_HUB}" else text


def _has_port(name: str) -> bool:
    return name.rfind(":") > name.rfind("]")


def host_of(name: str) -> str:
    """The host alone, of ``HOST:PORT``: an IPv6 address without its brackets."""
    return (name.rpartition(":")[0] if _has_port(name) else name).strip("[]")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's loopback by what it is called: no name is looked up."""
    from ipaddress import ip_address  # noqa: PLC0415 - slow, and few ask

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_out_of_reach(address: str) -> bool:
    """Whether no registry may send us to an address: of this machine, of its link, of many."""
    from ipaddress import IPv6Address, ip_address  # noqa: PLC0415 - slow, and few ask

    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return (
        found.is_loopback
        or found.is_link_local
        or found.is_multicast
        or found.is_unspecified
        or found.is_reserved
    )
