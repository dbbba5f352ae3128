"""How far a roll-out is, told from what a manager shows."""

import pytest

from swarmwire import pb
from swarmwire.cli.planning import screen
from swarmwire.cli.planning.progress import Followed, News, Progress, news, progress
from tests.cli_plan.inmemory import RUNNING, service_of, task_of

NODE = pb.Node(id="node", status=pb.NodeStatus(state=pb.NodeStatus.READY))
PENDING, COMPLETE, SHUTDOWN, FAILED = 64, 576, 640, 704
OURS = Followed(10)


def status(state, message=""):
    out = service_of("web", 1)
    out.update_status.state = state
    out.update_status.message = message
    return out


def of(service, *tasks, followed=OURS):
    return progress(followed, service, tasks, [NODE])


def test_all_run_as_wanted():
    service = service_of("web", 2)
    tasks = [task_of(service, 1), task_of(service, 2)]
    assert of(service, *tasks) == Progress("converged", 2, 2)


def test_tasks_of_another_spec_are_not_done():
    service = service_of("web", 2)
    old = task_of(service, 1)
    old.spec_version.index = 1
    old.spec.container.image = "x:0"
    assert of(service, old, task_of(service, 2)) == Progress("under way", 1, 2)


def test_a_task_that_waits_says_why():
    service = service_of("web", 1)
    task = task_of(service, 1, state=PENDING)
    task.status.err = "no suitable node"
    assert of(service, task) == Progress("under way", 0, 1, "no suitable node")


def test_a_task_that_is_not_there_yet():
    assert of(service_of("web", 1)) == Progress("under way", 0, 1)


def test_tasks_that_are_too_many():
    service = service_of("web", 1)
    assert of(service, task_of(service, 1), task_of(service, 2)) == Progress("under way", 1, 1)


def test_a_task_that_ended_for_good():
    service = service_of("web", 1)
    service.spec.task.restart.condition = pb.RestartPolicy.NONE
    task = task_of(service, 1, state=COMPLETE, desired=SHUTDOWN)
    assert of(service, task).text == "1 ended and do not start again"


UPDATE = pb.UpdateStatus


@pytest.mark.parametrize(
    ("state", "followed", "want"),
    [
        (UPDATE.UPDATING, OURS, "under way"),
        (UPDATE.COMPLETED, OURS, "converged"),
        (UPDATE.COMPLETED, Followed(9), "superseded"),
        (UPDATE.UPDATING, Followed(9), "superseded"),
        (UPDATE.PAUSED, OURS, "paused"),
        (UPDATE.ROLLBACK_STARTED, Followed(9), "under way"),
        (UPDATE.ROLLBACK_COMPLETED, Followed(9), "rolled back"),
        (UPDATE.ROLLBACK_PAUSED, Followed(9), "paused"),
        (UPDATE.ROLLBACK_STARTED, Followed(9, rollback=True), "under way"),
        (UPDATE.ROLLBACK_COMPLETED, Followed(9, rollback=True), "converged"),
        (UPDATE.UPDATING, Followed(9, rollback=True), "superseded"),
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
    assert of(one, done, runs) == Progress("under way", 1, 2)
    assert of(one, done, done) == Progress("converged", 2, 2)
    assert of(one, done, earlier) == Progress("under way", 1, 2)
    assert of(one, done, failed) == Progress("failed", 1, 2, "exit 1")
    assert of(one, done, done, followed=Followed(4)).state == "superseded"


def test_jobs_on_each_node():
    one = job("global_job")
    assert of(one) == Progress("under way", 0, 1)
    assert of(one, task_of(one, 0, state=COMPLETE, desired=COMPLETE)) == Progress("converged", 1, 1)


def test_news():
    service = service_of("web", 2)
    before = [task_of(service, 1), task_of(service, 2)]
    stopped = task_of(service, 1, state=SHUTDOWN, desired=SHUTDOWN)
    fresh = task_of(service, 1, state=PENDING, name="new")
    waits = task_of(service, 3, state=PENDING, name="waits")
    waits.status.err = "no suitable node"
    assert list(news(before, [stopped, fresh, waits])) == [
        News("task1", 1, "node", "shutdown", ""),
        News("waits", 3, "node", "pending", "no suitable node"),
        News("task2", 2, "node", "removed", ""),
    ]
    assert list(news(before, before)) == []


def test_lines(capsys):
    lines = screen.Lines()
    lines.happened(News("t1", 1, "n", "failed", "exit 1\x1b"), "host")
    lines.happened(News("t2", 0, "n", "running", ""), "host")
    lines.stands(Progress("under way", 1, 2))
    lines.stands(Progress("under way", 1, 2))
    lines.say("a\nb")
    assert capsys.readouterr().out == (
        "  failed    1 t1 host: exit 1\\x1b\n  running   t2 host\n"
        "  1 of 2 tasks run as wanted\n  a; b\n"
    )


def test_a_bar_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(screen, "is_terminal", lambda _: True)
    with screen.screen() as shown:
        assert isinstance(shown, screen.Live)
        shown.happened(News("t1", 1, "n", "running", "[bold]"), "host")
        shown.stands(Progress("under way", 1, 2, "waits"))
        shown.stands(Progress("under way", RUNNING, RUNNING))
    assert "  running   1 t1 host: [bold]" in capsys.readouterr().out
