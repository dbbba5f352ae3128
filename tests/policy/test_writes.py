"""Whose object a write is about: ownership, takeover, roll-backs, references, other kinds."""

from base64 import b64encode
from dataclasses import replace

import pytest

from swarmwire import convert, engine, pb
from swarmwire.policy import RULES, STACK_LABEL, StackCounts, refusal_text
from swarmwire.policy.judging.objects import _OWN
from tests.policy.support import (
    changed,
    client,
    container,
    judged,
    message,
    mount,
    rules_of,
    stored,
)

FOREIGN = {"Labels": {STACK_LABEL: "bank"}, "Name": "bank_web"}
SOCKET = mount(Type="bind", Source="/var/run/docker.sock")


def update(who, new, old, **known):
    return who.judge_write("service.update", "service", new, old, **known)


def test_a_service_of_the_stack_may_be_updated():
    assert update(client(), message(changed()), stored(message(changed()))) == ()


def test_a_service_of_another_stack_may_not():
    (found,) = update(client(), message(changed()), stored(message(changed(FOREIGN))))
    assert found.rule == "update.foreign"


@pytest.mark.parametrize("labels", [{}, {STACK_LABEL: ""}, {STACK_LABEL: "shop2"}])
def test_a_service_of_no_stack_may_not(labels):
    old = message(changed())
    old.annotations.labels.clear()
    old.annotations.labels.update(labels)
    for operation in ("update", "remove", "rollback"):
        found = client().judge_write(
            f"service.{operation}", "service", message(changed()), stored(old, old)
        )
        assert rules_of(found) == ["update.foreign"], operation


def test_takeover_of_a_service_that_holds_the_socket():
    """The new spec is harmless, and keeps nothing: it is refused for what is stored."""
    old = stored(message(changed(SOCKET)))
    (found,) = update(client(), message(changed()), old)
    assert (found.rule, found.path) == (
        "update.foreign",
        "TaskTemplate.ContainerSpec.Mounts[0].Source",
    )
    assert "mount.bind" in found.text
    assert rules_of(update(client(), message(changed(SOCKET)), old)) == [
        "mount.bind",
        "update.foreign",
    ]


def test_what_is_stored_may_be_brought_within_limits():
    who = client('require = ["non-root"]\nmax = { replicas = 3 }')
    old = stored(message(changed({"Mode": {"Replicated": {"Replicas": 50}}})))
    assert update(who, message(changed(container(User="5"))), old) == ()


def test_an_update_does_not_change_the_stack():
    who = client()
    new = changed({"Labels": {STACK_LABEL: "bank"}})
    assert rules_of(update(who, message(new), stored(message(changed())))) == ["label.namespace"]


def test_a_stack_of_ones_own_is_another_stack_too():
    who = replace(client(), stacks=("shop", "bank"))
    found = update(who, message(changed(FOREIGN)), stored(message(changed())))
    assert "label.namespace" in rules_of(found)


def test_roll_back_is_judged_by_the_previous_spec():
    who = client()
    fine, hole = message(changed()), message(changed(SOCKET))
    back = lambda old: rules_of(who.judge_write("service.rollback", "service", None, old))  # noqa: E731
    assert back(stored(fine, fine)) == []
    assert back(stored(fine, hole)) == ["mount.bind"]
    assert back(stored(hole, fine)) == ["update.foreign"]
    assert back(stored(fine)) == ["rollback"]
    assert back(stored(fine, message(changed({"Labels": {STACK_LABEL: "bank"}})))) == [
        "label.namespace"
    ]


def test_the_body_of_a_roll_back_is_not_what_is_judged():
    old = stored(message(changed()), message(changed(SOCKET)))
    found = client().judge_write("service.rollback", "service", message(changed()), old)
    assert rules_of(found) == ["mount.bind"]


def test_a_bare_spec_stands_for_what_is_stored():
    assert update(client(), message(changed()), message(changed())) == ()
    assert rules_of(update(client(), message(changed()), message(changed(SOCKET)))) == [
        "update.foreign"
    ]


