"""One change each to a running service, and what a real engine then did with its task."""

import pytest

from swarmwire.plan import plan
from swarmwire.rules import with_defaults
from tests.plan.build import changed, node, service, task

CONTAINER = "task.container"


def _at(spec, path):
    for name in path.split("."):
        spec = getattr(spec, name)
    return spec


def put(path, value):
    """Set a field; ``{}`` makes a message that holds nothing."""
    parent, _, name = path.rpartition(".")

    def change(spec):
        if value == {}:
            _at(spec, path).SetInParent()
        else:
            setattr(_at(spec, parent), name, value)

    return change


def add(path, value):
    return lambda spec: _at(spec, path).extend([value])


def drop(path):
    parent, _, name = path.rpartition(".")
    return lambda spec: (_at(spec, parent) if parent else spec).ClearField(name)


def label(path):
    return lambda spec: _at(spec, path).update(a="b")


def each(*changes):
    def change(spec):
        for one in changes:
            one(spec)

    return change


def port(published=0, target=80, mode=1, name=""):
    def change(spec):
        spec.endpoint.ports.add(
            published_port=published, target_port=target, publish_mode=mode, name=name
        )

    return change


def nothing(spec):
    pass


KEPT = {
    "the same again": (nothing, nothing),
    "label": (nothing, label("annotations.labels")),
    "update config": (nothing, put("update", {})),
    "update config away": (put("update.parallelism", 3), drop("update")),
    "rollback config": (nothing, put("rollback.parallelism", 2)),
    "placement absent to empty": (nothing, put("task.placement", {})),
    "constraint that fits": (nothing, add("task.placement.constraints", "node.labels.zone==eu")),
    "max replicas": (nothing, put("task.placement.max_replicas", 3)),
    "platform": (nothing, lambda spec: spec.task.placement.platforms.add(os="windows")),
    "pull options absent to empty": (nothing, put("task.container.pull_options", {})),
    "credentials": (nothing, put("task.container.pull_options.registry_auth", "c2VjcmV0")),
    "constraint that fits and a host port": (
        nothing,
        each(add("task.placement.constraints", "node.labels.zone==eu"), port(8080)),
    ),
}
REPLACED = {
    "env": (nothing, add("task.container.env", "A=1")),
    "container label": (nothing, label("task.container.labels")),
    "hosts": (nothing, add("task.container.hosts", "10.0.0.1 a")),
    "image spelled out": (nothing, put("task.container.image", "docker.io/library/nginx:1.27")),
    "resources absent to empty": (nothing, put("task.resources", {})),
    "resources empty to limits empty": (
        put("task.resources", {}),
        put("task.resources.limits", {}),
    ),
    "resources empty to absent": (put("task.resources", {}), drop("task.resources")),
    "swap absent to 0": (put("task.resources", {}), put("task.resources.swap_bytes", {})),
    "restart absent to any": (nothing, put("task.restart.condition", 2)),
    "restart delay": (
        put("task.restart.condition", 2),
        put("task.restart.delay.seconds", 5),
    ),
    "constraint that does not fit": (
        nothing,
        add("task.placement.constraints", "node.labels.zone==us"),
    ),
    "placement and env": (
        nothing,
        each(put("task.placement", {}), add("task.container.env", "A=1")),
    ),
    "placement and pull options": (
        nothing,
        each(put("task.placement", {}), put("task.container.pull_options", {})),
    ),
    "log driver": (nothing, put("task.log_driver.name", "json-file")),
    "log driver absent to empty": (nothing, put("task.log_driver", {})),
    "network": (nothing, lambda spec: spec.task.networks.add(target="net1")),
    "force update": (nothing, put("task.force_update", 1)),
    "endpoint absent to empty": (nothing, put("endpoint", {})),
    "endpoint empty to absent": (put("endpoint", {}), drop("endpoint")),
    "host port": (nothing, port(8080)),
    "port name": (port(8080), each(drop("endpoint"), port(8080, name="http"))),
    "endpoint mode": (put("endpoint", {}), put("endpoint.mode", 1)),
    "ports swapped": (
        each(port(8080), port(8081, 81)),
        each(drop("endpoint"), port(8081, 81), port(8080)),
    ),
    "secret": (
        nothing,
        lambda spec: spec.task.container.secrets.add(
            secret_id="s", secret_name="s", file={"name": "s"}
        ),
    ),
    "config": (
        nothing,
        lambda spec: spec.task.container.configs.add(
            config_id="c", config_name="c", file={"name": "c"}
        ),
    ),
    "stop grace period": (
        put("task.container.stop_grace_period.seconds", 1),
        put("task.container.stop_grace_period.seconds", 10),
    ),
    "init absent to false": (nothing, put("task.container.init", {})),
    "dns config absent to empty": (nothing, put("task.container.dns_config", {})),
    "privileges absent to empty": (nothing, put("task.container.privileges", {})),
    "healthcheck absent to empty": (nothing, put("task.container.healthcheck", {})),
    "start interval absent to 0": (
        put("task.container.healthcheck.retries", 1),
        put("task.container.healthcheck.start_interval", {}),
    ),
    "tmpfs options": (
        lambda spec: spec.task.container.mounts.add(type=2, target="/t", tmpfs_options={}),
        lambda spec: setattr(spec.task.container.mounts[0].tmpfs_options, "options", "null"),
    ),
    "resource reference": (
        nothing,
        lambda spec: spec.task.resource_references.add(resource_id="r"),
    ),
    "defaults filled in": (nothing, lambda spec: spec.CopyFrom(with_defaults(spec))),
    "pids limit": (nothing, put("task.container.pidsLimit", 5)),
}


