"""Stack files deployed by the docker command, exported, and deployed again: no task is replaced."""

import pytest

from swarmwire import export, pb
from swarmwire.control import sync
from tests.export.support import exported
from tests.support.dockerd import IMAGE
from tests.support.either import manager_of, pause
from tests.support.installations import ON_MACHINE

pytestmark = pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")

# Tasks of a job end, and those of this swarm have no network to run in but that of the host.
ALONE = f"""
services:
  web:
    image: {IMAGE}
    command: sleep 1000
    networks: [host]
    environment: {{B: "2", A: "1", DOLLAR: $$5}}
    healthcheck: {{test: "true", interval: 1m30s}}
    deploy: {{replicas: 2}}
networks:
  host: {{external: true, name: host}}
"""
RICH = f"""
services:
  web:
    image: {IMAGE}
    entrypoint: ["sh", "-c"]
    command: ["sleep 1000; echo $$HOME"]
    hostname: "{{{{.Node.Hostname}}}}"
    user: "1000:1000"
    working_dir: /srv
    init: true
    read_only: true
    stop_grace_period: 1m
    stop_signal: SIGQUIT
    cap_add: [NET_ADMIN]
    cap_drop: [ALL]
    sysctls: {{net.core.somaxconn: 1024}}
    ulimits: {{nofile: {{soft: 1, hard: 2}}, nproc: 5}}
    environment: {{Z: "yes", "Y": "", n_: "n", X: "a\\nb", W: " x "}}
    labels: {{a.b: "c"}}
    volumes:
      - data:/data
      - named:/named:ro
      - /srv/x:/x:ro
      - {{type: tmpfs, target: /t, tmpfs: {{size: 1000000}}}}
      - other:/o:nocopy
      - /anonymous
    secrets: [key, {{source: own, target: /run/o, uid: "1", gid: "2", mode: 0400}}]
    configs: [{{source: site, target: /etc/site}}]
    networks: {{front: {{aliases: [www]}}, back: }}
    dns: [10.0.0.1, "::1"]
    dns_search: [example.com]
    extra_hosts: ["a:10.0.0.1", "b:::1"]
    ports: ["8080:80", "53/udp", {{target: 1, published: 2, mode: host, protocol: tcp}}]
    logging: {{driver: json-file, options: {{max-size: 1m}}}}
    healthcheck: {{test: [CMD, "true"], timeout: 5s, retries: 3, start_period: 1s}}
    deploy:
      mode: replicated
      replicas: 3
      labels: {{x: "y"}}
      update_config: {{parallelism: 0, delay: 10s, order: start-first, max_failure_ratio: 0.3}}
      rollback_config: {{failure_action: continue, monitor: 1s}}
      restart_policy: {{condition: on-failure, delay: 5s, max_attempts: 3, window: 2m}}
      resources:
        limits: {{cpus: "0.50", memory: 50M, pids: 100}}
        reservations: {{memory: 20M}}
      placement:
        constraints: [node.labels.nobody==1]
        preferences: [{{spread: node.labels.zone}}]
        max_replicas_per_node: 2
  everywhere:
    image: {IMAGE}
    healthcheck: {{disable: true}}
    deploy:
      mode: global
      endpoint_mode: dnsrr
      placement: {{constraints: [node.labels.nobody==1]}}
networks:
  front: {{attachable: true, driver_opts: {{encrypted: ""}}, labels: {{a: b}}}}
  back: {{name: backstage, internal: true, ipam: {{config: [{{subnet: 10.9.0.0/24}}]}}}}
volumes:
  data: {{driver_opts: {{o: x}}, labels: {{v: "1"}}}}
  named: {{name: elsewhere}}
  other: {{external: true}}
secrets:
  key: {{external: true, name: shared-key}}
  own: {{file: ./own.txt, labels: {{a: b}}}}
configs:
  site: {{file: ./site.conf, template_driver: golang}}
"""
PLAIN = f"""
services:
  a: {{image: {IMAGE}, deploy: {{placement: {{constraints: [node.labels.nobody==1]}}}}}}
  b:
    image: {IMAGE}
    command: echo "a  b" 'c'
    deploy:
      replicas: 0
"""
NUMBERS = f"""
services:
  a:
    image: {IMAGE}
    command: ["1e3", "0o10", "yes", "12:30", "~", "2024-01-01", "0x1f", ".inf", "<<"]
    environment: ["A=010", "B=1_000", "C=off", "D=null", "E== #x", "F=- a", "G={{{{.Task.Name}}}}"]
    deploy: {{placement: {{constraints: [node.labels.nobody==1]}}}}
"""
STACKS = {"alone": ALONE, "rich": RICH, "plain": PLAIN, "numbers": NUMBERS}


