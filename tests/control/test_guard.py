"""What crashes a manager is refused, and only that. A real manager lives through it all."""

import pytest

from swarmwire import control, pb
from swarmwire.control import guard
from swarmwire.control.methods import Methods, Streaming, Unary
from swarmwire.control.testing import FakeManager
from swarmwire.releases.crashes import CRASHES
from tests.control.build import (
    create_service,
    created,
    data_spec,
    service_spec,
    update_service,
)

PREVIOUS = pb.UpdateServiceRequest.PREVIOUS


async def test_a_secret_is_not_updated_without_a_spec(manager):
    answer = await manager.create_secret(pb.CreateSecretRequest(spec=data_spec()))
    secret = answer.secret
    request = pb.UpdateSecretRequest(secret_id=secret.id, secret_version=secret.meta.version)
    await refused(manager.update_secret(request), guard.SECRET_WITHOUT_SPEC)
    await alive(manager)


async def test_a_config_is_not_updated_without_a_spec(manager):
    spec = data_spec(pb.ConfigSpec)
    config = (await manager.create_config(pb.CreateConfigRequest(spec=spec))).config
    request = pb.UpdateConfigRequest(config_id=config.id, config_version=config.meta.version)
    await refused(manager.update_config(request), guard.CONFIG_WITHOUT_SPEC)
    await alive(manager)


@pytest.mark.parametrize("protocol", [3, 200, -1])
async def test_an_unknown_protocol_is_not_published_on_ingress(manager, protocol):
    service = await created(manager, service_spec())
    spec = service_spec(service.spec.annotations.name)
    port = spec.endpoint.ports.add(target_port=80, protocol=protocol)
    for call in (
        manager.create_service(create_service(spec)),
        manager.update_service(update_service(service, spec)),
    ):
        await refused(call, guard.UNKNOWN_INGRESS_PROTOCOL)
    port.publish_mode = pb.PortConfig.HOST
    await manager.update_service(update_service(service, spec))
    await alive(manager)


async def test_ingress_is_not_among_the_deprecated_networks(manager):
    networks = (await manager.list_networks(pb.ListNetworksRequest())).networks
    ingress = next(one for one in networks if one.spec.ingress)
    spec = service_spec()
    spec.networks.add(target=ingress.id)
    await refused(manager.create_service(create_service(spec)), guard.INGRESS_AS_DEPRECATED_NETWORK)
    spec.networks[0].target = "another"
    await manager.create_service(create_service(spec))
    await alive(manager)


async def test_a_placement_is_not_taken_away_alone(manager):
    placed = service_spec(None, 1, "sleep", "1000")
    placed.task.placement.SetInParent()
    service = await created(manager, placed)
    spec = service_spec(placed.annotations.name, 1, "sleep", "1000")
    error = await refused(
        manager.update_service(update_service(service, spec)), guard.PLACEMENT_TAKEN_AWAY
    )
    assert error.mended == "29.7.0"
    assert "mended in 29.7.0" in str(error)
    spec.task.container.args.append("more")
    await manager.update_service(update_service(service, spec))
    await alive(manager)


async def test_a_placement_is_not_taken_away_by_a_rollback(manager):
    service = await created(manager, service_spec())
    placed = service_spec(service.spec.annotations.name)
    placed.task.placement.SetInParent()
    service = (await manager.update_service(update_service(service, placed))).service
    request = update_service(service, rollback=PREVIOUS)
    await refused(manager.update_service(request), guard.PLACEMENT_TAKEN_AWAY)
    await alive(manager)


async def test_a_placement_is_not_taken_from_tasks_of_an_older_spec():
    fake = FakeManager()
    manager = control.protected(fake)
    spec = service_spec()
    service = await created(manager, spec)
    placed = pb.TaskSpec()
    placed.CopyFrom(spec.task)
    placed.placement.constraints.append("node.role==manager")
    fake.put(pb.Task(service_id=service.id, spec=placed))
    request = update_service(service)
    await refused(manager.update_service(request), guard.PLACEMENT_TAKEN_AWAY)
    request.service_id = "unknown"
    with pytest.raises(control.NotFound):
        await manager.update_service(request)


@pytest.mark.parametrize(
    ("request_", "rule"),
    [
        (
            pb.SubscribeLogsRequest(selector=pb.LogSelector(service_ids=["any"])),
            guard.LOGS_WITHOUT_OPTIONS,
        ),
        (
            pb.SubscribeLogsRequest(
                selector=pb.LogSelector(node_ids=["none"]), options=pb.LogSubscriptionOptions()
            ),
            guard.LOGS_OF_NODES,
        ),
    ],
)
async def test_logs_are_not_asked_for_as_crashes_engines(manager, request_, rule):
    with pytest.raises(control.DangerousRequest) as caught:
        await anext(manager.subscribe_logs(request_))
    assert caught.value.rule == rule
    await alive(manager)


