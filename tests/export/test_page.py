"""What docs/howto/stacks.md shows is what the commands print, on a real engine."""

import re
import shlex
import subprocess
import sys

import pytest

from tests.support.dockerd import IMAGE, Dockerd
from tests.support.documented import ROOT, commands, is_what_was_printed
from tests.support.shell import Shell

PAGE = "docs/howto/stacks.md"
FILE = f"""version: "3.9"
services:
  web:
    image: {IMAGE}
    command: sleep 1000
    environment: ["TZ=UTC", "DB=db"]
    configs: [{{source: site, target: /etc/site.conf}}]
    networks: [host]
    deploy: {{replicas: 2, update_config: {{order: start-first}}, restart_policy: {{delay: 10s}}}}
  db:
    image: {IMAGE}
    command: ["sleep", "1000"]
    secrets: [password]
    volumes: ["data:/var/lib/db"]
    networks: [host]
networks: {{host: {{external: true, name: host}}}}
volumes: {{data: }}
configs: {{site: {{file: site.conf}}}}
secrets: {{password: {{file: password}}}}
"""


def prepare(daemon):
    """A swarm with the stack that the page tells of."""
    daemon.init_swarm()
    daemon.import_image()
    for name, text in (("shop.yml", FILE), ("site.conf", "listen 80\n"), ("password", "s")):
        (daemon.root / name).write_text(text, encoding="utf-8")
    file = str(daemon.root / "shop.yml")
    daemon.cli("stack", "deploy", "--resolve-image", "never", "-c", file, "shop")


def is_settled(daemon):
    """Whether each service has the tasks that it asks for, and no other is on its way out."""
    tasks = daemon.get("/tasks").json
    live = [one for one in tasks if one["DesiredState"] == "running"]
    ending = [
        one
        for one in tasks
        if one["DesiredState"] != "running" and one["Status"]["State"] == "running"
    ]
    return len(live) == 3 and not ending


@pytest.fixture(scope="module")
def shell(engines, tmp_path_factory):
    with Dockerd() as daemon:
        prepare(daemon)
        shell = Shell(tmp_path_factory.mktemp("page"))
        shell.socket = daemon.control_socket
        shell.daemon = daemon
        yield shell


@pytest.mark.engine
def test_the_page_shows_what_is_printed(shell):
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    [file] = re.findall("^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    shown = [one for one in commands(PAGE) if one[0].startswith("export")]
    assert len(shown) == 3
    for command, output in sorted(shown, key=lambda one: "--proof-only" in one[0]):
        is_changed = "--proof-only" in command
        if is_changed:
            update = ("--group-add", "1000", "shop_web")
            # Not detached: the proof counts tasks, and a roll-out adds some while it goes on.
            shell.daemon.cli("service", "update", *update)
            shell.daemon.wait_for("the end of the roll-out", lambda: is_settled(shell.daemon))
        printed = shell(command, 3 if is_changed else 0)
        assert is_what_was_printed(output, printed), printed
        if command.endswith("shop.yml"):
            assert (shell.folder / "shop.yml").read_text(encoding="utf-8") == file
    config = shell.folder / "shop-files" / "configs" / "site"
    assert config.read_text(encoding="utf-8") == "listen 80\n"
    assert not (shell.folder / "shop-files" / "secrets").exists()


def test_the_page_shows_what_a_check_prints():
    [(command, output)] = [one for one in commands(PAGE) if one[0].startswith("check")]
    done = subprocess.run(
        [sys.executable, "-m", "swarmwire.cli", *shlex.split(command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert is_what_was_printed(output, done.stdout), done.stdout
