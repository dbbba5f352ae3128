"""What is reserved, what is free, how many more fit; amounts in words."""

import pytest

from swarmwire.scheduling import (
    Amount,
    Cluster,
    bytes_in_words,
    capacity,
    cpus_in_words,
    room,
)
from tests.scheduling.build import CPU, GIB, node, publish, task


def test_a_node():
    there = node("n1", generic=[("gpu", "A"), ("gpu", "B"), ("disk", 3)])
    held = publish(
        task("t", on="n1", cpus=1, memory=9 * GIB, generic=[("gpu", 1), ("disk", 3)]), 80
    )
    found = capacity(Cluster(nodes=[there], tasks=[held, task("waits", cpus=1)]))["n1"]
    assert (found.name, found.available, found.tasks) == ("host-n1", True, 1)
    assert found.total.generic == {"gpu": 2, "disk": 3}
    generic = {"gpu": 1, "disk": 3}
    assert found.reserved == Amount(nano_cpus=CPU, memory_bytes=9 * GIB, generic=generic)
    free = Amount(nano_cpus=3 * CPU, memory_bytes=-GIB, generic={"gpu": 1, "disk": 0})
    assert found.free == free
    assert found.ports == ("80/tcp",)


def test_room():
    cluster = Cluster(nodes=[node("n1"), node("n2", cpus=1)], tasks=[task("t", on="n1", cpus=1)])
    assert room(cluster, task("new", cpus=1)) == {"n1": 3, "n2": 1}
    assert room(cluster, task("new"), most=7) == {"n1": 7, "n2": 7}
    assert room(cluster, publish(task("new"), 80)) == {"n1": 1, "n2": 1}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (GIB, "1 GiB"),
        (GIB + 1, "1.1 GiB"),
        (GIB * 5 // 4, "1.3 GiB"),
        (-GIB, "-1 GiB"),
        (2**60, "1 EiB"),
    ],
)
def test_bytes(number, words):
    assert bytes_in_words(number) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (CPU, "1"), (CPU // 2, "0.5"), (10 * CPU, "10")]
)
def test_cpus(number, words):
    assert cpus_in_words(number) == words
