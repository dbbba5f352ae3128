"""What README.md and docs/howto/stacks.md show of stacks planned and applied is what is printed."""

import pytest

from tests.support.dockerd import IMAGE
from tests.support.documented import commands, is_what_was_printed
from tests.support.either import manager_of
from tests.support.installations import ON_MACHINE
from tests.support.shell import Shell

PAGE = "docs/howto/stacks.md"
BEFORE = f"""version: "3.9"
services:
  web:
    image: {IMAGE}
    command: sleep 1000
    stop_signal: SIGKILL
    environment: {{BACKEND: "http://api:8080"}}
    configs: [{{source: site, target: /etc/site.conf}}]
    networks: [host]
    deploy: {{replicas: 2, update_config: {{order: start-first, monitor: 1s}}}}
  api:
    image: {IMAGE}
    command: sleep 1000
    stop_signal: SIGKILL
    networks: [host]
networks: {{host: {{external: true, name: host}}}}
configs: {{site: {{file: site.conf}}}}
"""
AFTER = BEFORE.replace("api:8080", "api:9090").replace(
    "networks: {host",
    f"""  mail:
    image: {IMAGE}
    command: sleep 1000
    stop_signal: SIGKILL
    networks: [host]
    deploy: {{resources: {{limits: {{memory: 5M}}}}}}
networks: {{host""",
)
"""What the readers of README.md changed: a variable, and one more service."""

SOUND = AFTER.replace("memory: 5M", "memory: 50M")


def documented(page, *words):
    """The commands of a page that are about stacks and begin so, with what they print."""
    return [one for one in commands(page) if one[0].startswith(" ".join(words))]


@pytest.fixture(scope="module")
def shell(either, tmp_path_factory):
    with manager_of(either) as daemon:
        shell = Shell(tmp_path_factory.mktemp("page"))
        shell.socket = daemon.control_socket
        (shell.folder / "site.conf").write_text("listen 80\n", encoding="utf-8")
        (shell.folder / "shop.yml").write_text(BEFORE, encoding="utf-8")
        shell("apply --stack shop -c shop.yml --yes --resolve-image never")
        yield shell


@pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")
def test_the_pages_show_what_is_printed(shell):
    [(planned, shown)] = documented("README.md", "plan --stack")
    (shell.folder / "shop.yml").write_text(AFTER, encoding="utf-8")
    printed = shell(planned, 3)
    assert is_what_was_printed(shown, printed), printed

    (shell.folder / "shop.yml").write_text(SOUND, encoding="utf-8")
    found = [*documented(PAGE, "plan --stack"), *documented(PAGE, "apply --stack")]
    plan, rotated, apply, back = found
    printed = shell(plan[0], 3)
    assert is_what_was_printed(plan[1], printed), printed
    printed = shell(apply[0])
    assert is_what_was_printed(apply[1], printed), printed
    (shell.folder / "site.conf").write_text("listen 8080\n", encoding="utf-8")
    printed = shell(rotated[0], 3)
    assert is_what_was_printed(rotated[1], printed), printed
    printed = shell(back[0])
    assert is_what_was_printed(back[1], printed), printed
