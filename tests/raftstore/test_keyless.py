"""What a folder tells when no key opens it."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.support.raft_folder import RaftFolder, create, fill, key, secret
from tests.support.raft_folder.damage import flip
from tests.support.task_database import entry, file_of, leaf, small_bucket


@pytest.fixture
def folder(tmp_path):
    """A locked manager, of which something is past the commit index."""
    folder = fill(RaftFolder(tmp_path / "swarm", unlock_key=key("unlock")))
    folder.snapshot()
    folder.transaction(create(secret("later")))
    folder.snapshot()
    folder.transaction(create(secret("late")), commit=False)
    return folder


def database(*names):
    tasks = small_bucket((b"tasks", (3).to_bytes(8, "little") * 2, 1))
    pages = {2: leaf((b"v1", tasks, 1), number=2), 3: leaf(*map(entry, names), number=3)}
    return file_of(pages)


def test_the_shape_of_its_log(folder):
    found = raftstore.keyless(folder.write())
    assert found.entries == folder.index
    assert (found.last_index, found.commit, found.term) == (
        folder.index,
        folder.commit_index,
        folder.term,
    )
    assert found.myself == folder.myself
    assert found.problems == ()


def test_its_snapshots_the_newest_first(folder):
    found = raftstore.keyless(folder.write())
    newest_first = sorted(folder.snapshots, reverse=True)
    assert found.snapshots == tuple(folder.snapshots[index][0] for index in newest_first)


def test_who_it_is(folder):
    identity = raftstore.keyless(folder.write()).facts.identity
    assert (identity.node_id, identity.cluster_id, identity.role) == (
        folder.myself.node_id,
        folder.cluster_id,
        "manager",
    )


def test_no_key_file_is_needed(folder):
    root = folder.write()
    (root / "certificates/swarm-node.key").unlink()
    assert raftstore.keyless(root).entries == folder.index


def test_what_is_damaged_is_not_counted(folder):
    root = folder.write()
    flip(root / folder.place(5).file, folder.place(5).data + 20)
    found = raftstore.keyless(root)
    assert found.entries == folder.index - 1
    assert found.last_index == folder.index


def test_without_a_log_the_rest(folder):
    root = folder.write()
    for segment in folder.segments:
        (root / segment.name).unlink()
    found = raftstore.keyless(root)
    assert (found.myself, found.entries, found.last_index) == (None, 0, 0)
    assert found.facts.identity.node_id == folder.myself.node_id


def test_tasks_that_ran_on_the_node(folder):
    root = folder.write()
    (root / "worker").mkdir()
    (root / "worker/tasks.db").write_bytes(database("a", "b"))
    found = raftstore.keyless(root)
    assert len(found.tasks) == 2
    assert found.problems == ()
    assert "tasks" not in repr(found)


def test_without_their_database_none(folder):
    assert raftstore.keyless(folder.write()).tasks == []


def test_what_cannot_be_read_is_a_problem_and_no_error(folder):
    root = folder.write()
    (root / "worker").mkdir()
    (root / "worker/tasks.db").write_bytes(b"no database")
    (root / "state.json").write_bytes(b"{")
    found = raftstore.keyless(root)
    assert found.tasks == []
    state, tasks = found.problems
    assert state.startswith("state.json")
    assert tasks.startswith("worker/tasks.db")
    assert found.entries == folder.index


def test_there_has_to_be_a_folder(tmp_path):
    with pytest.raises(StoreError, match="it is empty"):
        raftstore.keyless(tmp_path)
