"""New services and roll-outs: how many tasks find a place, where, and what holds the others up."""

import pytest

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.placement import WantedService, forecast_placement
from swarmwire.scheduling import Cluster
from tests.placement.build import changed, host_port, running, spec
from tests.scheduling.build import GIB, attach, network, node

TOO_SMALL = "no suitable node (insufficient resources on 2 nodes)"
NODES = [node("n1"), node("n2")]


def one(cluster, *wanted, networks=()):
    found = forecast_placement(cluster, networks, wanted)
    assert len(found.services) == len(wanted)
    return found.services[-1]


def codes(placement):
    return [trap.code for trap in placement.traps]


def test_a_new_service_that_fits():
    found = one(Cluster(nodes=NODES), WantedService(spec(replicas=3)))
    assert (found.new, found.placed, found.fits) == (3, {"n1": 2, "n2": 1}, True)
    assert found.traps == found.advice == ()


def test_a_new_service_that_fits_in_part():
    found = one(Cluster(nodes=NODES), WantedService(spec(replicas=5, memory=4 * GIB)))
    assert found.placed == {"n1": 2, "n2": 2}
    assert found.waiting == {TOO_SMALL: 1}
    assert codes(found) == ["reservation-no-longer-fits"]
    assert found.traps[0].text == (
        "Each task reserves 4 GiB of memory; the most that is left on a node is 0 B of memory,"
        " on host-n2."
    )
    assert "free 4 GiB of memory on host-n1" in [str(each) for each in found.advice]


def test_services_of_one_deploy_take_places_from_each_other():
    wanted = [WantedService(spec(name, 2, memory=5 * GIB)) for name in ("first", "second")]
    found = one(Cluster(nodes=NODES), *wanted)
    assert (found.placed, found.waiting) == ({}, {TOO_SMALL: 2})


def test_a_global_service_waits_on_its_node():
    small = node("n3", memory=GIB)
    wanted = spec(memory=2 * GIB)
    getattr(wanted, "global").SetInParent()
    drained = node("n4")
    drained.spec.availability = pb.NodeSpec.DRAIN
    found = one(Cluster(nodes=[*NODES, small, drained]), WantedService(wanted))
    assert found.placed == {"n1": 1, "n2": 1}
    assert found.waiting == {"insufficient resources on 1 node": 1}
    assert codes(found) == ["reservation-too-large"]


def test_stop_first_takes_the_places_of_the_old_tasks():
    before = spec(replicas=2, memory=5 * GIB)
    service, tasks = running(before, "n1", "n2")
    cluster = Cluster(nodes=NODES, tasks=tasks, services=[service])
    found = one(cluster, WantedService(changed(before), service))
    assert (found.new, found.placed, found.fits) == (2, {"n1": 1, "n2": 1}, True)


def test_stop_first_that_wants_more_stops_after_the_first():
    before = spec(replicas=3, memory=2 * GIB)
    service, tasks = running(before, "n1", "n2", "n1")
    cluster = Cluster(nodes=NODES, tasks=tasks, services=[service])
    wanted = changed(before)
    wanted.task.resources.reservations.memory_bytes = 7 * GIB
    found = one(cluster, WantedService(wanted, service))
    assert found.waiting == {TOO_SMALL: 1}
    assert (found.placed, found.held_up) == ({}, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda spec: host_port(spec, 80), "start-first-host-port"),
        (
            lambda spec: spec.task.placement.MergeFrom(pb.Placement(max_replicas=1)),
            "start-first-max-replicas",
        ),
        (
            lambda spec: spec.task.resources.reservations.MergeFrom(
                pb.Resources(memory_bytes=5 * GIB)
            ),
            "start-first-reservations",
        ),
    ],
)
def test_start_first_on_full_nodes_hangs(change, code):
    before = spec(replicas=2, order="START_FIRST")
    change(before)
    service, tasks = running(before, "n1", "n2")
    cluster = Cluster(nodes=NODES, tasks=tasks, services=[service])
    found = one(cluster, WantedService(changed(before), service))
    assert (found.placed, found.held_up, sum(found.waiting.values())) == ({}, 1, 1)
    assert codes(found) == [code]
    # the trap is set when the service is made
    new = one(Cluster(nodes=NODES), WantedService(before))
    assert (new.placed, codes(new)) == ({"n1": 1, "n2": 1}, [code])
    # and there is none where one node more is free
    roomy = Cluster(nodes=[*NODES, node("n3")], tasks=tasks, services=[service])
    assert one(roomy, WantedService(changed(before), service)).fits


