"""What the fields of a service spec's messages are called in the Engine API, in document order.

A table per message: its fields as the JSON of the Engine API lists them, each with the JSON name
after a colon where the naming rule does not give it. A field whose name is empty is part of the
object above it. Fields that the API does not have stand last, named as they would be.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from swarmwire.convert import _enums
from swarmwire.convert._enums import EnumTable
from swarmwire.engine._base import engine_name

_PACKAGES: Final = ("docker.swarmkit.v1.", "docker.engine.runtime.")

DOCUMENT: Final = {
    "ServiceSpec": "annotations: task:TaskTemplate replicated:Mode.Replicated global:Mode.Global"
    " replicated_job:Mode.ReplicatedJob global_job:Mode.GlobalJob update:UpdateConfig"
    " rollback:RollbackConfig endpoint:EndpointSpec networks",
    "Annotations": "name labels indices",
    "IndexEntry": "key val",
    "ReplicatedService": "replicas",
    "GlobalService": "",
    "ReplicatedJob": "max_concurrent total_completions",
    "GlobalJob": "",
    "UpdateConfig": "parallelism delay failure_action monitor max_failure_ratio order",
    "EndpointSpec": "mode ports",
    "PortConfig": "name protocol target_port published_port publish_mode",
    "TaskSpec": "container:ContainerSpec generic:PluginSpec attachment:NetworkAttachmentSpec"
    " resources restart:RestartPolicy placement networks log_driver force_update"
    " resource_references",
    "NetworkAttachmentSpec": "container_id",
    "ResourceReference": "resource_id resource_type",
    "ResourceRequirements": "limits reservations swap_bytes memory_swappiness",
    "Resources": "nano_cpus memory_bytes generic:GenericResources",
    "GenericResource": "named_resource_spec discrete_resource_spec",
    "NamedGenericResource": "kind value",
    "DiscreteGenericResource": "kind value",
    "RestartPolicy": "condition delay max_attempts window",
    "Placement": "constraints preferences max_replicas platforms",
    "PlacementPreference": "spread",
    "SpreadOver": "spread_descriptor",
    "Platform": "architecture os",
    "NetworkAttachmentConfig": "target aliases driver_attachment_opts:DriverOpts addresses",
    "Driver": "name options",
    "ContainerSpec": "image labels command args hostname env dir user groups privileges init"
    " stop_signal tty open_stdin read_only mounts stop_grace_period healthcheck hosts dns_config"
    " secrets configs isolation sysctls capability_add capability_drop ulimits oom_score_adj"
    " pull_options pidsLimit:",
    "ContainerSpec.PullOptions": "registry_auth",
    "ContainerSpec.DNSConfig": "nameservers search options",
    "ContainerSpec.Ulimit": "name hard soft",
    "Privileges": "credential_spec selinux_context seccomp apparmor:AppArmor no_new_privileges",
    "Privileges.CredentialSpec": "config file registry",
    "Privileges.SELinuxContext": "disable user role type level",
    "Privileges.SeccompOpts": "mode profile",
    "Privileges.AppArmorOpts": "mode",
    "HealthConfig": "test interval timeout start_period start_interval retries",
    "SecretReference": "file secret_id secret_name",
    "ConfigReference": "file runtime config_id config_name",
    "FileTarget": "name uid gid mode",
    "RuntimeTarget": "",
    "Mount": "type source target readonly:ReadOnly consistency bind_options volume_options"
    " tmpfs_options",
    "Mount.BindOptions": "propagation nonrecursive:NonRecursive createmountpoint:CreateMountpoint"
    " readonlynonrecursive:ReadOnlyNonRecursive readonlyforcerecursive:ReadOnlyForceRecursive",
    "Mount.VolumeOptions": "nocopy:NoCopy labels subpath driver_config",
    "Mount.TmpfsOptions": "size_bytes mode options",
    "GenericRuntimeSpec": "kind payload:",
    "PluginSpec": "name:name remote:remote privileges:privileges disabled:disabled env:env",
    "PluginPrivilege": "name:name description:description value:value",
}

WORDS: Final[dict[str, EnumTable]] = {
    "ContainerSpec.Isolation": _enums.ISOLATION,
    "EndpointSpec.ResolutionMode": _enums.RESOLUTION_MODE,
    "Mount.BindOptions.Propagation": _enums.MOUNT_PROPAGATION,
    "Mount.Consistency": _enums.MOUNT_CONSISTENCY,
    "Mount.Type": _enums.MOUNT_TYPE,
    "PortConfig.Protocol": _enums.PORT_PROTOCOL,
    "PortConfig.PublishMode": _enums.PUBLISH_MODE,
    "Privileges.AppArmorOpts.AppArmorMode": _enums.APPARMOR_MODE,
    "Privileges.SeccompOpts.SeccompMode": _enums.SECCOMP_MODE,
    "RestartPolicy.RestartCondition": _enums.RESTART_CONDITION,
    "UpdateConfig.FailureAction": _enums.UPDATE_FAILURE_ACTION,
    "UpdateConfig.UpdateOrder": _enums.UPDATE_ORDER,
}
"""The words of each enum; a number that has none, and an enum without words, is shown as it is."""


class Field(NamedTuple):
    """One field of a message.

    ``key`` names it among all: ``ContainerSpec.env``; ``name`` is its JSON name, with dots in it
    where it lies deeper in the JSON, and empty where it is part of the object above.
    """

    key: str
    attribute: str
    name: str
    descriptor: FieldDescriptor

    @property
    def steps(self) -> tuple[str, ...]:
        """The path from the object that holds the field."""
        return tuple(self.name.split(".")) if self.name else ()


@cache
def fields_of(descriptor: Descriptor) -> tuple[Field, ...]:
    """The fields of a message, in the order of the document."""
    return tuple(_fields_of(descriptor))


def _fields_of(descriptor: Descriptor) -> Iterator[Field]:
    message = short_name(descriptor.full_name)
    for entry in DOCUMENT[message].split():
        attribute, colon, name = entry.partition(":")
        yield Field(
            f"{message}.{attribute}",
            attribute,
            name if colon else engine_name(attribute),
            descriptor.fields_by_name[attribute],
        )


def short_name(full_name: str) -> str:
    """The name of a message or an enum without its package."""
    for package in _PACKAGES:
        full_name = full_name.removeprefix(package)
    return full_name


def is_repeated(field: FieldDescriptor) -> bool:
    """Whether the field is a list or a map; every version of protobuf answers in its own way."""
    newer: bool | None = getattr(field, "is_repeated", None)
    if newer is not None:
        return newer
    return bool(getattr(field, "label") == FieldDescriptor.LABEL_REPEATED)  # noqa: B009


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry
