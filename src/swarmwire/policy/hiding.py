"""Values taken out of what a client reads: variables, arguments, options, data, tokens."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

from swarmwire import engine, pb
from swarmwire.engine.copying import deep_copy
from swarmwire.spec import copied

_Message = TypeVar("_Message", bound=pb.Message)
_Object = TypeVar("_Object", bound=engine.EngineObject)
_Info = TypeVar("_Info", bound=Mapping[str, Any])

HIDDEN_VALUE: Final = "***"
"""Stands for a value that a client does not see."""
_REDUCED: Final[dict[str, Any]] = {
    "HttpProxy": "",
    "HttpsProxy": "",
    "NoProxy": "",
    "RegistryConfig": None,
    "Labels": [],
    "NodeAddr": "",
    "RemoteManagers": None,
}
_HOLDERS: Final = (engine.Service, engine.ServiceSpec, engine.Task, engine.Config)
HIDEABLE: Final = ("env", "config-data", "args", "options")
"""The words of ``hide``: ``options`` are those of drivers of volumes and logs."""
_OF_TASKS: Final = frozenset({"env", "args", "options"})


def hidden(shown: _Object, words: frozenset[str]) -> _Object:
    """A copy without what a client does not see; the object itself if nothing is taken out.

    The tokens to join a swarm are always taken out.
    """
    is_swarm = isinstance(shown, engine.Swarm)
    if not is_swarm and not (words and isinstance(shown, _HOLDERS)):
        return shown
    kept = deep_copy(shown)
    _hide(kept, words)
    return kept


def _hide(kept: engine.EngineObject, words: frozenset[str]) -> None:
    if isinstance(kept, engine.Swarm):
        kept.join_tokens = engine.JoinTokens()
    elif isinstance(kept, engine.Service):
        for spec in (kept.spec, kept.previous_spec):
            if spec is not None:
                _hide_in_task(spec.task_template, words)
    elif isinstance(kept, engine.ServiceSpec):
        _hide_in_task(kept.task_template, words)
    elif isinstance(kept, engine.Task):
        _hide_in_task(kept.spec, words)
    elif isinstance(kept, engine.Config) and "config-data" in words:
        kept.spec.data = b""


def _hide_in_task(task: engine.TaskSpec, words: frozenset[str]) -> None:
    container = task.container_spec
    if container is not None:
        if "env" in words:
            container.env = [_name_of(variable) for variable in container.env]
        if "args" in words:
            _hide_arguments(container)
    if "options" in words:
        _hide_options(task)
    if task.plugin_spec is not None and "env" in words:
        task.plugin_spec.env = [_name_of(variable) for variable in task.plugin_spec.env]


def _hide_options(task: engine.TaskSpec) -> None:
    mounts = [] if task.container_spec is None else task.container_spec.mounts
    options = [mount.volume_options for mount in mounts if mount is not None]
    drivers = [each.driver_config for each in options if each is not None]
    for driver in (task.log_driver, *drivers):
        if driver is not None and driver.options:
            driver.options = dict.fromkeys(driver.options, HIDDEN_VALUE)


def _hide_arguments(container: engine.ContainerSpec) -> None:
    container.args = [HIDDEN_VALUE for _ in container.args]
    container.command = [HIDDEN_VALUE for _ in container.command]
    check = container.healthcheck
    if check is not None:
        # the first word tells how the others are meant: NONE, CMD, CMD-SHELL
        check.test = [*check.test[:1], *(HIDDEN_VALUE for _ in check.test[1:])]


def hidden_message(message: _Message, words: frozenset[str]) -> _Message:
    """A stored service or task without what a client does not see; the same if nothing is."""
    if not (words & _OF_TASKS and isinstance(message, pb.Service | pb.Task)):
        return message
    out: Any = copied(message)
    specs = [out.spec] if isinstance(message, pb.Task) else [out.spec.task]
    if isinstance(message, pb.Service) and message.HasField("previous_spec"):
        specs.append(out.previous_spec.task)
    for spec in specs:
        if "options" in words:
            _hide_driver_options(spec)
        if spec.HasField("container"):
            _hide_in_container(spec.container, words)
        elif spec.HasField("generic"):
            spec.generic.ClearField("payload")  # a plugin's, with its variables
    return cast("_Message", out)


def _hide_driver_options(spec: pb.TaskSpec) -> None:
    drivers = [mount.volume_options.driver_config for mount in spec.container.mounts]
    for driver in (spec.log_driver, *drivers):
        for key in list(driver.options):
            driver.options[key] = HIDDEN_VALUE


def _hide_in_container(container: pb.ContainerSpec, words: frozenset[str]) -> None:
    if "env" in words:
        container.env[:] = [_name_of(variable) for variable in container.env]
    if "args" in words:
        container.args[:] = [HIDDEN_VALUE for _ in container.args]
        container.command[:] = [HIDDEN_VALUE for _ in container.command]
        if container.HasField("healthcheck"):
            test = container.healthcheck.test
            test[1:] = [HIDDEN_VALUE for _ in test[1:]]


def _name_of(variable: str) -> str:
    name, equals, _ = variable.partition("=")
    return f"{name}={HIDDEN_VALUE}" if equals else name


def reduced_info(info: _Info) -> _Info:
    """A copy of what ``/info`` answers without proxies, mirrors, labels, addresses and authorities.

    Clients need the rest: whether it is a manager, the version, the kind of node.
    """
    reduced: Any = {key: _REDUCED.get(key, value) for key, value in info.items()}
    swarm = info.get("Swarm")
    if isinstance(swarm, dict):
        reduced["Swarm"] = {key: _REDUCED.get(key, value) for key, value in swarm.items()}
    elif isinstance(swarm, engine.SwarmInfo):
        shown = deep_copy(swarm)
        shown.node_addr, shown.remote_managers = "", None
        if shown.cluster is not None:
            shown.cluster.spec.ca_config.external_cas = []
        reduced["Swarm"] = shown
    return cast("_Info", reduced)
