"""Plain dicts, as docker-py has and sends them, become objects as the JSON of them would."""

import base64
import json
from collections import UserDict
from datetime import date
from math import inf, nan
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given

from swarmwire import convert, engine, pb
from swarmwire.engine import KeyFinding
from swarmwire.errors import ConvertError, DecodeError, SwarmwireError
from tests.support.fill import fill_object, structs
from tests.support.strategies import objects

VECTORS = Path(__file__).parents[1] / "vectors/convert.jsonl"


def documents():
    """Every JSON object that an engine was asked to convert, or answered."""
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        vector = json.loads(line)
        if vector["op"].startswith("service_spec_to_grpc") and isinstance(vector["json"], dict):
            yield vector["json"]


def outcome(read):
    try:
        return read()
    except SwarmwireError as err:
        return type(err), str(err)


def test_a_dict_is_read_as_its_json():
    specs = list(documents())
    assert len(specs) > 100
    for spec in specs:
        read = outcome(lambda spec=spec: engine.from_dict(spec, engine.ServiceSpec))
        decoded = outcome(lambda spec=spec: engine.decode(json.dumps(spec), engine.ServiceSpec))
        assert read == decoded


@pytest.mark.parametrize("name", sorted(structs()))
def test_every_object_becomes_a_dict_and_itself_again(name):
    full = fill_object(structs()[name])
    document = engine.to_dict(full)
    assert document == json.loads(engine.encode(full))
    assert engine.encode(engine.from_dict(document, type(full))) == engine.encode(full)


@given(objects(engine.ServiceSpec))
def test_a_dict_says_what_the_json_says(spec):
    assert engine.to_dict(spec) == json.loads(engine.encode(spec))


def test_nulls_and_cases_as_the_engine_reads_them():
    findings = []
    spec = engine.from_dict(
        {
            "name": "web",
            "Labels": None,
            "TaskTemplate": {
                "ContainerSpec": {"Image": "nginx", "Env": None, "Command": ("sleep", "1")},
                "Resources": None,
                "ForceUpdate": None,
            },
            "Nmae": 1,
            "NAME": "site",
        },
        engine.ServiceSpec,
        findings,
    )
    assert spec.name == "site"
    assert spec.task_template.container_spec.env == []
    assert spec.task_template.container_spec.command == ["sleep", "1"]
    assert spec.task_template.force_update == 0
    assert findings == [
        KeyFinding("case", "name", "Name"),
        KeyFinding("unknown", "Nmae", "Name"),
        KeyFinding("duplicate", "NAME", "Name"),
    ]


def test_data_is_base64_text():
    secret = engine.from_dict({"Data": base64.b64encode(b"s3cret").decode()}, engine.SecretSpec)
    assert secret.data == b"s3cret"
    assert engine.to_dict(secret)["Data"] == "czNjcmV0"


def test_a_list_of_dicts():
    services = engine.from_dict([{"ID": "a"}, {"id": "b"}], list[engine.Service])
    assert [service.id for service in services] == ["a", "b"]


class TaskTemplate(dict[str, object]):
    """As docker-py's types are made."""


@pytest.mark.parametrize("kind", [TaskTemplate, UserDict, MappingProxyType])
def test_every_kind_of_dict(kind):
    spec = engine.from_dict(kind({"TaskTemplate": kind({"ForceUpdate": 3})}), engine.ServiceSpec)
    assert spec.task_template.force_update == 3


def test_a_number_as_key_is_a_text_in_json():
    assert engine.from_dict({"Labels": {1: "a"}}, engine.ServiceSpec).labels == {"1": "a"}


def test_the_dict_is_neither_changed_nor_shared():
    document = {"Labels": {"a": "b"}}
    spec = engine.from_dict(document, engine.ServiceSpec)
    spec.labels["c"] = "d"
    written = engine.to_dict(spec)
    written["Labels"]["e"] = "f"
    assert document == {"Labels": {"a": "b"}}
    assert spec.labels == {"a": "b", "c": "d"}


SELF: dict[str, object] = {}
SELF["TaskTemplate"] = SELF
DEEP: dict[str, object] = {}
for _ in range(100_000):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    ("document", "kind", "message"),
    [
        ({"Name": 1}, "type", "Name: invalid JSON: cannot unmarshal number into string"),
        ({"Data": b"s3cret"}, "type", "Data: JSON has no bytes: give them as base64 text"),
        ({"Labels": {"a": {1, 2}}}, "type", "Labels.a: JSON has no set"),
        ({"Env": ["a", date(2026, 1, 1)]}, "type", "Env[1]: JSON has no date"),
        ({"a": [nan]}, "range", "a[0]: no finite number of at most 64 bits"),
        ({"a": -inf}, "range", "a: no finite number of at most 64 bits"),
        ({"a": 10**5000}, "range", "a: no finite number of at most 64 bits"),
        ({"Labels": {b"a": "b"}}, "type", "Labels: expected texts as keys, got bytes"),
        (
            {"TaskTemplate": engine.TaskSpec()},
            "type",
            "TaskTemplate: expected a dict, got engine.TaskSpec: engine.to_dict makes one",
        ),
        (SELF, "range", "nested too deeply, or within itself"),
        (DEEP, "range", "nested too deeply, or within itself"),
        (b"{}", "type", "expected a dict, got bytes: engine.decode reads JSON"),
        ("{}", "type", "expected a dict, got str: engine.decode reads JSON"),
        (
            engine.ServiceSpec(),
            "type",
            "expected a dict, got engine.ServiceSpec: it is an object already",
        ),
        (pb.ServiceSpec(), "type", "expected a dict, got pb.ServiceSpec"),
        (None, "type", "expected a dict, got NoneType"),
        ([], "type", "invalid JSON: cannot unmarshal array into object"),
    ],
)
def test_what_json_does_not_have_is_refused_at_its_place(document, kind, message):
    with pytest.raises(DecodeError) as caught:
        engine.from_dict(document, engine.ServiceSpec)
    assert caught.value.kind == kind
    assert str(caught.value) == message
    assert "s3cret" not in str(caught.value)


def test_a_number_that_does_not_fit_is_refused_with_its_path():
    with pytest.raises(DecodeError) as caught:
        engine.from_dict({"TaskTemplate": {"ForceUpdate": 2**64}}, engine.ServiceSpec)
    assert (caught.value.kind, caught.value.path) == ("range", "TaskTemplate.ForceUpdate")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (pb.Service(), "expected an object, got pb.Service: convert.service_from_grpc makes one"),
        ([engine.Service()], "expected an object, got list"),
        (None, "expected an object, got None"),
    ],
)
def test_a_dict_is_made_of_objects_alone(value, message):
    with pytest.raises(ConvertError) as caught:
        engine.to_dict(value)
    assert str(caught.value) == message


def test_what_an_engine_answers_becomes_a_body_again():
    """`client.api.inspect_service` to a body for `client.api.update_service`."""
    service = fill_object(engine.Service)
    message = convert.service_spec_to_grpc(
        engine.from_dict(engine.to_dict(service)["Spec"], engine.ServiceSpec)
    )
    assert message == convert.service_spec_to_grpc(service.spec)