@pytest.mark.parametrize(
    ("image", "rules"),
    [
        ("registry.example/shop/web:2", []),
        ("evil.example/x", ["registry-auth"]),
        ("registry.example:5000/x", ["registry-auth"]),
        ("docker.io/x", ["registry-auth"]),
    ],
)
def test_credentials_are_not_carried_to_another_registry(image, rules):
    who = client('images = ["*"]')
    old, new = message(changed()), message(changed(container(Image=image)))
    for spec in (old, new):
        spec.task.container.pull_options.registry_auth = "e30="
    assert rules_of(update(who, new, stored(old))) == rules
    new.task.container.pull_options.registry_auth = "of-the-client"
    assert update(who, new, stored(old)) == ()


# References, by what a manager stores


def known(*objects):
    by_key = {}
    for kind, each in objects:
        by_key[kind, each.id] = each
        by_key[kind, each.spec.annotations.name] = each
    return lambda kind, reference: by_key.get((kind, reference))


def network(id_, name, labels=(), driver="overlay"):
    found = pb.Network(id=id_)
    found.spec.annotations.name = name
    found.spec.annotations.labels.update(dict(labels))
    found.spec.driver_config.name = driver
    return found


OWN = {STACK_LABEL: "shop"}
NETWORKS = [
    ("network", network("n1", "shop_net", OWN)),
    ("network", network("n2", "shop_false", {STACK_LABEL: "bank"})),
    ("network", network("n3", "proxy")),
    ("network", network("n4", "host", {"com.docker.swarm.predefined": "true"}, "host")),
    ("network", network("n5", "bridge", {"com.docker.swarm.predefined": "true"}, "bridge")),
    ("network", network("n6", "any", OWN, "host")),
]


@pytest.mark.parametrize(
    ("target", "rules"),
    [
        ("n1", []),
        ("shop_net", []),
        ("n2", ["network.foreign"]),
        ("shop_false", ["network.foreign"]),
        ("n3", []),
        ("n4", ["network.host"]),
        ("host", ["network.host"]),
        ("n5", ["network.bridge"]),
        ("n6", ["network.host"]),
        ("nowhere", ["network.foreign"]),
        ("shop_nowhere", ["network.foreign"]),
    ],
)
@pytest.mark.parametrize("where", ["task", "beside"])
def test_a_network_is_what_is_stored(target, rules, where):
    spec = message(changed())
    (spec.task if where == "task" else spec).networks.add(target=target)
    who = client(use='networks = ["proxy"]')
    assert rules_of(judged(who, spec, lookup=known(*NETWORKS))) == rules


def test_the_beginning_of_an_id_is_no_network():
    spec = message(changed())
    spec.task.networks.add(target="n")
    own = network("n1", "shop_net", OWN)
    found = judged(client(), spec, lookup=lambda _kind, _reference: own)
    assert rules_of(found) == ["network.foreign"]


def secret(id_, name, stack):
    found = pb.Secret(id=id_)
    found.spec.annotations.name = name
    found.spec.annotations.labels[STACK_LABEL] = stack
    return found


@pytest.mark.parametrize(
    ("id_", "name", "is_refused"),
    [
        ("s1", "shop_key", False),
        ("s2", "shop_key", True),  # the id of another one, under a name of one's own
        ("s2", "bank_key", True),
        ("shop_key", "shop_key", True),  # a name is no id
        ("s9", "shop_key", True),
        ("s3", "shared", False),
    ],
)
def test_a_secret_is_what_its_id_stands_for(id_, name, is_refused):
    lookup = known(
        ("secret", secret("s1", "shop_key", "shop")),
        ("secret", secret("s2", "bank_key", "bank")),
        ("secret", secret("s3", "shared", "")),
    )
    body = changed(
        container(Secrets=[{"SecretID": id_, "SecretName": name, "File": {"Name": "k"}}])
    )
    found = judged(client(use='secrets = ["shared"]'), body, lookup=lookup)
    assert rules_of(found) == ["secret.foreign"] * is_refused


