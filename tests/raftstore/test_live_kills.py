"""A manager that is killed while it writes: what it has acknowledged is there, to the byte."""

import base64
import random
import threading
import time
from http import HTTPStatus

import pytest

from swarmwire import raftstore
from tests.support.dockerd import Dockerd
from tests.support.stored_swarm import Filler, force_snapshots

pytestmark = pytest.mark.engine

WRITERS = 2
MOMENTS = (0.05, 0.2, 0.35, 0.6)
"""How long managers write before they are killed, in seconds."""


class Writer(threading.Thread):
    """Creates secrets until nobody answers any more.

    Attributes:
        acknowledged: payloads of those that the manager said it created, by name.
        asked: payloads of all that were asked for.
    """

    def __init__(self, dockerd, name):
        super().__init__(daemon=True)
        self.dockerd = dockerd
        self.prefix = name
        self.acknowledged = {}
        self.asked = {}
        self.ended = False

    def run(self):
        chance = random.Random(self.prefix)
        while not self.ended:
            name = f"{self.prefix}-{len(self.asked)}"
            size = chance.choice([1, 100, 5_000, 100_000])
            self.asked[name] = payload = chance.randbytes(size)
            body = {"Name": name, "Data": base64.b64encode(payload).decode()}
            try:
                answer = self.dockerd.request("POST", "/secrets/create", body)
            except OSError:
                return
            if answer.status != HTTPStatus.CREATED:
                return
            self.acknowledged[name] = payload


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
            writer.join(timeout=10)
            assert writer.acknowledged
            acknowledged |= writer.acknowledged
            asked |= writer.asked
        recovery = raftstore.read(swarm.data_root)
        found = {
            each.spec.annotations.name: each.spec.data for each in recovery.store.secrets.values()
        }
        assert {name: found.get(name) for name in acknowledged} == acknowledged
        assert {name: asked.get(name) for name in found} == found
        assert len(found) - len(acknowledged) <= WRITERS * (round_ + 1)
    assert recovery.position.snapshot_index > 20
