"""What runs in a task of the container runtime.

Source: moby api/types/swarm/container.go, secret.go and config.go.
"""

from types import NoneType

from swarmwire.engine.address import parse_address
from swarmwire.engine.base import EngineObject, written
from swarmwire.engine.mount import Mount
from swarmwire.engine.units import Address, FileMode, Int64, Nanoseconds


class CredentialSpec(EngineObject):
    """Where the credential spec of a Windows container comes from; exactly one is to be given."""

    config: str = written(str)
    file: str = written(str)
    registry: str = written(str)


class SELinuxContext(EngineObject):
    """The SELinux labels of a container."""

    disable: bool = written(bool)
    user: str = written(str)
    role: str = written(str)
    type: str = written(str)
    level: str = written(str)


class SeccompOpts(EngineObject):
    """The seccomp profile of a container."""

    mode: str = ""
    profile: bytes = b""


class AppArmorOpts(EngineObject):
    """The AppArmor profile of a container."""

    mode: str = ""


class Privileges(EngineObject):
    """Security options of a container."""

    credential_spec: CredentialSpec | None = written(NoneType)
    selinux_context: SELinuxContext | None = written(NoneType)
    seccomp: SeccompOpts | None = None
    app_armor: AppArmorOpts | None = None
    no_new_privileges: bool = written(bool)


class HealthcheckConfig(EngineObject):
    """How a container's health is checked; 0 means the image's own value."""

    test: list[str] = []
    interval: Nanoseconds = 0
    timeout: Nanoseconds = 0
    start_period: Nanoseconds = 0
    start_interval: Nanoseconds = 0
    retries: Int64 = 0


class DNSConfig(EngineObject):
    """Name resolution in a container; ``""`` among the name servers is no address."""

    nameservers: list[Address] = []
    search: list[str] = []
    options: list[str] = []

    def __post_init__(self) -> None:
        if self.nameservers:
            self.nameservers = [parse_address(text) if text else "" for text in self.nameservers]


class SecretReferenceFileTarget(EngineObject):
    """The file in which a container finds a secret."""

    name: str = written(str)
    uid: str = written(str)
    gid: str = written(str)
    mode: FileMode = written(int)


class SecretReference(EngineObject):
    """A secret that a container may read."""

    file: SecretReferenceFileTarget | None = written(NoneType)
    secret_id: str = written(str)
    secret_name: str = written(str)


class ConfigReferenceFileTarget(EngineObject):
    """The file in which a container finds a config."""

    name: str = written(str)
    uid: str = written(str)
    gid: str = written(str)
    mode: FileMode = written(int)


class ConfigReferenceRuntimeTarget(EngineObject):
    """A config that the runtime reads, not the container."""


class ConfigReference(EngineObject):
    """A config that a container, or its runtime, may read."""

    file: ConfigReferenceFileTarget | None = None
    runtime: ConfigReferenceRuntimeTarget | None = None
    config_id: str = written(str)
    config_name: str = written(str)


class Ulimit(EngineObject):
    """A limit of the kernel on a container's processes."""

    name: str = written(str)
    hard: Int64 = written(int)
    soft: Int64 = written(int)


class ContainerSpec(EngineObject):
    """What runs in a task of the container runtime."""

    image: str = ""
    labels: dict[str, str] = {}
    command: list[str] = []
    args: list[str] = []
    hostname: str = ""
    env: list[str] = []
    dir: str = ""
    user: str = ""
    groups: list[str] = []
    privileges: Privileges | None = None
    init: bool | None = None
    stop_signal: str = ""
    tty: bool = False
    open_stdin: bool = False
    read_only: bool = False
    mounts: list[Mount] = []
    stop_grace_period: Nanoseconds | None = None
    healthcheck: HealthcheckConfig | None = None
    hosts: list[str] = []
    dns_config: DNSConfig | None = None
    secrets: list[SecretReference | None] = []
    configs: list[ConfigReference | None] = []
    isolation: str = ""
    sysctls: dict[str, str] = {}
    capability_add: list[str] = []
    capability_drop: list[str] = []
    ulimits: list[Ulimit | None] = []
    oom_score_adj: Int64 = 0
