"""What a docker command sends for stack files, and what we say that it sends: of one shape."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from swarmwire import engine, stack
from swarmwire.errors import StackError
from swarmwire.images import tagged_image
from tests.support.recording_engine import made_id, recording_engine

Sent = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """Stack files, and what lies around them."""

    texts: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    stack: str = "st"

    def write(self, folder: Path) -> list[Path]:
        """Put all of it into a folder; the stack files."""
        folder.mkdir()
        for name, content in self.files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
        paths = [folder / f"{number}.yml" for number in range(len(self.texts))]
        for path, text in zip(paths, self.texts, strict=True):
            path.write_text(text, encoding="utf-8", newline="")
        return paths


@dataclass(frozen=True)
class Deploy:
    """What came of a deploy: the bodies by kind and name, or why there are none."""

    sent: Sent = field(default_factory=dict)
    refused: str = ""


def by_command(command: Sequence[str], paths: Sequence[Path], case: Case, socket: Path) -> Deploy:
    """What a docker command sends to a manager of an empty swarm."""
    files = [word for path in paths for word in ("--compose-file", str(path))]
    around = {"DOCKER_HOST": f"unix://{socket}", "DOCKER_CONFIG": str(paths[0].parent / "none")}
    with recording_engine(socket) as recorded:
        done = subprocess.run(
            [*command, "stack", "deploy", "--resolve-image=never", *files, case.stack],
            env={**case.environment, **around},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    socket.unlink()
    if done.returncode:
        return Deploy(refused=done.stderr.strip() or "?")
    return Deploy(recorded.bodies)


class _Ids(dict[str, str]):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, name: str) -> str:
        return made_id(self._kind, name)


def by_us(paths: Sequence[Path], case: Case, release: str | None = None) -> Deploy:
    """What ``stack`` says that a command of a release sends."""
    try:
        loaded = stack.load(
            [stack.File(path.name, path.read_bytes()) for path in paths],
            environment=dict(case.environment),
            read=lambda path: Path(path).read_bytes(),
            directory=str(paths[0].parent),
        )
        ids = {"secret_ids": _Ids("secrets"), "config_ids": _Ids("configs")}
        bodies = stack.bodies(loaded, case.stack, **ids, release=release)
    except StackError as err:
        return Deploy(refused=err.reason)
    for network in bodies.networks.values():
        network.driver = network.driver or "overlay"
    for service in bodies.services.values():
        container = service.task_template.container_spec
        assert container is not None
        container.image = tagged_image(container.image)
    kinds = {
        "networks": bodies.networks,
        "secrets": {one.name: one for one in bodies.secrets},
        "configs": {one.name: one for one in bodies.configs},
        "services": {one.name: one for one in bodies.services.values()},
    }
    return Deploy(
        {
            kind: {name: json.loads(engine.encode(body)) for name, body in named.items()}
            for kind, named in kinds.items()
            if named
        }
    )


class Difference(NamedTuple):
    """A field, ``services.st_web.Mode.Global``, or ``refused``, of two deploys; None if absent."""

    place: str
    ours: Any
    theirs: Any


def differences(ours: Deploy, theirs: Deploy) -> list[Difference]:
    """What differs of two deploys; two refusals are equal, whatever they say."""
    if ours.refused and theirs.refused:
        return []
    if ours.refused or theirs.refused:
        return [Difference("refused", ours.refused, theirs.refused)]
    return list(_differing(_pruned(ours.sent), _pruned(theirs.sent), ""))


def _pruned(value: Any) -> Any:
    """Without what is not said: to an engine, null is nothing."""
    if isinstance(value, dict):
        return {key: _pruned(entry) for key, entry in value.items() if entry is not None}
    return [_pruned(entry) for entry in value] if isinstance(value, list) else value


def _differing(ours: Any, theirs: Any, place: str) -> Iterator[Difference]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from _differing(ours.get(key), theirs.get(key), f"{place}.{key}".strip("."))
    elif ours != theirs or type(ours) is not type(theirs):
        yield Difference(place, ours, theirs)
