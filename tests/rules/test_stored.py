"""What a manager refuses because of what it stores, in its order and words."""

import pytest

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules import (
    Stored,
    service_create_problems,
    service_update_problems,
    validate_service_create,
    validate_service_update,
)
from tests.rules.build import good_service

INGRESS, HOST = pb.PortConfig.INGRESS, pb.PortConfig.HOST
UDP = pb.PortConfig.UDP


def stored(kind, id_, name, change=lambda spec: None):
    out = kind(id=id_)
    out.spec.annotations.name = name
    change(out.spec)
    return out


def publishes(port, mode=INGRESS, protocol=0):
    return lambda spec: spec.endpoint.ports.add(
        target_port=80, published_port=port, publish_mode=mode, protocol=protocol
    )


def wanted(*changes):
    spec = good_service()
    for change in changes:
        change(spec)
    return spec


def told(problems):
    return [(each.code, each.path, each.reason) for each in problems]


@pytest.mark.parametrize(
    ("theirs", "ours", "how"),
    [
        (publishes(80), publishes(80), "an ingress port"),
        (publishes(80), publishes(80, HOST), "an ingress port"),
        (publishes(80, HOST), publishes(80), "a host-published port"),
        (publishes(80, HOST), publishes(80, HOST), ""),
        (publishes(80, protocol=UDP), publishes(80), ""),
        (publishes(0), publishes(0), ""),
    ],
)
def test_ports(theirs, ours, how):
    other = stored(pb.Service, "id2", "other", theirs)
    problems = service_create_problems(wanted(ours), Stored(services=[other]))
    reason = f"port '80' is already in use by service 'other' (id2) as {how}"
    want = [("InvalidArgument", "EndpointSpec.Ports[0]", reason)] if how else []
    assert told(problems) == want


def test_ports_that_were_chosen_for_a_service_count_too():
    other = stored(pb.Service, "id2", "other", publishes(0))
    other.endpoint.ports.add(target_port=80, published_port=30000)
    ours = wanted(publishes(81), publishes(30000))
    (problem,) = service_create_problems(ours, Stored(services=[other]))
    assert problem.path == "EndpointSpec.Ports[1]"


def test_the_service_with_the_lowest_id_is_named():
    others = [stored(pb.Service, id_, f"n{id_}", publishes(80)) for id_ in ("b", "a")]
    for other in others:
        other.endpoint.ports.extend(other.spec.endpoint.ports)
    problems = service_create_problems(wanted(publishes(80)), Stored(services=others))
    assert [problem.reason.split("'")[3] for problem in problems] == ["na", "nb"]


def test_a_service_is_not_in_its_own_way():
    ours = stored(pb.Service, "id1", "web", lambda out: out.CopyFrom(wanted(publishes(80))))
    spec = wanted(publishes(80), publishes(81))
    assert service_update_problems(ours, spec, Stored(services=[ours])) == []
    nameless = pb.Service(spec=ours.spec)
    assert service_update_problems(nameless, spec, Stored(services=[ours])) == []


def test_ports_that_stay_are_not_looked_at():
    ours = stored(pb.Service, "id1", "web", publishes(80))
    other = stored(pb.Service, "id2", "other", publishes(80))
    ours.spec.CopyFrom(wanted(publishes(80)))
    same = wanted(publishes(80), lambda spec: spec.task.container.env.append("A=1"))
    assert service_update_problems(ours, same, Stored(services=[other])) == []


def secret(id_, name):
    return lambda spec: spec.task.container.secrets.add(
        secret_id=id_, secret_name=name, file={"name": f"{id_}{name}"}
    )


def config(id_, name):
    return lambda spec: spec.task.container.configs.add(
        config_id=id_, config_name=name, file={"name": f"{id_}{name}"}
    )


def test_secrets_and_configs():
    known = Stored(
        secrets=[stored(pb.Secret, "s1", "one")], configs=[stored(pb.Config, "c1", "one")]
    )
    spec = wanted(
        *(secret("s1", "one"), secret("s1", "One"), secret("s2", "two"), config("c1", "two"))
    )
    container = "TaskTemplate.ContainerSpec"
    want = [
        ("InvalidArgument", f"{container}.Secrets[1]", "secrets not found: One, two"),
        ("InvalidArgument", f"{container}.Configs[0]", "config not found: two"),
    ]
    assert told(service_create_problems(spec, known)) == want
    current = stored(pb.Service, "id1", "web", lambda out: out.CopyFrom(good_service()))
    assert told(service_update_problems(current, spec, known)) == want


