"""What stack files store, exported and read again, is the same: for every file of the vectors."""

import pytest

from swarmwire import export
from tests.export.support import deployed, exported
from tests.stack.test_vectors import CASES, made

GOOD = [number for number, case in enumerate(CASES) if "error" not in case["want"]]
# The file names a server that is no address. That is dropped; that there was one, is stored.
CANNOT_BE_SAID = {"TaskTemplate.ContainerSpec.DNSConfig"}
CHOICES = [export.ExportChoice(), export.ExportChoice(folder="./files")]


def test_there_are_many():
    assert len(GOOD) > 300


@pytest.mark.parametrize("number", GOOD)
def test_nothing_is_lost(number):
    _, bodies = made(CASES[number])
    swarm = deployed(bodies)
    for choice in CHOICES:
        found = exported(swarm, CASES[number]["stack"], choice)
        assert found.proof.objects == ()
        for service, stored in zip(found.proof.services, swarm.services, strict=True):
            assert {each.path for each in service.unsaid} <= CANNOT_BE_SAID
            if not service.unsaid and not stored.spec.WhichOneof("mode").endswith("_job"):
                # others are refused by every manager, so none stores them
                assert service.verdict in ("kept", "refused")
        assert len(found.proof.services) == len(swarm.services)


@pytest.mark.parametrize("number", GOOD[::10])
def test_an_export_of_its_own_export_is_the_same(number):
    _, bodies = made(CASES[number])
    swarm = deployed(bodies)
    first = exported(swarm, CASES[number]["stack"])
    assert exported(swarm, CASES[number]["stack"]) == first


@pytest.mark.parametrize("number", GOOD[::3])
def test_payloads_are_those_that_are_stored(number):
    _, bodies = made(CASES[number])
    stored = {one.name: one.data for one in (*bodies.secrets, *bodies.configs)}
    found = exported(
        deployed(bodies), CASES[number]["stack"], export.ExportChoice(folder="./files")
    )
    for path, payload in found.payloads.items():
        assert path == f"./files/{payload.name}"
        assert payload.data in stored.values()
        assert payload.is_secret == payload.name.startswith("secrets/")
        assert f"file: {path}\n" in found.text
    assert all(repr(data) not in repr(found.payloads) for data in stored.values() if data)