@pytest.fixture(scope="module")
def dockerd(either):
    with manager_of(either) as daemon:
        daemon.cli("secret", "create", "shared-key", "-", stdin="s")
        yield daemon


@pytest.fixture(scope="module")
def manager(dockerd):
    with sync.connect(dockerd.control_socket) as control:
        yield control


def deploy(dockerd, folder, text, stack):
    file = folder / f"{stack}.yml"
    file.write_text(text if text.startswith("#") else f'version: "3.9"\n{text}', encoding="utf-8")
    arguments = ("--resolve-image", "never", "--compose-file", str(file))
    dockerd.cli("stack", "deploy", *arguments, stack)


def swarm_of(manager):
    return export.KnownSwarm(
        tuple(manager.list_services(pb.ListServicesRequest()).services),
        tuple(manager.list_networks(pb.ListNetworksRequest()).networks),
        tuple(manager.list_secrets(pb.ListSecretsRequest()).secrets),
        tuple(manager.list_configs(pb.ListConfigsRequest()).configs),
        tasks=tuple(manager.list_tasks(pb.ListTasksRequest()).tasks),
        nodes=tuple(manager.list_nodes(pb.ListNodesRequest()).nodes),
    )


def alive(manager):
    """The tasks that are to run."""
    tasks = manager.list_tasks(pb.ListTasksRequest()).tasks
    return {task.id for task in tasks if task.desired_state <= pb.TaskState.Value("RUNNING")}


def settled(dockerd, manager, count):
    dockerd.wait_for("all tasks", lambda: len(alive(manager)) == count, timeout=60)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("folder", [None, "./files"])
def test_no_task_is_replaced(either, dockerd, manager, tmp_path, stack, folder):
    (tmp_path / "own.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "site.conf").write_text("{{.Node.ID}}", encoding="utf-8")
    deploy(dockerd, tmp_path, STACKS[stack], stack)
    try:
        expected = {"alone": 2, "rich": 3, "plain": 1, "numbers": 1}[stack]
        settled(dockerd, manager, expected)
        before = alive(manager)
        swarm = swarm_of(manager)
        found = exported(swarm, stack, export.ExportChoice(folder=folder), release=dockerd.release)
        assert found.proof.holds, found.proof
        assert (found.proof.tasks, found.proof.restarts) == (expected, 0)
        assert [each.unsaid for each in found.proof.services] == [()] * len(swarm.services)
        for path, payload in found.payloads.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(payload.data)

        deploy(dockerd, tmp_path, found.text, stack)
        again = swarm_of(manager)
        specs = {one.id: one.spec for one in swarm.services}
        assert {one.id: one.spec for one in again.services} == specs
        assert {one.id for one in again.networks} == {one.id for one in swarm.networks}
        pause(either, 2)
        assert alive(manager) == before

        # as many seconds are enough for a replacement
        changed = found.text.replace(f"image: {IMAGE}", f"image: {IMAGE}\n    tty: true")
        deploy(dockerd, tmp_path, changed, stack)
        pause(either, 2)
        assert alive(manager) != before
    finally:
        dockerd.remove_stack(stack)
        settled(dockerd, manager, 0)
