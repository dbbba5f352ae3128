"""The tasks that a node's agent wrote down: those of real nodes, and those of damaged files."""

import json
import random
import time
import traceback
import tracemalloc
from struct import pack

import pytest

from swarmwire import pb
from swarmwire.errors import CorruptLog
from swarmwire.raftstore.task_database import tasks
from tests.support.task_database import (
    BRANCH,
    LEAF,
    SIZE,
    a_task,
    branch,
    bucket,
    entry,
    file_of,
    leaf,
    meta,
    small_bucket,
    with_tasks,
)

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


# Pages of a task database, one by one: what a sound one looks like, and each way to be damaged.


def ids(database):
    return [task.id for task in tasks(database)]


def test_tasks_on_one_page():
    found = tasks(with_tasks(p4=leaf(entry("a"), entry("b"), number=4)))
    assert [task.id for task in found] == ["a", "b"]
    assert found[0].status.state == pb.TaskState.RUNNING
    assert found[0].status.message == "as the agent saw it"


def test_tasks_on_several_levels_of_pages_come_in_order():
    pages = {
        "p4": branch(5, 8, number=4),
        "p5": branch(6, 7, number=5),
        "p6": leaf(entry("a"), number=6),
        "p7": leaf(entry("b"), entry("c"), number=7),
        "p8": leaf(entry("d"), number=8),
    }
    assert ids(with_tasks(**pages)) == ["a", "b", "c", "d"]


def test_task_larger_than_a_page():
    long = pb.Task(id="a", service_id="x" * 10_000).SerializeToString()
    (found,) = tasks(with_tasks(p4=leaf(entry("a", data=long), number=4, overflow=2)))
    assert len(found.service_id) == 10_000


def test_task_in_a_bucket_with_pages_of_its_own():
    data, status = a_task("a")
    pages = {
        "p4": leaf((b"a", bucket(5), 1), number=4),
        "p5": leaf((b"data", data, 0), (b"status", status, 0), number=5),
    }
    assert ids(with_tasks(**pages)) == ["a"]


def test_task_that_reported_nothing_yet_has_no_status():
    (found,) = tasks(with_tasks(p4=leaf(entry("a", status=None), number=4)))
    assert not found.HasField("status")


def test_text_that_is_not_utf_8_is_read_with_what_stands_for_it():
    data = pb.Task(id="a", service_id="?").SerializeToString().replace(b"?", b"\xff")
    (found,) = tasks(with_tasks(p4=leaf(entry("a", data=data), number=4)))
    assert found.service_id == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("size", [1024, 16384, 65536])
def test_pages_are_as_large_as_those_of_the_machine(size):
    pages = {2: leaf((b"v1", bucket(3), 1), number=2)}
    pages |= {3: leaf((b"tasks", bucket(4), 1), number=3), 4: leaf(entry("a"), number=4)}
    whole = file_of(pages, size)
    assert ids(whole) == ["a"]
    assert ids(bytes(size) + whole[size:]) == ["a"], "with its second meta page alone"


def test_last_transaction_counts():
    pages = {2: leaf(number=2), 3: leaf((b"v1", bucket(4), 1), number=3)}
    pages |= {4: leaf((b"tasks", bucket(5), 1), number=4), 5: leaf(entry("new"), number=5)}
    assert ids(file_of(pages | {0: meta(0, 3, 8)})) == ["new"]
    assert ids(file_of(pages | {1: meta(1, 3, 8)})) == ["new"]
    assert ids(file_of(pages | {1: meta(1, 3, 5)})) == []


@pytest.mark.parametrize(
    "root",
    [
        leaf(number=2),
        leaf((b"other", small_bucket(), 1), number=2),
        leaf((b"v1", small_bucket(), 1), number=2),
        leaf((b"v1", small_bucket((b"tasks", small_bucket(), 1)), 1), number=2),
    ],
    ids=["nothing", "no version", "no tasks", "empty"],
)
def test_database_without_tasks(root):
    assert tasks(file_of({2: root})) == []


LONG = pb.Task(id="a", service_id="x" * 3_000).SerializeToString()


def shared(value):
    """A leaf page with two keys that stand for the same bytes."""
    heads = [pack("<IIII", 1, position, 1, len(value)) for position in (32, 16)]
    return pack("<QHHI", 4, LEAF, 2, 0) + b"".join(heads) + b"a" + value


