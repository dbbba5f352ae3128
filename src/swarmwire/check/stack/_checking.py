"""All findings about a stack: what the docker command does to it, then what becomes of its bodies.

In turn: reading the files, variables, references, what is dropped, and each body as ``check`` sees
it. A refusal ends the reading, but keeps nothing else from its turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from msgspec.structs import replace as with_fields

from swarmwire import engine
from swarmwire.check._check import check
from swarmwire.check._finding import SEVERITIES, Finding, Severity
from swarmwire.check._objects import parse_path
from swarmwire.check.stack._dropped import dropped
from swarmwire.check.stack._places import Path, Spot, Spots, finding
from swarmwire.check.stack._references import (
    named_networks,
    ports_used_twice,
    undefined,
    unused,
)
from swarmwire.errors import StackError, StackProblem
from swarmwire.releases import AnyRelease
from swarmwire.stack import (
    Bodies,
    File,
    Place,
    Read,
    Stack,
    Variable,
    load,
    possible_bodies,
    variables_of,
)
from swarmwire.stack.loading import image_errors
from swarmwire.stack.source_map import Kind

_OVERLAY: Final = "overlay"
_UNKNOWN_ID: Final = "0" * 25
_IMAGE: Final = "TaskTemplate.ContainerSpec.Image"
_STILL: Final = "external.name"


class _AnyIds(dict[str, str]):
    """Ids of all secrets and configs: whether a swarm has them is not known here."""

    def __missing__(self, name: str) -> str:
        return _UNKNOWN_ID


def check_stack(  # noqa: PLR0913 - a stack has such surroundings
    files: Sequence[File],
    *,
    environment: Mapping[str, str],
    read: Read,
    directory: str,
    name: str = "stack",
    release: AnyRelease = None,
    api_version: str = "",
) -> list[Finding]:
    """Everything that the docker command, an engine, a manager or a worker does to a stack.

    What it refuses, ignores, drops or changes, silently or not. What depends on a live swarm is not
    told: whether external objects are there, names or ports are taken by others.

    Args:
        files: the stack's files, later ones over earlier ones.
        environment: the variables that the docker command would see.
        read: gives the bytes of a path, or raises OSError as ``open`` does.
        directory: where relative paths begin: the folder of the first file, absolute.
        name: the stack's name.
        release: that of engines, managers and workers; the newest unless it is given.
        api_version: as for ``check``.

    Returns:
        Errors first, then the others, in the order of the files. Paths are options of the file:
        ``services.web.ports[0].mode``; each finding has file, line and column.

    Raises:
        ConvertError: ``api_version`` is none that such an engine serves.
        UnknownRelease: there is no such release.
    """
    judge: dict[str, Any] = {"release": release, "api_version": api_version}
    check(engine.ConfigSpec(name="a"), **judge)  # refuses what it cannot judge by
    try:
        loaded = load(
            files, environment=environment, read=read, directory=directory, with_images=False
        )
    except StackError as err:
        found = list(_refused(err, Spots(())))
        found += _unset(_variables(files, environment), Spots(()))
    else:
        found = list(_Checking(loaded, name, judge).findings())
    order = {file.name: number for number, file in enumerate(files)}
    return _in_order(found, order)


def _variables(files: Sequence[File], environment: Mapping[str, str]) -> Mapping[str, Variable]:
    try:
        return variables_of(files, environment=environment)
    except StackError:
        return {}


def _in_order(found: list[Finding], files: dict[str, int]) -> list[Finding]:
    unique = {(one.severity, one.path, one.rule, one.line): one for one in found}
    return sorted(
        unique.values(),
        key=lambda one: (
            one.severity != "error",
            files.get(one.file, len(files)),
            one.line,
            one.column,
            SEVERITIES.index(one.severity),
        ),
    )


class _Checking:
    """One stack, and what is found of it."""

    def __init__(self, loaded: Stack, name: str, judge: dict[str, Any]) -> None:
        self._loaded = loaded
        self._name = name
        self._judge = judge
        self._spots = Spots(loaded.roots)
        self._told: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        """All of them."""
        sections = self._loaded.sections
        missing, complete = undefined(sections, self._spots)
        bodies, refused = possible_bodies(
            replace(self._loaded, sections=complete),
            self._name,
            secret_ids=_AnyIds(),
            config_ids=_AnyIds(),
        )
        yield from map(self._warned, self._loaded.warnings)
        yield from _unset(self._loaded.variables, self._spots)
        yield from self._without_value()
        yield from missing
        images = list(image_errors(sections.services))
        for err in (*images, *refused):
            yield from _refused(err, self._spots)
        idle = dict(unused(sections))
        yield from idle.values()
        yield from dropped(
            self._loaded.roots, bodies.source_map.held(), self._unsent(bodies) | idle.keys()
        )
        yield from named_networks(sections)
        yield from ports_used_twice(bodies, self._spots)
        self._told = {err.path for err in images}
        yield from self._of_bodies(bodies)

    def _unsent(self, bodies: Bodies) -> frozenset[Path]:
        """Objects without a body: it is not known what of them would be sent."""
        sections, held = self._loaded.sections, bodies.source_map.held()
        services = {("services", one) for one in sections.services if one not in bodies.services}
        files = {
            (section, name)
            for section in ("secrets", "configs")
            for name, one in getattr(sections, section).items()
            if one.place not in held
        }
        return frozenset(services | files)

    def _warned(self, warning: StackProblem) -> Finding:
        place = Place(warning.file, warning.line, warning.column)
        spot = self._spots.at(place)
        is_old = warning.path.endswith(_STILL)
        code = "deprecated-option" if is_old else "changed-option"
        path = spot.path or (warning.path,)
        severity: Severity = "hint" if is_old else "changed"
        return finding(severity, Spot(path, spot.place), warning.reason, code=code)

    def _without_value(self) -> Iterator[Finding]:
        """Variables of services that take their value from an environment without them."""
        for service, body in self._loaded.sections.services.items():
            for name, entry in body.value["environment"].value.items():
                if entry.value is None:
                    spot = self._spots.at(entry.place, ("services", service))
                    rule = f"the environment does not set {name}: the service gets no value"
                    fix = f"set {name} where the stack is deployed, or give it a value"
                    yield finding("hint", spot, rule, code="unset-variable", fix=fix)

    def _of_bodies(self, bodies: Bodies) -> Iterator[Finding]:
        for name, service in bodies.services.items():
            yield from self._of_body(bodies, "services", name, service)
        for name, network in bodies.networks.items():
            sent = with_fields(network, driver=network.driver or _OVERLAY)
            yield from self._of_body(bodies, "networks", name, sent)
        for secret in bodies.secrets:
            yield from self._of_body(bodies, "secrets", secret.name, secret)
        for config in bodies.configs:
            yield from self._of_body(bodies, "configs", config.name, config)

    def _of_body(self, bodies: Bodies, kind: Kind, name: str, body: Any) -> Iterator[Finding]:
        found = check(body, **self._judge)
        if not found:
            return
        known = bodies.source_map.places(kind, name)
        within = (kind, name) if kind == "services" else (kind,)
        for one in found:
            if one.path == _IMAGE and f"services.{name}.image" in self._told:
                continue
            place = bodies.source_map.place(kind, name, *parse_path(one.path))
            spot = self._spots.at(place, within)
            # Nothing in the file made the field, or what it made has no option of its own.
            is_vague = one.path not in known or len(spot.path) <= len(("section", "name"))
            rule = f"{one.path}: {one.rule}" if is_vague and one.path else one.rule
            yield with_fields(one, path=spot.text, rule=rule, **spot.place._asdict())


def _refused(err: StackError, spots: Spots) -> Iterator[Finding]:
    for problem in err.problems:
        place = Place(problem.file, problem.line, problem.column)
        known = spots.at(place)
        spot = known if known.path else Spot((problem.path,) if problem.path else (), place)
        yield finding("error", spot, problem.reason, code=f"stack-{err.stage}", fix=problem.hint)


def _unset(variables: Mapping[str, Variable], spots: Spots) -> Iterator[Finding]:
    for variable in variables.values():
        if variable.is_set or variable.has_default:
            continue
        name = variable.name
        rule = f"the environment does not set {name}: the docker command puts nothing in its place"
        fix = f"set {name}, or write ${{{name}:-default}}"
        spot = spots.at(variable.place)
        yield finding("changed", spot, rule, code="unset-variable", fix=fix)
