"""A manager of each release that is killed while it writes: its folder gives what it had said."""

import time
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import assert_equal, payloads, payloads_by_name, said, shown
from tests.support.stored_swarm import Filler, Writer, fill, force_snapshots

pytestmark = pytest.mark.engine

SERVICES = 40
MOMENT = 0.5
"""How long the manager writes before it is killed, in seconds."""


@pytest.fixture(scope="module")
def killed(installation):
    """The folder of a manager that was killed, and what it had said and acknowledged before."""
    with Dockerd(installation) as dockerd:
        dockerd.init_swarm()
        filler = Filler(dockerd)
        force_snapshots(filler, 100)
        fill(filler, SERVICES)
        objects = said(dockerd)
        writer = Writer(dockerd, "late")
        writer.start()
        time.sleep(MOMENT)
        dockerd.kill()
        writer.end()
        yield SimpleNamespace(
            dockerd=dockerd,
            filler=filler,
            objects=objects,
            writer=writer,
            recovery=raftstore.read(dockerd.data_root),
        )


def test_every_object_is_recovered_as_this_release_shows_it(killed):
    ours = shown(killed.recovery.store)
    secrets = killed.objects["secrets"].keys()
    ours["secrets"] = {id_: text for id_, text in ours["secrets"].items() if id_ in secrets}
    assert len(ours["services"]) > SERVICES // 2
    assert_equal(ours, killed.objects)


def test_every_byte_is_recovered(killed):
    store, filler = killed.recovery.store, killed.filler
    assert payloads(store.configs) == filler.configs
    assert payloads(store.secrets).items() >= filler.secrets.items()


def test_what_was_acknowledged_is_recovered(killed):
    found = payloads_by_name(killed.recovery.store)
    assert killed.writer.acknowledged
    assert found.items() >= killed.writer.acknowledged.items()
    assert {name: killed.writer.asked.get(name, found[name]) for name in found} == found


def test_the_engine_goes_on_with_what_was_recovered(killed):
    killed.dockerd.start()
    try:
        after = said(killed.dockerd)
        ours = shown(killed.recovery.store)
        # Addresses are given anew; and a manager commits what its log holds.
        assert after["configs"] == ours["configs"]
        assert after["services"].keys() == ours["services"].keys()
        assert after["secrets"].items() >= ours["secrets"].items()
    finally:
        killed.dockerd.stop()
