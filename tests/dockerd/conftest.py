"""The real engine that the tests of this folder share, and what services refer to in it."""

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


@pytest.fixture(scope="session")
def ids(dockerd):
    """What the specs of this folder call objects, and the ids that these have."""
    data = "ZGF0YQ=="
    secret = {"Name": "a-secret", "Data": data}
    config = {"Name": "a-config", "Data": data}
    credentials = {"Name": "a-credential-spec", "Data": data}
    network = {"Name": "a-network", "Driver": "overlay", "Attachable": True}
    return {
        "<secret>": dockerd.post("/secrets/create", secret).json["ID"],
        "<config>": dockerd.post("/configs/create", config).json["ID"],
        "<credentials>": dockerd.post("/configs/create", credentials).json["ID"],
        "<network>": dockerd.post("/networks/create", network).json["Id"],
        "<host-network>": dockerd.get("/networks/host?scope=swarm").json["Id"],
    }
