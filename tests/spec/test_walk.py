"""No field is passed over, whether a table names it or not; what nobody knows is no difference."""

import re

import pytest

from swarmwire import pb
from swarmwire.spec import copied, field_differences
from tests.support.descriptors import is_repeated
from tests.support.fill import fill, variants
from tests.support.invented import later
from tests.support.leaves import inside, parts


def every_part(message, path=()):
    for part in parts(message, path):
        yield part
        inner = inside(part)
        if inner is not None:
            yield from every_part(inner, part.path)


def told(old, new):
    return [(each.operation, each.path) for each in field_differences(old, new)]


KINDS = ("Service", "Node", "Network", "Cluster", "Secret", "Config", "Volume")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_spec_is_compared(kind):
    seen = set()
    for whole in variants(getattr(pb, f"{kind}Spec")):
        for part in every_part(whole):
            if part.path in seen:
                continue
            seen.add(part.path)
            less = copied(whole)
            part.of(less).clear()
            assert told(whole, less), part.path
            assert told(less, whole), part.path
        assert told(whole, copied(whole)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_fields_that_no_table_names_are_compared(kind):
    whole = fill(later(f"{kind}Spec"))
    seen = {}
    for part in every_part(whole):
        if part.name in seen:
            continue
        seen[part.name] = part.attribute
        less = copied(whole)
        part.of(less).clear()
        assert told(whole, less), part.path
        assert told(less, whole), part.path
    invented = {one.name for one in whole.DESCRIPTOR.fields if one.name.startswith("later")}
    assert len(invented) == 17
    assert invented <= set(seen.values())


def test_values_of_fields_that_no_table_names():
    new = later("ServiceSpec")()
    new.later_text = "a"
    new.later_bytes = b"abc"
    new.later_enum = 3
    new.later_message.os = "linux"
    new.later_time.seconds = 7
    new.later_wrapper.value = "postgres://user:HUSH@db"
    new.later_length.seconds = 1
    new.later_text_map["token"] = "HUSH"
    new.later_message_map["k"].os = "linux"
    new.task.later_text = "deep"
    found = {each.path: each.new for each in field_differences(type(new)(), new)}
    assert found == {
        "LaterText": "a",
        "LaterBytes": "3 bytes",
        "LaterEnum": "VOLUME",
        "LaterMessage": {"OS": "linux"},
        "LaterTime": {"Seconds": 7, "Nanos": 0},
        "LaterWrapper": "postgres://user:…@db",
        "LaterLength": 10**9,
        "LaterTextMap[token]": "…",
        "LaterMessageMap[k]": {"OS": "linux"},
        "TaskTemplate.LaterText": "deep",
    }


def test_what_no_table_names_stands_behind_what_the_api_has():
    new = fill(later("ServiceSpec"))
    paths = [each.path for each in field_differences(type(new)(), new)]
    own = [re.split(r"[.\[]", path)[0] for path in paths]
    places = [own.index(name) for name in ("Labels", "TaskTemplate", "Networks", "EndpointSpec")]
    assert places == sorted(places)
    assert places[-1] < own.index("LaterText", places[-1])


@pytest.mark.parametrize("kind", KINDS)
def test_fields_that_the_schema_does_not_know_are_no_difference(kind):
    unknown = b"\x9a\x3e\x01x"
    for whole in variants(getattr(pb, f"{kind}Spec")):
        strange = copied(whole)
        strange.MergeFromString(unknown)
        for part in every_part(strange):
            inner = inside(part)
            if inner is not None:
                inner.MergeFromString(unknown)
        assert strange != whole
        assert told(whole, strange) == []


def test_a_length_with_a_field_that_nobody_knows_is_the_same_length():
    old = pb.TaskSpec()
    old.container.stop_grace_period.seconds = 1
    new = copied(old)
    new.container.stop_grace_period.MergeFromString(b"\x9a\x3e\x01x")
    assert told(old, new) == []


def test_lists_are_told_from_single_values_by_every_version_of_protobuf():
    fields = pb.ContainerSpec.DESCRIPTOR.fields_by_name
    assert is_repeated(fields["env"])
    assert not is_repeated(fields["image"])


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("Service", "annotations"),
        ("Service", "task"),
        ("Cluster", "acceptance_policy"),
        ("Cluster", "orchestration"),
        ("Cluster", "raft"),
        ("Cluster", "dispatcher"),
        ("Cluster", "ca_config"),
        ("Cluster", "task_defaults"),
        ("Cluster", "encryption_config"),
        ("Network", "driver_config"),
        ("Network", "ipam.driver"),
        ("Volume", "driver"),
    ],
)
def test_a_message_that_is_always_there_may_be_absent(kind, path):
    old, new = (getattr(pb, f"{kind}Spec")() for _ in range(2))
    *steps, last = path.split(".")
    for spec in (old, new):
        for step in steps:
            getattr(spec, step).SetInParent()
    holder = new
    for step in (*steps, last):
        holder = getattr(holder, step)
    holder.SetInParent()
    assert old != new
    assert told(old, new) == []


def test_a_limit_of_processes_is_told_where_the_api_has_it():
    old, new = pb.ServiceSpec(), pb.ServiceSpec()
    old.task.container.SetInParent()
    new.task.container.pidsLimit = 3
    assert told(old, new) == [("changed", "TaskTemplate.Resources.Limits.Pids")]


def test_a_text_is_added_changed_and_removed():
    none, old, new = (
        pb.ServiceSpec(task=pb.TaskSpec(container=pb.ContainerSpec(image=image)))
        for image in ("", "a", "b")
    )
    path = "TaskTemplate.ContainerSpec.Image"
    assert told(none, old) == [("added", path)]
    assert told(old, new) == [("changed", path)]
    assert told(old, none) == [("removed", path)]


def test_the_delay_of_an_update_cannot_be_absent():
    absent, zero, second = (pb.ServiceSpec(update=pb.UpdateConfig(parallelism=1)) for _ in range(3))
    zero.update.delay.SetInParent()
    second.update.delay.seconds = 1
    assert told(absent, zero) == []
    assert [(each.path, each.old, each.new) for each in field_differences(absent, second)] == [
        ("UpdateConfig.Delay", 0, 10**9)
    ]
