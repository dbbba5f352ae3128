"""``apply`` when managers vanish, others write, people interrupt; and names, networks, bases."""

import json
import os
import signal
import time
from contextlib import contextmanager

import click
import pytest

from swarmwire import pb
from swarmwire.cli.planning import applying
from swarmwire.control import NobodyListens, Unavailable
from tests.support.inmemory import RUNNING, label, meanwhile, stored, task_of


def gone(*, uncertain):
    return NobodyListens("control.sock", "nobody listens there", uncertain=uncertain)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_manager_that_dies_while_it_is_written_to(invoke, fake, wanted, when):
    """Whether the change was made is found out, and it is made once."""
    getattr(fake, when)["UpdateService"] = [gone(uncertain=True)]
    fake.before["GetService"] = [None] * 2 + [Unavailable("Unavailable", "starting")] * 3
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 0, done.stderr
    assert "looking whether the change was made" in done.stderr
    assert stored(fake).spec.annotations.labels == {"a": "1"}
    assert stored(fake).previous_spec.annotations.labels == {}


def test_a_manager_that_does_not_come_back(invoke, fake, wanted):
    fake.before["UpdateService"] = [gone(uncertain=True)]
    fake.before["GetService"] = [None] + [gone(uncertain=False)] * 1_000
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 6
    assert "it is not known whether the change was written" in done.stderr


def test_a_manager_that_was_never_reached(invoke, fake, wanted):
    fake.before["UpdateService"] = [gone(uncertain=False)]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert (done.code, done.stderr) == (1, "swarmwire: control.sock: nobody listens there\n")


def test_a_manager_that_is_lost_while_it_is_followed(invoke, fake, wanted):
    fake.before["ListTasks"] = [None] + [gone(uncertain=False)] * 1_000
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 6
    assert "written, and how it ends is not known" in done.stderr


def test_a_service_that_is_removed_meanwhile(invoke, fake, wanted):
    fake.after["UpdateService"] = [
        lambda: fake.fake.store.remove(fake.fake.store.all("service")[0])
    ]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 6
    assert "the service was removed meanwhile" in done.stderr


def _undone(fake):
    def change(spec):
        spec.annotations.labels.clear()

    return meanwhile(fake, change)


@pytest.mark.parametrize(("undone", "code"), [(True, 6), (False, 0)], ids=["undone", "kept"])
def test_another_update_comes_after(invoke, fake, wanted, undone, code):
    after = _undone(fake) if undone else meanwhile(fake, label("b", "2"))
    fake.after["UpdateService"] = [after]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == code, done.stderr
    text = "took this change back" if undone else "another update came after this one"
    assert text in done.stderr + done.text


def test_a_rollback_is_not_repeated_on_another_spec(invoke, fake, wanted):
    assert invoke("apply", "web", wanted(label("a", "1")), "--yes", "--detach").code == 0
    fake.before["UpdateService"] = [meanwhile(fake, label("b", "2"))]
    done = invoke("apply", "web", "--rollback", "--yes")
    assert done.code == 1
    assert done.text.endswith("Conflict: the service has another spec than the one planned for.\n")


def test_a_rollback_of_the_same_spec_is_repeated(invoke, fake, wanted):
    assert invoke("apply", "web", wanted(label("a", "1")), "--yes", "--detach").code == 0
    fake.before["UpdateService"] = [lambda: fake.fake.put(stored(fake))]
    done = invoke("apply", "web", "--rollback", "--yes", "--detach")
    assert done.code == 0, done.stderr
    assert not stored(fake).spec.annotations.labels


@contextmanager
def _interrupted():
    raise KeyboardInterrupt
    yield


def test_interrupted_before_anything_was_written(invoke, fake, wanted, terminal, monkeypatch):
    def confirm(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(click, "confirm", confirm)
    done = invoke("apply", "web", wanted(label("a", "1")))
    assert (done.code, done.stderr) == (130, "swarmwire: interrupted; nothing was written\n")


def test_interrupted_while_writing(invoke, fake, wanted):
    def interrupt():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)  # the answer is on its way

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    fake.before["UpdateService"] = [interrupt]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    signal.signal(signal.SIGINT, before)
    assert done.code == 130
    assert "it is not known whether the change was made" in done.stderr


def test_interrupted_while_following(invoke, fake, wanted, monkeypatch):
    monkeypatch.setattr(applying, "screen", _interrupted)
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 130
    assert "the update is written" in done.stderr


def test_names_are_found_as_the_engine_finds_them(invoke, fake, stored_service, wanted):
    file = wanted(label("a", "1"))
    for given in ("web", stored_service.id, stored_service.id[:7]):
        assert invoke("plan", "--by-name", given, file).code == 2
    missing = invoke("plan", "--by-name", "other", file)
    assert (missing.code, missing.stderr) == (1, "swarmwire: service other not found\n")


