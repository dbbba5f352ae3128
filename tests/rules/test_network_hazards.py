"""Networks that a manager stores and never allocates."""

import pytest

from swarmwire import pb
from swarmwire.rules import network_spec_hazards

VXLAN = "com.docker.network.driver.overlay.vxlanid_list"


def network(*subnets, ids=None, **pool):
    spec = pb.NetworkSpec()
    spec.annotations.name = "n"
    spec.driver_config.name = "overlay"
    for subnet in subnets:
        spec.ipam.configs.add(subnet=subnet, **pool)
    if ids is not None:
        spec.driver_config.options[VXLAN] = ids
    return spec


@pytest.mark.parametrize(
    "spec",
    [
        network(),
        network("10.0.0.0/24", "10.0.1.0/24"),
        network("no subnet"),
        network("10.0.0.0/24", ids="4097"),
        network("10.0.0.0/24", "10.1.0.0/24", ids="0,16777215"),
    ],
)
def test_networks_that_are_allocated(spec):
    assert network_spec_hazards(spec) == []


@pytest.mark.parametrize(
    ("spec", "path", "reason"),
    [
        (network("10.0.0.0/24", "10.0.0.9/8"), "IPAM.Config[1].Subnet", "Pool overlaps"),
        (network("10.0.0.0/24", "fd00::/64"), "IPAM.Config[1].Subnet", "no address in a subnet"),
        (network("::/64"), "IPAM.Config[0].Subnet", "no address in a subnet"),
        (
            network("0.0.0.0/0", range="0.0.0.0/8"),
            "IPAM.Config[0].Subnet",
            "invalid address subpool",
        ),
        (network(ids="x"), f"Options[{VXLAN}]", 'invalid vxlan id value "x" passed'),
        (network(ids="1,"), f"Options[{VXLAN}]", 'invalid vxlan id value "" passed'),
        (network(ids="16777216"), f"Options[{VXLAN}]", "bit does not belong to the sequence"),
        (network(ids="5,5"), f"Options[{VXLAN}]", "requested bit is already allocated"),
    ],
)
def test_networks_that_never_are(spec, path, reason):
    (hazard,) = network_spec_hazards(spec)
    assert (hazard.severity, hazard.who, hazard.path) == ("error", "manager", path)
    assert reason in hazard.reason
    assert hazard.reason.endswith("so that the network is never allocated")
    assert hazard.fix


def test_a_subnet_that_begins_with_zeros():
    (newest,) = network_spec_hazards(network("0.0.0.0/0"))
    assert newest.severity == "hint"
    (older,) = network_spec_hazards(network("0.0.0.0/0"), release="28.5")
    assert older.severity == "error"
    assert "never allocated" in older.reason
    assert network_spec_hazards(network("0.0.0.0/24"), release="28.5") == []


def test_subnets_of_ipv6_in_older_releases():
    first, second = network_spec_hazards(network("fd00::/64", "fd01::/64"), release="26.1")
    assert (first.who, first.severity, second.severity) == ("worker", "error", "hint")
    assert "does not belong to any of this network's subnets" in first.reason
    overlapping = network("10.0.0.0/24", "fd00::/64", "fd00::1/128")
    found = network_spec_hazards(overlapping, release="20.10")
    assert [hazard.severity for hazard in found] == ["hint", "hint", "error"]


def test_other_drivers_are_not_known():
    spec = network("10.0.0.0/24", "10.0.0.0/24", ids="x")
    spec.driver_config.name = "weave"
    spec.ipam.driver.name = "infoblox"
    assert network_spec_hazards(spec) == []
