"""What holds for every manager: the one in memory and a real one, each behind our layers."""

import contextlib

import pytest

from swarmwire import control, pb
from tests.control.build import (
    create_service,
    created,
    data_spec,
    get_service,
    service_spec,
    unique,
    update_service,
    watch,
)

PREVIOUS = pb.UpdateServiceRequest.PREVIOUS


async def test_a_new_service_can_be_got_listed_and_removed(manager):
    spec = service_spec()
    service = await created(manager, spec)
    assert service.spec == spec
    assert len(service.id) == 25
    assert service.meta.version.index
    name = spec.annotations.name
    filters = pb.ListServicesRequest.Filters(names=[name])
    found = await manager.list_services(pb.ListServicesRequest(filters=filters))
    assert [one.id for one in found.services] == [service.id]
    await manager.remove_service(pb.RemoveServiceRequest(service_id=service.id))
    with pytest.raises(control.NotFound) as caught:
        await get_service(manager, service.id)
    assert caught.value.message == f"service {service.id} not found"
    assert caught.value.status == "NotFound"


async def test_an_update_keeps_the_old_spec_and_names_the_version_it_was_made_for(manager):
    service = await created(manager, service_spec())
    spec = service_spec(service.spec.annotations.name)
    spec.annotations.labels["a"] = "b"
    answer = await manager.update_service(update_service(service, spec))
    new = answer.service
    assert (new.spec, new.previous_spec) == (spec, service.spec)
    assert new.spec_version == service.meta.version
    assert new.meta.version.index > service.meta.version.index
    assert new.meta.created_at == service.meta.created_at


async def test_a_rollback_swaps_the_specs_and_a_second_one_swaps_back(manager):
    service = await created(manager, service_spec())
    first, second = service.spec, service_spec(service.spec.annotations.name)
    second.annotations.labels["a"] = "b"
    await manager.update_service(update_service(service, second))
    for expected, previous in ((first, second), (second, first)):
        rolled_back = await roll_back(manager, service.id)
        assert (rolled_back.spec, rolled_back.previous_spec) == (expected, previous)
        assert rolled_back.update_status.state == pb.UpdateStatus.ROLLBACK_STARTED


async def roll_back(manager, service_id):
    """Roll back, however often the updater writes the service meanwhile."""
    while True:
        request = update_service(await get_service(manager, service_id), rollback=PREVIOUS)
        with contextlib.suppress(control.OutOfDate):
            return (await manager.update_service(request)).service


async def test_defaults_are_inserted_when_asked_for(manager):
    service = await created(manager, service_spec())
    filled = await get_service(manager, service.id, insert_defaults=True)
    assert filled.spec.task.restart.delay.seconds == 5
    assert filled.spec.update.parallelism == 1


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda r: r.service_version.Clear(), control.OutOfDate, "update out of sequence"),
        (lambda r: r.ClearField("spec"), control.InvalidArgument, "invalid argument"),
        (lambda r: r.ClearField("service_id"), control.InvalidArgument, "invalid argument"),
        (
            lambda r: r.spec.ClearField("mode"),
            control.InvalidArgument,
            "Unrecognized service mode",
        ),
        (
            lambda r: r.spec.task.container.ClearField("image"),
            control.InvalidArgument,
            "ContainerSpec: image reference must be provided",
        ),
        (
            lambda r: r.spec.replicated_job.SetInParent(),
            control.Unimplemented,
            "service mode change is not allowed",
        ),
        (
            lambda r: setattr(r.spec.annotations, "name", "other"),
            control.Unimplemented,
            "renaming services is not supported",
        ),
        (
            lambda r: setattr(r, "rollback", PREVIOUS),
            control.FailedPrecondition,
            "service {id} does not have a previous spec",
        ),
        (
            lambda r: r.spec.task.container.secrets.add(
                secret_id="none", secret_name="gone", file=pb.FileTarget(name="f")
            ),
            control.InvalidArgument,
            "secret not found: gone",
        ),
    ],
)
async def test_updates_are_refused_in_the_same_words(manager, change, error, words):
    service = await created(manager, service_spec())
    request = update_service(service)
    change(request)
    with pytest.raises(error) as caught:
        await manager.update_service(request)
    assert caught.value.message == words.format(id=service.id)
    assert await get_service(manager, service.id) == service


