"""What each release knows of the Engine API: fields by the first release that has them.

Names are those of ``swarmwire.engine``'s classes and of JSON. What is not in a table has been there
since the oldest release.

Source: moby api/types and api/types/swarm of each release.
"""

from typing import Final

from swarmwire.releases.release import Release

FIRST: Final = {
    "17.12": "ContainerSpec.Isolation SecretSpec.Driver",
    "18.09": "ContainerSpec.Init SecretSpec.Templating ConfigSpec.Templating"
    " ClusterInfo.DefaultAddrPool ClusterInfo.SubnetSize InitRequest.DefaultAddrPool"
    " InitRequest.SubnetSize TaskSpec.NetworkAttachmentSpec",
    "19.03": "BindOptions.NonRecursive ConfigReference.Runtime ContainerSpec.Sysctls"
    " CredentialSpec.Config Placement.MaxReplicas ClusterInfo.DataPathPort"
    " InitRequest.DataPathPort SwarmInfo.Warnings",
    "20.10": "RuntimeSpec.env ContainerSpec.CapabilityAdd ContainerSpec.CapabilityDrop"
    " ContainerSpec.Ulimits Limit.Pids Service.ServiceStatus Service.JobStatus"
    " ServiceMode.ReplicatedJob ServiceMode.GlobalJob Task.JobIteration",
    "23.0": "BindOptions.CreateMountpoint Mount.ClusterOptions NodeDescription.CSIInfo"
    " Task.Volumes",
    "25.0": "HealthcheckConfig.StartInterval BindOptions.ReadOnlyNonRecursive"
    " BindOptions.ReadOnlyForceRecursive Privileges.Seccomp Privileges.AppArmor"
    " Privileges.NoNewPrivileges",
    "26.1": "VolumeOptions.Subpath",
    "27.5": "TmpfsOptions.Options ContainerSpec.OomScoreAdj",
    "28.5": "Mount.ImageOptions NetworkCreateRequest.EnableIPv4 NetworkResource.EnableIPv4",
    "29.0": "ResourceRequirements.SwapBytes ResourceRequirements.MemorySwappiness"
    " NetworkInspect.Status",
}
"""Fields by the first release that knows them."""

LAST: Final = {"28.5": "ServiceSpec.Networks NetworkResource.Containers"}
"""Fields by the last release that shows them."""

ALWAYS_WRITTEN: Final = (
    # field, first and last release that write it though it is empty
    ("ConfigReference.File", "87e1464c43", "18.09"),
    ("NetworkResource.Containers", "87e1464c43", "28.5"),
    ("ResourceRequirements.MemorySwappiness", "29.0", "29.0"),
    ("EndpointVirtualIP.Addr", "29.0", "29.0"),
    ("IPAMConfig.Subnet", "29.0", "29.0"),
    ("IPAMConfig.Range", "29.0", "29.0"),
    ("IPAMConfig.Gateway", "29.0", "29.0"),
)
"""Fields that some releases write when they are empty, and the others do not."""

LEFT_OUT: Final = (
    ("ContainerStatus.ContainerID", "87e1464c43", "17.12"),
    ("ContainerStatus.PID", "87e1464c43", "17.12"),
    ("ContainerStatus.ExitCode", "87e1464c43", "17.12"),
    ("ServiceCreateResponse.Warnings", "87e1464c43", "24.0"),
)
"""Fields that some releases leave out when they are empty, and the others do not."""

EARLIER: Final = (
    # field, the one before which it stands, and the last release that writes it there
    ("NetworkResource.Containers", "NetworkResource.Options", "28.5"),
    ("NetworkInspect.Containers", "NetworkResource.Options", "28.5"),
)
"""Fields that older releases write further in front than the newest."""

FREE_TEXT_UNTIL: Final = "28.5"
"""The last release that takes addresses for texts, and neither checks nor shortens them."""

_FIRST_OF: Final = {field: name for name, fields in FIRST.items() for field in fields.split()}
_LAST_OF: Final = {field: name for name, fields in LAST.items() for field in fields.split()}


def knows(release: Release, field: str) -> bool:
    """Whether the engine knows a field, ``ContainerSpec.Init``."""
    return release.has(_FIRST_OF.get(field, "87e1464c43"), _LAST_OF.get(field, ""))


def is_always_written(release: Release, field: str, *, otherwise: bool) -> bool:
    """Whether the engine writes a field that is empty; ``otherwise`` is the newest's answer."""
    for table, answer in ((ALWAYS_WRITTEN, True), (LEFT_OUT, False)):
        for name, first, last in table:
            if name == field and release.has(first, last):
                return answer
    return otherwise


def first_of(field: str) -> str:
    """The name of the first release that knows a field."""
    return _FIRST_OF.get(field, "87e1464c43")
