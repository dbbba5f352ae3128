"""Stored objects as a release of the engine shows them: which conversion, which kind."""

from collections.abc import Callable
from typing import Any, Final

from swarmwire import convert, engine, pb
from swarmwire.control.kinds import name_of
from swarmwire.networks import is_predefined
from swarmwire.releases import Release

MIRRORED: Final = ("task", "service", "network", "secret", "config", "volume", "node")
"""The kinds that are held in memory, by the words of ``control.KINDS``."""

_CONVERSIONS: Final[dict[str, Callable[..., Any]]] = {
    "service": convert.service_from_grpc,
    "task": convert.task_from_grpc,
    "network": convert.network_from_grpc,
    "secret": convert.secret_from_grpc,
    "config": convert.config_from_grpc,
    "volume": convert.volume_from_grpc,
    "node": convert.node_from_grpc,
    "swarm": convert.swarm_from_grpc,
}


def engine_object(kind: str, message: Any, release: Release) -> Any:
    """The object of the Engine API that a stored one is shown as.

    Raises:
        ConvertError: the engine cannot show it either.
    """
    if kind == "network" and lists_as_inspected(release):
        return convert.network_inspect_from_grpc(message, release=release)
    return _CONVERSIONS[kind](message, release=release)


def lists_as_inspected(release: Release) -> bool:
    """Whether a release lists networks just as it shows a single one."""
    return not release.has("29.0")


def writer(kind: str, release: Release) -> Callable[[Any], bytes]:
    """What writes the JSON of stored objects of a kind."""
    if kind == "service":
        return lambda message: convert.service_json_from_grpc(message, release=release)
    return lambda message: engine.encode(engine_object(kind, message, release), release=release)


def runtime_of(message: Any) -> str:
    """What runs a service or a task, as filters call it.

    Source: SwarmKit api/naming, Runtime.
    """
    spec = message.spec.task if isinstance(message, pb.Service) else message.spec
    runtime = spec.WhichOneof("runtime") or ""
    return spec.generic.kind.lower() if runtime == "generic" else str(runtime)


def task_name_of(task: pb.Task) -> str:
    """``web.1.<id>``. Source: SwarmKit api/naming, Task."""
    place = task.slot or task.node_id
    return task.annotations.name or f"{task.service_annotations.name}.{place}.{task.id}"


NAMES: Final[dict[str, Callable[[Any], str]]] = {
    kind: task_name_of if kind == "task" else name_of for kind in MIRRORED
}
"""What objects of a kind are called when they are looked for."""


def is_listed(kind: str, message: Any) -> bool:
    """Whether an object stands in the list that nobody filters."""
    if kind in ("service", "task"):
        return runtime_of(message) in ("container", "")
    return kind != "network" or not is_predefined(message)