def test_a_rollback_goes_by_its_own_order():
    before = spec(replicas=2, memory=5 * GIB)
    before.rollback.MergeFrom(pb.UpdateConfig(order="START_FIRST", parallelism=1))
    now = changed(before)
    service, tasks = running(now, "n1", "n2")
    service.previous_spec.CopyFrom(before)
    cluster = Cluster(nodes=NODES, tasks=tasks, services=[service])
    back = one(cluster, WantedService(before, service, rollback=True))
    assert (back.held_up, codes(back)) == (1, ["start-first-reservations"])
    assert one(cluster, WantedService(before, service)).fits


def test_start_first_frees_places_as_it_goes():
    before = spec(replicas=3, order="START_FIRST", parallelism=0)
    host_port(before, 80)
    nodes = [node(f"n{number}") for number in range(1, 5)]
    service, tasks = running(before, "n1", "n2", "n3")
    cluster = Cluster(nodes=nodes, tasks=tasks, services=[service])
    found = one(cluster, WantedService(changed(before), service))
    # each takes the node that the one before has left
    assert (found.fits, sum(found.placed.values()), len(found.placed)) == (True, 3, 3)


def test_scaling_down_frees_what_new_tasks_of_others_need():
    big = spec("big", 1, memory=7 * GIB)
    service, tasks = running(spec("old", 2, memory=5 * GIB), "n1", "n2")
    cluster = Cluster(nodes=NODES, tasks=tasks, services=[service])
    less = spec("old", 1, memory=5 * GIB)
    assert one(cluster, WantedService(big)).waiting == {TOO_SMALL: 1}
    assert one(cluster, WantedService(less, service), WantedService(big)).fits


def test_a_job_comes_in_waves():
    wanted = pb.ServiceSpec(replicated_job={"max_concurrent": 2, "total_completions": 5})
    wanted.annotations.name = "job"
    found = one(Cluster(nodes=NODES), WantedService(wanted))
    assert (found.new, found.placed, found.later) == (2, {"n1": 1, "n2": 1}, 3)


def test_many_replicas_are_counted_and_not_listed():
    found = one(Cluster(nodes=NODES), WantedService(spec(replicas=2**40, memory=GIB)))
    assert (found.new, found.placed) == (2**40, {"n1": 8, "n2": 8})
    assert found.waiting == {TOO_SMALL: 2**40 - 16}
    free = one(Cluster(nodes=NODES), WantedService(spec(replicas=2**40)))
    assert (free.unknown, sum(free.placed.values())) == (2**40 - 1000, 1000)


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (
            {"placement": {"constraints": ["node.labels.zone==a"]}},
            "no-node-matches",
            "No node satisfies node.labels.zone==a.",
        ),
        (
            {"placement": {"constraints": ["node.hostname==host-n1", "node.hostname==host-n2"]}},
            "no-node-matches",
            "Each constraint is satisfied by a node, but no node satisfies all of them.",
        ),
        ({"log_driver": {"name": "loki"}}, "missing-plugin", "No node has the Log plugin loki."),
        (
            {"placement": {"platforms": [{"os": "plan9", "architecture": "mips"}]}},
            "missing-platform",
            "No node is of the platform plan9/mips.",
        ),
        (
            {"placement": {"max_replicas": 1}},
            "max-replicas",
            "A node takes 1 of the service's tasks at most, and 2 nodes fit: 2 of 3 replicas.",
        ),
        (
            {"resources": {"reservations": {"nano_cpus": 64 * 10**9}}},
            "reservation-too-large",
            "Each task reserves 64 CPUs; no node that fits has more than 4 CPUs.",
        ),
    ],
)
def test_traps(change, code, text):
    wanted = spec(replicas=3)
    wanted.task.MergeFrom(pb.TaskSpec(**change))
    found = one(Cluster(nodes=NODES), WantedService(wanted))
    assert [(trap.code, trap.text) for trap in found.traps] == [(code, text)]
    assert not found.fits


