"""Every field that a manager may be sent is known to a rule; what is not is refused."""

import pytest

from swarmwire import pb
from swarmwire.policy import RULES
from swarmwire.policy.catalogue import known_fields
from swarmwire.policy.fields import SPECS, all_fields, set_fields
from tests.policy.support import changed, client, judged, message, rules_of
from tests.support.descriptors import is_map, is_repeated

KINDS = sorted(set(SPECS) - {"volume"})


def fields_of(descriptor, at="", above=()):
    """Every field without fields of its own, found without the code under test."""
    for field in descriptor.fields:
        name = f"{at}{field.name}"
        inner = field.message_type
        is_plain = inner is None or is_map(field) or inner.full_name.startswith("google.protobuf.")
        if is_plain or not inner.fields or inner.full_name in above:
            yield name
        else:
            yield from fields_of(inner, f"{name}.", (*above, inner.full_name))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_named_by_a_rule(kind):
    every = set(fields_of(SPECS[kind].DESCRIPTOR))
    assert len(every) > 5
    named = {field for rule in RULES.values() if rule.kind == kind for field in rule.fields}
    wide = tuple(field[:-1] for field in named if field.endswith(".*"))
    assert {field for field in every if field not in named and not field.startswith(wide)} == set()
    assert known_fields(kind) == every


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_of_a_rule_is_a_field(kind):
    every = all_fields(SPECS[kind].DESCRIPTOR)
    for rule in RULES.values():
        if rule.kind == kind:
            for field in rule.fields:
                below = field.removesuffix("*")
                assert any(name == field or name.startswith(below) for name in every), rule.id


def test_only_what_is_refused_whole_is_named_whole():
    wide = [
        rule
        for rule in RULES.values()
        if rule.kind in {"service", "network", "secret", "config"}
        and any(field.endswith(".*") for field in rule.fields)
    ]
    assert {rule.default for rule in wide} == {"always"}


@pytest.mark.parametrize("data", [b"\xf8\x07\x01", b"\xfa\x07\x01x"])
def test_a_field_of_a_later_schema_is_refused(data):
    spec = message(changed())
    assert judged(client(), spec) == ()
    assert rules_of(
        judged(client(), pb.ServiceSpec.FromString(spec.SerializeToString() + data))
    ) == ["unknown-field"]


def test_a_field_of_a_later_schema_deep_inside_is_refused():
    spec = message(changed())
    later = spec.task.container.SerializeToString() + b"\xf8\x07\x01"
    spec.task.container.CopyFrom(pb.ContainerSpec.FromString(later))
    assert rules_of(judged(client(), spec)) == ["unknown-field"]


def test_a_field_that_loses_its_rule_is_refused(monkeypatch):
    spec = message(changed({"TaskTemplate": {"ContainerSpec": {"Hostname": "x"}}}))
    assert judged(client(), spec) == ()
    known = known_fields("service")
    monkeypatch.setattr(
        "swarmwire.policy.judging.unknown.known_fields",
        lambda _: known - {"task.container.hostname"},
    )
    (found,) = judged(client(), spec)
    assert (found.rule, found.path) == ("unknown-field", "TaskTemplate.ContainerSpec.Hostname")


def test_a_number_without_a_word_is_refused():
    spec = message(changed())
    spec.update.order = 9
    (found,) = judged(client(), spec)
    assert (found.rule, found.path) == ("unknown-field", "UpdateConfig.Order")


@pytest.mark.parametrize("kind", KINDS)
def test_set_fields_finds_every_field(kind):
    """One message for each field, in which nothing else is set."""
    for name in fields_of(SPECS[kind].DESCRIPTOR):
        spec = SPECS[kind]()
        _set(spec, name.split("."))
        assert [found.name for found in set_fields(spec)] == [name]


def _set(spec, steps):
    field = spec.DESCRIPTOR.fields_by_name[steps[0]]
    held = getattr(spec, steps[0])
    if is_map(field):
        held["a"] = "b"
    elif is_repeated(field):
        if field.message_type is None:
            held.append("x" if field.enum_type is None else 1)
        elif len(steps) > 1:
            _set(held.add(), steps[1:])
        else:
            held.add()
    elif field.message_type is not None:
        held.SetInParent()
        if len(steps) > 1:
            _set(held, steps[1:])
    elif isinstance(held, str):
        setattr(spec, steps[0], "x")
    elif isinstance(held, bytes):
        setattr(spec, steps[0], b"x")
    else:
        setattr(spec, steps[0], type(held)(1))
