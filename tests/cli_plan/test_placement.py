"""What ``plan`` and ``apply`` tell of the places that new tasks find."""

import json

import pytest

GIB = 2**30


@pytest.fixture
def small_node(fake):
    """The manager's only node has 2 GiB and a name."""
    (node,) = fake.fake.objects("node")
    node.description.hostname = "first"
    node.description.resources.memory_bytes = 2 * GIB
    fake.fake.put(node)
    return node


def reserving(memory, replicas=1):
    def change(spec):
        spec.task.resources.reservations.memory_bytes = memory
        spec.replicated.replicas = replicas

    return change


@pytest.mark.usefixtures("small_node")
def test_places_are_told(invoke, wanted):
    done = invoke("plan", "web", wanted(reserving(GIB)))
    assert "  Placement: 1 of 1 new task finds a place: 1 on first\n" in done.text
    assert done.code == 3


@pytest.mark.usefixtures("small_node")
def test_tasks_that_will_wait_are_told_with_the_manager_s_text(invoke, wanted):
    done = invoke("plan", "web", wanted(reserving(GIB, 4)))
    text = " ".join(done.text.split())
    assert "Placement: 2 of 4 new tasks find a place: 2 on first" in text
    assert (
        "2 tasks wait; the manager says: no suitable node (insufficient resources on 1 node)"
        in text
    )
    assert "what would help: free 1 GiB of memory on first or add 1 more node like first" in text
    assert (
        "! TaskTemplate.Resources.Reservations: Each task reserves 1 GiB of memory; the most that"
        " is left on a node is 0 B of memory, on first." in text
    )


@pytest.mark.usefixtures("small_node")
def test_the_same_for_programs(invoke, wanted):
    file = wanted(reserving(GIB, 4))
    found = json.loads(invoke("plan", "web", file, "--format", "json").output)["placement"]
    (service,) = found["services"]
    assert (service["new"], list(service["placed"].values())) == (4, [2])
    assert service["waiting"] == {"no suitable node (insufficient resources on 1 node)": 2}
    assert [trap["code"] for trap in service["traps"]] == ["reservation-no-longer-fits"]


def test_nothing_is_told_where_no_task_comes(invoke, wanted):
    def labelled(spec):
        spec.annotations.labels["a"] = "b"

    done = invoke("plan", "web", wanted(labelled), "--format", "json")
    assert json.loads(done.output)["placement"] is None
    assert "Placement:" not in invoke("plan", "web", wanted(labelled)).text


@pytest.mark.usefixtures("small_node")
def test_apply_tells_before_it_asks(invoke, wanted, terminal):
    terminal.append(False)
    done = invoke("apply", "web", wanted(reserving(4 * GIB)))
    assert "0 of 1 new task finds a place" in done.text
    assert "nothing written" in done.stderr
