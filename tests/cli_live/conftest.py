"""The commands against a manager in memory, and against a real one."""

import json
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from swarmwire import control, pb
from swarmwire.cli.group import cli
from swarmwire.cli.live import connection
from swarmwire.control.testing import FakeManager
from tests.cli.conftest import Done
from tests.support.either import manager_of
from tests.support.installations import EMBEDDED

COMMAND = [sys.executable, "-m", "swarmwire.cli"]
STATES = pb.TaskState


@pytest.fixture
def invoke(monkeypatch):
    """Run a command within this process."""
    monkeypatch.delenv("SWARMWIRE_SOCKET", raising=False)

    def start(*args):
        result = CliRunner().invoke(cli, [*map(str, args)], standalone_mode=False)
        return Done(result)

    return start


@pytest.fixture
def fake(monkeypatch):
    """A manager in memory, which every command of this process reaches."""
    manager = FakeManager()

    def opened(_where, *, secrets=False):
        return nullcontext(control.protected(manager, secrets=secrets))

    monkeypatch.setattr(connection, "opened", opened)
    return manager


def service(name, *, id_="", replicas=2, **spec):
    message = pb.Service(id=id_ or name, spec=spec)
    message.spec.annotations.name = name
    message.spec.task.container.image = "busybox:1"
    if message.spec.WhichOneof("mode") is None:
        message.spec.replicated.replicas = replicas
    return message


def task(of, slot, id_, state="RUNNING", desired="RUNNING", **fields):
    message = pb.Task(id=id_, service_id=of.id, slot=slot, spec=of.spec.task, **fields)
    message.service_annotations.CopyFrom(of.spec.annotations)
    message.status.state = STATES.Value(state)
    message.desired_state = STATES.Value(desired)
    return message


@pytest.fixture
def web(fake):
    """A service with two tasks that run, one of them an old spec, and one that failed."""
    found = service("web")
    (node,) = fake.objects("node")
    first, second = task(found, 1, "t1", node_id=node.id), task(found, 2, "t2", node_id=node.id)
    second.spec.container.image = "busybox:0"
    failed = task(found, 2, "t3", "FAILED", "SHUTDOWN", node_id=node.id)
    failed.status.err = "task: non-zero exit (1)"
    fake.put(found, first, second, failed)
    return SimpleNamespace(service=found, tasks=[first, second, failed], node=node)


@pytest.fixture(scope="module")
def dockerd(either):
    """A manager with one image: of the oldest engine, the newest, an embedded one."""
    with manager_of(either) as manager:
        yield manager


@pytest.fixture
def own(either):
    """A manager that a test may stop."""
    with manager_of(either) as manager:
        yield manager


@pytest.fixture(scope="module")
def live(dockerd, either):
    """Run a command that asks the manager: a real one as a process of its own."""

    def start(*args, code=0, socket=True, before=()):
        place = ["--socket", dockerd.control_socket] if socket else []
        words = [*map(str, args), *map(str, place)]
        if either == EMBEDDED:
            found = Done(CliRunner().invoke(cli, words, standalone_mode=False))
            ended, output, error = found.code, found.output, found.stderr
        else:
            done = subprocess.run(
                [*before, *COMMAND, *words],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=120,
                check=False,
            )
            ended, output, error = done.returncode, done.stdout, done.stderr.decode()
        assert ended == code, error
        return SimpleNamespace(text=output.decode(), error=error, json=_json(output))

    return start


def _json(output):
    try:
        return json.loads(output)
    except ValueError:
        return None


def rows(text):
    """A table as a list of dictionaries, by the places of its heads."""
    head, *lines = text.splitlines()
    starts = [at for at in range(len(head)) if head[at] != " " and (at == 0 or head[at - 1] == " ")]
    ends = [*starts[1:], None]
    names = [head[a:b].strip() for a, b in zip(starts, ends, strict=True)]
    return [
        dict(
            zip(names, (line[a:b].strip() for a, b in zip(starts, ends, strict=True)), strict=True)
        )
        for line in lines
    ]
