"""``--wait``: until the services run, with a line for each change."""

import json

import pytest

from swarmwire import pb
from swarmwire.cli.restoring import run as running
from swarmwire.control import NobodyListens
from swarmwire.control.layer import Layer
from swarmwire.control.testing import FakeManager
from swarmwire.update import WatchLimits, looking
from tests.cli_restore.conftest import reach

RUNNING, FAILED = pb.TaskState.Value("RUNNING"), pb.TaskState.Value("FAILED")


class Working(Layer):
    """A manager whose tasks start one by one, each time that somebody looks."""

    def __init__(self, inner, *, fails=(), away=0):
        super().__init__(inner)
        self.fake = inner
        self._fails, self._away = fails, away

    async def unary(self, method, request):
        if method.place == "Control/ListTasks" and request.filters.service_ids:
            if self._away:
                self._away -= 1
                raise NobodyListens("a.sock", "away")
            self._start_one()
        return await super().unary(method, request)

    def _start_one(self):
        tasks = self.fake.objects("task")
        (node,) = self.fake.objects("node")
        for service in self.fake.objects("service"):
            mine = [one for one in tasks if one.service_id == service.id]
            if len(mine) < service.spec.replicated.replicas:
                self.fake.put(self._task(service, len(mine) + 1, node))
                return

    def _task(self, service, slot, node):
        out = pb.Task(service_id=service.id, slot=slot, node_id=node.id, desired_state=RUNNING)
        out.spec.CopyFrom(service.spec.task)
        out.spec_version.CopyFrom(service.spec_version)
        fails = service.spec.annotations.name in self._fails
        out.status.state = pb.TaskState.Value("PREPARING") if fails else RUNNING
        out.status.err = "No such image: busybox:1" if fails else ""
        return out


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(looking, "STEP", 0.001)
    monkeypatch.setattr(running, "_LIMITS", WatchLimits(settle=0.01))


def test_waits_until_all_run(invoke, folder, monkeypatch):
    reach(monkeypatch, Working(FakeManager(), away=2))

    done = invoke("restore", folder, "--yes", "--wait", "20")

    assert done.code == 0
    assert "db under way, 1 of 2 tasks run" in done.text
    assert "web converged, 2 of 2 tasks run" in done.text


def test_what_does_not_run_in_time_is_named_with_its_reason(invoke, folder, monkeypatch):
    reach(monkeypatch, Working(FakeManager(), fails=["web"]))

    done = invoke("restore", folder, "--yes", "--wait", "0.5", "--format", "json")

    assert done.code == 1
    assert done.stderr == "swarmwire: not running as wanted: web (No such image: busybox:1)\n"
    found = {each["name"]: each for each in json.loads(done.output)["services"]}
    assert found["db"]["state"] == "converged"
    assert found["web"]["text"] == "No such image: busybox:1"


class Rejecting(Working):
    """A manager whose workers reject each task of a service, and which then makes another one."""

    def _start_one(self):
        for task in self.fake.objects("task"):
            if task.service_annotations.name in self._fails:
                self._reject(task)
        super()._start_one()

    def _reject(self, task):
        task.status.state = pb.TaskState.Value("REJECTED")
        task.desired_state = pb.TaskState.Value("SHUTDOWN")
        task.status.err = "No such image: busybox:1"
        self.fake.put(task)

    def _task(self, service, slot, node):
        out = super()._task(service, slot, node)
        out.service_annotations.CopyFrom(service.spec.annotations)
        out.id = f"{service.id}-{slot}-{len(self.fake.objects('task'))}"
        return out


@pytest.mark.parametrize("again", [True, False])
def test_tasks_that_are_rejected_again_and_again_are_no_service_that_runs(
    invoke, folder, monkeypatch, again
):
    class Restarting(Rejecting):
        def _start_one(self):
            super()._start_one()
            live = [one for one in self.fake.objects("task") if one.desired_state == RUNNING]
            (node,) = self.fake.objects("node")
            for service in self.fake.objects("service"):
                slots = {one.slot for one in live if one.service_id == service.id}
                known = {
                    one.slot for one in self.fake.objects("task") if one.service_id == service.id
                }
                for slot in known - slots if again else ():
                    self.fake.put(self._task(service, slot, node))

    reach(monkeypatch, Restarting(FakeManager(), fails=["web"]))

    done = invoke("restore", folder, "--yes", "--wait", "20" if again else "0.5")

    assert done.code == 1
    assert "web converged" not in done.text
    assert "db converged, 2 of 2 tasks run" in done.text
    assert "not running as wanted: web (No such image: busybox:1)" in done.stderr
    assert ("web failed" in done.text) is again


def test_services_that_are_there_are_waited_for_too(invoke, folder, monkeypatch):
    working = Working(FakeManager())
    reach(monkeypatch, working)
    invoke("restore", folder, "--yes")

    done = invoke("restore", folder, "--yes", "--wait", "20")

    assert done.code == 0
    assert "web converged, 2 of 2 tasks run" in done.text


def test_a_service_that_somebody_removes_is_gone(invoke, folder, monkeypatch):
    class Removing(Working):
        def _start_one(self):
            (web,) = [s for s in self.fake.objects("service") if s.id == self.victim] or [None]
            if web is not None:
                self.fake.store.remove(self.fake.store.get("service", web.id))
            super()._start_one()

        @property
        def victim(self):
            services = self.fake.objects("service")
            return next((s.id for s in services if s.spec.annotations.name == "web"), "")

    reach(monkeypatch, Removing(FakeManager()))

    done = invoke("restore", folder, "--yes", "--wait", "20")

    assert done.code == 1
    assert "web removed" in done.text


def test_ctrl_c_while_waiting_tells_that_all_is_restored(invoke, folder, monkeypatch):
    class Interrupted(Layer):
        async def unary(self, method, request):
            if method.place == "Control/ListTasks" and request.filters.service_ids:
                raise KeyboardInterrupt
            return await super().unary(method, request)

    reach(monkeypatch, Interrupted(FakeManager()))

    done = invoke("restore", folder, "--yes", "--wait", "60")

    assert done.code == 130
    assert "6 created, 1 labelled, 1 already there; only the waiting was cut short" in done.stderr
