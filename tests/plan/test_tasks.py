"""What becomes of tasks beyond one running task in one slot."""

from swarmwire import pb
from swarmwire.plan import plan
from tests.plan.build import (
    COMPLETE,
    FAILED,
    RUNNING,
    SHUTDOWN,
    actions,
    changed,
    env,
    node,
    service,
    task,
    tasks,
)

READY = 384


def replicas(number):
    return lambda spec: setattr(spec.replicated, "replicas", number)


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


def test_a_service_of_many_slots_that_is_not_scaled_keeps_them_all():
    current = service(20)
    answer = plan(current, changed(current.spec), tasks=tasks(current), nodes=[node()])
    assert set(actions(answer).values()) == {"kept"}
    assert all(verdict.sure for verdict in answer.tasks)


def test_up_to_twelve_equal_slots_go_in_a_known_order():
    for number, sure in ((12, True), (13, False)):
        current = service(number)
        there = [task(current, slot, node=f"n{slot}") for slot in range(1, number + 1)]
        answer = plan(current, changed(current.spec, replicas(6)), tasks=there, nodes=[])
        assert all(verdict.sure for verdict in answer.tasks) is sure
