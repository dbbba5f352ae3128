"""What a function expected and what it got: the words of type errors, and what would help.

Both worlds have a ``ServiceSpec``, so the words say which one is meant: ``engine.ServiceSpec`` or
``pb.ServiceSpec``. Types are known by their names here: every layer above raises such errors.
"""

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, Final

from swarmwire.errors import ConvertError

CONVERSIONS: Final = (
    ("engine.ConfigSpec", "config_spec_to_grpc", "pb.ConfigSpec"),
    ("engine.NetworkCreateRequest", "network_create_to_grpc", "pb.NetworkSpec"),
    ("engine.NodeSpec", "node_spec_to_grpc", "pb.NodeSpec"),
    ("engine.SecretSpec", "secret_spec_to_grpc", "pb.SecretSpec"),
    ("engine.ServiceSpec", "service_spec_to_grpc", "pb.ServiceSpec"),
    ("engine.SwarmSpec", "swarm_spec_to_grpc", "pb.ClusterSpec"),
    ("engine.VolumeCreateRequest", "volume_create_to_grpc", "pb.VolumeSpec"),
    ("pb.Cluster", "swarm_from_grpc", "engine.Swarm"),
    ("pb.Config", "config_from_grpc", "engine.Config"),
    ("pb.Network", "network_from_grpc", "engine.NetworkResource"),
    ("pb.Network", "network_inspect_from_grpc", "engine.NetworkInspect"),
    ("pb.Node", "node_from_grpc", "engine.Node"),
    ("pb.Secret", "secret_from_grpc", "engine.Secret"),
    ("pb.Service", "service_from_grpc", "engine.Service"),
    ("pb.ServiceSpec", "service_spec_from_grpc", "engine.ServiceSpec"),
    ("pb.Task", "task_from_grpc", "engine.Task"),
    ("pb.Volume", "volume_from_grpc", "engine.Volume"),
)
"""What each function of ``convert`` makes, and of what."""

_ANY: Final = "engine.EngineObject"
_ENGINE: Final = "swarmwire.engine"
_MESSAGES: Final = "swarmwire._pb."


def expect(wanted: type | tuple[type, ...], *values: object) -> None:
    """Refuse a value that is none of ``wanted``. Each argument is one value.

    Raises:
        ConvertError: kind "type": what was expected, what came, and what makes the one of the
            other, if something does.
    """
    for value in values:
        if not isinstance(value, wanted):
            raise ConvertError("type", mismatch(value, wanted))


def expect_each(wanted: type, values: object) -> None:
    """Refuse what is no sequence of ``wanted``.

    Raises:
        ConvertError: as ``expect``; if it is about an item, its index is the path.
    """
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        reason = f"expected a list of {name_of(wanted)}, got {_name_of_value(values)}"
        raise ConvertError("type", reason)
    for index, value in enumerate(values):
        if not isinstance(value, wanted):
            raise ConvertError("type", mismatch(value, wanted), index)


def mismatch(value: object, wanted: type | tuple[type, ...], called: str = "") -> str:
    """The words: ``expected pb.Node, got engine.Node``, and how to make the one of the other.

    ``called`` is said instead of the names of ``wanted``. The value itself is never shown.
    """
    types = wanted if isinstance(wanted, tuple) else (wanted,)
    names = [name_of(one) for one in types if one is not NoneType]
    hint = next(filter(None, (_way(value, name) for name in names)), "")
    words = f"expected {called or ' or '.join(names)}, got {_name_of_value(value)}"
    return f"{words}: {hint}" if hint else words


def name_of(cls: type) -> str:
    """The name of a type as users write it: ``pb.Mount``, ``engine.Mount``, ``int``."""
    module, name = cls.__module__, cls.__qualname__
    if module == _ENGINE or module.startswith(f"{_ENGINE}."):
        return f"engine.{name}"
    if not module.startswith(_MESSAGES):
        return name
    folder, _, file = module.removeprefix(_MESSAGES).rpartition(".")
    # of etcd's messages `pb` has the packages
    return f"pb.{file.removesuffix('_pb2')}pb.{name}" if folder == "etcd" else f"pb.{name}"


def _name_of_value(value: object) -> str:
    if value is None:
        return "None"
    return f"the class {name_of(value)}" if isinstance(value, type) else name_of(type(value))


def _way(value: object, wanted: str) -> str:
    """What makes a ``wanted`` of the value; nothing if we know no way."""
    if isinstance(value, Mapping):
        return _way_from_dict(wanted)
    if isinstance(value, bytes | bytearray | memoryview | str):
        return _way_from_text(wanted)
    if not any(name_of(base).startswith(("engine.", "pb.")) for base in type(value).__mro__):
        return ""  # a stranger, whose attributes are not to be trusted
    direct = _conversion(value, wanted)
    if direct:
        return f"{direct} makes one"
    spec: Any = getattr(value, "spec", None)
    if spec is None:
        return ""
    if name_of(type(spec)) == wanted:
        return "its .spec is one"
    nested = _conversion(spec, wanted)
    return f"{nested} makes one of its .spec" if nested else ""


def _conversion(value: object, wanted: str) -> str:
    """The conversion from a value, or from what it is derived from."""
    names = {name_of(base) for base in type(value).__mro__}
    for given, function, made in CONVERSIONS:
        if given in names and (made == wanted or (wanted == _ANY and made.startswith("engine."))):
            return f"convert.{function}"
    return ""


def _way_from_dict(wanted: str) -> str:
    if wanted.startswith("engine."):
        return "engine.from_dict makes one"
    for given, function, made in CONVERSIONS:
        if made == wanted and given.startswith("engine."):
            return f"engine.from_dict and convert.{function} make one"
    return ""


def _way_from_text(wanted: str) -> str:
    if wanted.startswith("engine."):
        return "engine.decode makes one"
    if wanted.startswith("pb."):
        return "pb.parse makes one"
    return ""
