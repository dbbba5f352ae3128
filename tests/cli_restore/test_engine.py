"""A bundle of one engine's swarm, restored into another one's: containers run and read the secret.

The messages are read from the first manager itself, with the payloads that were put there.
"""

import signal
import subprocess
import sys
import time

import pytest

from swarmwire import pb
from swarmwire.bundle import Bundle
from swarmwire.cli.restoring.journal import NAME
from swarmwire.control import sync
from swarmwire.plan import differences
from tests.bundle_restore import build
from tests.cli_restore.conftest import written
from tests.support.dockerd import IMAGE
from tests.support.either import manager_of
from tests.support.installations import ON_MACHINE
from tests.support.stored_swarm import Filler

pytestmark = pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")

COMMAND = [sys.executable, "-m", "swarmwire.cli", "restore"]
READS = (
    "read x < /run/secrets/password && [ $x = hunter2 ] && read y < /settings && exec sleep 1000"
)


@pytest.fixture(scope="module")
def bundle(either):
    """What a swarm had in which a service reads a secret and a config."""
    with manager_of(either) as dead:
        fill(Filler(dead), dead)
        with sync.connect(dead.control_socket, secrets=True) as manager:
            found = read(manager)
        dead.kill()
    return found


def fill(filler, dead):
    back = filler.network("back", Labels={"tier": "1"})
    chosen = {"Subnet": "10.77.0.0/24", "Gateway": "10.77.0.9"}
    filler.network("chosen", Attachable=True, IPAM={"Driver": "default", "Config": [chosen]})
    password = filler.secret("password", build.PAYLOAD + b"\n", stack="shop")
    settings = filler.config("settings", b"level: 3\n")
    file = {"UID": "0", "GID": "0", "Mode": 0o444}
    container = {
        "Image": IMAGE,
        "Command": ["sh", "-c", READS],
        "Secrets": [
            {"File": {"Name": "password", **file}, "SecretID": password, "SecretName": "password"}
        ],
        "Configs": [
            {"File": {"Name": "/settings", **file}, "ConfigID": settings, "ConfigName": "settings"}
        ],
        "StopSignal": "SIGKILL",
    }
    ports = {"Ports": [{"TargetPort": 80, "PublishedPort": 8080}]}
    filler.service("idle", TaskTemplate={"Networks": [{"Target": back}]}, EndpointSpec=ports)
    filler.service("reader", replicas=1, container=container)
    (node,) = dead.get("/nodes").json
    dead.post(
        f"/nodes/{node['ID']}/update?version={node['Version']['Index']}",
        {**node["Spec"], "Labels": {"zone": "a"}},
    )


def read(manager):
    secrets = manager.list_secrets(pb.ListSecretsRequest()).secrets
    for secret in secrets:
        secret.spec.data = build.PAYLOAD + b"\n"
    return Bundle(
        services=list(manager.list_services(pb.ListServicesRequest()).services),
        networks=list(manager.list_networks(pb.ListNetworksRequest()).networks),
        secrets=list(secrets),
        configs=list(manager.list_configs(pb.ListConfigsRequest()).configs),
        nodes=list(manager.list_nodes(pb.ListNodesRequest()).nodes),
        cluster_id=manager.list_clusters(pb.ListClustersRequest()).clusters[0].id,
    )


@pytest.fixture
def fresh(either):
    """A new swarm with nothing in it."""
    with manager_of(either, seed=1) as daemon:
        yield daemon


