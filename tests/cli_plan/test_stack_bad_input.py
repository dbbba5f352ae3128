"""Bad input of ``plan --stack`` and ``apply --stack``: told for what it is, and nothing written."""

import os
import socket
import subprocess
import sys

import pytest

from swarmwire.cli.planning.stack import inputs
from tests.support.powerless import powerless, powerless_command

BOMB = (
    "x-a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    + "".join(
        f"x-{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "services: {a: {image: x}}\n"
)
COMPOSE = """\
name: shop
services:
  web: {image: x, depends_on: {db: {condition: service_healthy}}, profiles: [a], mem_limit: 1g}
"""
SECRET = "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {file: ./s}}\n"
FILES = {
    "a bomb": (BOMB, ["yaml: document contains excessive aliasing"]),
    "50 MB": ("services: {}\n" + "#" * (50 * 2**20), ["1:1: the file is larger than 16 MiB"]),
    "deep": ("services: " + "[" * 100_000, ["exceeded maximum nesting depth"]),
    "deep, and closed": ("services: " + "{a: " * 5_000 + "}" * 5_000, ["levels deep"]),
    "UTF-16 without a mark": (
        "services: {a: {image: x}}".encode("utf-16-le"),
        ["control characters are not allowed"],
    ),
    "Latin 1": ("services: {a: {image: ü}}".encode("latin-1"), ["neither UTF-8 nor UTF-16"]),
    "tabs": ("services:\n\ta:\n", ["2:1: yaml: line 2: found character that cannot start"]),
    "nothing": ("", ["top-level object must be a mapping"]),
    "no stack": ("kind: Pod\n", ["Additional property kind is not allowed"]),
    "a compose file": (
        COMPOSE,
        [
            "only `docker compose` knows it: the name of a stack is given to the command",
            "a swarm starts all services at once",
            "leave the service out, or set deploy.replicas to 0",
            "mem_limit: Set resource limits using deploy.resources",
        ],
    ),
    "an open variable": ("services: {a: {image: '${A'}}\n", ["invalid interpolation format"]),
    "a secret that is not there": (SECRET, ["2:21: open ", "/s: no such file or directory"]),
}


@pytest.fixture(autouse=True)
def no_engine(monkeypatch, tmp_path):
    monkeypatch.setattr(inputs, "ENGINE_SOCKET", str(tmp_path / "none.sock"))


@pytest.fixture
def refused(invoke, fake, tmp_path):
    """What both commands say of a file, and of a stack of that name."""

    def start(content, name="st"):
        file = tmp_path / "stack.yml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = fake.fake.objects("network")
        said = []
        for words in (("plan",), ("apply", "--yes")):
            done = invoke(*words, "--stack", name, "-c", file)
            assert done.code == 1
            said.append(done.text + done.stderr)
        assert fake.fake.objects("service") == []
        assert fake.fake.objects("network") == before
        return " ".join("\n".join(said).split())

    return start


@pytest.mark.parametrize("what", FILES)
def test_files(refused, what):
    content, words = FILES[what]
    said = refused(content)
    for each in words:
        assert said.count(each) >= 2
    assert "not found" not in said
    assert len(said) < 4_000


def test_utf_16_and_a_second_document_are_read(invoke, fake, tmp_path):
    file = tmp_path / "stack.yml"
    file.write_bytes("services: {a: {image: x}}\n---\nb: 1\n".encode("utf-16"))
    done = invoke("plan", "--stack", "st", "-c", file)
    assert done.code == 2
    assert "st_a: is new" in done.text
    assert "only the first document of the file is read" in " ".join(done.text.split())


def test_a_folder_in_place_of_a_file(invoke, fake, tmp_path):
    done = invoke("plan", "--stack", "st", "-c", tmp_path)
    assert (done.code, done.stderr) == (1, f"swarmwire: {tmp_path}: is a directory\n")


@pytest.mark.parametrize("name", ["", " ", '"'])
def test_names_that_the_docker_command_refuses(refused, name):
    assert "invalid stack name: " in refused("services: {a: {image: x}}", name)


@pytest.mark.parametrize("name", ["a b", "ä", "../x", "-x", "x" * 80, "a.b"])
def test_names_that_the_manager_refuses(refused, name):
    assert "refused" in refused("services: {a: {image: x}}", name)


def test_a_secret_that_may_not_be_read(refused, tmp_path):
    (tmp_path / "s").write_text("hunter2")
    (tmp_path / "s").chmod(0)
    with powerless():
        said = refused(SECRET)
    assert said.count("/s: permission denied") >= 2
    assert "hunter2" not in said


def test_a_socket_that_may_not_be_opened(tmp_path):
    file, path = tmp_path / "stack.yml", tmp_path / "control.sock"
    file.write_text("services: {a: {image: x}}")
    words = ("--stack", "st", "-c", str(file), "--socket", str(path))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        os.chmod(path, 0)  # noqa: PTH101 - a socket, and no file
        for command in (["plan"], ["apply", "--yes"], ["apply", "--yes", "--format", "json"]):
            done = subprocess.run(
                [*powerless_command(), sys.executable, "-m", "swarmwire.cli", *command, *words],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 1
            reason = f"{path}: this user may not open it: run as root, or with sudo"
            assert done.stderr == f"swarmwire: {reason}\n"
    assert f'"reason":"{reason}"' in done.stdout
