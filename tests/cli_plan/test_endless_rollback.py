"""A roll-back that never ends: ``plan`` warns of it, and that is what a manager then does."""

from contextlib import nullcontext

import pytest

from swarmwire import embedded, pb
from swarmwire.control import sync
from swarmwire.plan import plan
from tests.cli_plan import running
from tests.support.either import pause
from tests.support.installations import ON_MACHINE

NONE, ON_FAILURE, ANY = (
    pb.RestartPolicy.NONE,
    pb.RestartPolicy.ON_FAILURE,
    pb.RestartPolicy.ANY,
)
STARTED, COMPLETED = pb.UpdateStatus.ROLLBACK_STARTED, pb.UpdateStatus.ROLLBACK_COMPLETED
START_FIRST, STOP_FIRST = pb.UpdateConfig.START_FIRST, pb.UpdateConfig.STOP_FIRST


def global_spec(name="agent", *, condition=NONE, order=START_FIRST, parallelism=1):
    spec = running.spec_of(name, **{"global": pb.GlobalService()})
    spec.task.restart.condition = condition
    spec.update.order = order
    spec.update.parallelism = parallelism
    spec.update.monitor.seconds = 5
    spec.update.failure_action = pb.UpdateConfig.ROLLBACK
    return spec


def failing(service, command="sleep 1; exit 3"):
    spec = pb.ServiceSpec()
    spec.CopyFrom(service.spec)
    spec.task.container.command[:] = ["sh", "-c", command]
    return spec


def traps(service, spec, nodes):
    return [each for each in plan(service, spec, nodes=nodes).traps if "rollback" in each.code]


def update(control, service, spec):
    version = service.meta.version
    request = pb.UpdateServiceRequest(service_id=service.id, service_version=version, spec=spec)
    control.update_service(request)


def state(control, service):
    return running.stored(control, service.id).update_status.state


@pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")
@pytest.mark.parametrize("order", [START_FIRST, STOP_FIRST], ids=["start-first", "stop-first"])
@pytest.mark.parametrize("condition", [NONE, ANY], ids=["none", "any"])
def test_what_is_warned_of_happens(either, manager, remove, condition, order):
    name = f"agent-{condition}-{order}"
    spec = global_spec(name, condition=condition, order=order)
    service = running.create(manager, spec, 1)
    remove(service.id)
    service = running.stored(manager, service.id)
    nodes = manager.list_nodes(pb.ListNodesRequest()).nodes
    warned = traps(service, failing(service), nodes)
    assert [each.path for each in warned] == (
        ["TaskTemplate.RestartPolicy.Condition"] if condition == NONE else []
    )
    update(manager, service, failing(service))
    running.wait_until(lambda: state(manager, service) in (STARTED, COMPLETED), "a roll-back")
    if condition == ANY:
        running.wait_until(lambda: state(manager, service) == COMPLETED, "its end")
        return
    running.wait_until(lambda: running.running(manager, service.id), "the old spec to run")
    # far longer than it monitors, 1 ms
    pause(either, 3)
    assert state(manager, service) == STARTED
    before = running.stored(manager, service.id)
    before.spec.annotations.labels["a"] = "b"
    update(manager, before, before.spec)
    assert not running.stored(manager, service.id).HasField("update_status")


@pytest.mark.parametrize(
    ("nodes", "given", "command", "warns", "ends"),
    [
        (1, {}, "exit 3", True, STARTED),
        (1, {"condition": ON_FAILURE}, "exit 0", True, STARTED),
        (1, {"condition": ON_FAILURE}, "exit 3", True, COMPLETED),
        (1, {"condition": ANY}, "exit 3", False, COMPLETED),
        (3, {"parallelism": 1}, "exit 3", False, COMPLETED),
        (3, {"parallelism": 2}, "exit 3", False, COMPLETED),
    ],
)
def test_where_it_is_warned_of(nodes, given, command, warns, ends):
    for defects in (True, False):
        embedded_swarm = embedded.Swarm(nodes=nodes, defects=defects)
        embedded_swarm.exit(int(command[-1]), after="1s", command=["sh", "-c", command])
        with sync.BlockingControl(nullcontext(embedded_swarm)) as control:
            spec = global_spec(**given)
            control.create_service(pb.CreateServiceRequest(spec=spec))
            control.run(lambda _, swarm=embedded_swarm: swarm.settle())
            (service,) = control.list_services(pb.ListServicesRequest()).services
            wanted = failing(service, command)
            known = control.list_nodes(pb.ListNodesRequest()).nodes
            assert bool(traps(service, wanted, known)) is warns
            update(control, service, wanted)
            embedded_swarm.clock.advance("5m")
            assert state(control, service) == (ends if defects else COMPLETED)


@pytest.mark.parametrize(
    ("change", "nodes"),
    [
        (lambda spec: setattr(spec.update, "failure_action", pb.UpdateConfig.PAUSE), 1),
        (lambda spec: setattr(spec.update, "max_failure_ratio", 1), 1),
        (lambda spec: spec.replicated.SetInParent(), 1),
        (lambda spec: None, 0),
    ],
    ids=["pause", "ratio", "replicated", "nowhere"],
)
def test_where_it_is_not(change, nodes):
    spec = global_spec()
    change(spec)
    service = pb.Service(id="s", spec=spec)
    (node,) = embedded.Swarm().objects("node")
    assert traps(service, failing(service), [node] * nodes) == []


def test_without_the_nodes():
    service = pb.Service(id="s", spec=global_spec())
    assert traps(service, failing(service), None) == []
    service.spec.update.parallelism = 0
    (trap,) = traps(service, failing(service), None)
    assert "parallelism 0" in trap.text
