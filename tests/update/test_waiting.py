"""Services are awaited until each is decided."""

import pytest

from swarmwire import pb
from swarmwire.control import NobodyListens
from swarmwire.update import (
    ManagerAway,
    ManagerBack,
    ServiceState,
    WatchLimits,
    WrittenChange,
    wait_for,
)
from tests.support.inmemory import RUNNING, task_of

FAILED, REJECTED, PREPARING = 704, 768, 320


def service(manager, name, replicas=1, **restart):
    out = pb.Service(id=name)
    out.spec.annotations.name = name
    out.spec.replicated.replicas = replicas
    out.spec.task.container.image = "x:1"
    out.spec.task.restart.MergeFrom(pb.RestartPolicy(**restart))
    out.spec_version.SetInParent()
    manager.fake.put(out)
    return out


def put(manager, of, slot, state, *, name=None, desired=RUNNING, error=""):
    (node,) = manager.fake.objects("node")
    task = task_of(of, slot, state=state, desired=desired, node=node.id)
    task.id = name or f"{of.id}.{slot}"
    task.status.err = error
    manager.fake.put(task)


async def last_states(manager, ids, clock, **limits):
    seen = [
        each async for each in wait_for(manager, ids, limits=WatchLimits(**limits), clock=clock)
    ]
    return {each.service: each for each in seen if isinstance(each, ServiceState)}


async def test_all_have_to_keep_running(manager, time, clock):
    for name in ("db", "web"):
        put(manager, service(manager, name), 1, RUNNING)
    seen = [each async for each in wait_for(manager, ["db", "web"], clock=clock)]
    assert seen == [
        ServiceState(name, name, state, 1, 1)
        for state in ("settling", "converged")
        for name in ("db", "web")
    ]
    assert 1_005 <= time.now < 1_006


async def test_what_keeps_failing_is_told_with_its_reason(manager, clock):
    put(manager, service(manager, "db"), 1, RUNNING)
    web = service(manager, "web")

    def rejected(name):
        return lambda: put(manager, web, 1, REJECTED, name=name, error="No such image: nowhere:1")

    manager.before["ListTasks"] = [None, *map(rejected, "abc")]
    found = await last_states(manager, ["db", "web"], clock)
    assert found["db"].state == "converged"
    assert found["web"] == ServiceState("web", "web", "failed", 0, 1, "No such image: nowhere:1")


async def test_one_that_failed_may_recover_while_others_are_awaited(manager, clock):
    db, web = service(manager, "db"), service(manager, "web")

    def failed(name):
        return lambda: put(manager, web, 1, FAILED, name=name, desired=640, error="exit 1")

    def recovered():
        put(manager, web, 1, RUNNING, name="d")
        put(manager, db, 1, RUNNING)

    manager.before["ListTasks"] = [None, *map(failed, "abc"), recovered]
    found = await last_states(manager, ["db", "web"], clock)
    assert {each.state for each in found.values()} == {"converged"}


async def test_failures_before_it_may_be_long_ago(manager, clock):
    web = service(manager, "web")
    for name in "abcd":
        put(manager, web, 1, FAILED, name=name, desired=640, error="exit 1")
    put(manager, web, 1, PREPARING, name="e")
    manager.before["ListTasks"] = [None, None, lambda: put(manager, web, 1, RUNNING, name="e")]
    found = await last_states(manager, ["web"], clock)
    assert found["web"].state == "converged"


async def test_one_that_ended_in_failure_for_good(manager, clock):
    web = service(manager, "web", condition=pb.RestartPolicy.NONE)
    put(manager, web, 1, FAILED, desired=640, error="task: non-zero exit (3)")
    found = await last_states(manager, ["web"], clock)
    assert found["web"] == ServiceState("web", "web", "failed", 0, 1, "task: non-zero exit (3)")


async def test_the_time_is_up(manager, time, clock):
    web = service(manager, "web")
    put(manager, web, 1, PREPARING)
    put(manager, web, 1, REJECTED, name="a", desired=640, error="No such image: nowhere:1")
    found = await last_states(manager, ["web"], clock, seconds=3)
    assert found["web"] == ServiceState("web", "web", "under way", 0, 1, "No such image: nowhere:1")
    assert time.now < 1_004


async def test_what_failed_before_an_update_is_no_reason(manager, clock):
    web = service(manager, "web")
    put(manager, web, 1, FAILED, name="a", desired=640, error="task: non-zero exit (255)")
    web.spec_version.index = 30
    manager.fake.put(web)
    put(manager, web, 1, PREPARING)
    found = await last_states(manager, ["web"], clock, seconds=3)
    assert found["web"] == ServiceState("web", "web", "under way", 0, 1)


async def test_one_that_somebody_removes(manager, clock):
    web = service(manager, "web")
    put(manager, web, 1, PREPARING)
    manager.before["ListServices"] = [
        None,
        lambda: manager.fake.store.remove(manager.fake.store.get("service", "web")),
    ]
    found = await last_states(manager, ["web"], clock)
    assert (found["web"].name, found["web"].state) == ("web", "removed")


@pytest.mark.parametrize(
    ("image", "labels", "state"),
    [("x:1", {}, "superseded"), ("x:3", {}, "superseded"), ("x:2", {"a": "b"}, "converged")],
)
async def test_one_that_somebody_else_updates_after_us(manager, clock, image, labels, state):
    web = service(manager, "web")
    before, ours = pb.ServiceSpec(), pb.ServiceSpec()
    before.CopyFrom(web.spec)
    ours.CopyFrom(web.spec)
    ours.task.container.image = "x:2"
    web.spec.CopyFrom(ours)
    web.spec.task.container.image = image
    web.spec.annotations.labels.update(labels)
    web.spec_version.index = 30
    manager.fake.put(web)
    put(manager, web, 1, RUNNING)
    written = {"web": WrittenChange(20, before, ours)}
    seen = [each async for each in wait_for(manager, ["web"], written=written, clock=clock)]
    assert seen[-1].state == state


async def test_a_manager_that_goes_away(manager, time, clock):
    put(manager, service(manager, "web"), 1, RUNNING)
    away = NobodyListens("control.sock", "nobody listens there")
    manager.before["ListTasks"] = [away]
    seen = [each async for each in wait_for(manager, ["web"], clock=clock)]
    assert seen[:2] == [ManagerAway(away), ManagerBack()]
    manager.before["ListTasks"] = [away] * 100
    with pytest.raises(NobodyListens):
        await last_states(manager, ["web"], time.clock(patience=5))
