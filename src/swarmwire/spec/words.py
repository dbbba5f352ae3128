"""The words of each field that takes only a few: the Engine API's for a message's numbers."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from google.protobuf.descriptor import EnumDescriptor

from swarmwire import pb
from swarmwire.convert import enums
from swarmwire.convert.enums import EnumTable
from swarmwire.spec.document import Part, document_of
from swarmwire.spec.messages import short_name

_TABLES: Final[dict[str, EnumTable]] = {
    "ContainerSpec.Isolation": enums.ISOLATION,
    "EndpointSpec.ResolutionMode": enums.RESOLUTION_MODE,
    "ExternalCA.CAProtocol": enums.CA_PROTOCOL,
    "Mount.BindOptions.Propagation": enums.MOUNT_PROPAGATION,
    "Mount.Consistency": enums.MOUNT_CONSISTENCY,
    "Mount.Type": enums.MOUNT_TYPE,
    "NodeRole": enums.NODE_ROLE,
    "NodeSpec.Availability": enums.NODE_AVAILABILITY,
    "PortConfig.Protocol": enums.PORT_PROTOCOL,
    "PortConfig.PublishMode": enums.PUBLISH_MODE,
    "Privileges.AppArmorOpts.AppArmorMode": enums.APPARMOR_MODE,
    "Privileges.SeccompOpts.SeccompMode": enums.SECCOMP_MODE,
    "RestartPolicy.RestartCondition": enums.RESTART_CONDITION,
    "TaskState": enums.TASK_STATE,
    "UpdateConfig.FailureAction": enums.UPDATE_FAILURE_ACTION,
    "UpdateConfig.UpdateOrder": enums.UPDATE_ORDER,
    "VolumeAccessMode.Scope": enums.VOLUME_SCOPE,
    "VolumeAccessMode.Sharing": enums.VOLUME_SHARING,
    "VolumeSpec.VolumeAvailability": enums.VOLUME_AVAILABILITY,
}
"""The table of each enum that the API has words for."""

_SPECS: Final = (
    *(pb.ServiceSpec, pb.NodeSpec, pb.ClusterSpec),
    *(pb.NetworkSpec, pb.SecretSpec, pb.ConfigSpec, pb.VolumeSpec),
)


def word_of(enum: EnumDescriptor, number: int) -> str | int:
    """The API's word for a number, SwarmKit's own where the API has none for the enum.

    A number without a word is given as it is.
    """
    table = _TABLES.get(short_name(enum.full_name))
    if table is not None:
        return table.word[number] if number in table.words.values() else number
    value = enum.values_by_number.get(number)
    return number if value is None else value.name


def words_of(struct: type, name: str) -> tuple[str, ...]:
    """The words that a Struct's field takes, by its JSON name; none if it takes any text."""
    return _words().get((struct, name), ())


@cache
def _words() -> dict[tuple[type, str], tuple[str, ...]]:
    return dict(found for spec in _SPECS for found in _words_in(document_of(spec.DESCRIPTOR)))


def _words_in(part: Part) -> Iterator[tuple[tuple[type, str], tuple[str, ...]]]:
    for field in part.fields:
        enum = field.descriptor.enum_type
        table = None if enum is None else _TABLES.get(short_name(enum.full_name))
        if table is not None and field.owner is not None:
            yield (field.owner, field.steps[-1]), tuple(table.words)
        if field.part is not None:
            yield from _words_in(field.part)
