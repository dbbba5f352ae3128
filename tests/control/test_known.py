"""What a stream adds to what is known: each change once, whatever is repeated."""

import pytest

from swarmwire import pb
from swarmwire.control.known import KnownObjects


def task(id_, index, state="RUNNING"):
    message = pb.Task(id=id_)
    message.meta.version.index = index
    message.status.state = pb.TaskState.Value(state)
    return message


def events(*given, version=0):
    message = pb.WatchMessage()
    for action, one in given:
        event = message.events.add(action=f"WATCH_ACTION_{action.upper()}")
        event.object.task.CopyFrom(one)
    if version:
        message.version.index = version
    return message


def told(known, message):
    return [(change.action, change.object.id, change.version) for change in known.changes(message)]


@pytest.fixture
def known():
    known = KnownObjects()
    known.learn("task", [task("a", 5)])
    return known


def test_what_was_listed_is_not_told_again(known):
    assert told(known, events(("create", task("a", 5)), ("update", task("a", 4)))) == []


def test_what_is_newer_is_told_with_what_was_before(known):
    (change,) = known.changes(events(("update", task("a", 6, "FAILED")), version=7))
    assert (change.old, change.version, change.gap) == (task("a", 5), 7, False)
    assert known.version == 7


def test_two_changes_of_one_transaction_are_told(known):
    message = events(("update", task("a", 6)), ("update", task("a", 6, "FAILED")))
    assert told(known, message) == [("update", "a", 0), ("update", "a", 0)]


def test_a_message_without_a_version_says_by_its_objects_how_far_it_is(known):
    told(known, events(("update", task("a", 9))))
    assert known.version == 9


def test_what_is_repeated_after_a_removal_is_not_told(known):
    whole = [
        events(("create", task("b", 6))),
        events(("update", task("b", 7))),
        events(("remove", task("b", 7))),
    ]
    assert [told(known, message) for message in whole] == [
        [("create", "b", 0)],
        [("update", "b", 0)],
        [("remove", "b", 0)],
    ]
    assert [told(known, message) for message in whole] == [[], [], []]


def test_a_removed_id_may_come_again(known):
    told(known, events(("remove", task("a", 5))))
    assert told(known, events(("create", task("a", 8)))) == [("create", "a", 0)]


def test_a_message_with_a_version_ends_what_can_be_repeated(known):
    told(known, events(("remove", task("a", 5)), version=6))
    assert known._gone == {}


def test_secrets_of_one_version_are_the_same(known):
    listed, streamed = pb.Secret(id="s"), pb.Secret(id="s")
    streamed.spec.data = b"x"
    known.learn("secret", [listed])
    message = pb.WatchMessage()
    message.events.add(action="WATCH_ACTION_UPDATE").object.secret.CopyFrom(streamed)
    assert list(known.changes(message)) == []


def test_kinds_and_actions_of_the_future_are_passed_over(known):
    message = pb.WatchMessage()
    message.events.add(action="WATCH_ACTION_CREATE").object.extension.id = "e"
    message.events.add().object.task.id = "t"
    assert list(known.changes(message)) == []


def test_lists_tell_what_was_missed(known):
    known.learn("task", [task("b", 5), task("c", 5)])
    listed = [task("a", 5), task("b", 6), task("d", 7)]
    changes = list(known.compared("task", listed))
    assert [(change.action, change.object.id, change.gap) for change in changes] == [
        ("remove", "c", True),
        ("update", "b", True),
        ("create", "d", True),
    ]
    assert list(known.compared("task", listed)) == []
    assert list(known.compared("node", [])) == []
