"""Each trap where it lies, and silence where it does not."""

import pytest

from swarmwire import pb
from swarmwire.plan import plan
from swarmwire.rules import with_defaults
from tests.plan.build import changed, codes, env, mode, node, service, task, tasks


def trap(answer, code):
    return next(each for each in answer.traps if each.code == code)


def test_an_update_of_nothing_overwrites_the_previous_spec():
    current = service()
    assert codes(plan(current, changed(current.spec))) == ["previous-spec-overwritten"]
    assert codes(plan(current, changed(current.spec, env))) == []


def test_a_job_runs_again():
    current = service()
    mode(current.spec, "replicated_job")
    privileges = changed(current.spec, lambda spec: spec.task.container.privileges.SetInParent())
    assert codes(plan(current, privileges)) == ["job-runs-again"]


def test_constraint_and_port_together_leave_the_old_port():
    current = service()
    current.spec.endpoint.ports.add(target_port=80, published_port=8080, publish_mode=1)

    def both(spec):
        spec.task.placement.constraints.append("node.id==n1")
        spec.endpoint.ports[0].published_port = 8081

    answer = plan(current, changed(current.spec, both), tasks=tasks(current), nodes=[node()])
    assert answer.effect == "ignored"
    assert [each.effect for each in answer.differences] == ["metadata only", "ignored"]
    assert codes(answer) == ["endpoint-kept"]
    elsewhere = plan(current, changed(current.spec, both), tasks=tasks(current), nodes=[node("n2")])
    assert [each.effect for each in elsewhere.differences] == ["restarts", "restarts"]
    assert "endpoint-kept" not in codes(elsewhere)


def test_a_task_with_a_port_of_an_earlier_update_restarts_at_any_update():
    current = service()
    late = task(current)
    current.spec.endpoint.ports.add(target_port=80, published_port=8080, publish_mode=1)
    late.endpoint.spec.ports.add(target_port=80, published_port=8079, publish_mode=1)
    label = changed(current.spec, lambda spec: spec.annotations.labels.update(a="b"))
    answer = plan(current, label, tasks=[late], nodes=[node()])
    assert answer.effect == "restarts"
    assert answer.summary == (
        "restarts 1 of 1 task, because their EndpointSpec.Ports is of an earlier spec"
    )
    assert trap(answer, "task-lags-behind").path == "EndpointSpec.Ports[0].PublishedPort"


@pytest.mark.parametrize(
    ("wanted", "code"), [(["A=1", "B=1"], "stack-env-order"), (["B=1", "A=1", "C"], None)]
)
def test_the_order_of_variables(wanted, code):
    current = service()
    current.spec.task.container.env.extend(["B=1", "A=1"])

    def reorder(spec):
        spec.task.container.env[:] = wanted

    assert codes(plan(current, changed(current.spec, reorder))) == ([code] if code else [])


def test_other_orders():
    current = service()
    current.spec.task.container.env.extend(["A", "B", "C"])
    current.spec.task.container.hosts.extend(["1.1.1.1 a", "1.1.1.2 b"])

    def reorder(spec):
        spec.task.container.env[:] = ["C", "A", "B"]
        spec.task.container.hosts[:] = ["1.1.1.2 b", "1.1.1.1 a"]

    answer = plan(current, changed(current.spec, reorder))
    assert codes(answer) == ["order", "order"]
    assert [each.operation for each in answer.differences] == ["reordered", "reordered"]


def test_the_order_of_ports():
    current = service()
    current.spec.endpoint.ports.add(target_port=80, published_port=8080)
    current.spec.endpoint.ports.add(target_port=81, published_port=8081)

    def swap(spec):
        first = pb.PortConfig()
        first.CopyFrom(spec.endpoint.ports[0])
        spec.endpoint.ports[0].CopyFrom(spec.endpoint.ports[1])
        spec.endpoint.ports[1].CopyFrom(first)

    answer = plan(current, changed(current.spec, swap))
    assert codes(answer) == ["ports-reordered"]
    assert answer.differences[0].path == "EndpointSpec.Ports"


def test_defaults_filled_in_are_recognised():
    current = service()
    answer = plan(current, with_defaults(current.spec), tasks=tasks(current), nodes=[node()])
    told = trap(answer, "defaults-filled-in")
    assert "read with its defaults" in told.text
    assert "TaskTemplate.RestartPolicy" in told.text
    assert "UpdateConfig" not in told.text
    assert "same-meaning" not in codes(answer)


