"""An update is written once, on top of what others change, or not at all and with a reason."""

import pytest

from swarmwire import engine, pb
from swarmwire.control import NobodyListens, OutOfDate, Unavailable
from swarmwire.errors import SwarmwireError
from swarmwire.update import (
    ChangedMeanwhile,
    ManagerAway,
    ManagerBack,
    NotWritten,
    SameChangeMeanwhile,
    UncertainWrite,
    UpdateConflict,
    UpdateWriter,
    plan_rollback,
    plan_update,
    snapshot,
)
from tests.support.inmemory import label, meanwhile, stored

ONE = label("a", "1")


def gone(*, uncertain):
    return NobodyListens("control.sock", "nobody listens there", uncertain=uncertain)


async def planned(manager, change=ONE):
    live = await snapshot(manager, "web")
    spec = pb.ServiceSpec()
    spec.CopyFrom(live.service.spec)
    change(spec)
    return plan_update(live, spec)


class Writing:
    """Writes, and keeps what was told and asked."""

    def __init__(self, manager, clock):
        self.told = []
        self.asked = []
        self.writer = UpdateWriter(manager, clock=clock, happened=self.told.append)

    async def __call__(self, one):
        return await self.writer.write(one, self.agree)

    async def agree(self, again):
        self.asked.append(again)


@pytest.fixture
def writing(manager, clock):
    return Writing(manager, clock)


async def test_writes(manager, web, writing):
    web()
    before = stored(manager).meta.version.index
    done = await writing(await planned(manager))
    assert stored(manager).spec.annotations.labels == {"a": "1"}
    assert (done.service, done.version, done.is_new) == (stored(manager), before, True)
    assert (writing.told, writing.asked, writing.writer.is_under_way) == ([], [], False)


async def test_another_change_is_kept_and_the_plan_agreed_to_anew(manager, web, writing):
    web()
    one = await planned(manager)
    meanwhile(manager, lambda spec: spec.task.container.env.append("A=1"))()
    await writing(one)
    (again,) = writing.asked
    assert writing.told == [ChangedMeanwhile(again)]
    # what the other update changed is still to be rolled out, and is part of what happens
    assert (one.plan.effect, again.plan.counts.restarts) == ("metadata only", 1)
    assert stored(manager).spec.annotations.labels == {"a": "1"}
    assert list(stored(manager).spec.task.container.env) == ["A=1"]


async def test_a_no_writes_nothing(manager, web, writing):
    web()
    one = await planned(manager)
    meanwhile(manager, label("b", "2"))()

    async def no(again):
        raise PermissionError

    with pytest.raises(PermissionError):
        await writing.writer.write(one, no)
    assert stored(manager).spec.annotations.labels == {"b": "2"}


async def test_nobody_need_be_asked(manager, web, writing):
    web()
    one = await planned(manager)
    meanwhile(manager, label("b", "2"))()
    await writing.writer.write(one)
    assert stored(manager).spec.annotations.labels == {"a": "1", "b": "2"}


async def test_the_manager_itself_may_change_the_version(manager, web, writing):
    web()
    manager.before["UpdateService"] = [lambda: manager.fake.put(stored(manager))] * 5
    await writing(await planned(manager))
    assert (writing.told, writing.asked) == ([], [])
    assert stored(manager).spec.annotations.labels == {"a": "1"}


async def test_a_conflict_has_paths_and_hides_what_is_in_the_specs(manager, web, writing):
    web()
    one = await planned(manager, lambda spec: spec.task.container.env.append("A=secret"))
    meanwhile(manager, lambda spec: spec.task.container.env.append("A=hidden"))()
    with pytest.raises(UpdateConflict) as caught:
        await writing(one)
    err = caught.value
    assert isinstance(err, SwarmwireError)
    assert err.paths == ("TaskTemplate.ContainerSpec.Env[A]",)
    assert list(err.theirs.task.container.env) == ["A=hidden"]
    assert list(err.ours.task.container.env) == ["A=secret"]
    assert not err.base.task.container.env
    assert str(err) == "somebody else changed the same: TaskTemplate.ContainerSpec.Env[A]"
    assert "secret" not in repr(err)
    assert "hidden" not in repr(err)


