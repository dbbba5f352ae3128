"""How differences read: path, operation, values, effect."""

from types import SimpleNamespace

import msgspec
import pytest

from swarmwire import engine, pb
from swarmwire.convert import service_spec_to_grpc
from swarmwire.plan import differences, plan
from swarmwire.spec import is_repeated
from tests.plan.build import changed, mode, service
from tests.support.fill import fill, hollow

CONTAINER = "TaskTemplate.ContainerSpec"


def told(change, before=None):
    current = changed(service().spec, before)
    return [
        (each.path, each.operation, each.old, each.new)
        for each in differences(current, changed(current, change))
    ]


def env(*variables):
    def change(spec):
        spec.task.container.env[:] = variables

    return change


def test_variables_are_matched_by_name():
    assert told(env("B=2", "C=3", "A=9"), env("A=1", "B=2", "D=4")) == [
        (f"{CONTAINER}.Env[1]", "added", None, "C=3"),
        (f"{CONTAINER}.Env[2]", "changed", "A=1", "A=9"),
        (f"{CONTAINER}.Env[2]", "removed", "D=4", None),
        (f"{CONTAINER}.Env", "reordered", ["A=1", "B=2", "D=4"], ["B=2", "C=3", "A=9"]),
    ]


def test_words_of_a_command_are_matched_by_place():
    def args(*words):
        def change(spec):
            spec.task.container.args[:] = words

        return change

    assert told(args("run", "-v", "b", "c"), args("run", "-x", "b")) == [
        (f"{CONTAINER}.Args[1]", "changed", "-x", "-v"),
        (f"{CONTAINER}.Args[3]", "added", None, "c"),
    ]


def test_mounts_are_matched_by_target():
    def mounts(*pairs):
        def change(spec):
            del spec.task.container.mounts[:]
            for source, target in pairs:
                spec.task.container.mounts.add(type=1, source=source, target=target)

        return change

    assert told(mounts(("c", "/c"), ("b", "/a")), mounts(("a", "/a"))) == [
        (
            f"{CONTAINER}.Mounts[0]",
            "added",
            None,
            {"Type": "volume", "Source": "c", "Target": "/c"},
        ),
        (f"{CONTAINER}.Mounts[1].Source", "changed", "a", "b"),
    ]


def test_presence_is_told():
    privileges = (f"{CONTAINER}.Privileges", "added", None, {})
    assert told(lambda spec: spec.task.container.privileges.SetInParent()) == [privileges]
    assert told(
        lambda spec: spec.task.container.ClearField("privileges"),
        lambda spec: spec.task.container.privileges.SetInParent(),
    ) == [(f"{CONTAINER}.Privileges", "removed", {}, None)]


def test_fields_are_in_the_order_of_the_document():
    def change(spec):
        spec.endpoint.mode = 1
        spec.rollback.parallelism = 1
        spec.update.parallelism = 2
        spec.replicated.replicas = 3
        spec.task.force_update = 1
        spec.task.container.pidsLimit = 7
        spec.task.resources.limits.nano_cpus = 5
        spec.task.container.image = "httpd"
        spec.annotations.labels["b"] = "2"
        spec.annotations.labels["a"] = "1"

    assert [path for path, *_ in told(change)] == [
        "Labels[a]",
        "Labels[b]",
        f"{CONTAINER}.Image",
        "TaskTemplate.Resources",
        "TaskTemplate.Resources.Limits.Pids",
        "TaskTemplate.ForceUpdate",
        "Mode.Replicated.Replicas",
        "UpdateConfig",
        "RollbackConfig",
        "EndpointSpec",
    ]


def test_values_are_those_of_the_engine_api():
    def change(spec):
        check = spec.task.container.healthcheck
        check.interval.seconds = 1
        check.timeout.nanos = 10**9
        check.retries = 3
        spec.task.container.isolation = 2
        spec.task.container.init.value = True
        spec.task.resources.swap_bytes.value = -1
        spec.task.container.privileges.seccomp.mode = 9
        spec.task.container.privileges.seccomp.profile = b"{}"
        spec.task.resource_references.add(resource_id="r", resource_type=1)
        spec.task.resource_references.add(resource_type=77)
        spec.update.max_failure_ratio = 0.15
        spec.rollback.max_failure_ratio = float("inf")

    values = {path: new for path, _, _, new in told(change)}
    assert values[f"{CONTAINER}.Healthcheck"] == {
        "Interval": 10**9,
        "Timeout": {"Seconds": 0, "Nanos": 10**9},
        "Retries": 3,
    }
    assert values[f"{CONTAINER}.Isolation"] == "hyperv"
    assert values[f"{CONTAINER}.Init"] is True
    assert values["TaskTemplate.Resources"] == {"SwapBytes": -1}
    assert values[f"{CONTAINER}.Privileges"] == {"Seccomp": {"Mode": 9, "Profile": "2 bytes"}}
    assert values["TaskTemplate.ResourceReferences[0]"]["ResourceType"] == "SECRET"
    assert values["TaskTemplate.ResourceReferences[1]"]["ResourceType"] == 77
    assert values["UpdateConfig"] == {"MaxFailureRatio": 0.15}
    assert values["RollbackConfig"] == {"MaxFailureRatio": "inf"}


def test_a_delay_of_nothing_is_no_delay():
    assert (
        told(lambda spec: spec.update.delay.SetInParent(), lambda spec: spec.update.SetInParent())
        == []
    )
    assert told(
        lambda spec: setattr(spec.update.delay, "seconds", 2),
        lambda spec: spec.update.SetInParent(),
    ) == [("UpdateConfig.Delay", "changed", 0, 2 * 10**9)]


