"""Services that the docker command makes go through both conversions unchanged."""

import shutil
from pathlib import Path

import pytest

from swarmwire import engine
from tests.dockerd.conversions import spec_text, there_and_back
from tests.support.dockerd import DEBIAN_CLI, IMAGE

pytestmark = pytest.mark.engine

FIRST_ON_PATH = Path(shutil.which("docker") or DEBIAN_CLI)
PROGRAMS: dict[str, Path | None] = {"own": None}
"""The command of the engine's own release, and any other that this machine has."""
if FIRST_ON_PATH.resolve() != DEBIAN_CLI.resolve():
    PROGRAMS["other"] = FIRST_ON_PATH

NOWHERE = ("--constraint", "node.labels.nowhere==true")

OPTIONS: dict[str, tuple[str, ...]] = {
    "plain": ("--replicas=0",),
    "process": (
        *("--replicas=0", "--hostname={{.Node.Hostname}}", "--env=A=1", "--env=B", "--user=1:2"),
        *(
            "--workdir=/srv",
            "--group=audio",
            "--tty",
            "--read-only",
            "--init",
            "--entrypoint=sh -c",
        ),
        *("--stop-signal=SIGINT", "--stop-grace-period=1m30s", "--container-label=x=y=z"),
    ),
    "mounts": (
        "--replicas=0",
        "--mount=type=bind,source=/srv,target=/srv,readonly,bind-propagation=rslave",
        "--mount=type=bind,source=/a,target=/b,bind-nonrecursive,consistency=cached",
        "--mount=source=v,target=/v,volume-nocopy,volume-label=a=b,volume-opt=type=nfs",
        "--mount=type=tmpfs,target=/tmp,tmpfs-size=64m,tmpfs-mode=1777",
    ),
    "resources": (
        *("--replicas=0", "--limit-cpu=1.5", "--limit-memory=64m", "--limit-pids=9"),
        *("--reserve-cpu=0.1", "--reserve-memory=32m", "--generic-resource=GPU=2"),
        *("--ulimit=nofile=10:20", "--cap-add=NET_ADMIN", "--cap-drop=ALL", "--sysctl=a.b=1"),
    ),
    "rollout": (
        *("--replicas=0", "--update-parallelism=2", "--update-delay=10s", "--update-order"),
        *("start-first", "--update-failure-action=rollback", "--update-max-failure-ratio=.15"),
        *("--update-monitor=15s", "--rollback-delay=3s", "--rollback-failure-action=continue"),
        *("--rollback-max-failure-ratio=.3", "--rollback-order=start-first"),
        *("--rollback-parallelism=0", "--rollback-monitor=1ms"),
    ),
    "restart": (
        *("--replicas=0", "--restart-condition=on-failure", "--restart-delay=0s"),
        *("--restart-max-attempts=3", "--restart-window=2m"),
    ),
    "placement": (
        *("--mode=global", *NOWHERE, "--placement-pref=spread=node.labels.rack"),
        "--constraint=node.platform.os != windows",
    ),
    "most-replicas-per-node": ("--replicas=3", "--replicas-max-per-node=1", *NOWHERE),
    "health": (
        *("--replicas=0", "--health-cmd=exit 0", "--health-interval=5s", "--health-retries=3"),
        *("--health-timeout=1s", "--health-start-period=20s"),
    ),
    "no-health": ("--replicas=0", "--no-healthcheck"),
    "network": (
        "--replicas=0",
        "--network=name=a-network,alias=db,driver-opt=com.example.x=y",
        "--publish=8000-8001:80-81/udp",
        "--publish=mode=host,target=53,protocol=sctp",
        "--endpoint-mode=vip",
        *("--dns=1.1.1.1", "--dns-search=example.com", "--dns-option=ndots:2"),
        "--host=db:10.1.1.1",
    ),
    "round-robin": ("--replicas=0", "--network=a-network", "--endpoint-mode=dnsrr"),
    "references": (
        "--replicas=0",
        *("--secret=a-secret", "--secret=source=a-secret,target=/x,uid=7,gid=8,mode=0440"),
        *("--config=a-config", "--config=source=a-config,target=/etc/x,mode=0400"),
    ),
    "credentials": ("--replicas=0", "--credential-spec=config://a-credential-spec"),
    "log-driver": ("--replicas=0", "--log-driver=syslog", "--log-opt=tag={{.Name}}"),
    "labels": ("--replicas=0", "--label=a=<b>&'c'", "--label=empty", "--label=ü=☃"),
    "job": ("--mode=replicated-job", "--replicas=4", "--max-concurrent=2", *NOWHERE),
    "job-on-each-node": ("--mode=global-job", *NOWHERE),
    "isolation": ("--replicas=0", "--isolation=hyperv", "--with-registry-auth"),
}

