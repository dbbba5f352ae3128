"""The real engine that the tests of this folder share."""

import os

import pytest

from tests.support.dockerd import Dockerd, missing_requirements


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
