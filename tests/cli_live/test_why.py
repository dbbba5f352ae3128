"""why and capacity against a manager in memory."""

import json

import pytest

from tests.cli_live.conftest import rows, service, task
from tests.scheduling.build import GIB, attach, network, node, reserve


@pytest.fixture
def waiting(fake):
    """A service of which one task runs and two wait for memory, and two more nodes."""
    for each in fake.objects("node"):
        each.spec.availability = 2
        fake.put(each)
    found = service("web")
    reserve(found.spec.task.resources.reservations, 1, 3 * GIB)
    runs = task(found, 1, "t1", node_id="n1")
    waits = [task(found, slot, f"t{slot}", "PENDING") for slot in (2, 3)]
    for each in waits:
        each.status.err = "no suitable node (insufficient resources on 2 nodes)"
    fake.put(node("n1", memory=4 * GIB), node("n2", memory=GIB), found, runs, *waits)
    return found


def test_why_of_a_service(invoke, waiting):
    text = invoke("why", "web").text
    head, said, empty, *lines = text.splitlines()
    assert (head, empty) == ("2 tasks wait (pending): web.2, web.3", "")
    assert said == "The manager says: no suitable node (insufficient resources on 2 nodes)"
    found = {row["NODE"]: row["WHY"] for row in rows("\n".join(lines[:4]))}
    assert found == {
        "host-n1": "3 GiB of memory wanted, 1 GiB left",
        "host-n2": "3 GiB of memory wanted, 1 GiB left",
        "manager": "it is drained; 1 CPU wanted, 0 CPUs left; 3 GiB of memory wanted, 0 B left",
    }
    assert lines[4:] == [
        "",
        "One of these would help:",
        "  free 2 GiB of memory on host-n1",
        "  add 2 more nodes like host-n1",
    ]


def test_why_as_json(invoke, waiting):
    first, second = json.loads(invoke("why", "web", "--format", "json").text)
    assert (first["ID"], second["Name"], first["State"]) == ("t2", "web.3", "pending")
    (refusal,) = next(each["Refusals"] for each in first["Nodes"] if each["ID"] == "n1")
    assert refusal["Filter"] == "ResourceFilter"
    assert refusal["Wanted"] == {"MemoryBytes": 3 * GIB}
    assert refusal["Left"] == {"MemoryBytes": GIB}


def test_why_of_a_task(invoke, waiting):
    assert invoke("why", "t3").text.startswith("1 task waits (pending): web.3\n")
    assert invoke("why", "t1").text == "web.1 does not wait: it is running\n"


def test_why_of_all_that_wait(invoke, fake, waiting):
    other = service("db")
    fake.put(other, task(other, 1, "t9", "PENDING"))
    heads = [line for line in invoke("why").text.splitlines() if "(pending)" in line]
    assert heads == ["2 tasks wait (pending): web.2, web.3", "1 task waits (pending): db.1"]


def test_why_where_nothing_waits_at_all(invoke, fake):
    assert invoke("why").text == "no task waits\n"
    assert json.loads(invoke("why", "--format", "json").text) == []


def test_why_where_nothing_waits(invoke, fake, web):
    assert invoke("why", "web").text == "web: no task waits\n"
    assert invoke("why", "web", "--format", "json").text == "[]\n"
    done = invoke("why", "cow")
    assert (done.code, "no service and no task is called cow" in done.stderr) == (1, True)


def test_why_of_tasks_without_addresses(invoke, fake):
    front = network("front", "10.0.1.0/30")
    found = service("web")
    found.spec.task.networks.add(target=front.id)
    found.endpoint.virtual_ips.add(network_id=front.id, addr="10.0.1.2/30")
    new = attach(task(found, 1, "t1", "NEW"), front)
    fake.put(front, found, new)
    text = invoke("why", "web").text
    assert "The manager says nothing." in text
    assert "network front has 0 free addresses of 1" in text
    assert "1 task stays NEW" in text


def test_why_of_a_task_that_will_be_placed_and_of_one_whose_node_is_gone(invoke, fake):
    found = service("web")
    fake.put(node("n1"), found, task(found, 1, "t1", "PENDING"))
    assert "A node takes it now" in invoke("why", "t1").text
    fake.put(task(found, 2, "t2", "PENDING", node_id="gone"))
    assert "It is bound to node gone, which is gone." in invoke("why", "t2").text


def test_capacity(invoke, waiting):
    found = {row["HOSTNAME"]: row for row in rows(invoke("capacity", "--fits", "web").text)}
    first = found["host-n1"]
    assert (first["CPUS"], first["MEMORY"], first["TASKS"]) == ("1/4", "3 GiB/4 GiB", "1")
    assert (first["CPUS-FREE"], first["MEMORY-FREE"], first["FITS"]) == ("3", "1 GiB", "0")
    assert found["manager"]["TAKES"] == "no"
    assert "FITS" not in rows(invoke("capacity").text)[0]


def test_capacity_as_json(invoke, waiting):
    found = {each["ID"]: each for each in json.loads(invoke("capacity", "--format", "json").text)}
    assert found["n1"]["Reserved"] == {
        "NanoCPUs": 10**9,
        "MemoryBytes": 3 * GIB,
        "GenericResources": {},
    }
    assert found["n2"]["Free"]["MemoryBytes"] == GIB
    assert "Fits" not in found["n1"]
