"""Which nodes satisfy which constraints."""

import pytest

from swarmwire import pb
from swarmwire.scheduling import node_matches

NODE = pb.Node(id="Abc", role=1)
NODE.status.addr = "10.1.2.3"
NODE.spec.annotations.labels.update({"zone": "EU", "Zone": "us", "k": "K"})
NODE.description.hostname = "host"
NODE.description.platform.os = "linux"
NODE.description.platform.architecture = "x86_64"
NODE.description.engine.labels["disk"] = "ssd"


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("node.id==abc", True),
        ("NODE.ID != abc", False),
        ("node.hostname==HOST", True),
        ("node.role==manager", True),
        ("node.role!=worker", True),
        ("node.platform.os==Linux", True),
        ("node.platform.arch==amd64", False),
        ("node.labels.zone==eu", True),
        ("node.labels.Zone==eu", False),
        ("node.labels.none!=x", True),
        ("node.labels.none==x", False),
        ("node.labels.k==\u212a", True),
        ("node.labels.k==k", True),
        ("node.label\u017f.zone==eu", False),
        ("engine.labels.disk==ssd", True),
        ("engine.labels.none==ssd", False),
        ("node.labels.==x", False),
        ("unknown.key==x", False),
        ("unknown.key!=x", False),
        ("node.ip==10.1.2.3", True),
        ("node.ip==::ffff:10.1.2.3", True),
        ("node.ip!=10.1.2.3", False),
        ("node.ip==10.0.0.0/8", True),
        ("node.ip!=10.0.0.0/8", False),
        ("node.ip==192.168.0.0/16", False),
        ("node.ip==2001:db8::/32", False),
        ("node.ip==nowhere", False),
        ("node.ip!=nowhere", False),
    ],
)
def test_constraint(constraint, expected):
    assert node_matches([constraint], NODE) is expected


def test_all_constraints_count():
    assert node_matches([], NODE)
    assert not node_matches(["node.id==abc", "node.id!=abc"], NODE)


def test_one_that_cannot_be_read_takes_all_away():
    assert node_matches(["node.id==other", "bad"], NODE)


@pytest.mark.parametrize("address", ["", "fe80::1%eth0", "10.1.2.\u0663"])
def test_a_node_without_an_address_is_nowhere(address):
    node = pb.Node()
    node.status.addr = address
    assert not node_matches(["node.ip==10.0.0.0/8"], node)
    assert node_matches(["node.ip!=10.0.0.1"], node)


def test_a_role_without_a_name_is_its_number():
    node = pb.Node(role=7)
    assert node_matches(["node.role!=manager", "node.role!=worker"], node)
