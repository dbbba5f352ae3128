"""What a manager refuses because of what it stores: told before, in its own words."""

import pytest

from swarmwire import pb
from swarmwire.control import ControlError
from swarmwire.plan import live_refusals
from swarmwire.update import plan_update
from swarmwire.update.sync import snapshot
from tests.cli_plan import running
from tests.support.inmemory import created
from tests.support.installations import ON_MACHINE

ON_BOTH = pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")
HOST = pb.PortConfig.HOST
PORT = 18099


def publish(*ports, mode=0):
    return lambda spec: spec.endpoint.ports.extend(
        pb.PortConfig(target_port=80, published_port=port, publish_mode=mode) for port in ports
    )


def secret(id_, name):
    file = {"name": name, "uid": "0", "gid": "0", "mode": 0o444}
    return lambda spec: spec.task.container.secrets.add(secret_id=id_, secret_name=name, file=file)


def config(id_, name):
    file = {"name": name, "uid": "0", "gid": "0", "mode": 0o444}
    return lambda spec: spec.task.container.configs.add(config_id=id_, config_name=name, file=file)


def port_of_another(fake):
    other = pb.ServiceSpec()
    other.annotations.name = "p1"
    other.replicated.replicas = 0
    other.task.container.image = "x:1"
    publish(PORT)(other)
    return created(fake.fake, other)


def test_plan_says_no(invoke, fake, wanted):
    other = port_of_another(fake)
    done = invoke("plan", "web", wanted(publish(PORT)))
    reason = f"port '{PORT}' is already in use by service 'p1' ({other.id}) as an ingress port"
    assert done.code == 1
    assert f"web: is refused: {reason} (EndpointSpec.Ports[0])" in done.text


def test_apply_writes_nothing(invoke, fake, wanted, stored_service):
    done = invoke("apply", "web", wanted(secret("gone", "gone")), "--yes")
    assert done.code == 1
    assert "secret not found: gone" in done.text
    assert "nothing written: the manager would refuse it" in done.stderr
    (kept,) = fake.fake.objects("service")
    assert kept.spec == stored_service.spec


@pytest.fixture
def objects(manager, remove):
    """Services, a secret and a config on a real engine."""
    ids = {}
    for name, mode in (("mesh-port", 0), ("host-port", HOST), ("updated", None)):
        spec = running.spec_of(name, 0)
        if mode is not None:
            publish(PORT + mode, mode=mode)(spec)
        service = manager.create_service(pb.CreateServiceRequest(spec=spec)).service
        remove(service.id)
        ids[name] = service.id
    annotations = {"name": "live-refusals"}
    request = pb.CreateSecretRequest(spec={"annotations": annotations, "data": b"x"})
    ids["secret"] = manager.create_secret(request).secret.id
    request = pb.CreateConfigRequest(spec={"annotations": annotations, "data": b"x"})
    ids["config"] = manager.create_config(request).config.id
    networks = manager.list_networks(pb.ListNetworksRequest()).networks
    ids["ingress"] = next(each.id for each in networks if each.spec.annotations.name == "ingress")
    yield ids
    manager.remove_secret(pb.RemoveSecretRequest(secret_id=ids["secret"]))
    manager.remove_config(pb.RemoveConfigRequest(config_id=ids["config"]))


CHANGES = {
    "a port of the mesh": lambda ids: [publish(PORT)],
    "that port of a node": lambda ids: [publish(PORT, mode=HOST)],
    "a port of nodes in the mesh": lambda ids: [publish(PORT + 1)],
    "a secret of another name": lambda ids: [secret(ids["secret"], "other")],
    "several secrets": lambda ids: [
        *(secret("a", "a"), secret(ids["secret"], "live-refusals"), secret("b", "b")),
    ],
    "a config": lambda ids: [config("nosuch", "nosuch")],
    "the ingress network": lambda ids: [lambda spec: spec.task.networks.add(target=ids["ingress"])],
    "all of it": lambda ids: [
        publish(PORT),
        *(secret("a", "a"), config("a", "a")),
        lambda spec: spec.task.networks.add(target=ids["ingress"]),
        lambda spec: setattr(spec.annotations, "name", "other"),
    ],
    "secret, config and name": lambda ids: [
        *(secret("a", "a"), config("a", "a")),
        lambda spec: setattr(spec.annotations, "name", "other"),
    ],
}


@ON_BOTH
def test_a_real_manager_says_the_same_first(manager, objects):
    for title, changes in CHANGES.items():
        live = snapshot(manager, objects["updated"])
        spec = pb.ServiceSpec()
        spec.CopyFrom(live.service.spec)
        for change in changes(objects):
            change(spec)
        told = plan_update(live, spec).plan.refusals[0]
        request = pb.UpdateServiceRequest(
            service_id=live.service.id, service_version=live.service.meta.version, spec=spec
        )
        with pytest.raises(ControlError) as caught:
            manager.update_service(request)
        assert (caught.value.status, caught.value.message) == (told.code, told.reason), title


@ON_BOTH
def test_a_real_manager_says_the_same_of_a_new_service(manager, objects):
    live = snapshot(manager, objects["updated"])
    stored = {
        "services": live.services,
        "secrets": live.secrets,
        "configs": live.configs,
        "networks": live.networks,
    }
    for title, changes in {**CHANGES, "the name": lambda _: []}.items():
        spec = running.spec_of("Mesh-Port", 0)
        for change in changes(objects):
            change(spec)
        told = live_refusals(spec, **stored)[0]
        with pytest.raises(ControlError) as caught:
            manager.create_service(pb.CreateServiceRequest(spec=spec))
        assert (caught.value.status, caught.value.message) == (told.code, told.reason), title
