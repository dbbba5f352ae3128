"""One file of a stack in its normal form: environment from files, absolute paths, all long forms.

Source: docker/cli cli/compose/loader/loader.go, loadSections and LoadService.
"""

from collections.abc import Mapping
from typing import NamedTuple

from swarmwire.errors import StackError
from swarmwire.stack.files import Read, read_file
from swarmwire.stack.forms.leaves import Reading
from swarmwire.stack.forms.objects import (
    NETWORKS,
    VOLUMES,
    normalise_file_objects,
    normalise_objects,
    text_of,
)
from swarmwire.stack.forms.records import text_keys
from swarmwire.stack.forms.service import SERVICE
from swarmwire.stack.places import Located
from swarmwire.stack.texts.env_files import parse_env_file
from swarmwire.stack.texts.paths import absolute, is_absolute


class Sections(NamedTuple):
    """The objects of a stack file, by name."""

    services: dict[str, Located]
    networks: dict[str, Located]
    volumes: dict[str, Located]
    secrets: dict[str, Located]
    configs: dict[str, Located]


class Surroundings(NamedTuple):
    """What a stack file may refer to: variables, files, and where relative paths begin."""

    environment: Mapping[str, str]
    read: Read
    directory: str


def normalise(root: Located, around: Surroundings, reading: Reading) -> Sections:
    """The objects of one file.

    Raises:
        StackError: what cannot be read, in the order in which the docker command looks.
    """
    sections = root.value
    # A section whose keys are not all text crashes the docker command before it is looked at.
    services = text_keys(sections["services"]) if "services" in sections else {}
    return Sections(
        services={
            name: _service(name, service, around, reading) for name, service in services.items()
        },
        networks=_objects("network", root, reading),
        volumes=_objects("volume", root, reading),
        secrets=normalise_file_objects(
            "secret", _section(root, "secrets"), around.directory, reading
        ),
        configs=normalise_file_objects(
            "config", _section(root, "configs"), around.directory, reading
        ),
    )


def _section(root: Located, name: str) -> Located | None:
    section: Located | None = root.value.get(name)
    if section is not None:
        text_keys(section)
    return section


def _objects(kind: str, root: Located, reading: Reading) -> dict[str, Located]:
    form = NETWORKS if kind == "network" else VOLUMES
    return normalise_objects(kind, form, _section(root, f"{kind}s"), reading)


def _service(name: str, located: Located, around: Surroundings, reading: Reading) -> Located:
    text_keys(located)
    service = SERVICE.normalise(located, "", reading)
    reading.raise_problems()
    assert service is not None
    service.value["environment"] = _environment(service, around)
    for volume in service.value.get("volumes", located.with_value([])).value:
        _resolve_source(name, volume, around, reading)
    return service


def _environment(service: Located, around: Surroundings) -> Located:
    variables: dict[str, Located] = {}
    for entry in service.value.get("env_file", service.with_value([])).value:
        for name, value in _read_env_file(entry, around).items():
            variables.pop(name, None)
            variables[name] = entry.with_value(value)
    resolved = {name: _resolved(name, entry, around) for name, entry in variables.items()}
    given = service.value.get("environment", service.with_value({}))
    resolved |= {name: _resolved(name, entry, around) for name, entry in given.value.items()}
    return Located(resolved, given.place, given.key)


def _read_env_file(entry: Located, around: Surroundings) -> dict[str, str]:
    path = absolute(around.directory, entry.value)
    data = read_file(around.read, path, entry, "load", folder=f"invalid env file ({path}): ")
    try:
        return parse_env_file(data, around.environment)
    except ValueError as err:
        reason = f"invalid env file ({path}): {err}"
        raise StackError("load", reason, **entry.place._asdict()) from None


def _resolved(name: str, entry: Located, around: Surroundings) -> Located:
    """A variable without value takes that of the docker command's own environment."""
    if not entry.value and name in around.environment:
        return entry.with_value(around.environment[name])
    return entry


def _resolve_source(service: str, volume: Located, around: Surroundings, reading: Reading) -> None:
    if text_of(volume, "type") != "bind":
        return
    source = volume.value.get("source")
    if source is None or not source.value:
        reason = 'invalid mount config for type "bind": field Source must not be empty'
        path = f"services.{service}.volumes"
        raise StackError("load", reason, **volume.place._asdict(), path=path)
    path = source.value
    if path.startswith("~"):
        home = around.environment.get("HOME")
        if home is None:
            reason = "cannot expand '~', because the environment lacks HOME"
            reading.warn(f"services.{service}.volumes", reason, source)
        else:
            path = home + path[1:]
    if not is_absolute(path):
        path = absolute(around.directory, path)
    volume.value["source"] = source.with_value(path)