async def test_nodes_are_listed_by_engine_label_while_each_has_an_engine():
    fake = FakeManager()
    manager = control.protected(fake)
    filters = pb.ListNodesRequest.Filters(labels={"a": "b"})
    assert not (await manager.list_nodes(pb.ListNodesRequest(filters=filters))).nodes
    fake.put(pb.Node(description=pb.NodeDescription(hostname="new")))
    call = manager.list_nodes(pb.ListNodesRequest(filters=filters))
    await refused(call, guard.NODES_BY_ENGINE_LABEL)
    assert len((await manager.list_nodes(pb.ListNodesRequest())).nodes) == 2


async def test_a_rule_can_be_lifted_by_name():
    spec = service_spec()
    spec.endpoint.ports.add(protocol=3)
    lax = control.protected(FakeManager(), allow=[guard.UNKNOWN_INGRESS_PROTOCOL])
    await lax.create_service(create_service(spec))
    with pytest.raises(ValueError, match="no such rule: typo"):
        control.protected(FakeManager(), allow=["typo"])


def test_services_for_agents_cannot_be_called():
    methods = [one for one in vars(Methods).values() if isinstance(one, Unary | Streaming)]
    assert {one.place.split("/")[0] for one in methods} == {
        *("CA", "Control", "Health", "Logs", "Watch")
    }


async def refused(call, rule):
    with pytest.raises(control.DangerousRequest) as caught:
        await call
    assert caught.value.rule == rule
    assert str(caught.value).startswith("not sent: ")
    return caught.value


async def alive(manager):
    node = (await manager.list_nodes(pb.ListNodesRequest())).nodes[0]
    assert node.manager_status.leader


# Of which versions a rule is true. The manager in memory says that it is 20.10.24.


def manager_of(*versions, **options):
    """A manager in memory of a swarm whose managers have these versions."""
    fake = FakeManager()
    (first,) = fake.objects("node")
    for number, version in enumerate(versions):
        node = pb.Node()
        node.CopyFrom(first)
        if number:
            node.ClearField("manager_status")
            node.id = f"manager-{number}"
        node.description.engine.engine_version = version
        fake.put(node)
    return control.protected(fake, **options)


async def without_placement(manager):
    """Take the placement of a service away."""
    placed = service_spec()
    placed.task.placement.SetInParent()
    service = await created(manager, placed)
    return update_service(service, service_spec(placed.annotations.name))


@pytest.mark.parametrize(
    ("versions", "is_refused"),
    [
        (["17.12.1-ce"], False),
        (["18.03.0-ce"], True),
        (["20.10.24+dfsg1"], True),
        (["29.6.9"], True),
        (["29.7.0-rc.1"], True),
        (["29.7.0"], False),
        (["30.0.1"], False),
        (["29.7.2", "28.5.2"], True),
        (["29.7.2", "29.8.0"], False),
        (["dev"], True),
        ([""], True),
    ],
)
async def test_a_lost_placement_is_sent_to_managers_that_bear_it(versions, is_refused):
    manager = manager_of(*versions)
    request = await without_placement(manager)
    if is_refused:
        await refused(manager.update_service(request), guard.PLACEMENT_TAKEN_AWAY)
    else:
        await manager.update_service(request)


@pytest.mark.parametrize(("version", "is_refused"), [("18.02.0-ce", True), ("18.03.1-ce", False)])
async def test_sctp_is_sent_to_managers_that_know_it(version, is_refused):
    manager = manager_of(version)
    spec = service_spec()
    spec.endpoint.ports.add(target_port=80, protocol=pb.PortConfig.SCTP)
    call = manager.create_service(create_service(spec))
    if is_refused:
        await refused(call, guard.SCTP_ON_INGRESS)
    else:
        await call


async def test_what_no_version_bears_is_never_sent():
    manager = manager_of("99.0.0")
    spec = service_spec()
    spec.endpoint.ports.add(target_port=80, protocol=3)
    error = await refused(
        manager.create_service(create_service(spec)), guard.UNKNOWN_INGRESS_PROTOCOL
    )
    assert error.mended is None
    assert "--allow-known-crash" in str(error)


async def test_all_rules_can_be_lifted():
    manager = manager_of("20.10.24", allow=guard.RULES)
    await manager.update_service(await without_placement(manager))


def test_each_rule_has_its_versions():
    assert [crash.name for crash in CRASHES] == list(guard.RULES)
