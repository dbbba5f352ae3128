"""A manager of our own with running services, and the command as users run it."""

import os

import pytest

from swarmwire import pb
from swarmwire.control import sync
from tests.cli.conftest import ROOT, invoke, run
from tests.support.dockerd import Dockerd, missing_requirements

__all__ = ["invoke", "run"]


@pytest.fixture(scope="session")
def dockerd():
    """A manager with one image. Where none can be started tests are skipped, but never in CI."""
    missing = missing_requirements()
    if missing:
        reason = f"a real engine needs {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; with CI set no test is skipped")
        pytest.skip(reason)
    with Dockerd() as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon


@pytest.fixture
def manager(dockerd):
    """The manager to talk to, with the credentials that specs hold."""
    with sync.connect(dockerd.control_socket, secrets=True) as control:
        yield control


@pytest.fixture
def here(dockerd, monkeypatch):
    """The command finds this manager by itself."""
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
