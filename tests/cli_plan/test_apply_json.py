"""``apply --format json``: an object on each line, of which the last one is the end."""

import json
import os
import signal
import time

import pytest

from swarmwire.cli.planning.stack import applying, inputs
from swarmwire.control import DeadlinePassed, InvalidArgument
from tests.support.clocks import Moving

STACK = """
services:
  web: {image: "busybox:1", secrets: [key], networks: [inner], deploy: {replicas: 2}}
networks: {inner: {}}
secrets: {key: {file: ./key}}
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    monkeypatch.setattr(applying, "CLOCK", Moving().clock())
    monkeypatch.setattr(inputs, "ENGINE_SOCKET", str(tmp_path / "none.sock"))


@pytest.fixture
def file(tmp_path):
    (tmp_path / "key").write_text("s3cret")
    path = tmp_path / "stack.yml"
    path.write_text(STACK)
    return path


@pytest.fixture
def stack(invoke, fake, file):
    def start(*words, files=("-c", file), agrees=("--yes",)):
        given = ("--resolve-image", "never", "--format", "json", *agrees)
        return invoke("apply", "--stack", "st", *files, *given, *words)

    return start


def lines(done):
    return [json.loads(line) for line in done.text.splitlines()]


def events(done):
    return [line["event"] for line in lines(done)]


def test_a_stack_is_told_from_its_plan_to_its_end(stack, invoke, file):
    planned = invoke(
        *("plan", "--stack", "st", "-c", file, "--resolve-image", "never", "--format", "json")
    )
    done = stack("--detach")
    assert done.code == 0
    plan, *rest = lines(done)
    assert plan == {"event": "plan", **json.loads(planned.output)}
    steps = [(line["event"], line.get("verb"), line.get("name")) for line in rest]
    assert steps == [
        ("begun", "create", "st_inner"),
        ("done", "create", "st_inner"),
        ("begun", "create", "st_key"),
        ("done", "create", "st_key"),
        ("begun", "create", "st_web"),
        ("done", "create", "st_web"),
        ("rollout", None, None),
        ("end", None, None),
    ]
    assert rest[1]["kind"] == "network"
    assert len(rest[1]["id"]) == 25
    assert rest[1]["was_there"] is False
    assert rest[-1] == {"event": "end", "code": 0, "reason": ""}
    assert "s3cret" not in done.text


def test_its_roll_outs_are_told(stack):
    # In memory, no task ever runs.
    done = stack("--wait", "5")
    assert done.code == 6
    service, rollout, end = lines(done)[-3:]
    assert service["event"] == "service"
    assert (service["name"], service["done"], service["total"]) == ("st_web", 0, 2)
    assert rollout["states"][-1]["name"] == "st_web"
    assert rollout["reason"] == "not finished within 5 s"
    assert (end["event"], end["code"]) == ("end", 6)
    assert end["reason"].startswith("written, and not finished within 5 s")


def test_nothing_to_do(stack):
    stack("--detach")
    done = stack("--detach")
    assert done.code == 0
    assert events(done) == ["plan", "rollout", "end"]


def test_why_nothing_was_written(stack, fake):
    done = stack(agrees=())
    assert (done.code, events(done)) == (1, ["plan", "end"])
    assert lines(done)[-1]["reason"].startswith("nothing written: nobody to ask")
    fake.before["CreateNetwork"] = [InvalidArgument("InvalidArgument", "no")]
    done = stack()
    assert (done.code, events(done)) == (1, ["plan", "begun", "end"])
    assert lines(done)[-1]["reason"] == "stopped: the manager says: no; nothing was written"


def test_files_that_are_refused(stack, tmp_path):
    bad = tmp_path / "bad.yml"
    bad.write_text("services: {web: {image: 5}}")
    done = stack(files=("-c", bad))
    assert done.code == 1
    assert lines(done) == [
        {
            "event": "problem",
            "file": str(bad),
            "line": 1,
            "column": 25,
            "path": "services.web.image",
            "reason": "services.web.image must be a string",
            "hint": "",
        },
        {"event": "end", "code": 1, "reason": "the stack files are refused"},
    ]


def test_ctrl_c_tells_what_stands(stack, fake):
    def interrupt():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)  # the answer is on its way

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    fake.before["CreateSecret"] = [interrupt]
    done = stack()
    signal.signal(signal.SIGINT, before)
    end = lines(done)[-1]
    assert (end["event"], end["code"], done.code) == ("end", 130, 130)
    assert "what stands: created network st_inner; not known whether secret st_key" in end["reason"]


def test_a_service(invoke, stored_service, wanted):
    def change(spec):
        spec.replicated.replicas = 2

    new = wanted(change)
    planned = invoke("plan", "web", new, "--format", "json")
    done = invoke("apply", "web", new, "--yes", "--wait", "5", "--format", "json")
    plan, *rest, rollout, end = lines(done)
    assert plan == {"event": "plan", **json.loads(planned.output)}
    assert {line["event"] for line in rest} <= {"task", "progress"}
    assert (rollout["event"], rollout["outcome"]) == ("rollout", "timed out")
    assert (end["event"], end["code"], done.code) == ("end", 6, 6)
    assert done.stderr == f"swarmwire: {end['reason']}\n"


def test_a_service_whose_answer_is_lost(invoke, fake, stored_service, wanted):
    def change(spec):
        spec.annotations.labels["a"] = "b"

    fake.after["UpdateService"] = [DeadlinePassed("control.sock", "late", uncertain=True)]
    done = invoke("apply", "web", wanted(change), "--yes", "--detach", "--format", "json")
    assert events(done) == ["plan", "manager-away", "manager-back", "end"]
    assert done.code == 0
