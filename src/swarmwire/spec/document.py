"""A spec as a document: its fields, what the Engine API calls them, and their order.

Both come from the engine's Structs: a message's field is the Struct's attribute of the same name,
and stands where that stands. A table tells only where the API has another name or another place. A
field that the API does not have is named by the same rule and stands last: no field is passed over
because no table names it.
"""

from functools import cache, cached_property
from typing import Any, Final, NamedTuple, get_args

import msgspec
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from swarmwire import engine
from swarmwire.engine.base import engine_name
from swarmwire.spec.messages import is_map, is_one_value, short_name

Steps = tuple[str | int, ...]
"""A path as JSON names, list indexes and map keys (``MapKey``), outermost first."""

_STRUCTS: Final[dict[str, type]] = {
    "ClusterSpec": engine.SwarmSpec,
    "NetworkSpec": engine.NetworkCreateRequest,
    "PluginSpec": engine.RuntimeSpec,
    "VolumeSpec": engine.VolumeCreateRequest,
}
"""The Structs of documents that are not named as their message is."""

_NAMES: Final = {
    "annotations": "",
    "ContainerSpec.pidsLimit": "^.Resources.Limits.Pids",
    "GenericRuntimeSpec.payload": "",
    "IPAMConfig.range": "IPRange",
    "IPAMConfig.reserved": "AuxiliaryAddresses",
    "IPAMOptions.configs": "Config",
    "IPAMOptions.driver": "",
    "IPAMOptions.driver.name": "Driver",
    "NetworkAttachmentConfig.driver_attachment_opts": "DriverOpts",
    "NetworkSpec.driver_config": "",
    "NetworkSpec.driver_config.name": "Driver",
    "NetworkSpec.ipv6_enabled": "EnableIPv6",
    "NetworkSpec.network": "ConfigFrom.Network",
    "NodeSpec.desired_role": "Role",
    "Resources.generic": "GenericResources",
    "ServiceSpec.endpoint": "EndpointSpec",
    "ServiceSpec.global": "Mode.Global",
    "ServiceSpec.global_job": "Mode.GlobalJob",
    "ServiceSpec.replicated": "Mode.Replicated",
    "ServiceSpec.replicated_job": "Mode.ReplicatedJob",
    "ServiceSpec.rollback": "RollbackConfig",
    "ServiceSpec.task": "TaskTemplate",
    "ServiceSpec.update": "UpdateConfig",
    "TaskSpec.attachment": "NetworkAttachmentSpec",
    "TaskSpec.container": "ContainerSpec",
    "TaskSpec.generic": "PluginSpec",
    "TaskSpec.restart": "RestartPolicy",
    "VolumeAccessMode.block": "BlockVolume",
    "VolumeAccessMode.mount": "MountVolume",
    "VolumeSpec.AccessibilityRequirements": "ClusterVolumeSpec.AccessibilityRequirements",
    "VolumeSpec.access_mode": "ClusterVolumeSpec.AccessMode",
    "VolumeSpec.availability": "ClusterVolumeSpec.Availability",
    "VolumeSpec.capacity_range": "ClusterVolumeSpec.CapacityRange",
    "VolumeSpec.driver": "",
    "VolumeSpec.driver.name": "Driver",
    "VolumeSpec.driver.options": "DriverOpts",
    "VolumeSpec.group": "ClusterVolumeSpec.Group",
    "VolumeSpec.secrets": "ClusterVolumeSpec.Secrets",
}
"""JSON names where the Struct does not give them, by message and field, or by the field that holds
the message and the field. One without a name is part of the object above; ``^`` leads out of it."""

_ALWAYS_THERE: Final = frozenset(
    {
        "AcceptancePolicy",
        "Annotations",
        "CAConfig",
        "DispatcherConfig",
        "EncryptionConfig",
        "IPAMOptions.driver",
        "NetworkSpec.driver_config",
        "OrchestrationConfig",
        "RaftConfig",
        "ServiceSpec.task",
        "TaskDefaults",
        "VolumeSpec.driver",
    }
)
"""Messages of which an absent one is an empty one: Go cannot leave them out, or no object of the
API stands for them. By message, or by message and field."""