async def test_the_same_change_by_somebody_else_is_enough(manager, web, writing):
    web()
    one = await planned(manager)
    meanwhile(manager, ONE)()
    before = stored(manager)
    done = await writing(one)
    assert (done.is_new, done.service, stored(manager)) == (False, before, before)
    assert writing.told == [SameChangeMeanwhile()]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_is_looked_after(manager, web, writing, when):
    web()
    lost = gone(uncertain=True)
    one = await planned(manager)
    getattr(manager, when)["UpdateService"] = [lost]
    manager.before["GetService"] = [Unavailable("Unavailable", "starting")] * 3
    await writing(one)
    assert writing.told == [ManagerAway(lost, is_written=False), ManagerBack()]
    assert stored(manager).spec.annotations.labels == {"a": "1"}
    assert not stored(manager).previous_spec.annotations.labels


async def test_a_lost_answer_and_another_writer_of_the_same_version(manager, web, writing):
    """The other one was first with that very version: what is stored is not ours."""
    web()
    one = await planned(manager)

    def other_is_first():
        meanwhile(manager, label("b", "2"))()
        raise gone(uncertain=True)

    manager.before["UpdateService"] = [other_is_first]
    await writing(one)
    assert stored(manager).spec.annotations.labels == {"a": "1", "b": "2"}


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_rollback_whose_answer_is_lost_is_made_once(manager, web, writing, when):
    web()
    await writing(await planned(manager))
    one = plan_rollback(await snapshot(manager, "web"))
    getattr(manager, when)["UpdateService"] = [gone(uncertain=True)]
    await writing(one)
    assert not stored(manager).spec.annotations.labels
    assert stored(manager).previous_spec.annotations.labels == {"a": "1"}


async def test_a_rollback_is_to_the_spec_that_was_planned_for(manager, web, writing):
    web()
    await writing(await planned(manager))
    one = plan_rollback(await snapshot(manager, "web"))
    meanwhile(manager, label("b", "2"))()
    with pytest.raises(UpdateConflict) as caught:
        await writing(one)
    assert caught.value.paths == ()
    assert "another spec than the one that was planned for" in str(caught.value)


async def test_a_manager_that_does_not_come_back(manager, web, time):
    web()
    writing = Writing(manager, time.clock(patience=5))
    one = await planned(manager)
    manager.before["UpdateService"] = [gone(uncertain=True)]
    manager.before["GetService"] = [gone(uncertain=False)] * 100
    with pytest.raises(UncertainWrite, match=r"it is not known whether .* not answered for 5 s"):
        await writing(one)


async def test_a_manager_that_goes_away_before_it_is_written_again(manager, web, time):
    web()
    writing = Writing(manager, time.clock(patience=5))
    one = await planned(manager)
    manager.before["UpdateService"] = [OutOfDate("Unknown", "update out of sequence")]
    manager.before["GetService"] = [gone(uncertain=False)] * 100
    with pytest.raises(NotWritten, match="nothing written: the manager has not answered for 5 s"):
        await writing(one)


async def test_a_manager_that_was_never_reached(manager, web, writing):
    web()
    manager.before["UpdateService"] = [gone(uncertain=False)]
    with pytest.raises(NobodyListens):
        await writing(await planned(manager))
    assert not writing.writer.is_under_way


async def test_versions_that_never_fit(manager, web, clock):
    web()
    manager.before["UpdateService"] = [OutOfDate("Unknown", "update out of sequence")] * 3
    writer = UpdateWriter(manager, clock=clock, attempts=3)
    with pytest.raises(NotWritten, match="changed 3 times"):
        await writer.write(await planned(manager))


async def test_the_specs_of_an_event_do_not_show(manager, web, writing):
    web()
    one = await planned(manager, lambda spec: spec.task.container.env.append("A=secret"))
    meanwhile(manager, label("b", "2"))()
    await writing(one)
    assert "secret" not in repr(writing.told)


async def test_json_is_written_as_it_is_meant(manager, web, writing):
    """What inspect shows and nobody edited stays as it is stored."""
    web()
    live = await snapshot(manager, "web")
    wanted = engine.ServiceSpec(
        name="web",
        labels={"a": "1"},
        task_template=engine.TaskSpec(container_spec=engine.ContainerSpec(image="x:1")),
        mode=engine.ServiceMode(replicated=engine.ReplicatedService(replicas=1)),
    )
    one = plan_update(live, wanted)
    assert one.plan.effect == "metadata only"
    await writing(one)
    want = live.service.spec
    want.annotations.labels["a"] = "1"
    assert stored(manager).spec == want