def test_what_is_not_there_is_told_as_what_is_anothers():
    lookup = known(("secret", secret("s2", "x", "bank")))
    texts = set()
    for id_ in ("s2", "s3"):
        body = changed(
            container(Secrets=[{"SecretID": id_, "SecretName": "x", "File": {"Name": "k"}}])
        )
        texts |= {(one.rule, one.text) for one in judged(client(), body, lookup=lookup)}
    assert len(texts) == 1


def test_a_config_of_a_credential_spec_is_a_reference():
    spec = message(changed())
    spec.task.container.privileges.credential_spec.config = "bank_conf"
    assert rules_of(judged(client('allow = ["priv.credential-spec"]'), spec)) == ["config.foreign"]


# Counts


def test_services_and_ports_of_a_stack_are_counted():
    who = client('max = { services = 2, ports = 3 }\nports = ["80-90"]')
    body = changed({"EndpointSpec": {"Ports": [{"TargetPort": 1, "PublishedPort": 80}]}})
    assert judged(who, body, counts=StackCounts(1, 2)) == ()
    assert rules_of(judged(who, body, counts=StackCounts(2, 3))) == ["stack.services", "port.count"]
    old = stored(message(body))
    assert update(who, message(body), old, counts=StackCounts(2, 2)) == ()


# Other kinds


def object_(kind, **fields):
    structs = {
        "network": (engine.NetworkCreateRequest, convert.network_create_to_grpc),
        "secret": (engine.SecretSpec, convert.secret_spec_to_grpc),
        "config": (engine.ConfigSpec, convert.config_spec_to_grpc),
    }
    type_, to_grpc = structs[kind]
    body = {"Name": "shop_x", "Labels": {STACK_LABEL: "shop"}, **fields}
    return to_grpc(engine.from_dict(body, type_))


OBJECTS = [
    ("network", {"Driver": "macvlan"}, "network.create.driver", "network.create.driver:macvlan"),
    (
        "network",
        {"Driver": "overlay", "Options": {"parent": "eth0"}},
        "network.create.option",
        "network.create.option:parent",
    ),
    (
        "network",
        {"IPAM": {"Config": [{"Subnet": "10.20.1.0/24"}]}},
        "network.create.subnet",
        "network.create.subnet:10.20.0.0/16",
    ),
    ("network", {"IPAM": {"Driver": "x"}}, "network.create.ipam", "network.create.ipam:x"),
    ("network", {"Ingress": True}, "network.create.ingress", ""),
    ("network", {"Attachable": True}, "network.create.attachable", "network.create.attachable"),
    ("network", {"ConfigFrom": {"Network": "x"}}, "network.create.config-from", ""),
    ("secret", {"Driver": {"Name": "vault"}}, "secret.driver", "secret.driver:vault"),
    *(
        (
            kind,
            {"Data": b64encode(data).decode(), "Templating": {"Name": "golang"}},
            f"{kind}.template",
            f"{kind}.template",
        )
        for kind in ("secret", "config")
        for data in (b"{{range .Service.Labels}}x{{end}}", b'{{env "X"}}' * 101)
    ),
    *(
        (kind, patch, f"{kind}.{rule}", allow)
        for kind in ("network", "secret", "config")
        for patch, rule, allow in (
            ({"Labels": {STACK_LABEL: "bank"}}, "namespace", ""),
            ({"Labels": {}}, "namespace", ""),
            ({"Name": "bank_x"}, "name", ""),
            (
                {"Labels": {STACK_LABEL: "shop", "com.docker.swarm.predefined": "1"}},
                "label-reserved",
                "",
            ),
            (
                {"Labels": {STACK_LABEL: "shop", "a": "x" * 70_000}},
                "label-size",
                f"{kind}.label-size",
            ),
        )
    ),
]


@pytest.mark.parametrize(("kind", "patch", "rule", "allow"), OBJECTS)
def test_objects_of_a_stack(kind, patch, rule, allow):
    def create(who, spec):
        return who.judge_write(f"{kind}.create", kind, spec, None)

    assert create(client(), object_(kind)) == ()
    found = create(client(), object_(kind, **patch))
    assert rules_of(found) == [rule]
    if allow:
        assert create(client(f'allow = ["{allow}"]'), object_(kind, **patch)) == ()
    else:
        assert RULES[rule].default == "always"