class SpecField(NamedTuple):
    """One field of a message at its place in a document.

    Attributes:
        key: names it among the fields of all messages: ``ContainerSpec.env``.
        attribute: its name in the message.
        steps: the way to it from the object that holds it; none if it is part of that object.
        is_outside: whether ``steps`` begin beside the object that holds it, not in it.
        descriptor: protobuf's own words on it.
        owner: the Struct that it is an attribute of; None if the API does not have it.
        part: the messages that it holds; None if it holds plain values.
    """

    key: str
    attribute: str
    steps: tuple[str, ...]
    is_outside: bool
    descriptor: FieldDescriptor
    owner: type | None
    part: "Part | None"

    @property
    def is_always_there(self) -> bool:
        """Whether an absent message is the same as an empty one."""
        message = self.descriptor.message_type
        return self.key in _ALWAYS_THERE or (
            message is not None and short_name(message.full_name) in _ALWAYS_THERE
        )

    def under(self, steps: Steps) -> Steps:
        """The path of the field where ``steps`` are that of the object that holds it."""
        return (*(steps[:-1] if self.is_outside else steps), *self.steps)


class Part:
    """A message type at its place in a document.

    Attributes:
        descriptor: the message type.
        struct: the Struct in which its fields stand; None if the API does not have it.
        holder: the key of the field that holds it; ``""`` for the whole document.
    """

    def __init__(self, descriptor: Descriptor, struct: type | None, holder: str) -> None:
        self.descriptor = descriptor
        self.struct = struct
        self.holder = holder

    @cached_property
    def fields(self) -> tuple[SpecField, ...]:
        """Its fields, in the order of the document."""
        placed = [(self._place_of(field), field) for field in map(self._field, self._descriptors)]
        return tuple(field for _, field in sorted(placed, key=lambda each: each[0]))

    def field(self, attribute: str) -> SpecField:
        """The field of that name."""
        return next(field for field in self.fields if field.attribute == attribute)

    @property
    def _descriptors(self) -> list[FieldDescriptor]:
        return list(self.descriptor.fields)

    def _field(self, descriptor: FieldDescriptor) -> SpecField:
        key = f"{short_name(self.descriptor.full_name)}.{descriptor.name}"
        name = self._name_of(key, descriptor.name)
        outside = name.startswith("^.")
        steps = tuple(name.removeprefix("^.").split(".")) if name else ()
        owner = _struct_at(self.struct, steps[:-1])
        if owner is not None and (not steps or steps[-1] not in _members(owner)):
            owner = None
        part = None
        if descriptor.message_type is not None and not (
            is_map(descriptor) or is_one_value(descriptor)
        ):
            part = Part(descriptor.message_type, _struct_at(self.struct, steps), key)
        return SpecField(key, descriptor.name, steps, outside, descriptor, owner, part)

    def _name_of(self, key: str, attribute: str) -> str:
        for known in (f"{self.holder}.{attribute}", key, attribute):
            if known in _NAMES:
                return _NAMES[known]
        names = {} if self.struct is None else _json_names(self.struct)
        return names.get(_squashed(attribute)) or engine_name(attribute)

    def _place_of(self, field: SpecField) -> tuple[int, ...]:
        """Where its Struct has it; what the Struct does not have stands behind all else."""
        places: list[int] = []
        struct = self.struct
        for step in field.steps:
            members = {} if struct is None else _members(struct)
            if step not in members or field.is_outside:
                return (*places, len(members))
            places.append(list(members).index(step))
            struct = members[step]
        return tuple(places)


@cache
def document_of(descriptor: Descriptor) -> Part:
    """The document that a message of this type is: a spec, a task, a part of one."""
    name = short_name(descriptor.full_name)
    return Part(descriptor, _STRUCTS.get(name, getattr(engine, name, None)), "")


def _struct_at(struct: type | None, steps: tuple[str, ...]) -> type | None:
    for step in steps:
        struct = None if struct is None else _members(struct).get(step)
    return struct


@cache
def _members(struct: type) -> dict[str, type | None]:
    """The fields of a Struct by JSON name, in its order, with the Struct that is in each."""
    return {
        field.encode_name: _struct_within(field.type) for field in msgspec.structs.fields(struct)
    }


@cache
def _json_names(struct: type) -> dict[str, str]:
    return {_squashed(field.name): field.encode_name for field in msgspec.structs.fields(struct)}


def _struct_within(annotation: Any) -> type | None:
    """The Struct in ``Mount``, ``Mount | None``, ``list[Mount]``; None if there is none."""
    inner = get_args(annotation)
    if inner:
        return next(filter(None, map(_struct_within, inner)), None)
    found = isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)
    return annotation if found else None


def _squashed(name: str) -> str:
    return name.replace("_", "").lower()
