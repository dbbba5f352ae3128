"""What all tests share."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.support.installations import EMBEDDED, INSTALLATIONS, MACHINE, ON_ENDS
from tests.support.signals import give_children_default_signals

# The same examples on each run: a failure is one of the change, not of chance. New examples come
# from fuzz/, and from `pytest --hypothesis-profile=explore`.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile(
    "explore", max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("repeatable")


give_children_default_signals()


def require(installation):
    """Fail in CI where an engine cannot be started, and skip elsewhere."""
    refuse_missing(f"the engine of {installation.name}", installation.missing())


def refuse_missing(what, missing):
    """Fail in CI where something that a test needs is missing, and skip elsewhere."""
    if missing:
        reason = f"{what} needs {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; with CI set no test is skipped")
        pytest.skip(reason)


@pytest.fixture(scope="session")
def engines():
    """The machine's own engine can be started."""
    require(MACHINE)


@pytest.fixture(scope="session", params=INSTALLATIONS, ids=lambda each: each.name)
def installation(request):
    """Each engine in turn: whatever asks for it is tested with all of them."""
    require(request.param)
    return request.param


@pytest.fixture(scope="session")
def newest():
    """The newest engine."""
    require(INSTALLATIONS[-1])
    return INSTALLATIONS[-1]


ENDS = (INSTALLATIONS[0], INSTALLATIONS[-1])


@pytest.fixture(scope="session", params=ENDS, ids=lambda each: each.name)
def oldest_and_newest(request):
    """The oldest engine, then the newest: for tests that take long."""
    require(request.param)
    return request.param


@pytest.fixture(scope="session", params=ON_ENDS)
def either(request):
    """What tests of commands run over: the oldest engine, the newest, and the embedded swarm.

    A module with other engines says ``pytest.mark.parametrize("either", ON_MACHINE, indirect=True,
    scope="session")``.
    """
    if request.param != EMBEDDED:
        require(request.param)
    return request.param


@pytest.fixture(scope="session")
def installations():
    """All engines, oldest first, for a test that needs them together."""
    for each in INSTALLATIONS:
        require(each)
    return INSTALLATIONS


def pytest_configure(config):
    config.addinivalue_line("markers", "fuzz: a guided search for some seconds; needs atheris")