def _plan(before, after):
    current = service()
    before(current.spec)
    return plan(
        current, changed(current.spec, after), tasks=[task(current)], nodes=[node(zone="eu")]
    )


@pytest.mark.parametrize(("before", "after"), KEPT.values(), ids=KEPT)
def test_task_is_kept(before, after):
    answer = _plan(before, after)
    assert [verdict.action for verdict in answer.tasks] == ["kept"]
    assert answer.effect in ("nothing", "metadata only", "ignored")
    assert answer.rollout is None
    assert answer.exactness.exact


@pytest.mark.parametrize(("before", "after"), REPLACED.values(), ids=REPLACED)
def test_task_is_replaced(before, after):
    answer = _plan(before, after)
    assert [verdict.action for verdict in answer.tasks] == ["restarts"]
    assert answer.tasks[0].reasons
    assert answer.effect == "restarts"
    assert answer.summary.startswith("restarts 1 of 1 task, because ")
    assert answer.summary.endswith(" changed")
    assert answer.rollout is not None
    assert any(difference.effect == "restarts" for difference in answer.differences)


@pytest.mark.parametrize(("before", "after"), REPLACED.values(), ids=REPLACED)
def test_specs_alone_give_the_same_answer(before, after):
    current = service(3)
    before(current.spec)
    answer = plan(current.spec, changed(current.spec, after))
    assert answer.effect == "restarts"
    assert answer.counts.restarts + answer.counts.unknown == 3
    assert not answer.exactness.exact


HIDDEN = {"credentials", "pull options absent to empty", "start interval absent to 0"} | {
    "tmpfs options",
    "resource reference",
}


@pytest.mark.parametrize("name", [*KEPT, *REPLACED])
def test_what_inspect_hides_is_marked(name):
    answer = _plan(*{**KEPT, **REPLACED}[name])
    hidden = [difference for difference in answer.differences if difference.inspected is False]
    expected = name in HIDDEN or name in ("placement and pull options", "defaults filled in")
    assert bool(hidden) is expected
    told = "hidden-from-inspect" in [trap.code for trap in answer.traps]
    assert told is (name in HIDDEN and name in REPLACED)
