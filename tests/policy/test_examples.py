"""Three policies that people begin with, held against what ``docker stack deploy`` sends."""

import pytest

from swarmwire import convert, engine, pb
from swarmwire.policy import STACK_LABEL, Policy, StackCounts
from swarmwire.stack import File, bodies, load
from tests.policy.examples import CI, TEAM, TRAEFIK
from tests.policy.support import rules_of, stored

SHOP = """
version: "3.8"
services:
  web:
    image: registry.example/shop/web:1
    networks: [net]
    secrets: [key]
    configs: [conf]
    volumes: ["data:/data"]
    deploy:
      replicas: 2
      placement: {constraints: [node.role == worker]}
      labels: {traefik.http.routers.x.rule: Host(`shop.example`)}
  db:
    image: registry.example/shop/db:1
    networks: [net]
    deploy:
      placement: {constraints: [node.role == worker]}
networks:
  net: {}
secrets:
  key: {external: true, name: shop_key}
configs:
  conf: {external: true, name: shop_conf}
volumes:
  data: {}
"""
DATA = """
version: "3.13"
services:
  pg:
    image: postgres:16.2@sha256:DIGEST
    user: "999"
    ulimits: {nofile: 65536}
    logging: {driver: json-file}
    volumes:
      - /srv/data/in:/in:ro
      - {type: tmpfs, target: /tmp, tmpfs: {size: 1000000}}
    ports: ["9000:5432"]
    deploy:
      resources:
        limits: {memory: 8G, cpus: "4", pids: 500}
        reservations: {memory: 4G}
""".replace("DIGEST", "a" * 64)


class Ids(dict[str, str]):
    def __missing__(self, name):
        return f"id-of-{name}"


def deployed(text, name):
    """Everything that a deploy creates: the kind, and the message."""
    loaded = load([File("stack.yml", text.encode())], environment={}, read=None, directory="/")
    made = bodies(loaded, name, secret_ids=Ids(), config_ids=Ids())
    for body in made.networks.values():
        body.driver = body.driver or "overlay"
        yield "network", convert.network_create_to_grpc(body)
    for body in made.services.values():
        sent = engine.adjust_for_api_version(body, "1.47")
        yield "service", convert.service_spec_to_grpc(sent)


def refused(client, text, name):
    counts = StackCounts()
    found = []
    for kind, spec in deployed(text, name):
        found += client.judge_write(f"{kind}.create", kind, spec, None, counts=counts)
        if kind == "service":
            ports = counts.ports + len(spec.endpoint.ports)
            counts = StackCounts(counts.services + 1, ports)
    return found


def test_ci_deploys_its_stack_again_and_again():
    client = Policy.load(CI).clients["ci-shop"]
    assert refused(client, SHOP, "shop") == []
    for kind, spec in deployed(SHOP, "shop"):
        if kind == "service":
            old = stored(spec, spec)
            assert client.judge_write("service.update", kind, spec, old) == ()
            assert client.judge_write("service.rollback", kind, None, old) == ()
            assert client.judge_write("service.remove", kind, None, old) == ()


def test_ci_deploys_no_other_stack():
    client = Policy.load(CI).clients["ci-shop"]
    found = refused(client, SHOP, "bank")
    assert found[0].rule == "network.namespace"
    assert {"label.namespace", "mount.volume-name", "network.foreign"} <= set(rules_of(found))


