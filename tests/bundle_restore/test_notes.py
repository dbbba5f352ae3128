"""What an operator should know of a service, though it stops nothing."""

import pytest

from swarmwire.bundle import Bundle
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build


@pytest.fixture
def manager():
    return FakeManager()


def test_a_port_that_the_swarm_had_chosen_is_told(manager):
    web = build.service("web")
    web.spec.endpoint.ports.add(target_port=80)
    web.spec.endpoint.ports.add(target_port=81, published_port=8081)
    web.endpoint.ports.add(target_port=80, published_port=30000)
    web.endpoint.ports.add(target_port=81, published_port=8081)

    notes = build.step(build.preview(manager, Bundle(services=[web])), "service", "web").notes

    assert notes == ("had port 30000 for port 80; the swarm chooses anew",)


def test_data_of_volumes_are_missed(manager):
    db = build.service("db")
    db.spec.task.container.mounts.add(type="VOLUME", source="data", target="/data")
    db.spec.task.container.mounts.add(type="CLUSTER", source="group:x", target="/more")

    notes = build.step(build.preview(manager, Bundle(services=[db])), "service", "db").notes

    assert notes == (
        "data of volumes are not in a bundle: data",
        "cluster volumes are not restored: group:x",
    )
