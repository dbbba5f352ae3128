"""A manager in memory behind a gateway, and real engines with something in their swarm."""

import asyncio
import inspect
import json
import time

import pytest

from swarmwire.control.testing import FakeManager
from tests.gateway.asking import Client, gateway_of
from tests.support.dockerd import IMAGE, Dockerd


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a coroutine test, in the loop of the fixtures if it has one."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    given = {name: pyfuncitem.funcargs[name] for name in names}
    runner = pyfuncitem.funcargs.get("loop")
    run = runner.run if runner else asyncio.run
    run(asyncio.wait_for(pyfuncitem.obj(**given), 120))
    return True


@pytest.fixture
def loop():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def manager():
    return FakeManager()


@pytest.fixture
def gateway(loop, manager):
    """A gateway over the manager in memory."""
    running = gateway_of(manager)
    yield loop.run(running.__aenter__())
    loop.run(running.__aexit__(None, None, None))


@pytest.fixture
def client(gateway):
    """One who may do all."""
    return Client(gateway)


@pytest.fixture(scope="module")
def populated(installation):
    """Each engine in turn, with objects of all kinds in its swarm."""
    with Dockerd(installation) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        _populate(daemon)
        yield daemon


def _populate(daemon):
    daemon.post("/secrets/create", {"Name": "s1", "Data": "YQ==", "Labels": {"a": "b"}})
    templating = {"Name": "golang"}
    daemon.post("/secrets/create", {"Name": "s2", "Data": "YQ==", "Templating": templating})
    daemon.post("/configs/create", {"Name": "c1", "Data": "YWJj", "Labels": {"x": "<y>"}})
    daemon.post(
        "/networks/create",
        {"Name": "net1", "Driver": "overlay", "Attachable": True, "Labels": {"q": "1"}},
    )
    ipam = {"Config": [{"Subnet": "10.99.0.0/24", "Gateway": "10.99.0.1"}]}
    daemon.post(
        "/networks/create", {"Name": "net2", "Driver": "overlay", "Internal": True, "IPAM": ipam}
    )
    _create_services(daemon)
    web = daemon.get("/services/web").json
    spec = web["Spec"]
    spec["TaskTemplate"]["ContainerSpec"]["Env"] = ["A=1"]
    spec["UpdateConfig"] = {"Parallelism": 0, "Monitor": 1_000_000}
    daemon.post(f"/services/web/update?version={web['Version']['Index']}", spec)
    daemon.wait_for("the swarm to be still", lambda: _is_still(daemon), 60)


def _create_services(daemon):
    sleeper = {"Image": IMAGE, "Command": ["sleep", "1000"], "StopGracePeriod": 1}
    done = {"Image": IMAGE, "Command": ["true"]}
    for body in (
        {
            "Name": "web",
            "Labels": {"l": "1"},
            "TaskTemplate": {"ContainerSpec": sleeper},
            "Mode": {"Replicated": {"Replicas": 2}},
        },
        {"Name": "glob", "TaskTemplate": {"ContainerSpec": sleeper}, "Mode": {"Global": {}}},
        {
            "Name": "job",
            "TaskTemplate": {"ContainerSpec": done, "RestartPolicy": {"Condition": "none"}},
            "Mode": {"ReplicatedJob": {"MaxConcurrent": 2}},
        },
        {
            "Name": "netted",
            "TaskTemplate": {
                "ContainerSpec": sleeper,
                "Networks": [{"Target": "net1"}],
                "Placement": {"Constraints": ["node.role==worker"]},
            },
            "EndpointSpec": {"Ports": [{"TargetPort": 80, "PublishedPort": 8080}]},
        },
    ):
        daemon.post("/services/create", body)


def _is_still(daemon):
    """Whether nothing of tasks and services changed for a second, and all runs that can."""
    before = daemon.get("/tasks").body + daemon.get("/services").body
    time.sleep(1)
    after = daemon.get("/tasks").body + daemon.get("/services").body
    running = [task for task in json.loads(daemon.get("/tasks").body) if _runs(task)]
    return before == after and len(running) >= 3


def _runs(task):
    return task["Status"]["State"] == "running" and task["DesiredState"] == "running"
