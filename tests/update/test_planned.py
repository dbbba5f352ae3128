"""From a live service and what is wanted to a plan and the spec that would be sent."""

import pytest

from swarmwire import engine, pb
from swarmwire.convert import service_spec_from_grpc
from swarmwire.errors import FieldError
from swarmwire.rules import with_defaults
from swarmwire.update import LiveService, UpdateConflict, plan_rollback, plan_update
from tests.support.inmemory import label, service_of, task_of


def live(*, version="", change=lambda spec: None):
    service = service_of("web", 1)
    change(service.spec)
    node = pb.Node(id="node")
    node.manager_status.leader = True
    node.description.engine.engine_version = version
    return LiveService(service, (task_of(service, 1),), (node,))


def inspected(spec):
    """What inspect shows of a spec, read again."""
    shown = engine.encode(service_spec_from_grpc(with_defaults(spec)))
    return engine.decode(shown, engine.ServiceSpec)


def changed(spec, *changes):
    out = pb.ServiceSpec()
    out.CopyFrom(spec)
    for change in changes:
        change(out)
    return out


def test_a_message_is_taken_as_it_is():
    now = live()
    wanted = changed(now.service.spec, label("a", "1"))
    planned = plan_update(now, wanted)
    assert planned.spec == wanted
    assert planned.spec is not wanted
    assert (planned.plan.effect, planned.dropped, planned.as_engine) == ("metadata only", (), None)


def test_json_that_nobody_edited_changes_nothing():
    now = live()
    planned = plan_update(now, inspected(now.service.spec))
    assert planned.spec == now.service.spec
    assert planned.plan.effect == "nothing"
    # as it is, the same JSON would store the defaults that inspect fills in
    assert planned.as_engine.counts.restarts == 1


def test_json_as_the_engine_takes_it():
    now = live()
    planned = plan_update(now, inspected(now.service.spec), as_engine=True)
    assert planned.spec.task.HasField("restart")
    assert (planned.plan.counts.restarts, planned.as_engine) == (1, None)


def test_json_without_a_name_is_of_this_service():
    now = live()
    wanted = inspected(now.service.spec)
    wanted.name = ""
    assert plan_update(now, wanted).plan.effect == "nothing"


@pytest.mark.parametrize("form", [inspected, lambda spec: spec], ids=["JSON", "message"])
def test_only_what_differs_from_the_base_is_wanted(form):
    now = live(change=label("b", "2"))
    base = changed(now.service.spec, lambda spec: spec.annotations.labels.clear())
    wanted = changed(base, label("a", "1"))
    planned = plan_update(now, form(wanted), base=form(base))
    assert planned.spec.annotations.labels == {"a": "1", "b": "2"}


@pytest.mark.parametrize("form", [inspected, lambda spec: spec], ids=["JSON", "message"])
def test_what_was_changed_since_the_base_too_is_a_conflict(form):
    now = live(change=label("a", "2"))
    base = changed(now.service.spec, lambda spec: spec.annotations.labels.clear())
    with pytest.raises(UpdateConflict) as caught:
        plan_update(now, form(changed(base, label("a", "1"))), base=form(base))
    assert caught.value.paths == ("Labels[a]",)


def test_what_an_older_manager_drops_is_told_and_not_sent():
    now = live(version="20.10.24+dfsg1")

    def newer(spec):
        spec.task.container.oom_score_adj = 5

    planned = plan_update(now, changed(now.service.spec, newer))
    assert planned.dropped == ("TaskTemplate.ContainerSpec.OomScoreAdj",)
    assert (planned.spec, planned.plan.effect) == (now.service.spec, "nothing")
    assert planned.manager_version == "20.10.24+dfsg1"


def test_what_cannot_be_converted_has_a_path():
    now = live()
    wanted = inspected(now.service.spec)
    wanted.task_template.runtime = "nothing"
    with pytest.raises(FieldError):
        plan_update(now, wanted)


def test_a_network_that_is_not_there_has_a_path():
    now = live()
    wanted = changed(now.service.spec, lambda spec: spec.task.networks.add(target="inner"))
    with pytest.raises(FieldError, match=r"TaskTemplate\.Networks\[0\]\.Target"):
        plan_update(now, wanted)


def test_a_rollback():
    now = live()
    now.service.previous_spec.CopyFrom(changed(now.service.spec, label("a", "1")))
    planned = plan_rollback(now)
    assert (planned.rollback, planned.spec) == (True, now.service.spec)
    assert [one.path for one in planned.plan.differences] == ["Labels[a]"]


def test_a_rollback_to_nothing_is_refused():
    planned = plan_rollback(live())
    assert planned.plan.effect == "refused"
    assert "does not have a previous spec" in planned.plan.summary


def test_environment_variables_can_be_hidden():
    now = live()
    wanted = changed(now.service.spec, lambda spec: spec.task.container.env.append("A=secret"))
    planned = plan_update(now, wanted, hide_env=True)
    assert "secret" not in repr(planned.plan)


def test_what_the_manager_stores_decides_too():
    now = live()
    other = service_of("p1", 1, id="p1id")
    other.spec.endpoint.ports.add(target_port=80, published_port=8099)
    wanted = changed(
        now.service.spec,
        lambda spec: spec.endpoint.ports.add(target_port=80, published_port=8099),
        lambda spec: spec.task.container.secrets.add(
            secret_id="none", secret_name="nosuch", file={"name": "x", "uid": "0", "gid": "0"}
        ),
    )
    assert plan_update(now, wanted).plan.effect == "restarts"
    known = now._replace(services=(now.service, other), secrets=(), configs=())
    found = plan_update(known, wanted).plan
    assert found.effect == "refused"
    assert [refusal.reason for refusal in found.refusals] == [
        "port '8099' is already in use by service 'p1' (p1id) as an ingress port",
        "secret not found: nosuch",
    ]
