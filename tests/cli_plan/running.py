"""Services whose containers run, and what becomes of their tasks."""

import time

from swarmwire import pb
from swarmwire.update import sync
from tests.support.dockerd import IMAGE

RUNNING = 512
_READY = 384
_REMOVE = 800
STEP = 0.1


def spec_of(name, replicas=1, **mode):
    """A service that starts at once, and stops at once."""
    spec = pb.ServiceSpec()
    spec.annotations.name = name
    container = spec.task.container
    container.image = IMAGE
    container.command.extend(["sleep", "100000"])
    container.stop_signal = "SIGKILL"
    spec.task.restart.condition = pb.RestartPolicy.ANY
    spec.task.restart.delay.nanos = 1
    if not mode:
        spec.replicated.replicas = replicas
    for field, value in mode.items():
        getattr(spec, field).SetInParent()
        getattr(spec, field).MergeFrom(value)
    if "replicated_job" not in mode and "global_job" not in mode:
        for rollout in (spec.update, spec.rollback):
            rollout.parallelism = 0
            rollout.monitor.nanos = 1_000_000
            rollout.failure_action = pb.UpdateConfig.CONTINUE
    return spec


def create(control, spec, count=None):
    """The service, once so many of its tasks run."""
    service = control.create_service(pb.CreateServiceRequest(spec=spec)).service
    wanted = spec.replicated.replicas if count is None else count
    wait_until(lambda: len(running(control, service.id)) == wanted, f"{wanted} running tasks")
    return service


def tasks_of(control, service_id):
    filters = pb.ListTasksRequest.Filters(service_ids=[service_id])
    return control.list_tasks(pb.ListTasksRequest(filters=filters)).tasks


def stored(control, service_id):
    return control.get_service(pb.GetServiceRequest(service_id=service_id)).service


def running(control, service_id):
    return [
        task
        for task in tasks_of(control, service_id)
        if task.status.state == RUNNING and task.desired_state <= 576
    ]


def snapshot(control, service_id):
    return sync.snapshot(control, service_id)


def wait_until(is_so, what, timeout=30.0):
    until = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(STEP)


def settled(control, service_id, timeout=15.0, quiet=0.8):
    """The snapshot when the updater has done, or there is nothing that it would do.

    Told by the engine's own status of the update, and not by our rule.
    """
    until = time.monotonic() + timeout
    since = time.monotonic()
    while True:
        now = snapshot(control, service_id)
        status = now.service.update_status.state
        done = status in (pb.UpdateStatus.COMPLETED, pb.UpdateStatus.ROLLBACK_COMPLETED)
        if not now.service.HasField("update_status"):
            done = time.monotonic() - since > quiet
        if (done and not _moving(now)) or time.monotonic() > until:
            return now
        time.sleep(STEP)


def _moving(now):
    if any(task.desired_state == _REMOVE for task in now.tasks):
        return True
    live = [task for task in now.tasks if task.desired_state <= 576]
    return any(task.status.state < RUNNING and not task.status.err for task in live)


def deeds(before, after):
    """What became of each task: by its ID, in the words of a plan; and where tasks came."""
    live = {task.id: task for task in after if task.desired_state in (RUNNING, _READY, 576)}
    places = {_place(task) for task in live.values()}
    out = {}
    olds = [task for task in before if task.desired_state in (RUNNING, _READY, 576)]
    for task in olds:
        if task.id in live:
            out[task.id] = "kept"
        else:
            out[task.id] = "restarts" if _place(task) in places else "removed"
    known = {_place(task) for task in olds}
    added = sorted(_place(task) for task in live.values() if _place(task) not in known)
    return out, added


def _place(task):
    return (task.slot, "" if task.slot else task.node_id)