@pytest.mark.parametrize("kind", ["network", "secret", "config"])
def test_indices_of_objects_are_refused(kind):
    spec = object_(kind)
    spec.annotations.indices.add(key="a", val="b")
    found = client().judge_write(f"{kind}.create", kind, spec, None)
    assert rules_of(found) == [f"{kind}.internal"]


def test_a_first_update_of_a_node_through_the_engine_api():
    """Such an update cannot say that the node is accepted; by a manager's own API it could."""
    old = pb.Node(spec=pb.NodeSpec(membership="ACCEPTED", desired_role="MANAGER"))
    new = pb.NodeSpec(desired_role="MANAGER")
    new.annotations.labels["disk"] = "ssd"
    who = client('allow = ["node.labels:disk"]', write='["nodes"]')
    assert who.judge_write("node.update", "node", new, old) == ()
    old.spec.membership, new.membership = new.membership, old.spec.membership
    assert rules_of(who.judge_write("node.update", "node", new, old)) == ["node.role"]


def test_every_rule_on_objects_is_tried():
    tried = {rule for _, _, rule, _ in OBJECTS} | {f"{kind}.internal" for kind in _OWN}
    every = {rule.id for rule in RULES.values() if rule.kind in _OWN and rule.default != "allow"}
    assert every == tried


def test_what_every_policy_allows_of_objects():
    spec = object_("network", Driver="overlay", Options={"encrypted": ""}, Internal=True)
    assert client().judge_write("network.create", "network", spec, None) == ()
    spec = object_("secret", Data="aHVzaA==", Templating={"Name": "golang"})
    assert client().judge_write("secret.create", "secret", spec, None) == ()
    data = b64encode(b'{{if env "X"}}{{secret "shop_key"}}{{end}} %range \xff').decode()
    spec = object_("config", Data=data, Templating={"Name": "golang"})
    assert client().judge_write("config.create", "config", spec, None) == ()
    spec = object_("config", Data=b64encode(b"{{range 9}}x{{end}}").decode())
    assert client().judge_write("config.create", "config", spec, None) == ()


@pytest.mark.parametrize("subnet", ["10.20.0.0/15", "10.21.0.0/24", "fd00::/64", "10.0.0.0/8"])
def test_a_subnet_outside_a_pool_is_refused(subnet):
    who = client('allow = ["network.create.subnet:10.20.0.0/16"]')
    spec = object_("network", IPAM={"Config": [{"Subnet": subnet}]})
    found = who.judge_write("network.create", "network", spec, None)
    assert rules_of(found) == ["network.create.subnet"]


NODE = pb.NodeSpec(desired_role=0)
NODES = 'write = ["nodes"]'


@pytest.mark.parametrize(
    ("change", "rule", "allow"),
    [
        (pb.NodeSpec(desired_role=1), "node.role", ""),
        (pb.NodeSpec(annotations=pb.Annotations(name="x")), "node.role", ""),
        (pb.NodeSpec(availability=2), "node.availability", "node.availability"),
        (
            pb.NodeSpec(annotations=pb.Annotations(labels={"a.b": "1"})),
            "node.labels",
            "node.labels:a.*",
        ),
    ],
)
def test_nodes(change, rule, allow):
    old = pb.Node(id="n", spec=NODE)
    who = client(write='["nodes"]')
    assert who.judge_write("node.update", "node", NODE, old) == ()
    assert rules_of(who.judge_write("node.update", "node", change, old)) == [rule]
    if allow:
        who = client(f'allow = ["{allow}"]', write='["nodes"]')
        assert who.judge_write("node.update", "node", change, old) == ()