def test_a_port_that_another_service_has():
    service, tasks = running(host_port(spec("old", 2), 80), "n1", "n2")
    cluster = Cluster(nodes=NODES, tasks=tasks, services=[service])
    found = one(cluster, WantedService(host_port(spec(), 80)))
    assert [trap.text for trap in found.traps] == [
        "Port 80/tcp is in use on 2 nodes that would fit, by old."
    ]


def test_nodes_that_take_nothing():
    drained, down = node("n1"), node("n2")
    drained.spec.availability = pb.NodeSpec.DRAIN
    down.status.state = pb.NodeStatus.DOWN
    found = one(Cluster(nodes=[drained, down]), WantedService(spec()))
    assert found.waiting == {"no suitable node (2 nodes not available for new tasks)": 1}
    assert [trap.text for trap in found.traps] == [
        "More nodes would take tasks, but they take none now: host-n1 is drained, host-n2 is down."
    ]


def in_front(of):
    of.task.networks.add(target="front")
    return of


def test_addresses_that_run_out():
    small = network("front", "10.0.1.0/29")
    cluster = Cluster(nodes=NODES)
    found = forecast_placement(cluster, [small], [WantedService(in_front(spec(replicas=6)))])
    (service,) = found.services
    assert (service.stay_new, sum(service.placed.values()), service.fits) == (2, 4, False)
    (demand,) = found.addresses
    assert str(demand) == (
        "network front has 5 free addresses of 5, this adds 9:"
        " 2 tasks stay NEW, and no manager says why; 2 nodes get none and will reject tasks:"
        " node is missing network attachments, ip addresses may be exhausted"
    )
    assert not found.fits


def test_a_second_service_finds_what_the_first_left():
    small = network("front", "10.0.1.0/29")
    wanted = [WantedService(in_front(spec(name, 4))) for name in ("first", "second")]
    found = forecast_placement(Cluster(nodes=NODES[:1]), [small], wanted)
    assert [each.stay_new for each in found.services] == [0, 4]
    assert (found.addresses[0].services, found.addresses[0].tasks) == (2, 8)


@pytest.mark.parametrize(("order", "stay_new"), [("STOP_FIRST", 0), ("START_FIRST", 1)])
def test_a_roll_out_in_a_full_network(order, stay_new):
    small = network("front", "10.0.1.0/29")
    before = in_front(spec(replicas=3, order=order))
    service, tasks = running(before, "n1", "n1", "n1")
    service.endpoint.virtual_ips.add(network_id=small.id, addr="10.0.1.2/29")
    held = [attach(task, small, f"10.0.1.{at}/29") for at, task in enumerate(tasks, 3)]
    there = attach(node("n1"), small, "10.0.1.6/29")
    cluster = Cluster(nodes=[there], tasks=held, services=[service])
    found = forecast_placement(cluster, [small], [WantedService(changed(before), service)])
    assert found.services[0].stay_new == stay_new
    assert (found.addresses[0].use.free, found.addresses[0].adds) == (0, 1)
    assert found.addresses[0].stay_new == stay_new


def test_a_network_that_is_made_with_the_service():
    new = pb.Network(id="front", spec={"annotations": {"name": "front"}})
    found = forecast_placement(Cluster(nodes=NODES), [new], [WantedService(in_front(spec()))])
    assert found.services[0].placed == {"n1": 1}
    assert found.addresses == ()
    new.spec.ipam.configs.add(subnet="10.0.1.0/29")
    found = forecast_placement(Cluster(nodes=NODES), [new], [WantedService(in_front(spec()))])
    assert (found.addresses[0].use.size, found.addresses[0].adds) == (5, 3)
    new.spec.driver_config.name = "macvlan"
    assert forecast_placement(Cluster(nodes=NODES), [new], [WantedService(spec())]).addresses == ()


def test_a_service_is_wanted_once():
    with pytest.raises(InvalidSpec, match="a service is wanted twice"):
        forecast_placement(Cluster(nodes=NODES), [], [WantedService(spec())] * 2)


def test_nothing_that_is_given_changes():
    before = spec(replicas=2)
    service, tasks = running(before, "n1", "n2")
    kept = [task.SerializeToString(deterministic=True) for task in tasks]
    cluster = Cluster(nodes=NODES, tasks=tasks, services=[service])
    one(cluster, WantedService(changed(before), service))
    assert [task.SerializeToString(deterministic=True) for task in tasks] == kept
