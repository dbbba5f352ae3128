"""The blocking face: the same work, and questions in the thread of the caller."""

import threading

import pytest

from swarmwire import pb
from swarmwire.control.sync import blocking
from swarmwire.update import RolloutEnded, ServiceState, plan_update, sync
from tests.support.inmemory import label, meanwhile, stored


@pytest.fixture
def blocked(manager):
    with blocking(manager) as control:
        yield control


def planned(control):
    live = sync.snapshot(control, "web")
    spec = pb.ServiceSpec()
    spec.CopyFrom(live.service.spec)
    spec.annotations.labels["a"] = "1"
    return plan_update(live, spec)


def test_an_update_from_the_plan_to_its_end(blocked, manager, web, clock):
    web()
    writer = sync.BlockingWriter(blocked, clock=clock)
    written = writer.write(planned(blocked))
    assert not writer.is_under_way
    seen = []
    end = sync.finished(sync.follow(blocked, written, clock=clock), seen.append)
    assert end == RolloutEnded("converged", 1, 1) == seen[-1]
    assert stored(manager).spec.annotations.labels == {"a": "1"}


def test_questions_are_asked_in_the_thread_of_the_caller(blocked, manager, web, clock):
    web()
    one = planned(blocked)
    meanwhile(manager, label("b", "2"))()
    asked = []
    sync.BlockingWriter(blocked, clock=clock).write(
        one, lambda again: asked.append((threading.current_thread(), again.plan.effect))
    )
    assert asked == [(threading.current_thread(), "metadata only")]
    assert stored(manager).spec.annotations.labels == {"a": "1", "b": "2"}


def test_nobody_need_be_asked(blocked, manager, web, clock):
    web()
    one = planned(blocked)
    meanwhile(manager, label("b", "2"))()
    sync.BlockingWriter(blocked, clock=clock).write(one)
    assert stored(manager).spec.annotations.labels == {"a": "1", "b": "2"}


def test_services_are_awaited(blocked, web, clock):
    service = web(2)
    *_, last = sync.wait_for(blocked, [service.id], clock=clock)
    assert last == ServiceState("web", "web", "converged", 2, 2)


def test_events_without_an_end_are_no_update():
    with pytest.raises(ValueError, match="no end"):
        sync.finished([])
