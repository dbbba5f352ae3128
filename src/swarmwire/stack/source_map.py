"""From every field of every body to the place in a stack file that it came from."""

from collections.abc import Iterable, Iterator
from typing import Literal

from swarmwire.errors import MapKey, render_path
from swarmwire.stack.places import Located, Place

Kind = Literal["services", "networks", "secrets", "configs"]

_MAPS = frozenset({"Labels", "Options", "DriverOpts", "Sysctls"})


class SourceMap:
    """The places of all bodies of a stack."""

    def __init__(self) -> None:
        self._bodies: dict[tuple[str, str], Located] = {}

    def add(self, kind: Kind, name: str, body: Located) -> None:
        """Remember a body's places."""
        self._bodies[kind, name] = body

    def place(self, kind: Kind, name: str, *steps: str | int) -> Place:
        """Where a field came from.

        Args:
            kind: the kind of body.
            name: its key among the bodies.
            steps: the field, as ``errors.FieldError.steps`` names it. For a field that nothing in
                the file made, the answer is the place of what it stands in.

        Raises:
            KeyError: there is no such body.
        """
        return place_in(self._bodies[kind, name], steps)

    def places(self, kind: Kind, name: str) -> dict[str, Place]:
        """The place of every field of a body, by its path: ``TaskTemplate.ContainerSpec.Image``.

        Raises:
            KeyError: there is no such body.
        """
        return {
            render_path(steps): located.place
            for steps, located in _walk(self._bodies[kind, name], ())
        }

    def held(self) -> frozenset[Place]:
        """All places that anything in any body came from."""
        bodies = self._bodies.values()
        return frozenset(one.place for body in bodies for _, one in _walk(body, ())) | {
            body.place for body in bodies
        }


def place_in(body: Located, steps: Iterable[str | int]) -> Place:
    """The place of a field of a body, or of what it stands in."""
    located = body
    for step in steps:
        value = located.value
        if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            located = value[step]
        elif isinstance(value, dict) and step in value:
            located = value[str(step)]
        else:
            break
    return located.place


def _walk(
    located: Located, steps: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Located]]:
    if steps:
        yield steps, located
    if isinstance(located.value, list):
        for index, entry in enumerate(located.value):
            yield from _walk(entry, (*steps, index))
    if isinstance(located.value, dict):
        keyed = MapKey if steps and steps[-1] in _MAPS else str
        for name, entry in located.value.items():
            yield from _walk(entry, (*steps, keyed(name)))
