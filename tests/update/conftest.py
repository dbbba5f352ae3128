"""A manager in memory whose service has tasks, and a clock that moves only while somebody waits."""

import asyncio
import inspect

import pytest

from swarmwire import pb
from swarmwire.control.testing import FakeManager
from tests.support.clocks import Moving
from tests.support.inmemory import Unsteady, task_of


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a coroutine test."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    given = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**given), 120))
    return True


@pytest.fixture
def time():
    return Moving()


@pytest.fixture
def clock(time):
    return time.clock()


@pytest.fixture
def manager():
    return Unsteady(FakeManager())


@pytest.fixture
def web(manager):
    """Stores a service with running tasks; the service."""

    def store(replicas=1, change=lambda spec: None):
        service = pb.Service(id="web")
        service.spec.annotations.name = "web"
        service.spec.replicated.replicas = replicas
        service.spec.task.container.image = "x:1"
        service.spec_version.SetInParent()
        change(service.spec)
        (node,) = manager.fake.objects("node")
        manager.fake.put(service)
        tasks = [task_of(service, slot + 1, node=node.id) for slot in range(replicas)]
        manager.fake.put(*tasks)
        return service

    return store
