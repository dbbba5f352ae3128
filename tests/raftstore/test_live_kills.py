"""A manager that is killed while it writes: what it has acknowledged is there, to the byte."""

import time

import pytest

from swarmwire import raftstore
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import payloads_by_name
from tests.support.stored_swarm import Filler, Writer, force_snapshots

pytestmark = pytest.mark.engine

WRITERS = 2
MOMENTS = (0.05, 0.2, 0.35, 0.6)
"""How long managers write before they are killed, in seconds."""


@pytest.fixture(scope="module")
def swarm(engines):
    """A manager that takes a snapshot every twenty entries."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        force_snapshots(Filler(dockerd), 20)
        yield dockerd


def test_what_was_acknowledged_is_recovered(swarm):
    acknowledged, asked = {}, {}
    for round_, moment in enumerate(MOMENTS):
        if round_:
            swarm.start()
            swarm.wait_for("a leader", lambda: swarm.request("GET", "/secrets").status == 200)
        writers = [Writer(swarm, f"{round_}-{at}") for at in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(moment)
        swarm.kill()
        for writer in writers:
            writer.end()
            assert writer.acknowledged
            acknowledged |= writer.acknowledged
            asked |= writer.asked
        recovery = raftstore.read(swarm.data_root)
        found = payloads_by_name(recovery.store)
        assert {name: found.get(name) for name in acknowledged} == acknowledged
        assert {name: asked.get(name) for name in found} == found
        assert len(found) - len(acknowledged) <= WRITERS * (round_ + 1)
    assert recovery.position.snapshot_index > 20
