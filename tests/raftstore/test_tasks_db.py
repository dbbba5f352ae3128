"""The tasks that a node's agent wrote down: those of real nodes, and those of damaged files."""

import json
import random

import pytest

from swarmwire import pb
from swarmwire.errors import CorruptLog
from swarmwire.raftstore.task_database import tasks

RUNNING = "14-hot-copy-head"
STOPPED = (
    "01-plain-2010",
    "06-leader-uncommitted-2010",
    "12-small-autolock-2010",
    "18-demoted-worker-2010",
    "19-force-new-cluster-2010",
)


@pytest.fixture(scope="module")
def database(sample):
    return (sample(RUNNING) / "swarm/worker/tasks.db").read_bytes()


@pytest.fixture(scope="module")
def said(sample):
    """What the engine's API said of the same tasks, by id."""
    answer = (sample(RUNNING) / "api/tasks.json").read_bytes()
    return {each["ID"]: each for each in json.loads(answer)}


def test_tasks_of_a_running_node_are_those_of_its_api(database, said):
    found = tasks(database)
    assert [task.id for task in found] == sorted(said)
    assert len(found) == 17
    for task in found:
        api = said[task.id]
        container = api["Spec"]["ContainerSpec"]
        assert task.service_id == api["ServiceID"]
        assert task.node_id == api["NodeID"]
        assert task.slot == api.get("Slot", 0)
        assert task.spec.container.image == container["Image"]
        assert list(task.spec.container.args) == container.get("Args", [])
        assert [each.secret_name for each in task.spec.container.secrets] == [
            each["SecretName"] for each in container.get("Secrets", [])
        ]


def test_each_task_has_its_status(database, said):
    for task in tasks(database):
        status = said[task.id]["Status"]
        assert pb.TaskState.Name(task.status.state).lower() == status["State"]
        assert task.status.message == status["Message"]
        assert task.status.err == status.get("Err", "")


@pytest.mark.parametrize("name", STOPPED)
def test_node_that_was_stopped_in_order_has_no_tasks(sample, name):
    assert tasks((sample(name) / "swarm/worker/tasks.db").read_bytes()) == []


def damaged(database, offset, new):
    return database[:offset] + new + database[offset + len(new) :]


def test_without_its_youngest_meta_page_the_transaction_before_is_read(database):
    found = tasks(damaged(database, 16 + 16, b"\xff"))
    assert {task.id for task in found} == {task.id for task in tasks(database)}


def test_without_its_first_meta_page_the_second_is_found_by_the_size_of_pages(database):
    assert tasks(damaged(database, 0, bytes(4096)))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 79, b"\0" * 131072, b"\xff" * 131072, b"SQLite format 3\0" * 512],
    ids=["empty", "short", "zeros", "ones", "another"],
)
def test_what_is_no_database_is_refused(content):
    with pytest.raises(CorruptLog, match="no sound meta page") as caught:
        tasks(content, "worker/tasks.db")
    assert (caught.value.file, caught.value.offset) == ("worker/tasks.db", 0)


def outcome(database):
    try:
        return tasks(database), None
    except CorruptLog as err:
        return [], err


def test_file_that_was_cut_in_the_middle_is_refused(database):
    with pytest.raises(CorruptLog):
        tasks(database[: len(database) // 2])


@pytest.mark.parametrize("size", range(8192, 28 * 4096, 4096))
def test_file_that_was_cut_is_refused_or_loses_nothing(database, size):
    """Which pages are in use is up to the database, so a cut may hit one that is free."""
    found, refused = outcome(database[:size])
    assert found == tasks(database) if refused is None else 0 < refused.offset <= size


@pytest.mark.parametrize("seed", range(8))
def test_any_damage_is_answered_with_tasks_or_with_the_place_of_the_damage(database, seed):
    numbers = random.Random(seed)  # the same changes on each run
    offsets = []
    for _ in range(40):
        changed = bytearray(database)
        for _ in range(numbers.randrange(1, 40)):
            at = numbers.randrange(len(changed) // 16) * 16 + numbers.choice([0, 4, 8, 10, 12])
            changed[at] = numbers.choice([0, 1, 2, 255, numbers.randrange(256)])
        _, refused = outcome(bytes(changed))
        if refused is not None:
            offsets.append(refused.offset)
    assert offsets
    assert all(0 <= offset <= len(database) for offset in offsets)
