"""How many addresses networks have, who holds them, and what more tasks need."""

import pytest

from swarmwire import pb
from swarmwire.scheduling import Cluster, address_demand, addresses
from tests.scheduling.build import attach, network, node, service, task


@pytest.mark.parametrize(
    ("subnet", "gateway", "range_", "size"),
    [
        ("10.0.1.0/24", "10.0.1.1", "", 253),
        ("10.0.1.0/29", "10.0.1.1", "", 5),
        ("10.0.1.0/30", "10.0.1.1", "", 1),
        ("10.0.1.0/31", "10.0.1.0", "", 1),
        ("10.0.1.0/32", "10.0.1.0", "", 0),
        ("10.0.1.0/24", "", "", 253),
        ("10.0.1.0/24", "10.0.1.65", "10.0.1.64/28", 15),
        ("10.0.1.0/24", "10.0.1.1", "10.0.1.64/28", 16),
        ("10.0.1.0/24", "10.0.1.1", "10.0.1.0/28", 14),
        ("10.0.1.0/24", "10.0.1.1", "10.0.1.240/28", 15),
        ("fd00::/120", "fd00::1", "", 255),
    ],
)
def test_sizes(subnet, gateway, range_, size):
    found = addresses(Cluster(nodes=[]), [network("front", subnet, gateway, range_)])
    assert found["id-front"].size == found["id-front"].free == size


def test_networks_of_nodes_have_none():
    host = pb.Network(id="host", driver_state={"name": "host"})
    assert addresses(Cluster(nodes=[]), [host]) == {}


def front_service(name="web", **spec):
    out = service(name, **spec)
    out.spec.task.networks.add(target="id-front")
    return out


def test_who_holds_addresses():
    front = network("front")
    web = front_service()
    web.endpoint.virtual_ips.add(network_id=front.id, addr="10.0.1.2/24")
    tasks = [
        attach(task("runs", on="n1"), front, "10.0.1.3/24"),
        attach(task("waits"), front, "10.0.1.4/24"),
        attach(task("over", on="n1", state="SHUTDOWN"), front, "10.0.1.5/24"),
        attach(task("without", state="NEW"), front),
    ]
    there = attach(node("n1"), front, "10.0.1.6/24")
    cluster = Cluster(nodes=[there, node("n2")], tasks=tasks, services=[web])
    found = addresses(cluster, [front])[front.id]
    assert (found.services, found.tasks, found.nodes, found.free) == (1, 2, 1, 249)


def demand(cluster, net, of, number):
    new = [attach(task(f"t{index}", state="NEW", service=of.id), net) for index in range(number)]
    (found,) = address_demand(cluster, [net, network("other")], of, new)
    return found


def test_what_a_new_service_needs():
    cluster = Cluster(nodes=[node("n1"), node("n2")])
    found = demand(cluster, network("front"), front_service(), 3)
    assert (found.services, found.tasks, found.nodes, found.adds) == (1, 3, 2, 6)
    assert str(found) == "network front has 253 free addresses of 253, this adds 6"
    alone = front_service(endpoint={"mode": "DNSRR"})
    assert demand(cluster, network("front"), alone, 1).adds == 2


def test_a_virtual_address_and_nodes_that_are_there_are_not_counted_again():
    front = network("front")
    web = front_service()
    web.endpoint.virtual_ips.add(network_id=front.id, addr="10.0.1.2/24")
    there = attach(node("n1"), front, "10.0.1.3/24")
    assert demand(Cluster(nodes=[there], services=[web]), front, web, 2).adds == 2


def test_tasks_that_stay_new():
    small = network("front", "10.0.1.0/29")
    cluster = Cluster(nodes=[node("n1")])
    found = demand(cluster, small, front_service(), 6)
    assert found.stay_new == 2
    assert str(found) == (
        "network front has 5 free addresses of 5, this adds 8:"
        " 2 tasks stay NEW, and no manager says why; 1 node gets none and will reject tasks:"
        " node is missing network attachments, ip addresses may be exhausted"
    )
    full = network("front", "10.0.1.0/32", "10.0.1.0")
    found = demand(cluster, full, front_service(), 1)
    assert (found.stay_new, found.nodes_without) == (1, 0)


def test_nodes_that_get_none():
    cluster = Cluster(nodes=[node("n1"), node("n2"), node("n3")])
    found = demand(cluster, network("front", "10.0.1.0/29"), front_service(), 3)
    assert (found.stay_new, found.nodes, found.nodes_without) == (0, 3, 2)
    assert "2 nodes get none and will reject tasks" in str(found)


def test_ingress_counts_where_a_port_is_published():
    ingress = network("ingress", ingress=True)
    web = service()
    new = [task("t", service="web")]
    cluster = Cluster(nodes=[node("n1")])
    assert address_demand(cluster, [ingress], web, new) == ()
    web.spec.endpoint.ports.add(published_port=80, target_port=80)
    (found,) = address_demand(cluster, [ingress], web, new)
    assert (found.services, found.tasks, found.nodes) == (1, 1, 0)
