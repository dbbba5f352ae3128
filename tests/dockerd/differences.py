"""How Docker 20.10 (API 1.41) answers where the newest engine, and so swarmwire, answers otherwise.

One entry per difference, and nothing else: what is not here has to be equal to the byte.
"""

import re
from typing import Any

import msgspec

from swarmwire import engine

_ESCAPE = re.compile(r"\\(.)")
_OLD_ESCAPES = {"b": r"\u0008", "f": r"\u000c"}


def as_20_10(spec_json: str, asked: engine.ServiceSpec) -> str:
    """The text that 20.10 writes for the spec that the newest engine writes as ``spec_json``.

    ``asked`` is the spec as it was sent.
    """
    spec = plain(spec_json)
    changes = [
        _without_privileges_of_25(spec["TaskTemplate"]),
        _without_subpath_of_26(spec["TaskTemplate"]),
        _with_networks_of_the_service(spec, asked),
    ]
    return with_old_escapes(go_text(spec) if any(changes) else spec_json)


def service_as_20_10(service_json: str) -> str:
    """The same for a whole service."""
    service = plain(service_json)
    specs = [service[name] for name in ("Spec", "PreviousSpec") if name in service]
    changed = [_without_privileges_of_25(spec["TaskTemplate"]) for spec in specs]
    return with_old_escapes(go_text(service) if any(changed) else service_json)


def task_as_20_10(task_json: str) -> str:
    """The same for a task."""
    task = plain(task_json)
    _without_privileges_of_25(task["Spec"])
    # Engine 23 added cluster volumes; null is written where there are none.
    assert task.pop("Volumes") is None
    return go_text(task)


def network_as_20_10(network_json: str, containers: Any) -> str:
    """The same for a network, in which 20.10 names these ``containers``."""
    network = plain(network_json)
    # Engine 28 added the switch for IPv4. In what 20.10 says it is absent, which reads as false.
    assert network.pop("EnableIPv4") is False
    # 20.10 writes the containers in lists of networks, too, and in front of the options.
    network.pop("Containers", None)
    after = {name: network.pop(name) for name in list(network) if name in _AFTER_CONTAINERS}
    return go_text(network | {"Containers": containers} | after)


_AFTER_CONTAINERS = ("Options", "Labels", "Peers", "Services")


def _without_privileges_of_25(task: Any) -> bool:
    # Engine 25 added three fields to the privileges. The two others are cleared by the API version;
    # this one is cleared, too, but written in any case.
    privileges = task.get("ContainerSpec", {}).get("Privileges")
    return privileges is not None and privileges.pop("NoNewPrivileges") is False


def _without_subpath_of_26(task: Any) -> bool:
    # Engine 26 added the subpath of a volume. It takes it from requests of every API version.
    mounts = task.get("ContainerSpec", {}).get("Mounts", [])
    cut = [
        mount["VolumeOptions"].pop("Subpath", "") for mount in mounts if "VolumeOptions" in mount
    ]
    return any(cut)


def _with_networks_of_the_service(spec: Any, asked: engine.ServiceSpec) -> bool:
    # Up to engine 28 networks at the top level stayed there. The newest puts those of an old client
    # into the task template, or drops them if that has some.
    if not asked.networks:
        return False
    if not asked.task_template.networks:
        del spec["TaskTemplate"]["Networks"]
    spec["Networks"] = plain(engine.encode(asked.networks))
    return True


def with_old_escapes(text: str) -> str:
    """JSON text as written by Go before 1.22, which had short escapes for fewer characters."""
    return _ESCAPE.sub(lambda match: _OLD_ESCAPES.get(match[1], match[0]), text)


def plain(text: str | bytes) -> Any:
    """JSON text as plain values, keys in their order, floats in their spelling."""
    return _decoder.decode(text)


def go_text(value: Any) -> str:
    """Plain values as the compact JSON of an engine, keys in the order that they have."""
    text = msgspec.json.encode(value).decode()
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


_decoder = msgspec.json.Decoder(float_hook=lambda text: msgspec.Raw(text.encode()))