DAMAGE = {
    "a page that is its own child": ({"p4": branch(4, number=4)}, "two places", 4),
    "pages in a circle": (
        {"p4": branch(5, number=4), "p5": branch(6, number=5), "p6": branch(5, number=6)},
        "two places",
        5,
    ),
    "a page with two parents": (
        {"p4": branch(5, 5, number=4), "p5": leaf(entry("a"), number=5)},
        "two places",
        5,
    ),
    "a page that lies on another": (
        {
            "p4": branch(5, 6, number=4),
            "p5": leaf(entry("a"), number=5, overflow=1),
            "p6": leaf(entry("b"), number=6),
        },
        "two places",
        6,
    ),
    "a bucket that is the root": ({"p4": leaf((b"a", bucket(2), 1), number=4)}, "two places", 2),
    "a page behind the end": ({"p4": branch(99, number=4)}, "behind the end", 5),
    "a page with the largest number": ({"p4": branch(2**64 - 1, number=4)}, "behind the end", 5),
    "a page that goes on behind the end": (
        {"p4": leaf(entry("a"), number=4, overflow=7)},
        "behind the end",
        4,
    ),
    "another page": ({"p4": leaf(entry("a"), number=9)}, "another page", 4),
    "a meta page": ({"p4": branch(0, number=4)}, "another kind", 0),
    "a free page": ({"p4": bytes(SIZE)}, "another page", 4),
    "too many children": (
        {"p4": pack("<QHHI", 4, BRANCH, 65535, 0)},
        "more children than room",
        4,
    ),
    "too many keys": ({"p4": pack("<QHHI", 4, LEAF, 65535, 0)}, "more keys than room", 4),
    "a value that is too long": (
        {"p4": pack("<QHHI", 4, LEAF, 1, 0) + pack("<IIII", 1, 16, 1, 2**32 - 1)},
        "outside of its page",
        4,
    ),
    "a key among the heads": (
        {"p4": pack("<QHHI", 4, LEAF, 1, 0) + pack("<IIII", 1, 0, 1, 1)},
        "outside of its page",
        4,
    ),
    "keys that share their bytes": (
        {"p4": shared(entry("a", data=LONG)[1])},
        "outside of its page",
        4,
    ),
    "a value where a bucket should be": (
        {"p4": leaf((b"a", b"x" * 40, 0), number=4)},
        "a value stands where a bucket",
        4,
    ),
    "a bucket of no length": ({"p4": leaf((b"a", b"", 1), number=4)}, "a value stands where", 4),
    "a bucket that is cut short": ({"p4": leaf((b"a", bytes(31), 1), number=4)}, "cut short", 4),
    "a small bucket with other pages": (
        {"p4": leaf((b"a", bucket(0) + branch(5, number=0), 1), number=4)},
        "holds other pages",
        4,
    ),
    "a bucket where the data should be": (
        {"p4": leaf((b"a", small_bucket((b"data", small_bucket(), 1)), 1), number=4)},
        "a bucket stands where a value",
        4,
    ),
    "a task without data": ({"p4": leaf(entry("a", data=None), number=4)}, "without its data", 4),
    "data that is no task": (
        {"p4": leaf(entry("a", data=b"\xff" * 9), number=4)},
        "cannot be parsed",
        4,
    ),
    "a status that is none": (
        {"p4": leaf(entry("a", status=b"\x0a\xff"), number=4)},
        "cannot be parsed",
        4,
    ),
    "another task's data": (
        {"p4": leaf(entry("a", data=a_task("b")[0]), number=4)},
        "the id of another",
        4,
    ),
}


@pytest.mark.parametrize(("pages", "reason", "page"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_refused_with_its_place(pages, reason, page):
    database = with_tasks(**pages)
    with pytest.raises(CorruptLog, match=reason) as caught:
        tasks(database, "worker/tasks.db")
    assert caught.value.file == "worker/tasks.db"
    assert page * SIZE <= caught.value.offset <= page * SIZE + SIZE


def test_error_repeats_nothing_of_a_task():
    """Arguments and environment stand in the file in plain text."""
    task = pb.Task(id="a")
    task.spec.container.env.append("PASSWORD=hunter2")
    data = task.SerializeToString() + b"\xff"
    with pytest.raises(CorruptLog) as caught:
        tasks(with_tasks(p4=leaf(entry("a", data=data), number=4)))
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_work_and_memory_are_bounded_by_the_size_of_the_file():
    """65,535 keys that all claim the same megabyte would be 64 GiB."""
    count, overflow = 65_535, 511
    heads = b"".join(
        pack("<IIII", 1, count * 16 - number * 16, 0, 1 << 20) for number in range(count)
    )
    page = pack("<QHHI", 4, LEAF, count, overflow) + heads
    database = with_tasks(p4=page.ljust((overflow + 1) * SIZE, b"\0"))
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(CorruptLog):
        tasks(database)
    took = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 2
    assert peak < 1 << 20