def test_a_shared_network_is_joined_without_a_name_of_others():
    """``docker stack deploy`` makes the short name an alias, which a shared network refuses."""
    text = SHOP.replace("networks: [net]", "networks: [net, proxy]")
    text = text.replace("  net: {}", "  net: {}\n  proxy: {external: true}")
    client = Policy.load(CI).clients["ci-shop"]
    assert set(rules_of(refused(client, text, "shop"))) == {"network.alias"}
    allowed = CI.replace('"label:traefik.http.*"', '"label:traefik.http.*", "network.alias:*"')
    assert refused(Policy.load(allowed).clients["ci-shop"], text, "shop") == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("registry.example/shop/web", "registry.example/bank/web", "image"),
        ("node.role == worker", "node.role == manager", "placement.manager"),
        ("replicas: 2", "replicas: 9", "replicas"),
        ("traefik.http.routers.x.rule", "traefik.tcp.routers.x.rule", "label.automation"),
        ("data:/data", "/:/data", "mount.bind"),
        ("name: shop_key", "name: bank_key", "secret.foreign"),
        ("name: shop_conf", "name: bank_conf", "config.foreign"),
        ("    secrets: [key]", "    cap_add: [SYS_ADMIN]", "cap.add"),
        ("    secrets: [key]", '    ports: ["80:80"]', "port.ingress"),
        ("    secrets: [key]", "    logging: {driver: syslog}", "log.driver"),
        ("  data: {}", "  data: {driver_opts: {type: none, o: bind, device: /}}",
         "mount.volume-options"),
        ("  net: {}", "  net: {driver: macvlan}", "network.create.driver"),
        ("  net: {}", "  net: {attachable: true}", "network.create.attachable"),
    ],
)  # fmt: skip
def test_ci_gets_nothing_else(old, new, rule):
    client = Policy.load(CI).clients["ci-shop"]
    assert old in SHOP
    assert set(rules_of(refused(client, SHOP.replace(old, new, 1), "shop"))) == {rule}


def test_ci_has_twelve_services():
    client = Policy.load(CI).clients["ci-shop"]
    spec = next(spec for kind, spec in deployed(SHOP, "shop") if kind == "service")

    def with_others(number):
        counts = StackCounts(services=number)
        return client.judge_write("service.create", "service", spec, None, counts=counts)

    assert with_others(11) == ()
    assert rules_of(with_others(12)) == ["stack.services"]


def test_a_team_deploys_within_its_limits():
    client = Policy.load(TEAM).clients["data-team"]
    assert refused(client, DATA, "data-x") == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("@sha256:" + "a" * 64, "", "image.digest"),
        ("postgres:16.2", "postgres:15", "image"),
        ('user: "999"', "user: postgres", "user.root"),
        ("nofile: 65536", "nofile: 65537", "ulimit"),
        ("driver: json-file", "driver: gelf", "log.driver"),
        ("/in:ro", "/in", "mount.bind"),
        ("/srv/data/in", "/srv/database", "mount.bind"),
        ("size: 1000000", "size: 2000000000", "mount.tmpfs"),
        ("9000:5432", "9100:5432", "port.ingress"),
        ("memory: 8G", "memory: 17G", "limits.required"),
        ("pids: 500", "pids: 0", "limits.required"),
        ("memory: 4G", "memory: 20G", "reservation"),
    ],
)
def test_a_team_gets_nothing_else(old, new, rule):
    client = Policy.load(TEAM).clients["data-team"]
    assert old in DATA
    assert set(rules_of(refused(client, DATA.replace(old, new, 1), "data-x"))) == {rule}


def test_a_team_has_no_stack_of_others():
    client = Policy.load(TEAM).clients["data-team"]
    assert "label.namespace" in rules_of(refused(client, DATA, "database"))


def test_readers_write_nothing_and_see_what_they_need():
    clients = Policy.load(TRAEFIK).clients
    seen = pb.Service()
    seen.spec.annotations.labels["traefik.enable"] = "true"
    other = pb.Service()
    other.spec.annotations.labels[STACK_LABEL] = "shop"
    for client in clients.values():
        for _, spec in deployed(SHOP, "shop"):
            assert rules_of(client.judge_write("service.create", "service", spec, None)) == [
                "write"
            ]
        assert client.sees("service", seen)
    assert not clients["traefik"].sees("service", other)
    assert clients["prometheus"].sees("service", other)