@pytest.mark.parametrize(
    ("change", "rule", "allow"),
    [
        ("ca_config.force_rotate", "swarm.ca", ""),
        ("ca_config.signing_ca_key", "swarm.ca", ""),
        ("raft.snapshot_interval", "swarm.update", "swarm.update:Raft"),
        ("encryption_config.auto_lock_managers", "swarm.update", "swarm.update:EncryptionConfig"),
    ],
)
def test_the_swarm(change, rule, allow):
    old, new = pb.Cluster(id="c"), pb.ClusterSpec()
    part, field = change.split(".")
    setattr(getattr(new, part), field, b"k" if field.endswith("key") else 1)
    who = client(write='["swarm"]')
    assert who.judge_write("swarm.update", "swarm", pb.ClusterSpec(), old) == ()
    assert rules_of(who.judge_write("swarm.update", "swarm", new, old)) == [rule]
    if allow:
        who = client(f'allow = ["{allow}"]', write='["swarm"]')
        assert who.judge_write("swarm.update", "swarm", new, old) == ()


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        ("swarm.init", "swarm.membership"),
        ("swarm.leave", "swarm.membership"),
        ("swarm.rotate", "swarm.rotate"),
        ("network.prune", "network.prune"),
        ("network.connect", "network.connect"),
        ("node.remove", "node.remove"),
        ("service.explode", "write"),
    ],
)
def test_operations_that_no_policy_knows(operation, rule):
    kind = operation.partition(".")[0]
    who = client(write='["services", "networks", "nodes", "swarm"]')
    assert rules_of(who.judge_write(operation, kind, None, None)) == [rule]


def test_an_operation_of_another_kind_is_refused():
    found = client().judge_write("service.remove", "network", None, stored(message(changed())))
    assert rules_of(found) == ["write"]


def test_nodes_are_removed_only_if_that_is_open():
    who = client('allow = ["node.remove"]', write='["nodes"]')
    assert who.judge_write("node.remove", "node", None, pb.Node(id="n")) == ()


@pytest.mark.parametrize("kind", ["service", "network", "secret", "config", "node", "volume"])
def test_what_is_not_to_be_written(kind):
    who = client(write="[]")
    assert rules_of(who.judge_write(f"{kind}.create", kind, None, None)) == ["write"]


def test_removal_asks_whose_it_is_alone():
    remove = client().judge_write(
        "service.remove", "service", None, stored(message(changed(SOCKET)))
    )
    assert remove == ()


def test_the_text_of_a_refusal_is_one_that_clients_print():
    found = judged(client(), changed(mount(Type="bind", Source="/etc"), container(OomScoreAdj=-1)))
    assert refusal_text("ci-shop", found) == (
        "policy ci-shop: TaskTemplate.ContainerSpec.Mounts[0].Source: bind mount of /etc"
        " (mount.bind); TaskTemplate.ContainerSpec.OomScoreAdj: -1: others are killed first (oom)"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"Healthcheck": {"Test": ["CMD", "x" * 300_000]}},
        {"Hosts": [f"10.0.0.1 host{number}" for number in range(20_000)]},
        {"Mounts": [{"Type": "tmpfs", "Target": f"/{number}"} for number in range(6_000)]},
    ],
)
def test_no_spec_is_beyond_measure(fields):
    """Each task holds it once more, and nothing else about it is looked at."""
    new = message(changed(container(**fields)))
    (found,) = judged(client(), new)
    assert (found.rule, str(found.opening)) == ("spec.size", 'allow = ["spec.size"]')
    assert "spec.size" in rules_of(update(client(), new, stored(message(changed()))))
    assert "spec.size" not in rules_of(judged(client('allow = ["spec.size"]'), new))
    assert update(client('mounts = { tmpfs = "1MiB" }'), message(changed()), stored(new)) == ()


def test_the_data_of_a_config_is_no_part_of_its_size():
    spec = pb.ConfigSpec(data=b"x" * 1_000_000)
    spec.annotations.name = "shop_big"
    spec.annotations.labels[STACK_LABEL] = "shop"
    assert client().judge_write("config.create", "config", spec, None) == ()


def test_of_nonsense_without_end_the_beginning_is_told():
    found = judged(client(), message(changed(container(Mounts=[{}] * 20_000))))
    assert 0 < len(found) <= 200
