"""What becomes of the tasks of global services and jobs, and in rollbacks."""

from swarmwire import pb
from swarmwire.plan import plan
from tests.plan.build import (
    COMPLETE,
    REMOVE,
    SHUTDOWN,
    actions,
    changed,
    env,
    mode,
    node,
    service,
    task,
    tasks,
)


def _global(*constraints):
    current = service()
    mode(current.spec, "global")
    current.spec.task.placement.constraints.extend(constraints)
    return current


def test_global_service_follows_its_nodes():
    current = _global()
    down, drained, paused = node("n3"), node("n4"), node("n5", zone="eu")
    down.status.state = pb.NodeStatus.DOWN
    drained.spec.availability = pb.NodeSpec.DRAIN
    paused.spec.availability = pb.NodeSpec.PAUSE
    nodes = [node("n1", zone="eu"), node("n2"), down, drained, paused, node("n6", zone="eu")]
    there = [task(current, 0, node=f"n{n}", name=f"t{n}") for n in (1, 2, 3, 4, 5, 9)]

    def eu(spec):
        spec.task.placement.constraints.append("node.labels.zone==eu")
        env(spec)

    answer = plan(current, changed(current.spec, eu), tasks=there, nodes=nodes)
    assert actions(answer) == {
        "t1": "restarts",
        "t2": "removed",
        "t3": "removed",
        "t4": "removed",
        "t5": "kept",
        "t9": "removed",
        "n6": "added",
    }
    assert {verdict.why for verdict in answer.tasks} == {
        "",
        "node unfit",
        "node gone",
        "node paused",
    }
    assert answer.rollout.slots == 1
    assert answer.exactness.exact


def test_global_service_without_nodes_is_a_guess():
    current = _global()
    answer = plan(current, changed(current.spec, env), tasks=[task(current, 0)])
    assert actions(answer) == {"t1": "restarts"} or answer.counts.restarts == 1
    assert "depends on the nodes" in answer.exactness.text


def test_global_service_without_tasks_restarts_all():
    current = _global()
    answer = plan(current.spec, changed(current.spec, env))
    assert answer.counts is None
    assert answer.summary == ("restarts all tasks, because TaskTemplate.ContainerSpec.Env changed")
    assert answer.rollout.batches is None
    assert answer.rollout.minimum is None
    label = plan(
        current.spec, changed(current.spec, lambda spec: spec.annotations.labels.update(a=""))
    )
    assert label.summary == "restarts no task although Labels changed"


def test_jobs_run_again():
    current = service()
    current.spec.replicated_job.total_completions = 3
    there = [
        task(current, 0, name="runs", desired=COMPLETE),
        task(current, 1, name="done", desired=COMPLETE, state=COMPLETE),
        task(current, 2, name="going", desired=REMOVE),
    ]
    answer = plan(current, changed(current.spec), tasks=there, nodes=[])
    assert answer.effect == "restarts"
    assert answer.summary == "runs the job again, as any update does"
    assert [(each.action, each.task, each.slot) for each in answer.tasks] == [
        ("removed", "runs", 0),
        ("added", "", 0),
        ("added", "", 1),
        ("added", "", 2),
    ]
    assert answer.rollout is None
    label = plan(current, changed(current.spec, lambda spec: spec.annotations.labels.update(a="b")))
    assert label.differences[0].effect == "restarts"


def test_global_jobs_run_again_on_nodes_that_are_ready():
    current = service()
    mode(current.spec, "global_job")
    away = node("n2")
    away.status.state = pb.NodeStatus.DISCONNECTED
    answer = plan(current, changed(current.spec), tasks=[], nodes=[node(), away])
    assert actions(answer) == {"n1": "added"}
    assert not plan(current, changed(current.spec), tasks=[]).exactness.exact


def test_versions_tell_tasks_that_are_new():
    current = service(1)
    current.meta.version.index = 20
    new = task(current)
    new.spec_version.index = 20
    new.spec.container.image = "another"
    assert plan(current, changed(current.spec, env), tasks=[new], nodes=[]).effect != "restarts"


def test_rollback_looks_for_the_previous_version():
    current = service(2)
    current.previous_spec.CopyFrom(changed(current.spec, env))
    current.previous_spec_version.index = 5
    there = tasks(current)
    there[0].spec_version.index = 5
    answer = plan(current, current.previous_spec, tasks=there, nodes=[node()], rollback=True)
    assert actions(answer) == {"t1": "kept", "t2": "restarts"}
    assert answer.rollout.source == "defaults"
    there[0].desired_state = SHUTDOWN
    answer = plan(current, current.previous_spec, tasks=there, nodes=[node()], rollback=True)
    assert actions(answer) == {"t2": "restarts", 1: "added"}


def test_rollback_without_a_previous_spec_is_refused():
    current = service()
    answer = plan(current, changed(current.spec), rollback=True)
    assert answer.summary == "is refused: service svc does not have a previous spec"
    assert answer.refusals[0].code == "FailedPrecondition"
    assert "previous-spec-overwritten" not in [trap.code for trap in answer.traps]