async def test_a_taken_name_is_taken_whatever_its_case(manager):
    name = unique("Taken")
    await created(manager, service_spec(name))
    with pytest.raises(control.AlreadyExists, match=f"service {name.upper()} already exists"):
        await manager.create_service(create_service(service_spec(name.upper())))
    network = pb.NetworkSpec(annotations=pb.Annotations(name=name))
    await manager.create_network(pb.CreateNetworkRequest(spec=network))
    with pytest.raises(control.AlreadyExists) as caught:
        await manager.create_network(pb.CreateNetworkRequest(spec=network))
    assert (caught.value.status, caught.value.message) == (
        "Unknown",
        "name conflicts with an existing object",
    )


async def test_a_published_port_is_taken(manager):
    spec = service_spec()
    spec.endpoint.ports.add(target_port=80, published_port=18_080)
    service = await created(manager, spec)
    spec.annotations.name = unique("other")
    with pytest.raises(control.InvalidArgument) as caught:
        await manager.create_service(create_service(spec))
    name = service.spec.annotations.name
    assert caught.value.message == (
        f"port '18080' is already in use by service '{name}' ({service.id}) as an ingress port"
    )
    await manager.remove_service(pb.RemoveServiceRequest(service_id=service.id))


async def test_secrets_give_their_labels_and_never_their_data(manager):
    spec = data_spec(data=b"very secret", a="b")
    answer = await manager.create_secret(pb.CreateSecretRequest(spec=spec))
    secret = answer.secret
    assert secret.spec.data == b""
    spec.annotations.labels["c"] = "d"
    request = pb.UpdateSecretRequest(secret_id=secret.id, secret_version=secret.meta.version)
    request.spec.CopyFrom(spec)
    updated = await manager.update_secret(request)
    assert updated.secret.spec.annotations.labels == {"a": "b", "c": "d"}
    with pytest.raises(control.OutOfDate):
        await manager.update_secret(request)
    request.spec.data = b"other"
    with pytest.raises(control.InvalidArgument, match="only updates to Labels are allowed"):
        await manager.update_secret(request)
    await manager.remove_secret(pb.RemoveSecretRequest(secret_id=secret.id))
    with pytest.raises(control.NotFound, match=f"could not find secret {secret.id}"):
        await manager.remove_secret(pb.RemoveSecretRequest(secret_id=secret.id))


async def test_configs_are_listed_with_their_data_and_kept_while_they_are_used(manager):
    spec = data_spec(pb.ConfigSpec, data=b"open")
    config = (await manager.create_config(pb.CreateConfigRequest(spec=spec))).config
    # names of secrets and configs know no case in filters
    filters = pb.ListConfigsRequest.Filters(names=[spec.annotations.name.upper()])
    answer = await manager.list_configs(pb.ListConfigsRequest(filters=filters))
    assert [one.spec.data for one in answer.configs] == [b"open"]
    user = service_spec()
    user.task.container.configs.add(
        config_id=config.id, config_name=spec.annotations.name, file=pb.FileTarget(name="f")
    )
    await created(manager, user)
    with pytest.raises(control.InvalidArgument) as caught:
        await manager.remove_config(pb.RemoveConfigRequest(config_id=config.id))
    assert caught.value.message == (
        f"config '{spec.annotations.name}' is in use by the following service: "
        f"{user.annotations.name}"
    )


async def test_the_cluster_shows_tokens_and_no_keys(manager):
    cluster = (await manager.list_clusters(pb.ListClustersRequest())).clusters[0]
    assert cluster.spec.annotations.name == "default"
    assert cluster.root_ca.join_tokens.worker.startswith("SWMTKN-1-")
    assert not cluster.root_ca.ca_key
    assert not cluster.network_bootstrap_keys
    request = pb.UpdateClusterRequest(
        cluster_id=cluster.id, cluster_version=cluster.meta.version, spec=cluster.spec
    )
    request.rotation.worker_join_token = True
    rotated = (await manager.update_cluster(request)).cluster
    assert rotated.root_ca.join_tokens.worker != cluster.root_ca.join_tokens.worker
    assert rotated.root_ca.join_tokens.manager == cluster.root_ca.join_tokens.manager


async def test_the_only_manager_leads_and_stays(manager):
    node = (await manager.list_nodes(pb.ListNodesRequest())).nodes[0]
    assert node.manager_status.leader
    with pytest.raises(control.FailedPrecondition, match="must be demoted to worker before"):
        await manager.remove_node(pb.RemoveNodeRequest(node_id=node.id, force=True))
    while True:
        node = (await manager.get_node(pb.GetNodeRequest(node_id=node.id))).node
        request = pb.UpdateNodeRequest(node_id=node.id, node_version=node.meta.version)
        request.spec.CopyFrom(node.spec)
        request.spec.annotations.labels["seen"] = "yes"
        with contextlib.suppress(control.OutOfDate):  # nodes change by themselves
            updated = await manager.update_node(request)
            break
    assert updated.node.spec.annotations.labels == {"seen": "yes"}


