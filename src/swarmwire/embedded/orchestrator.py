"""What SwarmKit's orchestrators share: new tasks, slots, tasks that go, and how they take over.

Source: SwarmKit manager/orchestrator: task.go, service.go, taskinit/init.go.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from swarmwire import pb
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.states import (
    COMPLETE,
    NEW,
    READY,
    REMOVE,
    RUNNING,
    copied,
    is_mode,
    moment,
    nanoseconds,
    set_moment,
)

if TYPE_CHECKING:
    from swarmwire.embedded.restart import RestartSupervisor

DEFAULT_RESTART_DELAY = 5_000_000_000


class TaskSlot(NamedTuple):
    """The place of a task: of a replicated service a slot's number, of a global one a node."""

    service_id: str
    slot: int
    node_id: str


def new_task(
    batch: Batch, service: pb.Service, place: TaskSlot, now: int, desired: "pb.TaskState"
) -> pb.Task:
    """A task that is not stored yet. Source: task.go, NewTask."""
    task = pb.Task(id=batch.new_id(), service_id=service.id)
    task.slot, task.node_id = place.slot, place.node_id
    task.service_annotations.CopyFrom(service.spec.annotations)
    task.spec.CopyFrom(service.spec.task)
    if service.HasField("spec_version"):
        task.spec_version.CopyFrom(service.spec_version)
    task.status.state = NEW
    task.status.message = "created"
    set_moment(task.status.timestamp, now)
    task.endpoint.SetInParent()
    if service.spec.HasField("endpoint"):
        task.endpoint.spec.CopyFrom(service.spec.endpoint)
    task.desired_state = desired
    if service.spec.task.HasField("log_driver"):
        task.log_driver.CopyFrom(service.spec.task.log_driver)
    elif batch.cluster().spec.task_defaults.HasField("log_driver"):
        task.log_driver.CopyFrom(batch.cluster().spec.task_defaults.log_driver)
    return task


def set_desired(batch: Batch, task: pb.Task, desired: "pb.TaskState") -> None:
    """Wish another state of a stored task."""
    changed = copied(task)
    changed.desired_state = desired
    batch.put("task", changed)


def restart_condition(task: pb.Task) -> "pb.RestartPolicy.RestartCondition":
    """When a task is started again. Source: task.go, RestartCondition."""
    if task.spec.HasField("restart"):
        return task.spec.restart.condition
    return pb.RestartPolicy.ANY


def restart_delay(task: pb.Task) -> int:
    """How long a replacement waits, in nanoseconds."""
    if task.spec.restart.HasField("delay"):
        return nanoseconds(task.spec.restart.delay)
    return DEFAULT_RESTART_DELAY


def timestamp(task: pb.Task) -> int:
    """When a task's status was applied. Source: task.go, taskTimestamp."""
    status = task.status
    return moment(status.applied_at if status.HasField("applied_at") else status.timestamp)


def remove_tasks_of(batch: Batch, service: pb.Service) -> None:
    """Wish all tasks of a removed service away. Source: service.go, SetServiceTasksRemove."""
    for task in batch.tasks_of(service.id):
        if task.desired_state <= REMOVE:
            set_desired(batch, task, REMOVE)
    batch.cut()


def check_tasks(
    batch: Batch,
    restarts: "RestartSupervisor",
    modes: Iterable[str],
    fix: Callable[[pb.Task], None],
    now: int,
) -> None:
    """Take over the tasks of a former leader. Source: taskinit/init.go, CheckTasks."""
    modes = tuple(modes)
    instances: dict[TaskSlot, list[pb.Task]] = {}
    for task in batch.all("task"):
        service = batch.service(task.service_id)
        if service is None:
            if task.service_id:
                batch.remove("task", task.id)
            continue
        if not is_mode(service, *modes):
            continue
        instances.setdefault(slot_of(service, task), []).append(task)
        fix(task)
        if task.desired_state == READY and task.status.state <= COMPLETE:
            _start_again(batch, restarts, task, now)
    batch.cut()
    for place, tasks in instances.items():
        newest = max(task.spec_version.index for task in tasks)
        present = [task for task in tasks if task.spec_version.index == newest]
        present.sort(key=lambda task: moment(task.meta.created_at))
        for task in present[1:]:
            restarts.record(place, task, now)


def slot_of(service: pb.Service, task: pb.Task) -> TaskSlot:
    """The place of a task."""
    if is_mode(service, "global", "global_job"):
        return TaskSlot(task.service_id, 0, task.node_id)
    return TaskSlot(task.service_id, task.slot, "")


def _start_again(batch: Batch, restarts: "RestartSupervisor", task: pb.Task, now: int) -> None:
    """Let a task wait that was to wait, for what is left of its delay."""
    left = min(restart_delay(task), timestamp(task) + restart_delay(task) - now)
    if restart_delay(task) and left > 0:
        restarts.delay_start(None, task.id, left, now, wait_stop=True)
    else:
        restarts.start_now(batch, task.id)


def is_over(task: pb.Task) -> bool:
    """Whether a task has gone beyond running."""
    return task.status.state > RUNNING
