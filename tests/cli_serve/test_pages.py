"""What the pages on serve show is what real clients get: each command is run, in its order."""

import asyncio
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from swarmwire import convert, engine, pb
from swarmwire.embedded import Swarm
from tests.cli_serve.served import served
from tests.cli_serve.test_learn import poll
from tests.conftest import refuse_missing
from tests.support.debian_registry import debian_registry, missing
from tests.support.documented import ROOT, is_what_was_printed, shell_lines
from tests.support.installations import DEBIAN_CLI

pytestmark = pytest.mark.usefixtures("engines")

SWARMWIRE = f"""#!/bin/sh
exec {sys.executable} -m swarmwire.cli "$@"
"""


class Terminal:
    """A folder in which the commands of a page are run; ``serve`` goes on in the background."""

    def __init__(self, folder, held, places):
        self.folder = folder
        self.places = places
        self.environment = {"DOCKER_CONFIG": str(folder / "config")}
        self.it = None
        self._held = held
        programs = folder / "bin"
        programs.mkdir()
        (programs / "swarmwire").write_text(SWARMWIRE, encoding="utf-8")
        (programs / "swarmwire").chmod(0o755)
        (programs / "docker").symlink_to(DEBIAN_CLI)
        self._path = f"{programs}{os.pathsep}{os.environ['PATH']}"

    def here(self, text):
        """A text of the page with the places of this folder."""
        for shown, real in self.places.items():
            text = text.replace(shown, real)
        return text

    def runs(self, command, shown):
        """Run a command until it prints what the page shows."""
        if command.startswith("swarmwire serve "):
            options = self.here(command).split()[2:]
            self.it = self._held.enter_context(served(self.folder, *options, *self.more))
            return self.it.lines.startswith("DOCKER_HOST=unix://")
        if command.startswith("export "):
            name, _, value = self.here(command).removeprefix("export ").partition("=")
            self.environment[name] = value
            return True
        end = time.monotonic() + 60
        while not is_what_was_printed(self.here(shown), printed := self.printed(command)):
            if time.monotonic() > end or not command.startswith("docker service ls"):
                raise AssertionError(f"{command}\n{printed}")
            time.sleep(0.2)
        return True

    more: tuple[str, ...] = ()

    def printed(self, command):
        done = subprocess.run(
            ["/bin/sh", "-c", self.here(command)],
            cwd=self.folder,
            env=os.environ | self.environment | {"PATH": self._path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            timeout=90,
        )
        return done.stdout


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with ExitStack() as held:
        yield lambda places: Terminal(tmp_path, held, places)


def section(page, begin, end):
    """A part of a page, and its files."""
    text = (ROOT / page).read_text(encoding="utf-8")
    part = text[text.index(begin) : text.index(end)]
    return part, re.findall(
        r"^```(?:toml|yaml)\n(# (\S+)\n.*?)^```", part, re.MULTILINE | re.DOTALL
    )


def test_a_swarm_without_docker(terminal, tmp_path):
    page = "docs/howto/serve.md"
    part, _ = section(page, "## Without any Docker", "## Who may do what")
    dry, _ = section(page, "## What would come of it", "## The page beside it")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "dry").mkdir()
    (tmp_path / "dry" / "config.json").write_text(
        '{"HttpHeaders": {"X-Swarmwire-Dry-Run": "1"}}\n', encoding="utf-8"
    )
    shell = terminal({})
    lines = [*shell_lines(part), *shell_lines(dry)]
    serve, told = lines.pop(0)
    assert shell.runs(serve, told)
    shell.places = {told.strip().partition("=")[2]: shell.it.address}
    assert len(lines) > 8
    for command, shown in lines:
        assert shell.runs(command, shown)


def test_images_get_their_digest(terminal, tmp_path):
    refuse_missing("a registry", missing())
    part, _ = section("docs/howto/serve.md", "## Images get their digest", "## Health and")
    (serve, told), *lines = shell_lines(part)
    with debian_registry(tmp_path / "registry") as registry:
        registry.push_image("shop/web", "1", architecture="amd64", os="linux")
        shell = terminal({"localhost:5000": registry.name})
        assert shell.runs(serve, told)
        shell.places[told.strip().partition("=")[2]] = shell.it.address
        assert len(lines) == 3
        for command, shown in lines:
            assert shell.runs(command, shown)


def test_traefik_off_the_docker_socket(terminal, tmp_path):
    part, files = section(
        "docs/howto/least-privilege.md", "## Traefik off", "Whoever does not know what a client"
    )
    shell = terminal(
        {"/run/swarmwire": str(tmp_path / "run"), "/var/log/swarmwire": str(tmp_path / "log")}
    )
    shell.more = ("--embedded", "--state", services(tmp_path))
    for text, name in files:
        (tmp_path / name).write_text(shell.here(text), encoding="utf-8")
    for command, shown in shell_lines(part):
        assert shell.runs(command, shown)
    assert "0 clean" not in shell.printed("swarmwire check -c proxy.yml")
    # what Traefik asks for at each refresh
    assert list(poll(shell.it.address)) == ["shop_web"]


def services(folder):
    """The file of a swarm with the services of the page."""
    container = {"Image": "nginx:1.27", "Env": ["PASSWORD=hush"]}
    bodies = [
        {
            "Name": "shop_web",
            "Labels": {"traefik.enable": "true"},
            "TaskTemplate": {"ContainerSpec": container},
            "Mode": {"Replicated": {"Replicas": 2}},
        },
        {"Name": "shop_db", "TaskTemplate": {"ContainerSpec": {"Image": "postgres:16"}}},
    ]
    file = str(folder / "swarm.db")

    async def begin():
        swarm = Swarm(nodes=2, state=file)
        for body in bodies:
            spec = convert.service_spec_to_grpc(engine.from_dict(body, engine.ServiceSpec))
            await swarm.create_service(pb.CreateServiceRequest(spec=spec))
        await swarm.settle()
        swarm.close()

    asyncio.run(begin())
    return file
