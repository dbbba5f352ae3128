"""What the fields of specs other than a service's are called in the Engine API.

The naming rule gives most names. Here is the rest: by message and field, or, where a message has
other names in one place, by that place and the field. A field whose name is empty is part of the
object above it. What the API does not have is named as it would be.
"""

from collections.abc import Iterator
from typing import Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from swarmwire.convert import _enums
from swarmwire.convert._enums import EnumTable
from swarmwire.engine._base import engine_name
from swarmwire.plan._document import short_name

_NAMES: Final = {
    "ClusterSpec.annotations": "",
    "ConfigSpec.annotations": "",
    "Extension.annotations": "",
    "IPAMConfig.range": "IPRange",
    "IPAMConfig.reserved": "AuxiliaryAddresses",
    "IPAMOptions.configs": "Config",
    "IPAMOptions.driver": "",
    "IPAMOptions.driver.name": "Driver",
    "NetworkSpec.annotations": "",
    "NetworkSpec.driver_config": "",
    "NetworkSpec.driver_config.name": "Driver",
    "NetworkSpec.ipv6_enabled": "EnableIPv6",
    "NetworkSpec.network": "ConfigFrom.Network",
    "NodeSpec.annotations": "",
    "NodeSpec.desired_role": "Role",
    "Resource.annotations": "",
    "SecretSpec.annotations": "",
    "VolumeAccessMode.block": "BlockVolume",
    "VolumeAccessMode.mount": "MountVolume",
    "VolumeSpec.AccessibilityRequirements": "ClusterVolumeSpec.AccessibilityRequirements",
    "VolumeSpec.access_mode": "ClusterVolumeSpec.AccessMode",
    "VolumeSpec.annotations": "",
    "VolumeSpec.availability": "ClusterVolumeSpec.Availability",
    "VolumeSpec.capacity_range": "ClusterVolumeSpec.CapacityRange",
    "VolumeSpec.driver": "",
    "VolumeSpec.driver.name": "Driver",
    "VolumeSpec.driver.options": "DriverOpts",
    "VolumeSpec.group": "ClusterVolumeSpec.Group",
    "VolumeSpec.secrets": "ClusterVolumeSpec.Secrets",
}

_WORDS: Final[dict[str, EnumTable]] = {
    "ExternalCA.CAProtocol": _enums.CA_PROTOCOL,
    "NodeRole": _enums.NODE_ROLE,
    "NodeSpec.Availability": _enums.NODE_AVAILABILITY,
    "TaskState": _enums.TASK_STATE,
    "VolumeAccessMode.Scope": _enums.VOLUME_SCOPE,
    "VolumeAccessMode.Sharing": _enums.VOLUME_SHARING,
    "VolumeSpec.VolumeAvailability": _enums.VOLUME_AVAILABILITY,
}


_SAME: Final = frozenset({"NodeSpec.membership"})
"""Fields of which any value is as good: a node is a member as soon as it is there, and the engine
sets the field whenever it changes anything else."""


def fields_of(descriptor: Descriptor) -> Iterator[FieldDescriptor]:
    """The fields of a message that can differ, in their own order."""
    return (field for field in descriptor.fields if key_of(field) not in _SAME)


def key_of(field: FieldDescriptor) -> str:
    """What names a field among those of all messages: ``SecretSpec.data``."""
    message = field.containing_type
    assert message is not None
    return f"{short_name(message.full_name)}.{field.name}"


def steps_of(field: FieldDescriptor, parent: str) -> tuple[str, ...]:
    """The path from the object that holds the field; ``parent`` is the key of that object."""
    own = f"{parent}.{field.name}"
    name = _NAMES[own] if own in _NAMES else _NAMES.get(key_of(field), engine_name(field.name))
    return tuple(name.split(".")) if name else ()


def word_of(enum: EnumDescriptor, number: int) -> str | int:
    """The API's word for a number, SwarmKit's if it has none, or the number."""
    table = _WORDS.get(short_name(enum.full_name))
    value = enum.values_by_number.get(number)
    if table is not None and number in table.words.values():
        return table.word[number]
    return number if value is None else value.name.lower()
