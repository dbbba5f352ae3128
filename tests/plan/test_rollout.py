"""How updates are rolled out, held against the updater's own arithmetic."""

import pytest

from swarmwire import pb
from swarmwire.plan.rollout import rollout

SECOND = 10**9


def spec(field="update", **config):
    out = pb.ServiceSpec()
    getattr(out, field).CopyFrom(pb.UpdateConfig(**config))
    return out


def test_defaults():
    answer = rollout(pb.ServiceSpec(), pb.ServiceSpec(), 4)
    assert answer.source == "defaults"
    assert (answer.order, answer.parallelism, answer.batches) == ("stop-first", 1, 4)
    assert (answer.failure_action, answer.max_failure_ratio) == ("pause", 0)
    assert (answer.delay, answer.monitor, answer.minimum) == (0, 5 * SECOND, 5 * SECOND)
    assert answer.on_failure is None


@pytest.mark.parametrize(
    ("slots", "parallelism", "batches"),
    [(4, 1, 4), (4, 2, 2), (5, 2, 3), (5, 0, 1), (5, 9, 1), (0, 0, 0), (0, 1, 0)],
)
def test_batches(slots, parallelism, batches):
    new = spec(parallelism=parallelism, delay={"seconds": 10}, monitor={"seconds": 30})
    answer = rollout(new, new, slots)
    assert answer.batches == batches
    assert answer.minimum == (batches * 10 + 30) * SECOND


def test_a_negative_parallelism_never_ends():
    answer = rollout(spec(), spec(parallelism=2**63), 4)
    assert answer.batches is None
    assert answer.minimum is None


@pytest.mark.parametrize(
    ("delay", "monitor", "expected"),
    [(0, None, 5), (5, None, 6), (10, 3, 11), (3, 10, 10), (0, 0, 1), (10, 10, 11)],
)
def test_monitor_outlasts_the_delay(delay, monitor, expected):
    new = spec(delay={"seconds": delay})
    if monitor is not None:
        new.update.monitor.seconds = monitor
    assert rollout(new, new, 1).monitor == expected * SECOND


def test_an_unreadable_monitor_is_the_default():
    new = spec(monitor={"seconds": 1, "nanos": -1})
    assert rollout(new, new, 1).monitor == 5 * SECOND


@pytest.mark.parametrize(
    ("ratio", "slots", "expected"),
    [
        (0.0, 4, 0),
        (0.5, 4, 2),
        (0.1, 10, 1),
        (0.3, 10, 3),
        (0.34, 3, 1),
        (1.0, 7, 7),
        (0.5, 0, 0),
        (0.5, None, None),
        (float("nan"), 3, 3),
        (-1.0, 3, 0),
    ],
)
def test_tolerated_failures(ratio, slots, expected):
    new = spec(max_failure_ratio=ratio)
    assert rollout(new, new, slots).tolerated_failures == expected


def test_continue_tolerates_all():
    assert rollout(spec(), spec(failure_action=1), 4).tolerated_failures is None


def test_ratio_is_shown_as_it_was_written():
    assert rollout(spec(), spec(max_failure_ratio=0.15), 4).max_failure_ratio == 0.15


def test_an_automatic_rollback_uses_the_old_settings():
    old = spec("rollback", parallelism=3, order=1)
    new = spec(failure_action=2)
    new.rollback.parallelism = 7
    answer = rollout(old, new, 4)
    assert answer.on_failure.parallelism == 3
    assert answer.on_failure.order == "start-first"
    assert answer.on_failure.source == "RollbackConfig"
    assert answer.on_failure.slots is None


def test_a_rollback_uses_the_settings_of_the_spec_that_comes_back():
    answer = rollout(
        spec("rollback", parallelism=3), spec("rollback", parallelism=7), 14, rollback=True
    )
    assert (answer.source, answer.parallelism, answer.batches) == ("RollbackConfig", 7, 2)


def test_unknown_words_are_what_the_updater_makes_of_them():
    answer = rollout(spec(), spec(failure_action=9, order=9), 1)
    assert (answer.failure_action, answer.order) == ("continue", "stop-first")
