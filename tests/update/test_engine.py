"""Updates of a real engine's services, followed to every kind of end."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from swarmwire import pb
from swarmwire.control import sync as control
from swarmwire.update import (
    REAL_TIME,
    ManagerAway,
    ManagerBack,
    RolloutProgress,
    ServiceState,
    TaskChanged,
    WatchLimits,
    plan_rollback,
    plan_update,
    sync,
)
from tests.cli_plan import running
from tests.support.either import clock_of, manager_of
from tests.support.installations import ON_MACHINE

pytestmark = pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")

LIMITS = WatchLimits(seconds=60)


@pytest.fixture(scope="module")
def dockerd(either):
    with manager_of(either) as manager:
        yield manager


@pytest.fixture
def clock(either):
    return clock_of(either)


@pytest.fixture
def real(dockerd):
    with control.connect(dockerd.control_socket, secrets=True) as manager:
        yield manager


def shell(spec, command):
    del spec.task.container.command[:]
    spec.task.container.command.extend(["sh", "-c", command])


def env(spec):
    spec.task.container.env.append("A=1")


def updating(manager, service_id, change, clock=REAL_TIME):
    """An update that is written, and followed."""
    live = sync.snapshot(manager, service_id)
    spec = pb.ServiceSpec()
    spec.CopyFrom(live.service.spec)
    change(spec)
    written = sync.BlockingWriter(manager).write(plan_update(live, spec))
    return sync.follow(manager, written, limits=LIMITS, clock=clock)


def updated(manager, service_id, change, clock):
    """The events of an update, and its end."""
    events = []
    return events, sync.finished(updating(manager, service_id, change, clock), events.append)


def awaited(manager, clock, *specs):
    """The last state of each service that is created."""
    ids = [manager.create_service(pb.CreateServiceRequest(spec=spec)).service.id for spec in specs]
    seen = [*sync.wait_for(manager, ids, limits=LIMITS, clock=clock)]
    return {each.name: each for each in seen if isinstance(each, ServiceState)}


def test_a_roll_out_to_its_end(real, clock):
    spec = running.spec_of("to-its-end", replicas=3)
    spec.update.parallelism = 1
    service = running.create(real, spec)

    events, end = updated(real, service.id, env, clock)

    assert (end.outcome, end.done, end.total, end.error) == ("converged", 3, 3, "")
    now = running.running(real, service.id)
    assert [list(task.spec.container.env) for task in now] == [["A=1"]] * 3
    started = [each for each in events if isinstance(each, TaskChanged) and each.state == "running"]
    assert {each.task for each in started} == {task.id for task in now}
    counts = [each.done for each in events if isinstance(each, RolloutProgress)]
    assert counts == sorted(counts)
    assert {1, 2, 3} <= set(counts)

    live = sync.snapshot(real, "to-its-end")
    back = sync.BlockingWriter(real).write(plan_rollback(live))
    assert sync.finished(sync.follow(real, back, limits=LIMITS, clock=clock)).outcome == "converged"
    assert not any(task.spec.container.env for task in running.running(real, service.id))


def test_a_failing_one_to_its_pause(real, clock):
    spec = running.spec_of("paused", replicas=2)
    spec.update.failure_action = pb.UpdateConfig.PAUSE
    spec.update.parallelism = 1
    spec.update.monitor.seconds = 5
    service = running.create(real, spec)

    _, end = updated(real, service.id, lambda spec: shell(spec, "exit 3"), clock)

    assert end.outcome == "paused"
    assert "update paused due to failure" in end.reason
    assert end.error == "task: non-zero exit (3)"


def test_one_that_is_rolled_back(real, clock):
    spec = running.spec_of("rolled-back")
    spec.update.failure_action = pb.UpdateConfig.ROLLBACK
    spec.update.monitor.seconds = 5
    service = running.create(real, spec)

    _, end = updated(real, service.id, lambda spec: shell(spec, "exit 3"), clock)

    assert end.outcome == "rolled back"
    assert end.error == "task: non-zero exit (3)"
    assert sync.snapshot(real, service.id).service.spec.task.container.command[0] != "sh"


def test_an_update_to_a_missing_image(real, clock):
    service = running.create(real, running.spec_of("missing"))

    def missing(spec):
        spec.task.container.image = "nowhere:1"

    _, end = updated(real, service.id, missing, clock)

    assert (end.outcome, end.done, end.total) == ("failed", 0, 1)
    assert end.error == "No such image: nowhere:1"


def test_an_update_into_a_crash_loop(real, clock):
    service = running.create(real, running.spec_of("crashes"))

    events, end = updated(real, service.id, lambda spec: shell(spec, "sleep 1; exit 3"), clock)

    assert (end.outcome, end.error) == ("failed", "task: non-zero exit (3)")
    states = [each.state for each in events if isinstance(each, TaskChanged)]
    assert states.count("failed") >= 3


def test_created_services_of_every_kind(real, clock):
    """One look at the wrong moment shows each of them running."""
    good, image, loop = (running.spec_of(name) for name in ("good", "no-image", "loop"))
    image.task.container.image = "nowhere:1"
    shell(loop, "sleep 1; exit 3")
    once = running.spec_of("once")
    once.task.restart.condition = pb.RestartPolicy.NONE
    shell(once, "exit 4")
    job = running.spec_of(
        "job", replicated_job=pb.ReplicatedJob(max_concurrent=1, total_completions=2)
    )
    job.task.restart.condition = pb.RestartPolicy.NONE
    shell(job, "exit 0")

    found = awaited(real, clock, good, image, loop, once, job)

    assert {name: (one.state, one.done, one.reason) for name, one in found.items()} == {
        "good": ("converged", 1, ""),
        "no-image": ("failed", 0, "No such image: nowhere:1"),
        "loop": ("failed", 0, "task: non-zero exit (3)"),
        "once": ("failed", 0, "task: non-zero exit (4)"),
        "job": ("converged", 2, ""),
    }


def test_a_manager_that_is_restarted_meanwhile(either):
    with (
        manager_of(either) as daemon,
        ThreadPoolExecutor(1) as pool,
        control.connect(daemon.control_socket, secrets=True) as manager,
    ):
        spec = running.spec_of("slow", replicas=2)
        spec.update.parallelism = 1
        spec.update.delay.seconds = 3
        service = running.create(manager, spec)
        events = []
        has_begun = threading.Event()

        def happened(event):
            events.append(event)
            if isinstance(event, TaskChanged) and event.state == "running":
                has_begun.set()

        following = updating(manager, service.id, env)
        # an engine dies with the thread that started it
        end = pool.submit(sync.finished, following, happened)
        assert has_begun.wait(30)
        daemon.restart()

        assert end.result(timeout=90).outcome == "converged", events
        away = [type(each) for each in events if isinstance(each, ManagerAway | ManagerBack)]
        assert away[:2] == [ManagerAway, ManagerBack]
        tasks = running.running(manager, service.id)
        assert [list(task.spec.container.env) for task in tasks] == [["A=1"]] * 2