def test_a_duration_in_other_parts_is_another():
    assert told(
        lambda spec: spec.task.container.stop_grace_period.FromSeconds(1),
        lambda spec: setattr(spec.task.container.stop_grace_period, "nanos", 10**9),
    ) == [(f"{CONTAINER}.StopGracePeriod", "changed", {"Seconds": 0, "Nanos": 10**9}, 10**9)]


def test_maps():
    assert told(
        lambda spec: spec.annotations.labels.update(a="2", c=""),
        lambda spec: spec.annotations.labels.update(a="1", b="1"),
    ) == [("Labels[a]", "changed", "1", "2"), ("Labels[c]", "added", None, "")]
    assert told(
        lambda spec: spec.annotations.labels.clear(),
        lambda spec: spec.annotations.labels.update(a="1"),
    ) == [("Labels[a]", "removed", "1", None)]


def _plugin(**fields):
    spec = engine.ServiceSpec(name="p")
    spec.task_template.runtime = "plugin"
    spec.task_template.plugin_spec = engine.RuntimeSpec(name="n", **fields)
    return service_spec_to_grpc(spec)


def test_plugins_are_looked_into():
    old, new = (
        _plugin(remote="a", env=["A=1", "TOKEN=x"]),
        _plugin(remote="b", env=["A=2", "TOKEN=y"]),
    )
    assert [(each.path, each.old, each.new) for each in differences(old, new)] == [
        ("TaskTemplate.PluginSpec.remote", "a", "b"),
        ("TaskTemplate.PluginSpec.env[0]", "A=1", "A=2"),
        ("TaskTemplate.PluginSpec.env[1]", "TOKEN=…", "TOKEN=…"),
    ]


@pytest.mark.parametrize("value", [b"\xff", b"\x0a\x01n\x30\x01"])
def test_payloads_that_hold_something_else(value):
    old = _plugin()
    new = changed(old, lambda spec: setattr(spec.task.generic.payload, "value", value))
    (only,) = differences(old, new)
    assert only.path == "TaskTemplate.PluginSpec"
    assert only.new["Value"] == f"{len(value)} byte{'s' if len(value) > 1 else ''}"
    assert differences(old, changed(old)) == ()


def test_fields_that_nobody_knows_are_no_difference():
    spec = service().spec
    strange = pb.ServiceSpec.FromString(spec.SerializeToString() + b"\x9a\x06\x01x")
    assert differences(spec, strange) == ()


def test_effects():
    current = service()

    def change(spec):
        spec.annotations.labels["a"] = "b"
        spec.annotations.indices.add(key="k", val="v")
        spec.task.container.pull_options.registry_auth = "c2VjcmV0"
        spec.task.container.hostname = "h"
        spec.task.networks.add(target="n1")
        spec.networks.add(target="n1")
        spec.replicated.replicas = 2
        spec.update.parallelism = 1
        spec.endpoint.mode = 1

    found = differences(current.spec, changed(current.spec, change))
    assert {each.path: each.effect for each in found} == {
        "Labels[a]": "metadata only",
        "Indices[0]": "metadata only",
        f"{CONTAINER}.Hostname": "restarts",
        f"{CONTAINER}.PullOptions": "metadata only",
        "TaskTemplate.Networks[0]": "restarts",
        "Mode.Replicated.Replicas": "scales",
        "UpdateConfig": "metadata only",
        "EndpointSpec": "restarts",
        "Networks[0]": "ignored",
    }


def test_what_a_manager_refuses():
    current = service()
    current.spec.update.parallelism = 1

    def change(spec):
        mode(spec, "global_job")
        spec.annotations.name = "other"

    answer = plan(current, changed(current.spec, change))
    assert answer.effect == "refused"
    assert {each.path: each.effect for each in answer.differences} == {
        "Name": "refused",
        "Mode.Replicated": "refused",
        "Mode.GlobalJob": "refused",
    }
    assert [(each.path, each.code) for each in answer.refusals] == [
        ("UpdateConfig", "InvalidArgument"),
        ("Mode", "Unimplemented"),
        ("Name", "Unimplemented"),
    ]
    assert answer.summary == "is refused: Jobs may not have an update config (UpdateConfig)"
    assert answer.counts is None
    assert answer.tasks == ()
    assert answer.rollout is None


def test_deprecated_networks_alone_are_refused():
    current = service()
    wanted = changed(current.spec, lambda spec: spec.networks.add(target="n1"))
    answer = plan(current, wanted)
    assert answer.differences[0].effect == "refused"
    assert answer.refusals[0].path == "Networks"


def test_everything_can_be_different():
    full, empty = fill(pb.ServiceSpec), hollow(pb.ServiceSpec)
    for old, new in ((full, empty), (empty, full), (full, pb.ServiceSpec())):
        found = differences(old, new)
        assert found
        msgspec.json.encode(found)


def test_a_service_that_inspect_does_not_show():
    spec = pb.ServiceSpec()
    spec.task.attachment.container_id = "c"
    found = differences(spec, changed(spec, lambda out: out.annotations.labels.update(a="b")))
    assert [each.inspected for each in found] == [None]


def test_lists_are_known_by_older_versions_of_protobuf_too():
    assert is_repeated(SimpleNamespace(label=3))
    assert not is_repeated(SimpleNamespace(label=1))
