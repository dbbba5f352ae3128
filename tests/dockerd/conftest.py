"""Each real engine in turn, which the tests of this folder share, and what it holds for them.

What is expected of it is what its release does.
"""

import pytest

from tests.support.dockerd import Dockerd


@pytest.fixture(scope="session")
def dockerd(installation):
    """A manager with one image."""
    with Dockerd(installation) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon


@pytest.fixture
def release(dockerd):
    """What the engine is, by its own word."""
    return dockerd.release


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