def restore(folder, daemon, *options, timeout=90):
    return subprocess.run(
        [*COMMAND, folder, "--socket", daemon.control_socket, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def test_containers_run_and_read_the_secret(bundle, fresh, tmp_path):
    folder = written(bundle, tmp_path / "bundle")

    planned = restore(folder, fresh, "--dry-run", "--keep-subnets")
    done = restore(folder, fresh, "--yes", "--keep-subnets", "--wait", "60")
    again = restore(folder, fresh, "--yes", "--keep-subnets")

    assert (planned.returncode, done.returncode, again.returncode) == (0, 0, 0), done.stderr
    assert "reader converged, 1 of 1 tasks run" in done.stdout
    assert "nothing to create" in again.stdout
    with sync.connect(fresh.control_socket, secrets=True) as manager:
        now = read(manager)
    by_name = {service.spec.annotations.name: service for service in now.services}
    for old in bundle.services:
        changed = differences(old.spec, by_name[old.spec.annotations.name].spec)
        assert {path_of(each) for each in changed} <= {"Networks", "SecretID", "ConfigID"}
    # the allocator took the addresses
    assert addresses(now) == addresses(bundle)
    assert [dict(node.spec.annotations.labels) for node in now.nodes] == [{"zone": "a"}]
    assert [config.spec for config in now.configs] == [config.spec for config in bundle.configs]


def path_of(difference):
    return difference.path.rpartition(".")[2].partition("[")[0]


def addresses(swarm):
    return {
        network.spec.annotations.name: [(one.subnet, one.gateway) for one in network.ipam.configs]
        for network in swarm.networks
        if not network.spec.ingress
    }


def test_killed_and_run_again_it_is_whole(bundle, fresh, tmp_path):
    many = Bundle(
        services=bundle.services,
        networks=bundle.networks,
        secrets=[*bundle.secrets, *(build.secret(f"more-{number}") for number in range(300))],
        configs=bundle.configs,
        cluster_id=bundle.cluster_id,
    )
    folder = written(many, tmp_path / "bundle")
    command = [*COMMAND, folder, "--socket", fresh.control_socket, "--yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if "secret more-1" in line:
                break
        process.send_signal(signal.SIGKILL)

    with sync.connect(fresh.control_socket) as manager:
        left = len(manager.list_secrets(pb.ListSecretsRequest()).secrets)
        done = restore(folder, fresh, "--yes")
        found = read(manager)

    assert 0 < left < 301
    assert done.returncode == 0, done.stderr
    names = sorted(secret.spec.annotations.name for secret in found.secrets)
    assert names == sorted(secret.spec.annotations.name for secret in many.secrets)
    assert len(found.services) == len(many.services)


def test_the_manager_may_restart_meanwhile(bundle, fresh, tmp_path):
    many = Bundle(secrets=[build.secret(f"more-{number}") for number in range(300)])
    folder = written(many, tmp_path / "bundle")
    command = [*COMMAND, folder, "--socket", fresh.control_socket, "--yes"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            if "secret more-" in line:
                break
        assert len((folder / NAME).read_text().split()) < 150
        fresh.restart()
        rest, error = process.communicate(timeout=90)

    assert process.returncode == 0, error + rest
    deadline = time.monotonic() + 20
    with sync.connect(fresh.control_socket) as manager:
        while len(manager.list_secrets(pb.ListSecretsRequest()).secrets) < 300:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert len(manager.list_secrets(pb.ListSecretsRequest()).secrets) == 300


def looping():
    """A service whose image is nowhere, and one that ends again and again."""
    missing, crashing = build.service("missing"), build.service("crashing")
    missing.spec.task.container.image = "nowhere/nothing:1"
    crashing.spec.task.container.image = IMAGE
    crashing.spec.task.container.command.extend(["sh", "-c", "sleep 1; exit 3"])
    for service in (missing, crashing):
        service.spec.replicated.replicas = 1
    return Bundle(cluster_id="old", services=[missing, crashing])


def test_tasks_that_are_rejected_or_end_again_and_again_are_no_services_that_run(fresh, tmp_path):
    folder = written(looping(), tmp_path / "bundle")

    done = restore(folder, fresh, "--yes", "--wait", "80", timeout=120)

    assert done.returncode == 1
    assert "warning: missing: image nowhere/nothing:1 has no digest" in done.stderr
    assert "converged" not in done.stdout
    assert "missing failed, 0 of 1 tasks run: No such image: nowhere/nothing:1" in done.stdout
    assert "crashing failed" in done.stdout
    assert "missing (No such image: nowhere/nothing:1)" in done.stderr
    assert "non-zero exit (3)" in done.stderr
