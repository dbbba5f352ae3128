"""Which option of a stack file stands at a place, and findings about it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from swarmwire.check._finding import Finding, Severity, Source
from swarmwire.stack import Place
from swarmwire.stack.places import Located

SECTIONS = ("services", "networks", "volumes", "secrets", "configs")

Path = tuple[str, ...]


class Spot(NamedTuple):
    """An option, and where it begins: its key, or its value where it has none."""

    path: Path
    place: Place

    @property
    def text(self) -> str:
        """The path as it is shown."""
        return shown_path(self.path)


class Spots:
    """All options of the files, by the places of their values."""

    def __init__(self, roots: tuple[Located, ...]) -> None:
        self._spots: dict[Place, list[Spot]] = {}
        for root in roots:
            for section in SECTIONS:
                if section in root.value:
                    self._add(root.value[section], (section,))

    def _add(self, located: Located, path: Path) -> None:
        for inner, entry in entries(located, path):
            self._spots.setdefault(entry.place, []).append(
                Spot(inner, entry.key or entry.place if inner[-1][:1] != "[" else entry.place)
            )
            self._add(entry, inner)

    def at(self, place: Place, within: Path = ()) -> Spot:
        """The option whose value stands at ``place``: one of those ``within`` an object, if any.

        An option that holds another begins where that does; the outer one is meant.
        """
        found = self._spots.get(place, [])
        for spot in found:
            if spot.path[: len(within)] == within:
                return spot
        return found[0] if found else Spot(within, place)


def entries(located: Located, path: Path) -> Iterator[tuple[Path, Located]]:
    """What is directly within a mapping or list, with its path."""
    value: Any = located.value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield (*path, str(key)), entry
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield (*path, f"[{index}]"), entry


def shown_path(path: Path) -> str:
    """The steps as one text: ``services.web.ports[0].mode``."""
    text = ""
    for step in path:
        text += step if step.startswith("[") or not text else f".{step}"
    return text


def finding(  # noqa: PLR0913 - a finding has so many parts
    severity: Severity,
    spot: Spot,
    rule: str,
    *,
    code: str,
    source: Source = "docker-command",
    value: str = "",
    fix: str = "",
) -> Finding:
    """A finding about an option."""
    return Finding(
        severity=severity,
        path=spot.text,
        rule=rule,
        source=source,
        code=code,
        value=value,
        fix=fix,
        **spot.place._asdict(),
    )
