"""Against real managers: changes that the log has forgotten, and tasks that nobody looks after."""

import contextlib
import signal
import subprocess
from types import SimpleNamespace

import pytest

from swarmwire.embedded import NodeSetup
from tests.cli_live.conftest import COMMAND, rows
from tests.cli_live.watching import Watch, create
from tests.support.dockerd import IMAGE, Dockerd
from tests.support.either import manager_of
from tests.support.embedded_engine import EmbeddedEngine
from tests.support.installations import EMBEDDED, ON_MACHINE

ON_BOTH = pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")
# whose log forgets
ON_REAL = pytest.mark.parametrize("either", ON_MACHINE[:1], indirect=True, scope="session")


def run(daemon, *args):
    command = [*COMMAND, *args, "--socket", str(daemon.control_socket)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return SimpleNamespace(code=done.returncode, text=done.stdout, error=done.stderr)


def forget_soon(daemon):
    """Make the manager keep hardly any log."""
    swarm = daemon.get("/swarm").json
    swarm["Spec"]["Raft"] |= {"SnapshotInterval": 5, "LogEntriesForSlowFollowers": 1}
    daemon.post(f"/swarm/update?version={swarm['Version']['Index']}", swarm["Spec"])


@ON_REAL
def test_what_the_log_has_forgotten_is_found_by_comparing_lists(own, tmp_path):
    forget_soon(own)
    stays, goes = create(own, "stays"), create(own, "goes")
    with Watch(own, tmp_path, "--kind", "service") as watch:
        watch.process.send_signal(signal.SIGSTOP)  # it sees nothing of what follows
        own.restart()
        own.wait_for("the manager", lambda: own.request("GET", "/services").status == 200)
        created = [f"s{number}" for number in range(40)]
        for name in created:
            create(own, name)
        own.delete(f"/services/{goes}")
        version = own.get(f"/services/{stays}").json["Version"]["Index"]
        spec = own.get(f"/services/{stays}").json["Spec"] | {"Labels": {"a": "b"}}
        own.post(f"/services/{stays}/update?version={version}", spec)
        watch.process.send_signal(signal.SIGCONT)
        watch.said("lists were compared")
        create(own, "after")
        own.wait_for("what came after", lambda: "after" in watch.created())
        found = {(each["action"], each["name"]): each["gap"] for each in watch.changes()}
        assert found == {
            **{("create", name): True for name in created},
            ("remove", "goes"): True,
            ("update", "stays"): True,
            ("create", "after"): False,
        }


@contextlib.contextmanager
def manager_and_worker(kind):
    """A manager, the id of its worker, and what kills the worker."""
    if kind == EMBEDDED:
        with EmbeddedEngine(NodeSetup(name="node-1"), NodeSetup(name="node-2")) as own:
            node = own.swarm.node("node-2")
            yield own, node.id, node.kill
        return
    with manager_of(kind) as own, Dockerd(beside=own, address="127.0.0.2") as worker:
        worker.join_swarm(own, "worker")
        worker.import_image()
        yield own, worker.get("/info").json["Swarm"]["NodeID"], worker.kill


@ON_BOTH
def test_a_task_on_a_node_that_died_is_a_ghost(either):
    with manager_and_worker(either) as (own, id_, kill):
        container = {"Image": IMAGE, "Command": ["sleep", "1000"]}
        placement = {"Constraints": [f"node.id=={id_}"]}
        template = {"ContainerSpec": container, "Placement": placement}
        own.post("/services/create", {"Name": "far", "TaskTemplate": template})

        def states():
            return [task["Status"]["State"] for task in own.get("/tasks").json]

        own.wait_for("a running task", lambda: "running" in states())
        assert rows(run(own, "tasks", "--ghosts").text) == []
        kill()
        own.wait_for(
            "the node to be down",
            lambda: own.get(f"/nodes/{id_}").json["Status"]["State"] == "down",
            timeout=60,
        )
        own.delete("/services/far")

        # what waits for a node goes with its service, a moment later
        def all_on_it():
            return all(task.get("NodeID") == id_ for task in own.get("/tasks").json)

        own.wait_for("only tasks of the dead node to be left", all_on_it)
        ghosts = [row["ID"] for row in rows(run(own, "tasks", "--ghosts").text)]
        assert ghosts
        assert len(ghosts) == len(own.get("/tasks").json)
        dry = run(own, "task", "rm", *ghosts)
        assert (dry.code, "is down, so that nobody" in dry.text) == (0, True)
        assert len(own.get("/tasks").json) == len(ghosts)
        assert run(own, "task", "rm", "--yes", *ghosts).code == 0
        assert own.get("/tasks").json == []
