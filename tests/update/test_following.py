"""An update is followed to its end, whatever the manager and others do meanwhile."""

import pytest

from swarmwire import pb
from swarmwire.control import NobodyListens, NoLeader, PermissionDenied, Unavailable
from swarmwire.update import (
    FollowsNewer,
    ManagerAway,
    ManagerBack,
    RollbackStarted,
    RolloutEnded,
    RolloutProgress,
    TaskChanged,
    UpdateWriter,
    WatchLimits,
    finished,
    follow,
    plan_rollback,
    plan_update,
    snapshot,
)
from tests.support.inmemory import RUNNING, label, meanwhile, stored, task_of

READY, SHUTDOWN, FAILED, REJECTED = 384, 640, 704, 768
STATUS = pb.UpdateStatus
ONE = label("a", "1")
EXIT = "task: non-zero exit (3)"


async def written(manager, clock, change=ONE):
    """An update of the service that is stored."""
    live = await snapshot(manager, "web")
    spec = pb.ServiceSpec()
    spec.CopyFrom(live.service.spec)
    change(spec)
    return await UpdateWriter(manager, clock=clock).write(plan_update(live, spec))


def env(spec):
    spec.task.container.env.append("A=1")


def replaced(manager, update_state, *, state=RUNNING, error="", name="new", message=""):
    """The manager goes on with the roll-out."""

    def do():
        now = stored(manager)
        if update_state is not None:
            now.update_status.state = update_state
            now.update_status.message = message
        (node,) = manager.fake.objects("node")
        olds = [task for task in manager.fake.objects("task") if task.id != name]
        new = task_of(now, 1, name=name, state=state, node=node.id)
        new.status.err = error
        for old in olds:
            old.desired_state = SHUTDOWN
            old.status.state = max(old.status.state, SHUTDOWN)
        manager.fake.put(now, new, *olds)

    return do


def at_looks(manager, *events):
    """Something happens before each look."""
    manager.before["ListServices"] = list(events)


async def test_nothing_restarts(manager, web, time, clock):
    web(2)
    events = [one async for one in follow(manager, await written(manager, clock), clock=clock)]
    assert events == [
        RolloutProgress("settling", 2, 2),
        RolloutProgress("converged", 2, 2),
        RolloutEnded("converged", 2, 2),
    ]
    assert 1_005 <= time.now < 1_006


async def test_a_roll_out_to_its_end(manager, web, clock):
    web()
    update = await written(manager, clock, env)
    (node,) = manager.fake.objects("node")
    at_looks(
        manager,
        None,
        replaced(manager, STATUS.UPDATING, state=READY, message="update in progress"),
        replaced(manager, STATUS.UPDATING, message="update in progress"),
        None,
        replaced(manager, STATUS.COMPLETED),
    )
    events = [one async for one in follow(manager, update, clock=clock)]
    assert events == [
        RolloutProgress("under way", 0, 1),
        TaskChanged("task1", 1, node.id, "manager", "shutdown"),
        RolloutProgress("under way", 0, 1, "update in progress"),
        TaskChanged("new", 1, node.id, "manager", "running"),
        RolloutProgress("under way", 1, 1, "update in progress"),
        RolloutProgress("settling", 1, 1),
        RolloutProgress("converged", 1, 1),
        RolloutEnded("converged", 1, 1),
    ]


async def test_a_pause_says_why_and_what_the_task_said(manager, web, clock):
    web()
    update = await written(manager, clock, env)
    words = "update paused due to failure or early termination of task new"
    at_looks(
        manager,
        replaced(manager, STATUS.UPDATING, state=FAILED, error="task: non-zero exit (3)"),
        replaced(
            manager, STATUS.PAUSED, state=FAILED, error="task: non-zero exit (3)", message=words
        ),
    )
    end = await finished(follow(manager, update, clock=clock))
    assert end == RolloutEnded("paused", 0, 1, words, EXIT)


async def test_a_rollback_by_the_manager_says_why(manager, web, clock):
    web()
    update = await written(manager, clock, env)
    words = "update rolled back due to failure or early termination of task bad"

    def goes_back():
        now = stored(manager)
        now.spec.CopyFrom(now.previous_spec)
        now.spec_version.CopyFrom(now.previous_spec_version)
        now.ClearField("previous_spec")
        manager.fake.put(now)
        replaced(manager, STATUS.ROLLBACK_STARTED, state=READY, message=words)()

    at_looks(
        manager,
        replaced(manager, STATUS.UPDATING, state=REJECTED, error="No such image: x:2", name="bad"),
        goes_back,
        replaced(manager, STATUS.ROLLBACK_COMPLETED, message="rollback completed"),
    )
    events = [one async for one in follow(manager, update, clock=clock)]
    assert RollbackStarted(words) in events
    assert events[-1] == RolloutEnded("rolled back", 1, 1, words, "No such image: x:2")