STACK = """
version: "3.8"
services:
  web:
    image: %(image)s
    command: sleep 1000
    entrypoint: ["/bin/sh", "-c"]
    environment: {A: "1", B: ""}
    ports: ["80", "8100:81/udp", {target: 82, published: 8102, mode: host}]
    networks: {inner: {aliases: [www]}, a-network: {}}
    volumes: ["data:/data:nocopy", "/srv:/srv:ro", {type: tmpfs, target: /t, tmpfs: {size: 1000}}]
    configs: [{source: conf, target: /conf, mode: 0400}]
    secrets: [key]
    healthcheck: {test: exit 0, interval: 1m30s, retries: 3}
    extra_hosts: ["db:10.1.1.1"]
    ulimits: {nproc: 65535, nofile: {soft: 20, hard: 40}}
    cap_add: [NET_ADMIN]
    sysctls: {net.core.somaxconn: 1024}
    logging: {driver: json-file, options: {max-size: "1m"}}
    labels: {inside: "yes"}
    stop_grace_period: 1s
    deploy:
      replicas: 0
      labels: {outside: "yes"}
      resources:
        limits: {cpus: "0.5", memory: 50M}
        reservations: {generic_resources: [{discrete_resource_spec: {kind: GPU, value: 2}}]}
      restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 120s}
      placement: {constraints: [node.role == worker], preferences: [{spread: node.labels.zone}]}
      update_config: {parallelism: 2, delay: 10s, order: start-first, max_failure_ratio: 0.1}
      rollback_config: {parallelism: 1, failure_action: continue}
      endpoint_mode: vip
  each:
    image: %(image)s
    deploy: {mode: global, placement: {constraints: [node.labels.nowhere == true]}}
networks:
  inner: {driver_opts: {com.example.x: "y"}}
  a-network: {external: true}
volumes: {data: {labels: {a: b}}}
configs: {conf: {external: true, name: a-config}}
secrets: {key: {external: true, name: a-secret}}
"""


@pytest.fixture(params=PROGRAMS)
def program(request):
    return PROGRAMS[request.param]


def assert_unchanged(dockerd, ids, name):
    findings: list[engine.KeyFinding] = []
    stored = spec_text(dockerd.get(f"/services/{name}"))
    engine.decode(stored, engine.ServiceSpec, findings, release=dockerd.release)

    assert not findings
    assert there_and_back(stored, ids, dockerd.release) == stored


@pytest.mark.parametrize("case", OPTIONS)
def test_service_create(dockerd, ids, program, case):
    name = f"cli-{case}"
    created = ("service", "create", "--detach", "--no-resolve-image", "--name", name)
    dockerd.cli(*created, *OPTIONS[case], IMAGE, "sleep", "1000", program=program)
    try:
        assert_unchanged(dockerd, ids, name)
    finally:
        dockerd.delete(f"/services/{name}")


def test_service_update(dockerd, ids, program):
    name = "cli-update"
    quiet = ("--detach", "--no-resolve-image")
    dockerd.cli("service", "create", *quiet, "--replicas=0", "--name", name, IMAGE, program=program)
    try:
        dockerd.cli(
            *("service", "update", *quiet, "--env-add=A=1", "--network-add=a-network"),
            *("--publish-add=8200:80", "--constraint-add=node.role==worker", "--force", name),
            program=program,
        )
        # The allocator writes the service, too: who read it before is out of sequence.
        dockerd.wait_for(
            "a published port",
            lambda: dockerd.get(f"/services/{name}").json["Endpoint"].get("Ports"),
        )
        assert_unchanged(dockerd, ids, name)
        dockerd.cli("service", "rollback", "--detach", name, program=program)
        assert_unchanged(dockerd, ids, name)
    finally:
        dockerd.delete(f"/services/{name}")


def test_stack_deploy(dockerd, ids, program):
    stack = STACK % {"image": IMAGE}
    dockerd.cli(
        *("stack", "deploy", "--resolve-image=never", "--compose-file=-", "st"),
        stdin=stack,
        program=program,
    )
    try:
        assert_unchanged(dockerd, ids, "st_web")
        assert_unchanged(dockerd, ids, "st_each")
    finally:
        dockerd.remove_stack("st", program)