async def test_networks_that_every_swarm_has_are_there(manager):
    answer = await manager.list_networks(pb.ListNetworksRequest())
    networks = {one.spec.annotations.name: one for one in answer.networks}
    assert networks["ingress"].spec.ingress
    request = pb.RemoveNetworkRequest(network_id=networks["host"].id)
    with pytest.raises(control.FailedPrecondition, match="predefined network"):
        await manager.remove_network(request)


async def test_extensions_and_resources(manager):
    annotations = pb.Annotations(name=unique("kind"))
    request = pb.CreateExtensionRequest(annotations=annotations, description="d")
    extension = (await manager.create_extension(request)).extension
    with pytest.raises(control.AlreadyExists):
        await manager.create_extension(request)
    request = pb.CreateResourceRequest(
        annotations=pb.Annotations(name=unique("one")), kind=annotations.name
    )
    request.payload.value = b"payload"
    resource = (await manager.create_resource(request)).resource
    update = pb.UpdateResourceRequest(
        resource_id=resource.id, resource_version=resource.meta.version
    )
    update.payload.value = b"other"
    assert (await manager.update_resource(update)).resource.payload.value == b"other"
    with pytest.raises(control.OutOfDate):
        await manager.update_resource(update)
    remove = pb.RemoveExtensionRequest(extension_id=extension.id)
    with pytest.raises(control.ControlError, match="cannot delete extension because"):
        await manager.remove_extension(remove)
    await manager.remove_resource(pb.RemoveResourceRequest(resource_id=resource.id))
    await manager.remove_extension(remove)


async def test_health(manager):
    answer = await manager.check_health(pb.HealthCheckRequest(service="ControlAPI"))
    assert answer.status == pb.HealthCheckResponse.SERVING
    with pytest.raises(control.NotFound, match="unknown service"):
        await manager.check_health(pb.HealthCheckRequest(service="none"))


async def test_a_manager_without_autolock_has_no_unlock_key(manager):
    assert not (await manager.get_unlock_key(pb.GetUnlockKeyRequest())).unlock_key


async def test_watch_tells_of_changes_and_resumes(manager):
    name = unique("watched")
    request = watch("config")
    request.entries[0].filters.add(name=name)
    seen = []
    changes = manager.watch(request)
    assert await anext(changes) == pb.WatchMessage()
    spec = data_spec(pb.ConfigSpec, name)
    config = (await manager.create_config(pb.CreateConfigRequest(spec=spec))).config
    seen.append(await anext(changes))
    spec.annotations.labels["a"] = "b"
    update = pb.UpdateConfigRequest(config_id=config.id, config_version=config.meta.version)
    update.spec.CopyFrom(spec)
    await manager.update_config(update)
    seen.append(await anext(changes))
    await manager.remove_config(pb.RemoveConfigRequest(config_id=config.id))
    seen.append(await anext(changes))
    await changes.aclose()
    assert [event.action for message in seen for event in message.events] == [1, 2, 4]
    assert seen[0].version.index == config.meta.version.index + 1
    assert not seen[1].events[0].HasField("old_object")
    request.resume_from.CopyFrom(seen[0].version)
    again = manager.watch(request)
    assert await anext(again) == pb.WatchMessage()
    assert [await anext(again), await anext(again)] == seen[1:]
    await again.aclose()


async def test_watch_cannot_resume_from_the_future(manager):
    request = watch("node")
    request.resume_from.index = 1 << 40
    changes = manager.watch(request)
    with pytest.raises(control.CannotResume, match="versions are out of order"):
        await anext(changes)


@pytest.mark.parametrize(
    ("kind", "action", "words"),
    [("", 1, "no kind of object specified"), ("node", 0, "unrecognized action")],
)
async def test_watch_refuses_what_is_unclear(manager, kind, action, words):
    with pytest.raises(control.InvalidArgument, match=words):
        await anext(manager.watch(watch(kind, action)))


async def test_logs_of_nothing_are_refused(manager):
    request = pb.SubscribeLogsRequest(options=pb.LogSubscriptionOptions())
    with pytest.raises(control.InvalidArgument, match="log selector must be provided"):
        await anext(manager.subscribe_logs(request))


async def test_statuses_come_in_order_also_of_unknown_services(manager):
    service = await created(manager, service_spec())
    request = pb.ListServiceStatusesRequest(services=["unknown", service.id])
    statuses = (await manager.list_service_statuses(request)).statuses
    assert [one.service_id for one in statuses] == ["unknown", service.id]
    assert statuses[1].desired_tasks == 0
