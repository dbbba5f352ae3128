"""A manager of our own with running services, and the command as users run it."""

import click
import pytest

from swarmwire import pb
from swarmwire.cli.planning import applying, planning
from swarmwire.control import sync
from swarmwire.control.testing import FakeManager
from tests.cli.conftest import ROOT, invoke, run
from tests.support.clocks import Moving
from tests.support.either import clock_of, manager_of
from tests.support.inmemory import Unsteady, created, task_of

__all__ = ["invoke", "run"]


@pytest.fixture(scope="session")
def dockerd(either):
    """A manager with one image."""
    with manager_of(either) as manager:
        yield manager


@pytest.fixture
def manager(dockerd):
    """The manager to talk to, with the credentials that specs hold."""
    with sync.connect(dockerd.control_socket, secrets=True) as control:
        yield control


@pytest.fixture
def here(dockerd, either, monkeypatch):
    """The command finds this manager by itself."""
    monkeypatch.setattr(applying, "CLOCK", clock_of(either))
    monkeypatch.setenv("SWARMWIRE_SOCKET", str(dockerd.control_socket))
    return dockerd


@pytest.fixture
def remove(manager):
    """Takes the services away at the end that a test has named."""
    ids: list[str] = []
    yield ids.append
    for service_id in ids:
        manager.remove_service(pb.RemoveServiceRequest(service_id=service_id))


@pytest.fixture
def examples_file():
    return ROOT / "examples" / "web-service.json"


@pytest.fixture
def fake(monkeypatch):
    """A manager in memory that the command talks to, with a service of one running task."""
    unsteady = Unsteady(FakeManager())
    monkeypatch.setattr(planning, "connected", lambda *_, **__: sync.blocking(unsteady))
    monkeypatch.setattr(applying, "CLOCK", Moving().clock())
    return unsteady


@pytest.fixture
def stored_service(fake):
    spec = pb.ServiceSpec()
    spec.annotations.name = "web"
    spec.replicated.replicas = 1
    spec.task.container.image = "x:1"
    found = created(fake.fake, spec)
    (node,) = fake.fake.objects("node")
    fake.fake.put(task_of(found, 1, node=node.id))
    return found


@pytest.fixture
def terminal(monkeypatch):
    """Somebody sits there, and gives these answers."""
    answers: list[bool] = []
    monkeypatch.setattr(applying, "is_terminal", lambda _: True)

    def confirm(text, err):
        assert (text, err) == ("Apply this to web?", True)
        return answers.pop(0)

    monkeypatch.setattr(click, "confirm", confirm)
    return answers


@pytest.fixture
def wanted(tmp_path, stored_service):
    """A file with the spec after a change."""

    def start(change=lambda spec: None):
        spec = pb.ServiceSpec()
        spec.CopyFrom(stored_service.spec)
        change(spec)
        file = tmp_path / "wanted.pb"
        file.write_bytes(spec.SerializeToString())
        return file

    return start
