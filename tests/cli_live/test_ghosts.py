"""Which tasks may be removed by hand, and what the command does with them."""

import pytest

from swarmwire import pb
from swarmwire.control.ghosts import TaskOwners, removal_verdict
from tests.cli_live.conftest import service, task

WEB = service("web")
JOB = service("job", replicated_job={"max_concurrent": 1, "total_completions": 1})
JOB.job_status.job_iteration.index = 2
GONE = service("gone")


def swarm():
    up, down = pb.Node(id="up"), pb.Node(id="down")
    up.status.state = pb.NodeStatus.READY
    down.status.state = pb.NodeStatus.DOWN
    return TaskOwners({one.id: one for one in (WEB, JOB)}, {"up": up, "down": down})


def job_task(iteration, state):
    message = task(JOB, 0, "t", state, "COMPLETE", node_id="up")
    message.job_iteration.index = iteration
    return message


def attachment(state, node):
    message = pb.Task(id="t", node_id=node)
    message.spec.attachment.container_id = "c"
    message.status.state = pb.TaskState.Value(state)
    message.desired_state = pb.TaskState.Value("RUNNING")
    return message


KEPT = {
    "wanted by its service": task(WEB, 1, "t", node_id="up"),
    "wanted, on a node that is down": task(WEB, 1, "t", node_id="down"),
    "wanted, without a node": task(WEB, 1, "t", "PENDING"),
    "being stopped": task(WEB, 1, "t", "RUNNING", "SHUTDOWN", node_id="up"),
    "being removed": task(GONE, 1, "t", "RUNNING", "REMOVE", node_id="up"),
    "complete, and counted": job_task(2, "COMPLETE"),
    "running in a job": job_task(2, "RUNNING"),
    "an attachment": attachment("RUNNING", "up"),
}
HISTORY = {
    "shut down": task(WEB, 1, "t", "SHUTDOWN", "SHUTDOWN", node_id="up"),
    "failed and replaced": task(WEB, 1, "t", "FAILED", "SHUTDOWN", node_id="up"),
    "of an earlier run of a job": job_task(1, "COMPLETE"),
}
GHOSTS = {
    "of no service, and running": task(GONE, 1, "t", node_id="up"),
    "of no service, and over": task(GONE, 1, "t", "FAILED", "REMOVE", node_id="up"),
    "of no service, on a node that is down": task(
        GONE, 1, "t", "RUNNING", "REMOVE", node_id="down"
    ),
    "of no service, without a node": task(GONE, 1, "t", "PENDING", "REMOVE"),
    "told to stop on a node that is gone": task(
        WEB, 1, "t", "RUNNING", "SHUTDOWN", node_id="removed"
    ),
    "an attachment on a node that is gone": attachment("RUNNING", "removed"),
    "an attachment that is over": attachment("FAILED", "up"),
}


@pytest.mark.parametrize("given", KEPT.values(), ids=KEPT)
def test_what_is_looked_after_is_kept(given):
    judged = removal_verdict(given, swarm())
    assert not judged.removable
    assert not judged.ghost
    assert judged.why


@pytest.mark.parametrize("given", HISTORY.values(), ids=HISTORY)
def test_history_may_go(given):
    judged = removal_verdict(given, swarm())
    assert judged.removable
    assert not judged.ghost


@pytest.mark.parametrize("given", GHOSTS.values(), ids=GHOSTS)
def test_ghosts_may_go(given):
    judged = removal_verdict(given, swarm())
    assert judged.removable
    assert judged.ghost


def test_without_yes_nothing_is_removed(invoke, fake):
    fake.put(task(GONE, 1, "ghost"))
    done = invoke("task", "rm", "ghost")
    assert done.code == 0
    assert "dry run: nothing was removed; --yes removes 1 task\n" in done.text
    assert [one.id for one in fake.objects("task")] == ["ghost"]


def test_with_yes_ghosts_are_removed(invoke, fake):
    fake.put(task(GONE, 1, "ghost1"), task(GONE, 2, "ghost2"))
    done = invoke("task", "rm", "--yes", "gone.1.ghost1", "ghost2", "ghost2")
    assert done.code == 0
    assert done.text.endswith("ghost1 removed\nghost2 removed\n")
    assert fake.objects("task") == []


def test_one_that_is_looked_after_keeps_all(invoke, fake, web):
    fake.put(task(GONE, 1, "ghost"))
    done = invoke("task", "rm", "--yes", "ghost", "t1")
    assert done.code == 1
    assert "1 of 2 are still looked after: nothing is removed" in done.stderr
    assert "would replace it at once" in done.text
    assert len(fake.objects("task")) == 4


def test_what_comes_back_to_life_meanwhile_is_kept(invoke, fake, monkeypatch):
    fake.put(task(GONE, 1, "ghost"))
    reads = []
    whole = type(fake).unary

    async def unary(self, method, request):
        if method.place == "Control/GetTask":
            reads.append(request)
            if len(reads) == 2:
                fake.put(GONE)
        return await whole(self, method, request)

    monkeypatch.setattr(type(fake), "unary", unary)
    done = invoke("task", "rm", "--yes", "ghost")
    assert (done.code, "ghost: not removed: " in done.stderr) == (1, True)
    assert fake.objects("task")


def test_what_is_gone_meanwhile_is_no_error(invoke, fake, monkeypatch):
    fake.put(task(GONE, 1, "ghost"))
    whole = type(fake).unary

    async def unary(self, method, request):
        if method.place == "Control/RemoveTask":
            await whole(self, method, request)
        return await whole(self, method, request)

    monkeypatch.setattr(type(fake), "unary", unary)
    done = invoke("task", "rm", "--yes", "ghost")
    assert (done.code, done.text.endswith("ghost was gone already\n")) == (0, True)
