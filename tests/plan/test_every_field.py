"""One field at a time: the rule for a task, the reasons for it, and the plan say the same."""

import pytest

from swarmwire import pb
from swarmwire.plan import fate_of_tasks, is_task_dirty, plan, why_dirty
from swarmwire.rules import service_spec_problems
from swarmwire.spec import copied
from tests.plan.build import changed, node, service, task
from tests.support.fill import variants
from tests.support.leaves import inside, parts

RUNNING, PREPARING, READY, COMPLETE = 512, 320, 384, 576


def every_part(message, path=()):
    for part in parts(message, path):
        yield part
        inner = inside(part)
        if inner is not None:
            yield from every_part(inner, part.path)


def full_specs():
    """Specs in which every field is set, of a service that runs on and that a manager takes."""
    for spec in variants(pb.ServiceSpec):
        spec.replicated.replicas = 1
        for resources in (spec.task.resources.limits, spec.task.resources.reservations):
            resources.nano_cpus = resources.memory_bytes = 10**9
        spec.task.placement.constraints[:] = ["node.id != other", "node.labels.gone != 1"]
        spec.update.max_failure_ratio = spec.rollback.max_failure_ratio = 0.5
        credentials = spec.task.container.privileges.credential_spec
        if credentials.WhichOneof("source") == "config":
            spec.task.container.configs[0].config_id = credentials.config
        yield spec


FULL = list(full_specs())


def cases():
    """Each field of each message once: a spec with it, and one without."""
    seen = set()
    for number, spec in enumerate(FULL):
        for part in every_part(spec):
            if part.name not in seen:
                seen.add(part.name)
                yield pytest.param(number, part, id=part.name)


def test_every_message_below_a_service_spec_is_among_them():
    of_cases = {one.values[1].holder.DESCRIPTOR.full_name for one in cases()}
    queue, reached = [pb.ServiceSpec.DESCRIPTOR], set()
    while queue:
        descriptor = queue.pop()
        for field in descriptor.fields:
            message = field.message_type
            if message is None or message.GetOptions().map_entry or message in reached:
                continue
            if message.full_name.startswith("docker."):
                reached.add(message)
                queue.append(message)
    jobs = {"GlobalService", "ReplicatedJob", "GlobalJob", "RuntimeTarget"}
    wanted = {one.full_name for one in reached if one.fields and one.name not in jobs}
    assert wanted <= of_cases


@pytest.mark.parametrize(("number", "part"), list(cases()))
def test_the_verdict_on_a_task_is_the_same_everywhere(number, part):
    whole = FULL[number]
    less = copied(whole)
    part.of(less).clear()
    for old, new in ((whole, less), (less, whole)):
        for place in (node(), node("n1", gone="1")):
            judge(old, new, place)


def judge(old, new, place):
    before, after = service(), service()
    before.spec.CopyFrom(old)
    after.spec.CopyFrom(new)
    after.spec_version.index = 20
    one = task(before)
    dirty = is_task_dirty(after, one, place)
    assert bool(why_dirty(after, one, place)) is dirty
    (verdict, *_) = fate_of_tasks(before, after, [one], [place]).verdicts
    if verdict.why != "scaled down":
        assert verdict.action == ("restarts" if dirty else "kept")
    answer = plan(before, new, tasks=[one], nodes=[place])
    assert answer.differences
    if answer.effect != "refused" and verdict.why != "scaled down":
        assert (answer.effect == "restarts") is dirty
        assert any(each.effect == "restarts" for each in answer.differences) is dirty
        assert (answer.tasks[0].action == "restarts") is dirty


def test_a_manager_takes_the_full_specs_so_that_plans_are_compared_at_all():
    taken = [spec for spec in FULL if not list(service_spec_problems(spec))]
    assert {spec.task.WhichOneof("runtime") for spec in taken} >= {"container"}
    assert len(taken) > len(FULL) / 2


@pytest.mark.parametrize(
    ("state", "desired", "kept"),
    [
        (PREPARING, RUNNING, False),
        (READY - 1, RUNNING, False),
        (READY, RUNNING, True),
        (RUNNING, RUNNING, True),
        (RUNNING, READY, True),
        (RUNNING + 1, RUNNING, False),
        (COMPLETE, RUNNING, False),
        (RUNNING, RUNNING + 1, False),
    ],
)
def test_other_credentials_are_moot_once_a_task_has_its_image(state, desired, kept):
    before = service()
    after = service()
    after.spec.task.container.pull_options.registry_auth = "c2VjcmV0"
    after.spec_version.index = 20
    one = task(before, state=state, desired=desired)
    assert is_task_dirty(after, one, node()) is not kept
    assert [reason.path for reason in why_dirty(after, one, node())] == (
        [] if kept else ["TaskTemplate.ContainerSpec.PullOptions"]
    )


def test_fields_that_the_schema_does_not_know_restart_nothing():
    before = service()
    strange = changed(before.spec)
    strange.task.container.MergeFromString(b"\x9a\x3e\x01x")
    after = service()
    after.spec.CopyFrom(strange)
    after.spec_version.index = 20
    assert not is_task_dirty(after, task(before), node())
    answer = plan(before, strange, tasks=[task(before)], nodes=[node()])
    assert answer.effect == "nothing"
    assert answer.tasks[0].action == "kept"


def test_a_task_without_an_endpoint_takes_any():
    before = service()
    after = service()
    after.spec.endpoint.mode = 1
    after.spec_version.index = 20
    one = task(before)
    assert [reason.cause for reason in why_dirty(after, one, node())] == ["endpoint"]
    one.ClearField("endpoint")
    assert not is_task_dirty(after, one, node())
