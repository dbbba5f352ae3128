"""Services.

Source: moby api/types/swarm/service.go.
"""

from types import NoneType

from swarmwire.engine.base import EngineObject, written
from swarmwire.engine.common import Annotations, StoredObject, Version
from swarmwire.engine.float32 import normalised
from swarmwire.engine.network import Endpoint, EndpointSpec, NetworkAttachmentConfig
from swarmwire.engine.task import TaskSpec
from swarmwire.engine.units import Float32, Nanoseconds, Timestamp, UInt64, zero_time


class ReplicatedService(EngineObject):
    """A number of tasks; absent means 1."""

    replicas: UInt64 | None = None


class GlobalService(EngineObject):
    """One task on each node."""


class ReplicatedJob(EngineObject):
    """Tasks that run to their end: so many in all, so many at a time."""

    max_concurrent: UInt64 | None = None
    total_completions: UInt64 | None = None


class GlobalJob(EngineObject):
    """One task on each node, that runs to its end."""


class ServiceMode(EngineObject):
    """How many tasks a service has; none given means one replica."""

    replicated: ReplicatedService | None = None
    # `global` is a word of Python's own, so the attribute has a trailing underscore.
    global_: GlobalService | None = None
    replicated_job: ReplicatedJob | None = None
    global_job: GlobalJob | None = None


class UpdateConfig(EngineObject):
    """How an update or a rollback is rolled out."""

    parallelism: UInt64 = written(int)
    delay: Nanoseconds = 0
    failure_action: str = ""
    monitor: Nanoseconds = 0
    max_failure_ratio: Float32 = written(int)
    order: str = written(str)

    def __post_init__(self) -> None:
        if type(self.max_failure_ratio) is float:
            super().__setattr__("max_failure_ratio", normalised(self.max_failure_ratio))

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "max_failure_ratio":
            self.__post_init__()


class ServiceSpec(Annotations):
    """What a user asks of a service.

    ``networks`` is what engines through 28.5 store and show beside the task's own; the newest
    ignores it from API 1.44 on and never writes it.
    """

    task_template: TaskSpec = written(TaskSpec)
    mode: ServiceMode = written(ServiceMode)
    update_config: UpdateConfig | None = None
    rollback_config: UpdateConfig | None = None
    networks: list[NetworkAttachmentConfig] = []
    endpoint_spec: EndpointSpec | None = None


class UpdateStatus(EngineObject):
    """How far an update or a rollback has come."""

    state: str = ""
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    message: str = ""


class ServiceStatus(EngineObject):
    """How many tasks there are; in lists, and only when asked for."""

    running_tasks: UInt64 = written(int)
    desired_tasks: UInt64 = written(int)
    completed_tasks: UInt64 = written(int)


class JobStatus(EngineObject):
    """Which run of a job this is."""

    job_iteration: Version = written(Version)
    last_execution: Timestamp = written(zero_time)


class Service(StoredObject):
    """A service as a manager stores it."""

    spec: ServiceSpec = written(ServiceSpec)
    previous_spec: ServiceSpec | None = None
    endpoint: Endpoint = written(Endpoint)
    update_status: UpdateStatus | None = None
    service_status: ServiceStatus | None = None
    job_status: JobStatus | None = None


class ServiceCreateResponse(EngineObject):
    """The answer to the creation of a service."""

    id: str = ""
    warnings: list[str] | None = written(NoneType)


class ServiceUpdateResponse(EngineObject):
    """The answer to the update of a service."""

    warnings: list[str] | None = written(NoneType)
