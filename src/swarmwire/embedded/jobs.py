"""The orchestrator of jobs: tasks that run to an end, in as many slots or on as many nodes.

Source: SwarmKit manager/orchestrator/jobs.
"""

from swarmwire import pb
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import UPDATE, Committed, StoreChange
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.orchestrator import (
    TaskSlot,
    check_tasks,
    new_task,
    remove_tasks_of,
    set_desired,
)
from swarmwire.embedded.restart import RestartSupervisor
from swarmwire.embedded.states import (
    ACTIVE,
    COMPLETE,
    NODE_READY,
    REMOVE,
    RUNNING,
    SHUTDOWN,
    invalid_node,
    is_mode,
    of_kinds,
)
from swarmwire.scheduling import node_matches

_JOBS = ("replicated_job", "global_job")


class JobsOrchestrator:
    """Jobs of both kinds, and their restarts."""

    name = "jobs"

    def __init__(self) -> None:
        self._restarts = RestartSupervisor()
        self._inbox: list[StoreChange] = []

    def begin(self, batch: Batch, now: int) -> int | None:
        """Take over from a former leader. Source: init."""
        check_tasks(batch, self._restarts, ("replicated_job",), lambda _: None, now)
        check_tasks(batch, self._restarts, ("global_job",), lambda task: _fix(batch, task), now)
        for service in batch.all("service"):
            self._reconcile(batch, service.id, now)
        return self._due(now)

    def notice(self, done: Committed) -> bool:
        """Note what happened to services and tasks."""
        heard = self._restarts.notice(done)
        changes = of_kinds(done, "service", "task")
        self._inbox += changes
        return heard or bool(changes)

    def step(self, batch: Batch, now: int) -> int | None:
        """Start what has waited, and answer what happened."""
        self._restarts.step(batch, now)
        inbox, self._inbox = self._inbox, []
        for change in inbox:
            self._hear(batch, change, now)
            batch.cut()
        return self._due(now)

    def _due(self, now: int) -> int | None:
        due = self._restarts.due
        return None if due is None else max(now, due)

    def _hear(self, batch: Batch, change: StoreChange, now: int) -> None:
        if change.kind == "service":
            if change.action != REMOVED:
                self._reconcile(batch, change.new.id, now)
            elif is_mode(change.new, *_JOBS):
                remove_tasks_of(batch, change.new)
                self._restarts.clear(change.new.id)
        elif change.action == UPDATE:
            task = change.new
            if task.status.state > RUNNING and task.desired_state <= COMPLETE:
                self._reconcile(batch, task.service_id, now)

    def _reconcile(self, batch: Batch, service_id: str, now: int) -> None:
        service = batch.service(service_id)
        if service is not None and is_mode(service, "replicated_job"):
            self._reconcile_replicated(batch, service, now)
        elif service is not None and is_mode(service, "global_job"):
            self._reconcile_global(batch, service, now)
        batch.cut()

    def _reconcile_replicated(self, batch: Batch, service: pb.Service, now: int) -> None:
        """Source: jobs/replicated/reconciler.go, ReconcileService."""
        iteration = service.job_status.job_iteration.index
        slots: set[int] = set()
        running = complete = 0
        restart, remove = [], []
        for task in batch.tasks_of(service.id):
            if not task.HasField("job_iteration"):
                continue
            if task.job_iteration.index != iteration:
                if task.status.state <= RUNNING and task.desired_state != REMOVE:
                    remove.append(task)
            elif task.status.state == COMPLETE:
                complete += 1
                slots.add(task.slot)
            elif task.desired_state <= COMPLETE:
                running += 1
                slots.add(task.slot)
                if task.status.state > COMPLETE:
                    restart.append(task)
        job = service.spec.replicated_job
        new = min(job.max_concurrent - running, job.total_completions - complete - running)
        for _ in range(max(new, 0)):
            slot = next((each for each in range(job.total_completions) if each not in slots), 0)
            slots.add(slot)
            self._add(batch, service, TaskSlot(service.id, slot, ""), now)
        self._restart(batch, service, restart, now)
        for task in remove:
            set_desired(batch, task, REMOVE)

    def _reconcile_global(self, batch: Batch, service: pb.Service, now: int) -> None:
        """Source: jobs/global/reconciler.go, ReconcileService."""
        iteration = service.job_status.job_iteration.index
        tasks = [task for task in batch.tasks_of(service.id) if task.HasField("job_iteration")]
        present = [task for task in tasks if task.job_iteration.index == iteration]
        wanted = [task for task in present if task.desired_state <= COMPLETE]
        on_node = {task.node_id: task for task in wanted}
        matching = [
            node
            for node in batch.all("node")
            if node_matches(service.spec.task.placement.constraints, node)
        ]
        for node in matching:
            free = node.spec.availability == ACTIVE and node.status.state == NODE_READY
            if free and node.id not in on_node:
                self._add(batch, service, TaskSlot(service.id, 0, node.id), now)
        restart = [task for task in wanted if task.status.state > COMPLETE]
        self._restart(batch, service, restart, now)
        for task in tasks:
            if task.job_iteration.index != iteration and task.desired_state != REMOVE:
                set_desired(batch, task, REMOVE)
        for node in matching:
            if node.id in on_node and invalid_node(node):
                _leave(batch, on_node[node.id].id)

    def _restart(self, batch: Batch, service: pb.Service, tasks: list[pb.Task], now: int) -> None:
        for known in tasks:
            task = batch.task(known.id)
            if task is not None and task.desired_state <= COMPLETE:
                self._restarts.restart(batch, service, task, now)

    def _add(self, batch: Batch, service: pb.Service, place: TaskSlot, now: int) -> None:
        task = new_task(batch, service, place, now, COMPLETE)
        task.job_iteration.CopyFrom(service.job_status.job_iteration)
        batch.put("task", task)


def _fix(batch: Batch, task: pb.Task) -> None:
    """Shut a task down whose node is gone, down or drained. Source: FixTask."""
    if task.desired_state <= COMPLETE and invalid_node(batch.node(task.node_id)):
        set_desired(batch, task, SHUTDOWN)


def _leave(batch: Batch, task_id: str) -> None:
    """Shut a task down that has not ended."""
    task = batch.task(task_id)
    if task is not None and (task.desired_state > COMPLETE or task.status.state <= RUNNING):
        set_desired(batch, task, SHUTDOWN)
