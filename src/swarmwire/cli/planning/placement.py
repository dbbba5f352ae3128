"""Where new tasks find a place, as text for people. Pure."""

from collections.abc import Iterator, Mapping

from swarmwire.cli.terminal import one_line, wrapped
from swarmwire.placement import PlacementForecast, ServicePlacement

_MOST_ADVICE = 3


def placement_lines(forecast: PlacementForecast, hosts: Mapping[str, str]) -> Iterator[str]:
    """All services, then the addresses; nothing if no new task comes. ``hosts`` are names by ID."""
    several = len(forecast.services) > 1
    for service in forecast.services:
        if service.new or service.held_up or service.later:
            yield from _of_service(service, hosts, f"{service.service}: " if several else "")
    for demand in forecast.addresses:
        yield from wrapped(f"Addresses: {demand}", "  ")


def _of_service(service: ServicePlacement, hosts: Mapping[str, str], name: str) -> Iterator[str]:
    placed = sum(service.placed.values())
    looked_at = service.new - service.unknown
    finds = "finds" if 1 in (placed, looked_at) else "find"
    text = f"Placement: {name}{placed} of {_tasks(looked_at, 'new ')} {finds} a place"
    where = ", ".join(
        f"{number} on {one_line(hosts.get(node, '') or node)}"
        for node, number in service.placed.items()
    )
    yield from wrapped(f"{text}: {where}" if where else text, "  ")
    for words, number in service.waiting.items():
        said = f"the manager says: {one_line(words)}" if words else "the manager says nothing"
        yield from wrapped(f"{_tasks(number)} {_verb('wait', number)}; {said}", "    ")
    if service.stay_new:
        number = service.stay_new
        text = f"{_tasks(number)} {_verb('stay', number)} NEW: a network has no address left"
        yield from wrapped(text, "    ")
    if service.held_up:
        slots = "1 slot keeps" if service.held_up == 1 else f"{service.held_up} slots keep"
        yield f"    {slots} the old spec: the roll-out waits for the tasks before"
    if service.unknown:
        yield f"    of {service.unknown} more that was not looked at"
    if service.later:
        number = service.later
        yield f"    {_tasks(number)} {_verb('come', number)} once others are complete"
    if service.advice:
        listed = " or ".join(one_line(str(each)) for each in service.advice[:_MOST_ADVICE])
        yield from wrapped(f"what would help: {listed}", "    ")


def _tasks(number: int, kind: str = "") -> str:
    return f"1 {kind}task" if number == 1 else f"{number} {kind}tasks"


def _verb(verb: str, number: int) -> str:
    return f"{verb}s" if number == 1 else verb