def test_an_ambiguous_name(invoke, fake, stored_service, wanted):
    again = pb.Service(id=f"{stored_service.id[:5]}~", spec=stored_service.spec)
    again.spec.annotations.name = "web2"
    fake.fake.put(again)
    given = stored_service.id[:5]
    done = invoke("plan", "--by-name", given, wanted())
    reason = f"service {given} is ambiguous (2 matches found)"
    assert (done.code, done.stderr) == (1, f"swarmwire: {reason}\n")


def test_networks_go_by_name(invoke, fake, stored_service, tmp_path):
    network = pb.Network(id="abcdefghijklmnopqrstuvwxy")
    network.spec.annotations.name = "inner"
    fake.fake.put(network)
    spec = {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": "x:1"}, "Networks": [{"Target": "inner"}]},
        "Mode": {"Replicated": {"Replicas": 1}},
    }
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps(spec))
    assert invoke("apply", "web", file, "--yes", "--detach").code == 0
    assert stored(fake).spec.task.networks[0].target == network.id
    spec["TaskTemplate"]["Networks"][0]["Target"] = "outer"
    file.write_text(json.dumps(spec))
    done = invoke("apply", "web", file, "--yes")
    assert done.code == 1
    assert done.stderr.endswith("TaskTemplate.Networks[0].Target: network outer not found\n")


def test_a_base_tells_what_is_meant(invoke, fake, stored_service, tmp_path):
    base, file = tmp_path / "base.json", tmp_path / "wanted.json"
    spec = {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": "x:1"}},
        "Mode": {"Replicated": {"Replicas": 1}},
    }
    base.write_text(json.dumps(spec))
    file.write_text(json.dumps(spec | {"Labels": {"a": "1"}}))
    meanwhile(fake, label("b", "2"))()

    assert invoke("apply", "web", file, "--base", base, "--yes", "--detach").code == 0
    assert stored(fake).spec.annotations.labels == {"a": "1", "b": "2"}

    file.write_text(json.dumps(spec | {"Labels": {"b": "3"}}))
    planned = invoke("plan", "--by-name", "web", file, "--base", base)
    applied = invoke("apply", "web", file, "--base", base, "--yes")
    assert (planned.code, applied.code) == (1, 1)
    assert "Labels[b]" in planned.text
    assert "Labels[b]" in applied.text


def test_a_roll_out_is_followed_to_its_end(invoke, fake, stored_service, wanted):
    """Task by task: the manager in memory runs none, so that we do."""

    def step(task_state, update_state):
        def do():
            now = stored(fake)
            now.update_status.state = update_state
            now.update_status.message = "update in progress"
            (old, *_) = fake.fake.objects("task")
            new = task_of(now, 1, name="zzz", state=task_state, node=old.node_id)
            old.desired_state = old.status.state = 640
            fake.fake.put(now, old, new)

        return do

    update = pb.UpdateStatus
    fake.after["ListTasks"] = [
        None,
        None,
        step(448, update.UPDATING),
        step(RUNNING, update.COMPLETED),
    ]
    done = invoke(
        "apply", "web", wanted(lambda spec: spec.task.container.env.append("A=1")), "--yes"
    )
    assert done.code == 0, done.stderr
    assert "  shutdown  1 task1" in done.text
    assert "  running   1 zzz" in done.text
    assert "  0 of 1 tasks run as wanted\n" in done.text


def test_tasks_that_are_rejected_again_and_again(invoke, fake, stored_service, wanted):
    """Between two attempts nothing is wrong with the service itself: the tasks tell."""

    def rejected(name):
        def do():
            now = stored(fake)
            now.update_status.state = pb.UpdateStatus.COMPLETED
            (node,) = fake.fake.objects("node")
            task = task_of(now, 1, name=name, state=768, node=node.id)
            task.status.err = "No such image: nowhere:1"
            olds = fake.fake.objects("task")
            for old in olds:
                old.desired_state = 640
            fake.fake.put(now, task, *olds)

        return do

    def nowhere(spec):
        spec.task.container.image = "nowhere:1"

    file = wanted(nowhere)
    # the first call finds the service by its name, the next one lists what else there is
    fake.before["ListServices"] = [None, None, *map(rejected, "abc")]
    done = invoke("apply", "web", file, "--yes")
    assert done.code == 4
    assert done.stderr == (
        "swarmwire: web: failed, 0 of 1 tasks run as wanted: No such image: nowhere:1\n"
    )
    assert "  rejected  1 c manager: No such image: nowhere:1\n" in done.text
