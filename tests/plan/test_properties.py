"""What holds for every pair of specs."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmwire import pb
from swarmwire.errors import ConvertError
from swarmwire.plan import differences, is_job, is_task_dirty, plan, why_dirty
from tests.plan.build import changed, codes, node, task
from tests.support.strategies import messages

SPECS = messages(pb.ServiceSpec)
ODD_SPECS = messages(pb.ServiceSpec, well_formed=False)
OPPOSITE = {"added": "removed", "removed": "added", "changed": "changed", "reordered": "reordered"}


@given(SPECS)
def test_the_same_spec_changes_nothing(spec):
    answer = plan(spec, changed(spec))
    assert answer.differences == ()
    assert answer.effect in ("nothing", "refused") or is_job(spec)
    assert "previous-spec-overwritten" in codes(answer)


@given(SPECS, SPECS)
def test_differences_are_there_when_messages_differ(old, new):
    found = differences(old, new)
    if old == new:
        assert not found
    if not found and old != new:
        # a delay that is absent is one of 0, and only unknown fields and those two can hide
        assert _without_delays(old) == _without_delays(new)


def _without_delays(spec):
    def change(out):
        for field in ("update", "rollback"):
            if out.HasField(field):
                getattr(out, field).ClearField("delay")
                getattr(out, field).ClearField("max_failure_ratio")
        out.annotations.SetInParent()
        out.task.SetInParent()

    return changed(spec, change)


@given(SPECS, SPECS)
def test_differences_the_other_way_are_the_opposite(old, new):
    there = [(each.operation, repr(each.old), repr(each.new)) for each in differences(old, new)]
    back = [
        (OPPOSITE[each.operation], repr(each.new), repr(each.old)) for each in differences(new, old)
    ]
    assert sorted(there) == sorted(back)


@given(
    ODD_SPECS,
    ODD_SPECS,
    st.lists(messages(pb.Task, well_formed=False), max_size=3),
    st.lists(messages(pb.Node, well_formed=False), max_size=2),
)
def test_any_messages_give_a_plan_that_can_be_written(old, new, tasks, nodes):
    parts = (old, new, *tasks, *nodes)
    before = [part.SerializeToString(deterministic=True) for part in parts]
    for kwargs in ({}, {"tasks": tasks}, {"tasks": tasks, "nodes": nodes}, {"rollback": True}):
        answer = plan(old, new, **kwargs)
        msgspec.json.encode(answer)
        assert answer.summary
    assert before == [part.SerializeToString(deterministic=True) for part in parts]


@given(SPECS, SPECS)
def test_a_task_is_dirty_exactly_if_there_is_a_reason(old, new):
    before, after = pb.Service(spec=old), pb.Service(spec=new)
    one = task(before)
    assert bool(why_dirty(after, one, None)) is is_task_dirty(after, one, None)
    assert bool(why_dirty(after, one, node())) is is_task_dirty(after, one, node())
    assert not is_task_dirty(before, task(before), None)


@given(st.one_of(st.none(), st.integers(), st.text(), st.binary()))
def test_other_arguments_are_refused(value):
    spec = pb.ServiceSpec()
    for call in (
        lambda: plan(value, spec),
        lambda: plan(spec, value),
        lambda: plan(spec, spec, tasks=value or 0),
        lambda: plan(spec, spec, nodes=[value]),
    ):
        with pytest.raises(ConvertError, match="expected"):
            call()
