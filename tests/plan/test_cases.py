"""Updates that people really made, each with what came of it: ``tests/cases`` says what."""

from pathlib import Path

import pytest

from swarmwire import convert, engine, pb
from swarmwire.plan import live_refusals, plan
from tests.plan.build import changed, codes, mode, node, service

CASES = Path(__file__).parents[1] / "cases"


def spec_of(name):
    data = (CASES / f"{name}.json").read_bytes()
    return convert.service_spec_to_grpc(engine.decode(data, engine.ServiceSpec))


def service_of(spec, id_="k1"):
    out = pb.Service(id=id_)
    out.spec.CopyFrom(spec)
    return out


@pytest.mark.parametrize(
    ("nodes", "trapped"), [(None, True), ([node()], True), ([node("a"), node("b")], False)]
)
def test_start_first_with_a_port_of_the_node(nodes, trapped):
    old, new = spec_of("12-startfirst-hostport-old"), spec_of("12-startfirst-hostport-new")
    answer = plan(service_of(old), new, nodes=nodes)
    assert codes(answer) == (["start-first-host-port"] if trapped else [])
    if trapped:
        (trap,) = answer.traps
        assert trap.path == "EndpointSpec.Ports"
        assert "port 3478" in trap.text
        assert "stop-first" in trap.text


def before(spec):
    """The service as it was before the case: without what the case adds."""
    old = pb.ServiceSpec()
    old.CopyFrom(spec)
    old.ClearField("endpoint")
    del old.task.container.secrets[:], old.task.container.configs[:]
    return service_of(old)


def test_a_port_that_another_service_has():
    spec = spec_of("20-live-port-taken")
    other = pb.Service(id="p1id")
    other.spec.annotations.name = "p1"
    other.spec.endpoint.ports.add(target_port=80, published_port=8099)
    answer = plan(before(spec), spec, services=[before(spec), other])
    assert answer.effect == "refused"
    (refusal,) = answer.refusals
    assert (refusal.code, refusal.path) == ("InvalidArgument", "EndpointSpec.Ports[0]")
    assert refusal.reason == (
        "port '8099' is already in use by service 'p1' (p1id) as an ingress port"
    )
    assert live_refusals(spec, services=[other]) == answer.refusals
    assert plan(before(spec), spec, services=[before(spec)]).refusals == ()


def test_secrets_and_configs_that_are_not_there():
    spec = spec_of("21-live-secret-missing")
    answer = plan(before(spec), spec, secrets=[], configs=[])
    assert answer.effect == "refused"
    assert [(each.path, each.reason) for each in answer.refusals] == [
        ("TaskTemplate.ContainerSpec.Secrets[0]", "secret not found: nosuch"),
        ("TaskTemplate.ContainerSpec.Configs[0]", "config not found: nosuch"),
    ]
    secret = pb.Secret(id="nosuchsecretid")
    secret.spec.annotations.name = "nosuch"
    config = pb.Config(id="nosuchconfigid")
    config.spec.annotations.name = "nosuch"
    assert plan(before(spec), spec, secrets=[secret], configs=[config]).effect == "restarts"


@pytest.mark.parametrize(("most", "trapped"), [(1, True), (2, False)])
def test_start_first_on_every_node(most, trapped):
    old = mode(service().spec, "global")
    old.update.order = pb.UpdateConfig.START_FIRST
    old.task.placement.max_replicas = most
    new = changed(old, lambda spec: spec.task.container.env.append("A=1"))
    answer = plan(service_of(old), new, nodes=[node()])
    assert codes(answer) == (["start-first-max-replicas"] if trapped else [])
