"""Tasks, and the template by which a service makes them.

Source: moby api/types/swarm/task.go.
"""

from types import NoneType

from swarmwire.engine.base import EngineObject, written
from swarmwire.engine.common import Driver, Platform, StoredObject, Version
from swarmwire.engine.container import ContainerSpec
from swarmwire.engine.network import NetworkAttachment, NetworkAttachmentConfig, PortConfig
from swarmwire.engine.plugin import RuntimeSpec
from swarmwire.engine.resources import GenericResource, ResourceRequirements
from swarmwire.engine.units import Int64, Nanoseconds, Timestamp, UInt64, zero_time


class RestartPolicy(EngineObject):
    """When a task that ended is started again."""

    condition: str = ""
    delay: Nanoseconds | None = None
    max_attempts: UInt64 | None = None
    window: Nanoseconds | None = None


class SpreadOver(EngineObject):
    """Spread tasks evenly over the values of a label."""

    spread_descriptor: str = written(str)


class PlacementPreference(EngineObject):
    """A wish on where tasks are placed."""

    spread: SpreadOver | None = written(NoneType)


class Placement(EngineObject):
    """On which nodes tasks may run."""

    constraints: list[str] = []
    preferences: list[PlacementPreference] = []
    max_replicas: UInt64 = 0
    platforms: list[Platform] = []


class NetworkAttachmentSpec(EngineObject):
    """The container that a task of the attachment runtime stands for."""

    container_id: str = written(str)


class TaskSpec(EngineObject):
    """What a task is to run, and how."""

    container_spec: ContainerSpec | None = None
    plugin_spec: RuntimeSpec | None = None
    network_attachment_spec: NetworkAttachmentSpec | None = None
    resources: ResourceRequirements | None = None
    restart_policy: RestartPolicy | None = None
    placement: Placement | None = None
    networks: list[NetworkAttachmentConfig] = []
    log_driver: Driver | None = None
    force_update: UInt64 = written(int)
    runtime: str = ""


class ContainerStatus(EngineObject):
    """The container of a task."""

    container_id: str = written(str)
    pid: Int64 = written(int)
    exit_code: Int64 = written(int)


class PortStatus(EngineObject):
    """The ports that a task has on its host."""

    ports: list[PortConfig] = []


class TaskStatus(EngineObject):
    """What a task does at present."""

    timestamp: Timestamp = written(zero_time)
    state: str = ""
    message: str = ""
    err: str = ""
    container_status: ContainerStatus | None = None
    port_status: PortStatus = written(PortStatus)


class VolumeAttachment(EngineObject):
    """A cluster volume that a task uses."""

    id: str = ""
    source: str = ""
    target: str = ""


class Task(StoredObject):
    """A task: one slot of a service, or a container's place in a network."""

    name: str = ""
    labels: dict[str, str] | None = written(NoneType)
    spec: TaskSpec = written(TaskSpec)
    service_id: str = ""
    slot: Int64 = 0
    node_id: str = ""
    status: TaskStatus = written(TaskStatus)
    desired_state: str = ""
    networks_attachments: list[NetworkAttachment] = []
    generic_resources: list[GenericResource] = []
    job_iteration: Version | None = None
    volumes: list[VolumeAttachment] | None = written(NoneType)
