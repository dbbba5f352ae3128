"""What becomes of tasks beyond one running task in one slot."""

from swarmwire import pb
from swarmwire.plan import plan
from tests.plan.build import (
    COMPLETE,
    FAILED,
    RUNNING,
    SHUTDOWN,
    changed,
    mode,
    node,
    service,
    task,
    tasks,
)

READY = 384
REMOVE = 800


def env(spec):
    spec.task.container.env.append("A=1")


def replicas(number):
    return lambda spec: setattr(spec.replicated, "replicas", number)


def actions(answer):
    return {
        (verdict.task or verdict.slot or verdict.node): verdict.action for verdict in answer.tasks
    }


def test_scaling_up_fills_the_lowest_free_slots():
    current = service(3)
    there = [task(current, 1), task(current, 3)]
    answer = plan(current, changed(current.spec, replicas(4)), tasks=there, nodes=[node()])
    assert actions(answer) == {"t1": "kept", "t3": "kept", 2: "added", 4: "added"}
    assert answer.effect == "scales"
    assert answer.summary == "adds 2 tasks, restarts no task"


def test_scaling_down_keeps_what_runs_and_spreads_over_nodes():
    current = service(4)
    there = [
        task(current, 1, node="n1"),
        task(current, 2, node="n1"),
        task(current, 3, node="n2"),
        task(current, 4, node="", state=64),
    ]
    answer = plan(current, changed(current.spec, replicas(2)), tasks=there, nodes=[])
    assert actions(answer) == {"t1": "kept", "t2": "removed", "t3": "kept", "t4": "removed"}
    assert {verdict.why for verdict in answer.tasks} == {"", "scaled down"}
    assert answer.summary == "removes 2 tasks, restarts no task"
    assert answer.exactness.exact


def test_equally_good_slots_of_many_are_not_sure():
    current = service(20)
    there = [task(current, slot, node=f"n{slot}") for slot in range(1, 21)]
    answer = plan(current, changed(current.spec, replicas(19)), tasks=there, nodes=[])
    assert answer.counts.removed == 1
    assert not any(verdict.sure for verdict in answer.tasks)
    assert not answer.exactness.exact
    assert "only the manager knows" in answer.exactness.text


def test_slots_of_many_are_sure_where_copies_differ():
    current = service(20)
    there = [task(current, slot, node=f"n{slot % 10}") for slot in range(1, 21)]
    answer = plan(current, changed(current.spec, replicas(10)), tasks=there, nodes=[])
    assert answer.counts.removed == 10
    assert answer.exactness.exact


def test_scaling_to_nothing_is_sure():
    current = service(20)
    answer = plan(current, changed(current.spec, replicas(0)), tasks=tasks(current), nodes=[])
    assert answer.counts.removed == 20
    assert answer.exactness.exact


def test_restarts_and_scales_at_once():
    current = service(2)
    wanted = changed(current.spec, lambda spec: (env(spec), replicas(3)(spec)))
    answer = plan(current, wanted, tasks=tasks(current), nodes=[node()])
    assert answer.summary == (
        "restarts 2 of 2 tasks, because TaskTemplate.ContainerSpec.Env changed, adds 1 task"
    )
    assert answer.rollout.slots == 2


def test_without_tasks_each_replica_counts():
    current = service(4)
    answer = plan(current, changed(current.spec, lambda spec: (env(spec), replicas(3)(spec))))
    assert (answer.counts.tasks, answer.counts.restarts, answer.counts.removed) == (4, 3, 1)
    assert answer.rollout.batches == 3


def test_nothing_restarts_where_nothing_runs():
    current = service(0)
    for kwargs in ({}, {"tasks": []}):
        answer = plan(current, changed(current.spec, env), **kwargs)
        assert answer.effect == "metadata only"
        assert answer.summary == (
            "restarts no task although TaskTemplate.ContainerSpec.Env changed"
        )


def test_very_many_replicas_are_counted_and_not_listed():
    current = service(0)
    answer = plan(current, changed(current.spec, replicas(10**6)), tasks=[], nodes=[])
    assert answer.counts.added == 10**6
    assert len(answer.tasks) == 1000


def test_tasks_of_other_services_do_not_count():
    current = service(1)
    other = service(1)
    other.id = "other"
    answer = plan(current, changed(current.spec, env), tasks=[task(current), task(other, 2)])
    assert actions(answer) == {"t1": "restarts"}


def test_a_task_that_ended_and_would_not_start_again_is_replaced():
    current = service(1)
    current.spec.task.restart.condition = pb.RestartPolicy.NONE
    ended = task(current, state=FAILED, desired=SHUTDOWN)
    answer = plan(current, changed(current.spec, env), tasks=[ended], nodes=[node()])
    assert actions(answer) == {"t1": "restarts"}


def test_a_task_that_completed_and_restarts_on_failure_stays():
    current = service(1)
    current.spec.task.restart.condition = pb.RestartPolicy.ON_FAILURE
    ended = task(current, state=COMPLETE, desired=SHUTDOWN)
    answer = plan(current, changed(current.spec), tasks=[ended], nodes=[node()])
    assert actions(answer) == {"t1": "kept"}