def test_one_default_spelled_out_is_recognised():
    current = service()
    wanted = changed(current.spec, lambda spec: spec.task.resources.SetInParent())
    answer = plan(current, wanted)
    assert codes(answer) == ["defaults-filled-in"]
    assert "spelled out" in answer.traps[0].text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda spec: spec.task.container.privileges.SetInParent(), ["stack-privileges"]),
        (lambda spec: spec.task.container.healthcheck.SetInParent(), ["same-meaning"]),
        (lambda spec: spec.endpoint.SetInParent(), ["same-meaning"]),
        (lambda spec: setattr(spec.task.restart, "condition", 2), ["same-meaning"]),
        (lambda spec: spec.task.resources.limits.SetInParent(), ["same-meaning"]),
        (lambda spec: setattr(spec.task.restart, "condition", 1), []),
        (lambda spec: spec.task.log_driver.SetInParent(), []),
        (lambda spec: spec.task.container.init.SetInParent(), []),
    ],
)
def test_the_same_in_other_words(change, expected):
    current = service()
    assert codes(plan(current, changed(current.spec, change))) == expected
    back = codes(plan(changed(current.spec, change), current.spec))
    assert back == (["same-meaning"] if expected else [])


def test_constraints_that_no_node_satisfies():
    current = service()
    wanted = changed(
        current.spec, lambda spec: spec.task.placement.constraints.append("node.id==x")
    )
    drained = node("x")
    drained.spec.availability = pb.NodeSpec.DRAIN
    answer = plan(current, wanted, tasks=tasks(current), nodes=[node(), drained])
    assert codes(answer) == ["no-node-matches"]
    assert codes(plan(current, wanted, tasks=tasks(current), nodes=[node("x")])) == []
    assert codes(plan(current, changed(current.spec, env), nodes=[])) == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [(1, "update-under-way"), (4, "update-under-way"), (2, "update-paused"), (5, "update-paused")],
)
def test_updates_under_way(state, expected):
    current = service()
    current.update_status.state = state
    assert codes(plan(current, changed(current.spec, env))) == [expected]
    current.update_status.state = 3
    assert codes(plan(current, changed(current.spec, env))) == []


def test_what_breaks_a_manager_is_told():
    current = service()
    current.spec.task.placement.SetInParent()
    unplaced = changed(current.spec, lambda spec: spec.task.ClearField("placement"))
    assert "crashes a manager" in trap(plan(current, unplaced), "manager-hazard").text

    def protocol(spec):
        spec.endpoint.ports.add(target_port=80, protocol=7)

    answer = plan(current, changed(current.spec, protocol))
    assert trap(answer, "manager-hazard").path == "EndpointSpec.Ports[0].Protocol"
    again = plan(changed(current.spec, protocol), changed(current.spec, protocol))
    assert "manager-hazard" in codes(again)


def test_what_breaks_tasks_is_told_when_it_is_new():
    current = service()
    wanted = changed(
        current.spec, lambda spec: setattr(spec.task.resources.limits, "memory_bytes", 5 << 20)
    )
    assert "worker-hazard" in codes(plan(current, wanted))
    assert "worker-hazard" not in codes(plan(wanted, changed(wanted, env)))


def test_two_specs_that_are_too_large_together():
    current = service()
    current.spec.task.container.labels["a"] = "x" * 900_000
    small = changed(current.spec, lambda spec: spec.task.container.labels.clear())
    assert "manager-hazard" not in codes(plan(current, small))
    assert "manager-hazard" in codes(plan(current, changed(current.spec, env)))
    almost = service()
    almost.spec.task.container.labels["a"] = "x" * 785_000
    answer = plan(current, almost.spec)
    assert "Together they have" in trap(answer, "manager-hazard").text


def test_a_port_alone_is_ignored_by_tasks_that_have_an_earlier_placement():
    current = service()
    late = task(current)
    current.spec.task.placement.constraints.append("node.id==n1")
    port = changed(
        current.spec,
        lambda spec: spec.endpoint.ports.add(target_port=80, published_port=8080, publish_mode=1),
    )
    answer = plan(current, port, tasks=[late], nodes=[node()])
    assert answer.effect == "ignored"
    assert codes(answer) == ["endpoint-kept"]
    assert plan(current, port, tasks=tasks(current), nodes=[node()]).effect == "restarts"
