"""Entries for a container's hosts file that a worker passes over, shortens or refuses.

Source: moby daemon/cluster/executor/container/container.go, hostConfig; daemon/pkg/opts/hosts.go,
ValidateExtraHost.
"""

from functools import lru_cache
from typing import Final

from swarmwire import pb
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.go_text import quote
from swarmwire.rules.network import parse_ip

_GATEWAY: Final = "host-gateway"
_NO_GATEWAY_UNTIL: Final = "19.03"


def hosts_hazards(container: pb.ContainerSpec) -> Hazards:
    """Entries that are not an address and one name."""
    for index, entry in enumerate(container.hosts):
        words = entry.split()
        steps = ("Hosts", index)
        if len(words) < 2:
            yield _passed_over(steps, entry)
            continue
        refused = list(_refused(steps, *words[:2]))
        yield from refused
        if not refused and len(words) > 2 and not words[2].startswith("#"):
            yield _shortened(steps, words)


def _passed_over(steps: tuple[str | int, ...], entry: str) -> Hazard:
    reason = "an entry without white space is passed over: it does not get into /etc/hosts"
    name, colon, address = entry.strip().partition(":")
    turned = bool(name and colon) and _is_address(address)
    fix = f'write "{address} {name}"' if turned else "write the address, a space and the name"
    return Hazard(steps, reason, "worker", fix, "lost")


def _shortened(steps: tuple[str | int, ...], words: list[str]) -> Hazard:
    aliases = ", ".join(words[2:])
    reason = f"of the names only {words[1]} gets into /etc/hosts, not {aliases}"
    return Hazard(steps, reason, "worker", "write an entry for each name", "lost")


def _refused(steps: tuple[str | int, ...], first: str, second: str) -> Hazards:
    """What the engine says of the entry, which it turns into ``name:address``."""
    name, _, address = f"{second}:{first}".partition(":")
    if not name:
        reason = f"bad format for add-host: {quote(f'{second}:{first}')}"
        yield Hazard(steps, reason, "worker", "write the address, a space and the name")
        return
    if _is_address(address):
        return
    fix = "begin with an IP address"
    if _is_address(second):
        fix = f'write "{second} {first}": the address stands first'
    last = _NO_GATEWAY_UNTIL if address == _GATEWAY else ""
    reason = f"invalid IP address in add-host: {quote(address)}"
    yield Hazard(steps, reason, "worker", fix, last=last)


@lru_cache(256)
def _is_address(text: str) -> bool:
    return parse_ip(text.strip()) is not None
