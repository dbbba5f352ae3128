"""A service is found as the engine finds it, with its surroundings; networks go by name."""

import pytest

from swarmwire import pb
from swarmwire.control import AmbiguousReference, NoSuchObject
from swarmwire.errors import InvalidSpec
from swarmwire.update import resolve_networks, snapshot
from tests.support.inmemory import service_of, task_of


@pytest.fixture
def services(manager):
    found = [service_of(name, 1, id=f"{name}0123") for name in ("web", "web2", "db")]
    manager.fake.put(*found)
    return found


@pytest.mark.parametrize("given", ["web0123", "web", "web0"])
async def test_by_id_by_name_by_the_beginning_of_an_id(manager, services, given):
    assert (await snapshot(manager, given)).service.id == "web0123"


async def test_one_that_is_not_there(manager, services):
    with pytest.raises(NoSuchObject, match=r"^service other not found$"):
        await snapshot(manager, "other")


async def test_one_of_several(manager, services):
    manager.fake.put(service_of("x", 1, id="web9"))
    with pytest.raises(AmbiguousReference) as caught:
        await snapshot(manager, "we")
    assert str(caught.value) == "service we is ambiguous (3 matches found)"


async def test_a_service_with_its_surroundings(manager, services):
    web, other, _ = services
    (node,) = manager.fake.objects("node")
    manager.fake.put(task_of(web, 1, node=node.id), task_of(other, 1, name="other"))
    live = await snapshot(manager, "web")
    assert live.service.id == web.id
    assert [task.id for task in live.tasks] == ["task1"]
    assert live.name == "web"
    assert live.hosts == {node.id: "manager"}
    assert "ingress" in live.network_names.values()
    assert await snapshot(manager, live.service) == live


async def test_what_else_is_stored_is_known_by_its_name(manager, services):
    manager.fake.put(
        pb.Secret(id="s1", spec={"annotations": {"name": "key"}, "data": b"hidden"}),
        pb.Config(id="c1", spec={"annotations": {"name": "conf"}, "data": b"large"}),
    )
    live = await snapshot(manager, "web")
    assert [service.id for service in live.services] == sorted(each.id for each in services)
    assert live.secrets == (pb.Secret(id="s1", spec={"annotations": {"name": "key"}}),)
    assert live.configs == (pb.Config(id="c1", spec={"annotations": {"name": "conf"}}),)


def network(name, id_):
    out = pb.Network(id=id_)
    out.spec.annotations.name = name
    return out


def attached(*targets):
    out = pb.ServiceSpec()
    for target in targets:
        out.task.networks.add(target=target)
    return out


NETWORKS = [network("inner", "abc1"), network("abc1", "xyz"), network("outer", "abd")]


@pytest.mark.parametrize(
    ("given", "want"), [("abc1", "abc1"), ("inner", "abc1"), ("outer", "abd"), ("x", "xyz")]
)
def test_networks_by_id_by_name_by_the_beginning_of_an_id(given, want):
    spec = attached("inner", given)
    resolve_networks(spec, NETWORKS)
    assert [each.target for each in spec.task.networks] == ["abc1", want]


@pytest.mark.parametrize(
    ("given", "kind", "reason"),
    [
        ("nowhere", "missing", "network nowhere not found"),
        ("ab", "conflict", "network ab is ambiguous (2 matches found)"),
    ],
)
def test_networks_that_are_not_there(given, kind, reason):
    with pytest.raises(InvalidSpec) as caught:
        resolve_networks(attached("inner", given), NETWORKS)
    assert (caught.value.kind, caught.value.path) == (kind, "TaskTemplate.Networks[1].Target")
    assert caught.value.reason == reason
