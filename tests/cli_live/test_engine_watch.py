"""Watching a real manager that is stopped, started and killed meanwhile: nothing is missed."""

import contextlib
import http.client
import itertools
import json
import signal
import subprocess
import threading
import time

import pytest

from tests.cli_live.conftest import COMMAND
from tests.cli_live.watching import Watch, create
from tests.support.dockerd import IMAGE, EngineFailed
from tests.support.installations import ON_MACHINE

pytestmark = pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")

ENDLESS = "while true; do echo x; sleep 0.2; done"


def test_no_change_is_lost_when_the_manager_restarts(own, tmp_path):
    names = [f"s{number}" for number in range(9)]
    with Watch(own, tmp_path, "--kind", "service") as watch:
        for number, end in enumerate((own.restart, own.kill)):
            for name in names[number * 3 : number * 3 + 3]:
                create(own, name)
            end()
            if end == own.kill:
                own.start()
            own.wait_for("the manager", lambda: own.request("GET", "/services").status == 200)
            watch.said("connected again", number + 1)
        for name in names[6:]:
            create(own, name)
        own.wait_for("all changes", lambda: set(watch.created()) >= set(names))
        assert watch.created() == names
        assert not any(each["gap"] for each in watch.changes())
        assert "lists were compared" not in watch.err.read_text()


def test_changes_while_nobody_listens_come_later(own, tmp_path):
    """The watcher is stopped as a process, so that it sees nothing while the manager restarts."""
    with Watch(own, tmp_path, "--kind", "service", "--kind", "task") as watch:
        id_ = create(own, "web", replicas=1)
        own.wait_for(
            "a running task",
            lambda: any(
                each["kind"] == "task" and each["object"]["Status"]["State"] == "running"
                for each in watch.changes()
            ),
        )
        own.restart()
        own.wait_for("the manager", lambda: own.request("GET", "/services").status == 200)
        create(own, "early")
        own.delete(f"/services/{id_}")
        own.wait_for("the end of the task", lambda: own.get("/tasks").json == [])
        watch.said("connected again")

        def ended():
            return {each["kind"] for each in watch.changes() if each["action"] == "remove"}

        own.wait_for("both removals", lambda: ended() == {"service", "task"})
        own.wait_for("the new one", lambda: "early" in watch.created())
        changes = watch.changes()
        kept = [json.dumps(each, sort_keys=True) for each in changes]
        assert len(kept) == len(set(kept))
        states = [
            each["object"]["Status"]["State"]
            for each in changes
            if each["kind"] == "task" and each["action"] != "remove"
        ]
        assert {"new", "pending", "assigned", "running"} <= set(states)


def test_secrets_are_hidden_unless_asked_for(own, tmp_path):
    hidden, shown = tmp_path / "hidden", tmp_path / "shown"
    hidden.mkdir()
    shown.mkdir()
    with (
        Watch(own, hidden, "--kind", "secret", "--raw") as watch,
        Watch(own, shown, "--kind", "secret", "--raw", "--secrets") as open_watch,
    ):
        own.post("/secrets/create", {"Name": "s", "Data": "c2VjcmV0"})
        own.wait_for("it", lambda: watch.changes() and open_watch.changes())
        assert "c2VjcmV0" not in watch.out.read_text()
        assert "c2VjcmV0" in open_watch.out.read_text()


def test_ctrl_c_ends_it_quietly(own, tmp_path):
    with Watch(own, tmp_path) as watch:
        watch.process.send_signal(signal.SIGINT)
        assert watch.process.wait(20) == 130
        assert watch.err.read_text().strip().count("\n") == 0


def test_a_closed_pipe_ends_it_quietly(own, tmp_path):
    command = [*COMMAND, "watch", "--socket", str(own.control_socket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert b"watching" in process.stderr.readline()
        process.stdout.close()
        create(own, "web")
        assert process.wait(20) == 141
        assert process.stderr.read() == b""


def test_logs_are_followed(own, tmp_path):
    container = {"Image": IMAGE, "Command": ["sh", "-c", ENDLESS], "StopGracePeriod": 1}
    own.post("/services/create", {"Name": "w", "TaskTemplate": {"ContainerSpec": container}})
    socket = ["--socket", str(own.control_socket)]
    command = [*COMMAND, "logs", "w", "--follow", "--no-prefix", *socket]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert [process.stdout.readline() for _ in range(5)] == [b"x\n"] * 5
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read().strip() == b""


def churn(own, stop):
    """Create, update and remove services until told to stop; a dead engine is waited for."""
    for number in itertools.count():
        with contextlib.suppress(OSError, http.client.HTTPException, EngineFailed):
            id_ = create(own, f"churn{number}", replicas=number % 3)
            if number % 2:
                own.delete(f"/services/{id_}")
        if stop.wait(0.05):
            return


def test_what_was_watched_adds_up_to_what_there_is(own, tmp_path):
    """Whatever breaks in between, all changes together lead to the objects of the end."""
    stop = threading.Event()
    with Watch(own, tmp_path, "--kind", "service", "--kind", "task", "--raw") as watch:
        worker = threading.Thread(target=churn, args=(own, stop))
        worker.start()
        try:
            for end in (own.kill, own.stop, own.kill):
                time.sleep(2)
                end()
                own.start()
        finally:
            stop.set()
            worker.join()
        own.wait_for("the manager", lambda: own.request("GET", "/services").status == 200)
        for service in own.get("/services").json:
            own.delete(f"/services/{service['ID']}")
        last = create(own, "last")
        own.wait_for("the end of all tasks", lambda: own.get("/tasks").json == [], timeout=60)
        own.wait_for("the last change", lambda: "last" in watch.created())
        own.wait_for("silence", lambda: set(left(watch)) == {last}, timeout=10)
        assert not any(each["gap"] for each in watch.changes())


def left(watch):
    """What remains when all changes have been made."""
    objects = {}
    for each in watch.changes():
        if each["action"] == "remove":
            objects.pop(each["id"], None)
        else:
            objects[each["id"]] = each["object"]
    return objects