def test_what_is_not_known_is_not_judged():
    spec = wanted(secret("s", "s"), config("c", "c"), publishes(80))
    spec.task.networks.add(target="n")
    assert service_create_problems(spec, Stored()) == []


def networks(*, ingress=True):
    inner = stored(pb.Network, "n1", "inner")
    mesh = stored(pb.Network, "n2", "mesh", lambda spec: setattr(spec, "ingress", True))
    return [inner, mesh] if ingress else [inner]


def test_the_ingress_network():
    spec = wanted(
        lambda spec: spec.task.networks.extend(
            [pb.NetworkAttachmentConfig(target=target) for target in ("n1", "n2")]
        )
    )
    reason = 'Service cannot be explicitly attached to the ingress network "mesh"'
    known = Stored(networks=networks())
    want = [("InvalidArgument", "TaskTemplate.Networks[1].Target", reason)]
    assert told(service_create_problems(spec, known)) == want
    current = stored(pb.Service, "id1", "web", lambda out: out.CopyFrom(good_service()))
    assert told(service_update_problems(current, spec, known)) == want
    assert service_create_problems(spec, known, release="17.12") == []
    assert service_update_problems(current, spec, known, release="17.12") == []


def test_a_port_in_the_mesh_needs_the_ingress_network():
    known = Stored(networks=networks(ingress=False))
    reason = "service needs ingress network, but no ingress network is present"
    assert told(service_create_problems(wanted(publishes(80, HOST), publishes(81)), known)) == [
        ("FailedPrecondition", "EndpointSpec.Ports[1]", reason)
    ]
    assert service_create_problems(wanted(publishes(80, HOST)), known) == []


def test_a_name_that_is_taken():
    known = Stored(services=[stored(pb.Service, "id2", "WEB")])
    words = "name conflicts with an existing object"
    assert told(service_create_problems(good_service(), known)) == [
        ("AlreadyExists", "Name", f"{words}: service web already exists")
    ]
    assert told(service_create_problems(good_service(), known, release="17.12")) == [
        ("Unknown", "Name", words)
    ]


def test_the_order_is_the_managers():
    """What the spec alone decides comes first, what it changes after what is missing."""
    current = stored(pb.Service, "id1", "web", lambda spec: setattr(spec.replicated, "replicas", 1))
    spec = wanted(publishes(80), secret("s", "s"))
    spec.annotations.name = "other"
    spec.task.networks.add(target="n2")
    spec.task.container.image = ""
    spec.networks.add(target="x")
    del spec.task.networks[:]
    known = Stored([stored(pb.Service, "id2", "x", publishes(80))], [], [], networks())
    assert [problem.path for problem in service_update_problems(current, spec, known)] == [
        "TaskTemplate.ContainerSpec.Image",
        "EndpointSpec.Ports[0]",
        "Networks",
        "TaskTemplate.ContainerSpec.Secrets[0]",
        "Name",
    ]
    with pytest.raises(InvalidSpec) as caught:
        validate_service_update(current, spec, known)
    assert caught.value.path == "TaskTemplate.ContainerSpec.Image"


def test_a_rollback_is_checked_by_the_spec_that_is():
    current = stored(pb.Service, "id1", "web", lambda out: out.CopyFrom(good_service()))
    problems = service_update_problems(current, current.spec, Stored(), rollback=True)
    assert told(problems) == [
        ("FailedPrecondition", "", "service id1 does not have a previous spec")
    ]
    current.previous_spec.CopyFrom(wanted(publishes(80), secret("gone", "gone")))
    known = Stored([stored(pb.Service, "id2", "x", publishes(80))], [], [])
    assert service_update_problems(current, current.spec, known, rollback=True) == []


def test_no_spec_at_all():
    with pytest.raises(InvalidSpec, match="invalid argument"):
        validate_service_create(None, Stored())
    with pytest.raises(InvalidSpec, match="invalid argument"):
        validate_service_update(pb.Service(), None, Stored())