def test_a_dead_slot_is_filled_again():
    current = service(1)
    current.spec.task.restart.condition = pb.RestartPolicy.ON_FAILURE
    ended = task(current, state=FAILED, desired=SHUTDOWN)
    answer = plan(current, changed(current.spec), tasks=[ended], nodes=[node()])
    assert actions(answer) == {1: "added"}


def test_the_last_of_too_many_attempts_stays():
    current = service(1)
    current.spec.task.restart.condition = pb.RestartPolicy.ANY
    current.spec.task.restart.max_attempts = 2
    ended = [
        task(current, state=FAILED, desired=SHUTDOWN, name=f"old{number}") for number in range(3)
    ]
    for number, one in enumerate(ended):
        one.status.timestamp.seconds = 100 + number
    ended[0].status.ClearField("timestamp")
    ended[1].status.applied_at.seconds = 500
    ended[2].status.ClearField("timestamp")
    answer = plan(current, changed(current.spec), tasks=ended, nodes=[node()])
    assert list(actions(answer).values()) == ["kept"]


def test_of_two_tasks_in_a_slot_the_clean_one_stays():
    current = service(1)
    wanted = changed(current.spec, env)
    after = pb.Service(id="svc", spec=wanted)
    old, new = task(current, name="old"), task(after, name="new", state=320, desired=READY)
    for there in ([old, new], [new, old]):
        answer = plan(current, wanted, tasks=there, nodes=[node()])
        assert actions(answer) == {"old": "removed", "new": "kept"}
        assert answer.rollout is None
    assert answer.tasks[1].why == "superseded"


def test_of_two_clean_tasks_the_running_one_stays():
    current = service(1)
    there = [task(current, name="a", desired=READY), task(current, name="b", desired=RUNNING)]
    answer = plan(current, changed(current.spec), tasks=there, nodes=[node()])
    assert actions(answer) == {"a": "removed", "b": "kept"}


def test_of_two_outdated_tasks_one_is_replaced():
    current = service(1)
    there = [task(current, name="a"), task(current, name="b")]
    answer = plan(current, changed(current.spec, env), tasks=there, nodes=[node()])
    assert actions(answer) == {"a": "restarts", "b": "removed"}
    assert answer.rollout.slots == 1


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


def test_unknown_nodes_leave_the_placement_open():
    current = service(2)

    def constrain(spec):
        spec.task.placement.constraints.append("node.role==manager")

    for kwargs in ({"tasks": tasks(current)}, {}):
        answer = plan(current, changed(current.spec, constrain), **kwargs)
        assert answer.counts.unknown == 2
        assert answer.effect == "restarts"
        assert answer.summary == (
            "restarts up to 2 of 2 tasks, depending on their nodes,"
            " because TaskTemplate.Placement changed"
        )
        assert answer.rollout.slots is None
        assert "the nodes of the swarm" in answer.exactness.text
    mixed = [*tasks(current), task(current, 3, node="")]
    answer = plan(current, changed(current.spec, constrain), tasks=mixed)
    assert answer.counts.removed == 1


def test_unassigned_tasks_restart_for_certain():
    current = service(2)
    wanted = changed(
        current.spec, lambda spec: spec.task.placement.constraints.append("node.id==x")
    )
    there = [task(current, 1), task(current, 2, node="")]
    answer = plan(current, wanted, tasks=there)
    assert actions(answer) == {"t1": "unknown", "t2": "restarts"}
    assert answer.summary.startswith("restarts 1 to 2 of 2 tasks, depending on their nodes")
    assert [reason.cause for verdict in answer.tasks for reason in verdict.reasons] == [
        "node-unknown",
        "no-node",
    ]


def test_constraints_taken_away_leave_tasks_where_they_are():
    current = service(1)
    current.spec.task.placement.constraints.append("node.role==manager")
    wanted = changed(current.spec, lambda spec: spec.task.placement.ClearField("constraints"))
    for kwargs in ({"tasks": tasks(current)}, {}):
        answer = plan(current, wanted, **kwargs)
        assert answer.effect == "metadata only"
        assert answer.counts.kept == 1


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


def test_the_newest_task_of_a_slot_decides():
    current = service(1)
    current.spec.task.restart.condition = pb.RestartPolicy.ON_FAILURE
    done = task(current, state=COMPLETE, desired=SHUTDOWN, name="done")
    failed = task(current, state=FAILED, desired=SHUTDOWN, name="failed")
    for first, second in ((1, 2), (2, 1)):
        done.status.timestamp.seconds, failed.status.timestamp.seconds = first, second
        answer = plan(current, changed(current.spec), tasks=[done, failed], nodes=[node()])
        assert actions(answer) == ({"done": "kept"} if first > second else {1: "added"})


def test_slots_of_other_copies_are_sure():
    current = service(14)
    there = [task(current, slot, node=f"n{slot % 13}") for slot in range(1, 15)]
    answer = plan(current, changed(current.spec, replicas(3)), tasks=there, nodes=[])
    assert [verdict.slot for verdict in answer.tasks if verdict.sure] == [14]
