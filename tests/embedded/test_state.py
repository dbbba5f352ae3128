"""A swarm that is kept in a file goes on from it, wherever it was."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from swarmwire import embedded
from tests.embedded.build import create, running, service_spec, stored, update_state

ROLLS = """
import asyncio, os, signal, sys
from swarmwire import embedded
from tests.embedded.build import create, image, service_spec, update

async def main():
    swarm = embedded.Swarm(nodes=2, state=sys.argv[1])
    await create(swarm, service_spec(replicas=4))
    await swarm.settle()
    await update(swarm, image("web:2"))
    swarm.clock.advance("3s")
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def killed(tmp_path):
    """The file of a swarm whose process was killed in the middle of a roll-out."""
    path = tmp_path / "swarm.db"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", ROLLS, str(path)],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([root, *sys.path])},
    )
    assert done.returncode == -signal.SIGKILL
    return path


async def test_a_rollout_goes_on_after_kill_9(killed):
    path = killed
    swarm = embedded.Swarm(state=path)
    assert update_state(await stored(swarm)) == "UPDATING"
    before = {task.id for task in await running(swarm)}
    await swarm.settle()
    assert update_state(await stored(swarm)) == "COMPLETED"
    found = await running(swarm)
    assert {task.spec.container.image for task in found} == {"web:2"}
    assert sorted(task.slot for task in found) == [1, 2, 3, 4]
    assert before & {task.id for task in found}
    assert len(swarm.nodes) == 2
    swarm.close()


async def test_versions_and_ids_go_on(tmp_path):
    path = tmp_path / "swarm.db"
    swarm = embedded.Swarm(state=path)
    first = await create(swarm, service_spec("one"))
    await swarm.settle()
    version, now = swarm.store.version, swarm.clock.now()
    swarm.close()
    swarm = embedded.Swarm(state=path)
    assert swarm.store.version >= version
    assert swarm.clock.now() <= now
    second = await create(swarm, service_spec("two"))
    await swarm.settle()
    assert first.id != second.id
    assert len(await running(swarm, "one")) == len(await running(swarm, "two")) == 2
    swarm.close()


def test_one_table_holds_it(tmp_path):
    path = tmp_path / "swarm.db"
    embedded.Swarm(state=path).close()
    database = sqlite3.connect(path)
    (tables,) = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert tables == ("objects",)
    kinds = {kind for (kind,) in database.execute("SELECT kind FROM objects")}
    assert kinds == {"cluster", "meta", "network", "node"}
    database.close()


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no database at all, only a text that is long enough for a header\n" * 99)
    with pytest.raises(embedded.UnusableState, match="cannot be the state of a swarm"):
        embedded.Swarm(state=path)
    assert path.read_text().startswith("no database")


def test_a_file_in_use_is_refused(tmp_path):
    first = embedded.Swarm(state=tmp_path / "swarm.db")
    with pytest.raises(embedded.UnusableState, match="locked"):
        embedded.Swarm(state=tmp_path / "swarm.db")
    first.close()


async def test_a_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.db"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE objects (kind, id, message)")
    database.execute("INSERT INTO objects VALUES ('fish', '1', 'x')")
    database.commit()
    database.close()
    with pytest.raises(embedded.UnusableState, match="something else"):
        embedded.Swarm(state=path)
