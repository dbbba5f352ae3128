"""A loop that tests and fixtures share, a real manager, and the managers that must be alike."""

import asyncio
import contextlib
import inspect

import pytest

from swarmwire import control
from swarmwire.control.listener import listen
from swarmwire.control.testing import FakeManager
from tests.support.dockerd import Dockerd


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a coroutine test in the loop of the fixtures."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    loop = pyfuncitem.funcargs.get("loop") or pyfuncitem._request.getfixturevalue("loop")
    given = {name: pyfuncitem.funcargs[name] for name in names}
    loop.run(asyncio.wait_for(pyfuncitem.obj(**given), 40))
    return True


@pytest.fixture
def loop():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def dockerd(engines):
    """A manager with one image, for all tests."""
    with Dockerd() as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon


@pytest.fixture(scope="session")
def newest_dockerd(newest):
    """A manager of the newest engine."""
    with Dockerd(newest) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon


@pytest.fixture
def own_dockerd(engines):
    """A manager for one test, which may break it."""
    with Dockerd() as daemon:
        daemon.init_swarm()
        yield daemon


@contextlib.asynccontextmanager
async def _fake(_request):
    yield control.protected(FakeManager(), secrets=True)


@contextlib.asynccontextmanager
async def _listening(request):
    """The one in memory, on a socket of its own."""
    path = request.getfixturevalue("tmp_path") / "control.sock"
    async with listen(FakeManager(), path), control.connect(path, secrets=True) as manager:
        yield manager


def _real(request, name="dockerd"):
    return control.connect(request.getfixturevalue(name).control_socket, secrets=True)


def _newest(request):
    return _real(request, "newest_dockerd")


ENGINE = pytest.mark.engine


@pytest.fixture(
    params=[_fake, _listening, *(pytest.param(each, marks=ENGINE) for each in (_real, _newest))]
)
def manager(request, loop):
    """Each kind of manager, behind the guard."""
    opened = request.param(request)
    control = loop.run(opened.__aenter__())
    yield control
    loop.run(opened.__aexit__(None, None, None))


@pytest.fixture
def real(request, loop, dockerd):
    """The real manager, secrets and all."""
    opened = control.connect(dockerd.control_socket, secrets=True)
    yield loop.run(opened.__aenter__())
    loop.run(opened.__aexit__(None, None, None))
