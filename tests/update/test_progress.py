"""How far a roll-out is at one look."""

import pytest

from swarmwire import pb
from swarmwire.update import LiveService, RolloutProgress, TaskChanged
from swarmwire.update.progress import SentUpdate, progress, task_changes
from tests.support.inmemory import service_of, task_of

NODE = pb.Node(id="node", status=pb.NodeStatus(state=pb.NodeStatus.READY))
PENDING, READY, COMPLETE, SHUTDOWN, FAILED, REJECTED = 64, 384, 576, 640, 704, 768
OURS = SentUpdate(10)


def status(state, message=""):
    out = service_of("web", 1)
    out.update_status.state = state
    out.update_status.message = message
    return out


def of(service, *tasks, followed=OURS):
    return progress(followed, LiveService(service, tasks, (NODE,)))


def test_all_run_as_wanted():
    service = service_of("web", 2)
    tasks = [task_of(service, 1), task_of(service, 2)]
    assert of(service, *tasks) == RolloutProgress("converged", 2, 2)


def test_tasks_of_another_spec_are_not_done():
    service = service_of("web", 2)
    old = task_of(service, 1)
    old.spec_version.index = 1
    old.spec.container.image = "x:0"
    assert of(service, old, task_of(service, 2)) == RolloutProgress("under way", 1, 2)


def test_a_task_that_waits_says_why():
    service = service_of("web", 1)
    task = task_of(service, 1, state=PENDING)
    task.status.err = "no suitable node"
    assert of(service, task) == RolloutProgress("under way", 0, 1, "no suitable node")


def test_a_task_that_is_not_there_yet():
    assert of(service_of("web", 1)) == RolloutProgress("under way", 0, 1)


def test_tasks_that_are_too_many():
    service = service_of("web", 1)
    assert of(service, task_of(service, 1), task_of(service, 2)) == RolloutProgress(
        "under way", 1, 1
    )


def test_a_task_that_ended_for_good():
    service = service_of("web", 1)
    service.spec.task.restart.condition = pb.RestartPolicy.NONE
    task = task_of(service, 1, state=COMPLETE, desired=SHUTDOWN)
    assert of(service, task).text == "1 ended and do not start again"


@pytest.mark.parametrize("state", [FAILED, REJECTED], ids=["failed", "rejected"])
def test_a_task_that_has_failed_and_is_not_replaced_yet_does_not_run(state):
    service = service_of("web", 1)
    assert of(service, task_of(service, 1, state=state)) == RolloutProgress("under way", 0, 1)


def test_a_task_of_a_node_that_is_not_heard_of_may_have_ended():
    service = service_of("web", 1)
    for state in (pb.NodeStatus.UNKNOWN, pb.NodeStatus.DOWN, pb.NodeStatus.DISCONNECTED):
        node = pb.Node(id="node", status=pb.NodeStatus(state=state))
        live = LiveService(service, (task_of(service, 1),), (node,))
        assert progress(OURS, live) == RolloutProgress("under way", 0, 1)


def test_a_task_that_is_only_to_be_ready_does_not_run():
    service = service_of("web", 1)
    assert of(service, task_of(service, 1, desired=READY)) == RolloutProgress("under way", 0, 1)


def test_a_task_that_failed_and_does_not_start_again():
    service = service_of("web", 2)
    service.spec.task.restart.condition = pb.RestartPolicy.NONE
    failed = task_of(service, 1, state=FAILED, desired=SHUTDOWN)
    failed.status.err = "task: non-zero exit (3)"
    found = of(service, failed, task_of(service, 2))
    assert found == RolloutProgress("failed", 1, 2, "task: non-zero exit (3)")


def test_what_was_scaled_away_is_not_waited_for():
    service = service_of("web", 1)
    service.spec.task.restart.condition = pb.RestartPolicy.NONE
    gone = task_of(service, 2, state=FAILED, desired=SHUTDOWN)
    assert of(service, task_of(service, 1), gone) == RolloutProgress("converged", 1, 1)


UPDATE = pb.UpdateStatus


@pytest.mark.parametrize(
    ("state", "followed", "want"),
    [
        (UPDATE.UPDATING, OURS, "under way"),
        (UPDATE.COMPLETED, OURS, "converged"),
        (UPDATE.COMPLETED, SentUpdate(9), "superseded"),
        (UPDATE.UPDATING, SentUpdate(9), "superseded"),
        (UPDATE.PAUSED, OURS, "paused"),
        (UPDATE.ROLLBACK_STARTED, SentUpdate(9), "under way"),
        (UPDATE.ROLLBACK_COMPLETED, SentUpdate(9), "rolled back"),
        (UPDATE.ROLLBACK_PAUSED, SentUpdate(9), "paused"),
        (UPDATE.ROLLBACK_STARTED, SentUpdate(9, rollback=True), "under way"),
        (UPDATE.ROLLBACK_COMPLETED, SentUpdate(9, rollback=True), "converged"),
        (UPDATE.UPDATING, SentUpdate(9, rollback=True), "superseded"),
    ],
)
def test_states(state, followed, want):
    service = status(state, "word")
    assert of(service, task_of(service, 1), followed=followed).state == want


def job(mode="replicated_job"):
    out = service_of("job", 1)
    out.spec.ClearField("replicated")
    getattr(out.spec, mode).SetInParent()
    if mode == "replicated_job":
        out.spec.replicated_job.total_completions = 2
        out.spec.replicated_job.max_concurrent = 1
    out.job_status.job_iteration.index = 3
    return out


def test_jobs():
    one = job()
    done = task_of(one, 1, state=COMPLETE, desired=COMPLETE)
    runs = task_of(one, 2, desired=COMPLETE)
    failed = task_of(one, 2, state=FAILED, desired=SHUTDOWN)
    failed.status.err = "exit 1"
    earlier = task_of(one, 2, state=COMPLETE)
    earlier.job_iteration.index = 2
    assert of(one, done, runs) == RolloutProgress("under way", 1, 2)
    assert of(one, done, done) == RolloutProgress("converged", 2, 2)
    assert of(one, done, earlier) == RolloutProgress("under way", 1, 2)
    assert of(one, done, failed) == RolloutProgress("failed", 1, 2, "exit 1")
    assert of(one, done, done, followed=SentUpdate(4)).state == "superseded"


def test_jobs_on_each_node():
    one = job("global_job")
    assert of(one) == RolloutProgress("under way", 0, 1)
    assert of(one, task_of(one, 0, state=COMPLETE, desired=COMPLETE)) == RolloutProgress(
        "converged", 1, 1
    )


def test_task_changes():
    service = service_of("web", 2)
    before = [task_of(service, 1), task_of(service, 2)]
    stopped = task_of(service, 1, state=SHUTDOWN, desired=SHUTDOWN)
    fresh = task_of(service, 1, state=PENDING, name="new")
    waits = task_of(service, 3, state=PENDING, name="waits")
    waits.status.err = "no suitable node"
    node = pb.Node(id="node")
    node.description.hostname = "host"
    live = LiveService(service, (stopped, fresh, waits), (node,))
    assert list(task_changes(before, live)) == [
        TaskChanged("task1", 1, "node", "host", "shutdown"),
        TaskChanged("waits", 3, "node", "host", "pending", "no suitable node"),
        TaskChanged("task2", 2, "node", "host", "removed"),
    ]
    assert list(task_changes(live.tasks, live)) == []
