"""Questions are asked until they are answered; objects are made once, and changed in sequence."""

import pytest

from swarmwire import pb
from swarmwire.control import InvalidArgument, NobodyListens, OutOfDate
from swarmwire.update import Created, change_in_sequence, create_once, until_answered

AWAY = NobodyListens("control.sock", "nobody listens there", uncertain=True)
OUT_OF_DATE = OutOfDate("Unknown", "update out of sequence")


def network(name="net"):
    spec = pb.NetworkSpec()
    spec.annotations.name = name
    return spec


class Networks:
    """Makes a network, and looks for it."""

    def __init__(self, manager):
        self.manager = manager

    async def create(self):
        request = pb.CreateNetworkRequest(spec=network())
        return (await self.manager.create_network(request)).network

    async def find(self):
        listed = (await self.manager.list_networks(pb.ListNetworksRequest())).networks
        return next((one for one in listed if one.spec.annotations.name == "net"), None)


@pytest.fixture
def networks(manager):
    return Networks(manager)


async def count(manager):
    named = [one.spec.annotations.name for one in manager.fake.objects("network")]
    return named.count("net")


async def test_asks_until_answered(manager, networks, time, clock):
    manager.before["ListNetworks"] = [AWAY] * 3
    assert await until_answered(networks.find, clock=clock) is None
    assert time.now == 1_001.5


async def test_gives_up_when_patience_is_over(manager, networks, time):
    manager.before["ListNetworks"] = [AWAY] * 100
    with pytest.raises(NobodyListens):
        await until_answered(networks.find, clock=time.clock(patience=5))
    assert time.now < 1_006


async def test_creates(manager, networks, clock):
    made = await create_once(networks.create, networks.find, clock=clock)
    assert made == Created(await networks.find(), is_ours=True)


async def test_a_name_that_is_taken(manager, networks, clock):
    there = await networks.create()
    made = await create_once(networks.create, networks.find, clock=clock)
    assert made == Created(there, is_ours=False)


@pytest.mark.parametrize(("when", "is_ours"), [("before", True), ("after", None)])
async def test_a_lost_answer_makes_no_second_one(manager, networks, clock, when, is_ours):
    getattr(manager, when)["CreateNetwork"] = [AWAY]
    manager.before["ListNetworks"] = [AWAY] * 3
    made = await create_once(networks.create, networks.find, clock=clock)
    assert made.is_ours is is_ours
    assert await count(manager) == 1


async def test_what_is_refused_is_not_repeated(manager, networks, clock):
    manager.before["CreateNetwork"] = [InvalidArgument("InvalidArgument", "no")]
    with pytest.raises(InvalidArgument):
        await create_once(networks.create, networks.find, clock=clock)


async def test_a_manager_that_stays_away(manager, networks, time):
    manager.before["CreateNetwork"] = [AWAY] * 100
    with pytest.raises(NobodyListens):
        await create_once(networks.create, networks.find, clock=time.clock(patience=5))


async def test_a_name_that_is_taken_by_what_is_not_listed(networks, time):
    await networks.create()

    async def nothing():
        return None

    with pytest.raises(Exception, match="name conflicts"):
        await create_once(networks.create, nothing, clock=time.clock(patience=5))


async def label_node(manager):
    (node,) = (await manager.list_nodes(pb.ListNodesRequest())).nodes
    node.spec.annotations.labels["a"] = "1"
    request = pb.UpdateNodeRequest(node_id=node.id, node_version=node.meta.version, spec=node.spec)
    return (await manager.update_node(request)).node


async def test_changes_again_while_others_change(manager, clock):
    manager.before["UpdateNode"] = [OUT_OF_DATE, AWAY, OUT_OF_DATE]
    changed = await change_in_sequence(lambda: label_node(manager), clock=clock)
    assert changed.spec.annotations.labels == {"a": "1"}


async def test_others_that_are_always_first(manager, clock):
    manager.before["UpdateNode"] = [OUT_OF_DATE] * 100
    with pytest.raises(OutOfDate):
        await change_in_sequence(lambda: label_node(manager), clock=clock)
    assert len(manager.before["UpdateNode"]) == 40
