"""What Prometheus and Traefik find in a swarm: services, tasks, nodes, and where these answer."""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.gateway.clients.ports import free_port
from tests.gateway.clients.targets import Target
from tests.gateway.clients.transcript import Transcript
from tests.support.dockerd import IMAGE

TRAEFIK = Path(sys.executable).parent / "traefik"

ROUTED = {
    "traefik.enable": "true",
    "traefik.http.routers.web.rule": "Host(`web.example`)",
    "traefik.http.services.web.loadbalancer.server.port": "8080",
    "traefik.swarm.network": "n1",
}
BALANCED = ROUTED | {
    "traefik.http.routers.web.rule": "Host(`vip.example`)",
    "traefik.swarm.lbswarm": "true",
}


def _populate(target: Target) -> None:
    """A network, a service with two tasks, one with a port and behind its virtual address."""
    target.post("/networks/create", {"Name": "n1", "Driver": "overlay"})
    container = {"Image": IMAGE, "Command": ["sleep", "1000"], "StopSignal": "KILL"}
    port = {"TargetPort": 8080, "PublishedPort": 8090, "PublishMode": "host"}
    for name, labels, replicas, ports in (("web", ROUTED, 2, []), ("vip", BALANCED, 1, [port])):
        named = {key.replace(".web.", f".{name}."): value for key, value in labels.items()}
        target.post(
            "/services/create",
            {
                "Name": name,
                "Labels": named,
                "TaskTemplate": {"ContainerSpec": container, "Networks": [{"Target": "n1"}]},
                "Mode": {"Replicated": {"Replicas": replicas}},
                "EndpointSpec": {"Ports": ports},
            },
        )
    target.wait_until_still()


@contextmanager
def _running(*command: str, folder: Path) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _asked_until(url: str, is_so: Callable[[Any], bool], folder: Path) -> Any:
    """What an address tells, once that is what is waited for."""
    deadline, told = time.monotonic() + 60, None
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                told = json.load(answer)
        except OSError:
            told = None
        if told is not None and is_so(told):
            return told
        time.sleep(0.2)
    raise AssertionError(f"{told}\n{(folder / 'log').read_text()[-3000:]}")


ROLES = ("services", "tasks", "nodes")


def prometheus(target: Target, folder: Path) -> Transcript:
    """The targets of each role, which are dropped: nobody is to be asked for figures."""
    _populate(target)
    port = free_port()
    found = {"host": target.host, "refresh_interval": "1s"}
    jobs = [
        {
            "job_name": role,
            "dockerswarm_sd_configs": [found | {"role": role, "port": 80}],
            "relabel_configs": [
                {"action": "drop", "source_labels": ["__address__"], "regex": ".*"}
            ],
        }
        for role in ROLES
    ]
    (folder / "prometheus.yml").write_text(json.dumps({"scrape_configs": jobs}))
    program = shutil.which("prometheus")
    assert program
    options = (
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with _running(program, *options, folder=folder):
        told = _asked_until(
            f"http://127.0.0.1:{port}/api/v1/targets",
            lambda told: {one["discoveredLabels"]["job"] for one in _dropped(told)} == set(ROLES),
            folder,
        )
    transcript = Transcript(target.hostname)
    labels = [one["discoveredLabels"] for one in _dropped(told)]
    for role in ROLES:
        of_role = [one for one in labels if one["job"] == role]
        transcript.add(role, sorted(of_role, key=_place))
    return transcript


def _dropped(told: Any) -> list[Any]:
    assert not told["data"]["activeTargets"]
    return list(told["data"]["droppedTargets"])


def _place(labels: dict[str, str]) -> list[str]:
    meta = "__meta_dockerswarm_"
    names = ("service_name", "task_slot", "network_name", "task_port_publish_mode")
    return [labels.get(meta + name, "") for name in names]


def traefik(target: Target, folder: Path) -> Transcript:
    """The routers and the servers behind them."""
    _populate(target)
    port, door = free_port(), free_port()
    options = (
        f"--providers.swarm.endpoint={target.host}",
        "--providers.swarm.exposedByDefault=false",
        "--providers.swarm.refreshSeconds=1",
        "--api.insecure=true",
        f"--entryPoints.traefik.address=127.0.0.1:{port}",
        f"--entryPoints.web.address=127.0.0.1:{door}",
        "--global.checkNewVersion=false",
        "--global.sendAnonymousUsage=false",
    )
    with _running(str(TRAEFIK), *options, folder=folder):
        services = _asked_until(
            f"http://127.0.0.1:{port}/api/http/services",
            lambda told: sum(one["name"].endswith("@swarm") for one in told) == 2,
            folder,
        )
        routers = _asked_until(f"http://127.0.0.1:{port}/api/http/routers", bool, folder)
    transcript = Transcript(target.hostname)
    for kind, told in (("services", services), ("routers", routers)):
        of_swarm = [one for one in told if one["name"].endswith("@swarm")]
        transcript.add(kind, sorted(of_swarm, key=lambda one: str(one["name"])))
    return transcript
