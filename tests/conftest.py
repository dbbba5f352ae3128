"""What all tests share."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.support.dockerd import missing_requirements

# The same examples on each run: a failure is one of the change, not of chance. New examples come
# from fuzz/, and from `pytest --hypothesis-profile=explore`.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile(
    "explore", max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def engines():
    """Fail in CI where no real engine can be started, and skip elsewhere."""
    missing = missing_requirements()
    if missing:
        reason = f"a real engine needs {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; with CI set no test is skipped")
        pytest.skip(reason)


def pytest_configure(config):
    config.addinivalue_line("markers", "fuzz: a guided search for some seconds; needs atheris")
