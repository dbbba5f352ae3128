"""Networks: with which subnets, in which order, and which are never created."""

import pytest

from swarmwire import pb
from swarmwire.bundle import Bundle
from swarmwire.bundle.restore import LiveSwarm, RestoreOptions, plan_restore
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build


@pytest.fixture
def manager():
    return FakeManager()


def allocated():
    """A network whose addresses the dead swarm had chosen."""
    return build.with_subnet(build.network("back"), "10.0.1.0/24", "10.0.1.1")


def asked():
    """A network whose addresses its operator had chosen."""
    wanted = build.network("front")
    return build.with_subnet(wanted, "10.0.1.0/24", "10.0.1.9", asked=True)


def test_the_swarm_chooses_addresses_anew(manager):
    bundle = Bundle(networks=[allocated()])

    (note,) = build.step(build.preview(manager, bundle), "network", "back").notes
    build.carry_out(manager, bundle)

    assert note == "had 10.0.1.0/24; the swarm chooses anew (--keep-subnets keeps it)"
    assert build.stored(manager, "network", "back").spec == bundle.networks[0].spec


def test_addresses_are_kept_if_asked(manager):
    report = build.carry_out(manager, Bundle(networks=[allocated()]), keep_subnets=True)

    spec = build.stored(manager, "network", "back").spec
    assert report.is_whole
    assert spec.ipam == pb.IPAMOptions(
        driver=pb.Driver(name="default"),
        configs=[pb.IPAMConfig(subnet="10.0.1.0/24", gateway="10.0.1.1")],
    )


def test_addresses_of_an_operator_are_left_as_they_are(manager):
    network = build.with_subnet(asked(), "10.0.1.0/24", "10.0.1.9")

    build.carry_out(manager, Bundle(networks=[network]), keep_subnets=True)

    assert build.stored(manager, "network", "front").spec == network.spec


def test_chosen_addresses_are_taken_before_the_swarm_gives_them_away():
    networks = [build.network("a"), build.network("b"), asked()]

    plan = plan_restore(Bundle(networks=networks), LiveSwarm("new"))

    assert [step.name for step in plan.steps] == ["front", "a", "b"]


@pytest.mark.parametrize("field", ["ipam", "spec"])
def test_addresses_that_are_taken_can_never_be_given(field):
    theirs = build.network("theirs", "new-theirs")
    build.with_subnet(theirs, "10.0.0.0/16", "10.0.0.1", asked=field == "spec")
    bundle = Bundle(networks=[asked()], services=[build.service("web", networks=["front"])])

    plan = plan_restore(bundle, LiveSwarm("new", networks=(theirs,)))

    found = build.step(plan, "network", "front")
    assert found.action == "cannot"
    assert found.why == "its subnet 10.0.1.0/24 overlaps 10.0.0.0/16 of network theirs"
    assert "network front cannot be created" in build.step(plan, "service", "web").why


def test_two_networks_of_the_bundle_cannot_both_have_them():
    plan = plan_restore(
        Bundle(networks=[allocated(), asked()]), LiveSwarm("new"), RestoreOptions(keep_subnets=True)
    )

    assert build.actions(plan) == {("network", "back"): "create", ("network", "front"): "cannot"}


def test_what_the_swarm_chose_for_an_equal_network_is_no_difference():
    there = build.with_subnet(build.network("back", "new"), "10.0.7.0/24", "10.0.7.1")
    swarm = LiveSwarm("new", networks=(there,))

    plain = plan_restore(Bundle(networks=[allocated()]), swarm)
    kept = plan_restore(Bundle(networks=[allocated()]), swarm, RestoreOptions(keep_subnets=True))

    assert build.step(plain, "network", "back").action == "present"
    (gap,) = build.step(kept, "network", "back").gaps
    assert (gap.path, gap.found, gap.wanted) == (
        "IPAM.Config[0].Subnet",
        "10.0.7.0/24",
        "10.0.1.0/24",
    )


def test_another_gateway_is_a_difference():
    there = build.with_subnet(build.network("front", "new"), "10.0.1.0/24", "10.0.1.1", asked=True)

    plan = plan_restore(Bundle(networks=[asked()]), LiveSwarm("new", networks=(there,)))

    (gap,) = build.step(plan, "network", "front").gaps
    assert (gap.path, gap.found, gap.wanted) == (
        "IPAM.Config[0].Gateway",
        "10.0.1.1",
        "10.0.1.9",
    )


def test_networks_of_nodes_are_never_created(manager):
    own = build.predefined("nat")
    web = build.service("web", networks=["host", "nat"])
    bundle = Bundle(networks=[build.predefined("host"), own], services=[web])

    plan = build.preview(manager, bundle)

    assert [step.kind for step in plan.steps] == ["service"]
    why = build.step(plan, "service", "web").why
    assert why == "the swarm has no network nat of its nodes"


def test_another_ingress_network_is_told_and_left_alone(manager):
    ingress = build.ingress(ipv6_enabled=True)
    build.with_subnet(ingress, "10.11.0.0/16", "10.11.0.1", asked=True)
    before = build.stored(manager, "network", "ingress")

    report = build.carry_out(manager, Bundle(networks=[ingress]))

    (outcome,) = report.outcomes
    assert outcome.result == "differs"
    assert outcome.why == (
        "the swarm's own differs in EnableIPv6, IPAM.Config[0].Subnet; left alone"
    )
    assert build.stored(manager, "network", "ingress") == before


def test_what_creates_the_ingress_network_is_told():
    ingress = build.ingress()
    build.with_subnet(ingress, "10.11.0.0/16", "10.11.0.1", asked=True)

    plan = plan_restore(Bundle(networks=[ingress]), LiveSwarm("new"))

    assert build.step(plan, "network", "ingress").why == (
        "the ingress network is not created here: docker network create --driver overlay --ingress"
        " --subnet 10.11.0.0/16 --gateway 10.11.0.1 ingress"
    )


def test_without_ingress_no_port_can_be_published():
    web = build.service("web")
    web.spec.endpoint.ports.add(target_port=80, published_port=80)

    plan = plan_restore(Bundle(networks=[build.ingress()], services=[web]), LiveSwarm("new"))

    assert build.step(plan, "network", "ingress").action == "cannot"
    why = build.step(plan, "service", "web").why
    assert why == "service needs ingress network, but no ingress network is present"


def test_a_network_of_a_configuration_names_it():
    network = build.network("macvlan", network="cfg")

    (found,) = plan_restore(Bundle(networks=[network]), LiveSwarm("new")).steps

    assert found.notes == ("takes its configuration from network cfg, which each node has to have",)


DIFFERENCES = {
    "Driver": {"driver_config": pb.Driver(name="macvlan")},
    "Options[encrypted]": {"driver_config": pb.Driver(name="overlay", options={"encrypted": ""})},
    "EnableIPv6": {"ipv6_enabled": True},
    "Internal": {"internal": True},
    "ConfigFrom.Network": {"network": "cfg"},
    "IPAM.Driver": {"ipam": pb.IPAMOptions(driver=pb.Driver(name="own"))},
}


@pytest.mark.parametrize("path", DIFFERENCES)
def test_every_difference_is_seen(path):
    there = build.network("back", "new", **DIFFERENCES[path])

    plan = plan_restore(Bundle(networks=[allocated()]), LiveSwarm("new", networks=(there,)))

    assert [gap.path for gap in build.step(plan, "network", "back").gaps] == [path]