async def test_a_missing_image_ends_with_its_own_words(manager, web, clock):
    """The manager has done its part of the roll-out; the tasks are rejected again and again."""
    web()
    update = await written(manager, clock, env)
    error = "No such image: nowhere:1"
    at_looks(
        manager,
        *(
            replaced(manager, STATUS.COMPLETED, state=REJECTED, error=error, name=name)
            for name in ("a", "b", "c")
        ),
    )
    end = await finished(follow(manager, update, clock=clock))
    assert end == RolloutEnded("failed", 0, 1, error, error)


async def test_a_crash_loop_is_no_convergence(manager, web, clock):
    web()
    update = await written(manager, clock, env)
    at_looks(
        manager,
        *(
            replaced(manager, STATUS.COMPLETED, state=state, error=words, name=name)
            for name in ("a", "b", "c")
            for state, words in ((RUNNING, ""), (RUNNING, ""), (FAILED, EXIT))
        ),
    )
    end = await finished(follow(manager, update, clock=clock))
    assert (end.outcome, end.error) == ("failed", EXIT)


async def test_a_manager_that_goes_away_and_comes_back(manager, web, clock):
    web()
    update = await written(manager, clock)
    away = NobodyListens("control.sock", "nobody listens there")
    at_looks(manager, None, away, Unavailable("Unavailable", "x"), NoLeader("Unknown", "y"))
    events = [one async for one in follow(manager, update, clock=clock)]
    assert events[1:3] == [ManagerAway(away), ManagerBack()]
    assert events[-1].outcome == "converged"


async def test_a_manager_that_stays_away(manager, web, time):
    web()
    clock = time.clock(patience=5)
    update = await written(manager, clock)
    at_looks(manager, None, *[NobodyListens("control.sock", "nobody listens there")] * 100)
    end = await finished(follow(manager, update, clock=clock))
    assert end.outcome == "lost"
    assert end.reason == (
        "the manager has not answered for 5 s: control.sock: nobody listens there"
    )


async def test_a_manager_that_refuses_is_no_manager_that_is_away(manager, web, clock):
    web()
    update = await written(manager, clock)
    at_looks(manager, PermissionDenied("PermissionDenied", "no"))
    with pytest.raises(PermissionDenied):
        await finished(follow(manager, update, clock=clock))


async def test_no_longer_than_wanted_even_if_the_manager_is_away(manager, web, time, clock):
    web()
    update = await written(manager, clock, env)
    end = await finished(follow(manager, update, limits=WatchLimits(seconds=3), clock=clock))
    assert end == RolloutEnded("timed out", 0, 1, "not finished within 3 s")
    assert time.now < 1_004

    at_looks(manager, *[NobodyListens("control.sock", "nobody listens there")] * 100)
    end = await finished(follow(manager, update, limits=WatchLimits(seconds=3), clock=clock))
    assert end.outcome == "timed out"
    assert time.now < 1_008


async def test_a_removed_service(manager, web, clock):
    web()
    update = await written(manager, clock)
    manager.fake.store.remove(manager.fake.store.all("service")[0])
    end = await finished(follow(manager, update, clock=clock))
    assert end.outcome == "removed"


async def test_another_update_that_keeps_the_change_is_followed(manager, web, clock):
    web()
    update = await written(manager, clock)
    manager.before["ListServices"] = [meanwhile(manager, label("b", "2"))]
    events = [one async for one in follow(manager, update, clock=clock)]
    assert FollowsNewer() in events
    assert events[-1].outcome == "converged"


async def test_another_update_that_takes_the_change_back(manager, web, clock):
    web()
    update = await written(manager, clock)
    meanwhile(manager, lambda spec: spec.annotations.labels.clear())()
    end = await finished(follow(manager, update, clock=clock))
    assert end.outcome == "superseded"


async def test_a_rollback_is_followed(manager, web, clock):
    web()
    await written(manager, clock)
    live = await snapshot(manager, "web")
    update = await UpdateWriter(manager, clock=clock).write(plan_rollback(live))
    at_looks(manager, None, replaced(manager, STATUS.ROLLBACK_COMPLETED, name="task1"))
    end = await finished(follow(manager, update, clock=clock))
    assert end == RolloutEnded("converged", 1, 1)
    assert not stored(manager).spec.annotations.labels


async def test_events_without_an_end_are_no_update(manager):
    async def nothing():
        yield ManagerBack()

    with pytest.raises(ValueError, match="no end"):
        await finished(nothing())
