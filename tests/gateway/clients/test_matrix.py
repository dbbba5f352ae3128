"""What each client does with a real engine it does with a gateway over one, and without any."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from difflib import unified_diff
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import refuse_missing
from tests.gateway.clients.discovery import TRAEFIK, prometheus, traefik
from tests.gateway.clients.docker_command import COMMANDS, docker_command
from tests.gateway.clients.other_clients import DOCKERODE, ansible, dockerode
from tests.gateway.clients.python_clients import client_of_aiodocker, docker_py, whales
from tests.gateway.clients.targets import Target, embedded_swarm, manager_of, served
from tests.gateway.clients.transcript import differences
from tests.support.dockerd import Dockerd

pytestmark = pytest.mark.engine

CLIENTS = {
    **{name: partial(docker_command, program=program) for name, program in COMMANDS.items()},
    "docker-py": docker_py,
    "aiodocker": client_of_aiodocker,
    "python-on-whales": whales,
    "dockerode": dockerode,
    "ansible": ansible,
    "prometheus": prometheus,
    "traefik": traefik,
}

_RELEASE = "its version is that of the release, without what a distribution adds"
_MACHINE = "nodes in memory have other plugins and memory, and no certificates"
_OUTPUT = "containers in memory write one line when they start"

DIFFERENT = {
    "gateway": {
        "docker": {"version --format {{.Server.Version}}": _RELEASE},
    },
    "embedded": {
        "docker": {
            "version --format {{.Server.Version}}": _RELEASE,
            "node inspect --pretty self --format {{.ManagerStatus.Leader}}": _MACHINE,
            "service logs --raw web": _OUTPUT,
            "service logs --tail 1 --raw web": _OUTPUT,
            "service logs --timestamps --tail 1 web": _OUTPUT,
            "swarm ca": _MACHINE,
        },
        "aiodocker": {"node": _MACHINE},
        "python-on-whales": {"logs": _OUTPUT},
        "ansible": {
            "swarm": _MACHINE,
            "swarm is present": _MACHINE,
            "node gets a label": _MACHINE,
        },
        "prometheus": {"tasks": _MACHINE, "nodes": _MACHINE},
    },
}
"""By gateway and client: the steps of which something else comes than of an engine, and why."""


NEEDS = {
    "dockerode": ["node", str(DOCKERODE / "node_modules")],
    "ansible": ["ansible-playbook", "/usr/lib/python3/dist-packages/docker"],
    "prometheus": ["prometheus"],
    "traefik": [str(TRAEFIK)],
}
"""What Debian's packages, `make clients` and the dev extra bring."""


@pytest.fixture(scope="module")
def targets(newest, tmp_path_factory):
    """An engine, a gateway over another engine of the same release, a gateway over embedded."""
    folder = tmp_path_factory.mktemp("targets")
    with Dockerd(newest) as alone, Dockerd(newest) as behind:
        for daemon in (alone, behind):
            daemon.init_swarm()
            daemon.import_image()
        paths = [folder / "gateway.sock", folder / "embedded.sock"]
        over = partial(manager_of, behind)
        with (
            served(paths[0], over, release=behind.release),
            served(paths[1], partial(embedded_swarm, nodes=1), release=behind.release),
        ):
            yield [
                Target("engine", alone.socket),
                Target("gateway", paths[0]),
                Target("embedded", paths[1]),
            ]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client(client, targets, tmp_path, installations):
    needs = NEEDS.get(client, [])
    missing = [one for one in needs if not (shutil.which(one) or Path(one).exists())]
    refuse_missing(client, missing)

    def run(target):
        folder = tmp_path / target.name
        folder.mkdir()
        target.clear()
        return CLIENTS[client](target, folder)

    with ThreadPoolExecutor(len(targets)) as pool:
        engine, gateway, embedded = pool.map(run, targets)
    for name, other in (("gateway", gateway), ("embedded", embedded)):
        expected = DIFFERENT[name].get(client.split()[0], {})
        found = differences(other, engine)
        assert set(found) == set(expected), shown(found, expected)


def shown(found, expected):
    """The steps that differ and should not, line by line; those that should and do not."""
    lines = [f"as the engine: {step}" for step in set(expected) - set(found)]
    for step in set(found) - set(expected):
        ours, theirs = (text.splitlines() for text in found[step])
        lines += ["", step, *unified_diff(theirs, ours, "the engine's", "ours", lineterm="")]
    return "\n".join(lines)
