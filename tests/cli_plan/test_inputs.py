"""Files of every form are read as what they are."""

import json

import pytest
from google.protobuf import json_format, text_format

from swarmwire import pb
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.reading import services
from swarmwire.errors import FieldError
from tests.cli.conftest import ROOT


def message():
    out = pb.ServiceSpec()
    out.annotations.name = "web"
    out.replicated.replicas = 2
    out.task.container.image = "x:1"
    return out


def whole():
    out = pb.Service(id="0123456789abcdefghijklmno", spec=message())
    out.meta.version.index = 7
    return out


SPEC = {
    "Name": "web",
    "TaskTemplate": {"ContainerSpec": {"Image": "x:1"}},
    "Mode": {"Replicated": {"Replicas": 2}},
}

FORMS = {
    "spec": json.dumps(SPEC).encode(),
    "inspect": json.dumps([{"ID": "x", "Spec": SPEC}]).encode(),
    "marked": b"\xef\xbb\xbf" + json.dumps(SPEC).encode(),
    "binary spec": message().SerializeToString(),
    "binary service": whole().SerializeToString(),
    "text": text_format.MessageToString(message()).encode(),
    "text of a service": text_format.MessageToString(whole()).encode(),
    "protobuf JSON": json_format.MessageToJson(
        message(), preserving_proto_field_name=True
    ).encode(),
    "protobuf JSON of a service": json_format.MessageToJson(whole()).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    found = services.parse_service(FORMS[form])
    assert found.spec == message()
    assert found.is_message is (form not in ("spec", "inspect", "marked"))
    assert found.is_whole is ("service" in form)
    assert found.warnings == ()


def test_a_name_for_what_has_none():
    nameless = json.dumps({"TaskTemplate": {"ContainerSpec": {"Image": "x"}}}).encode()
    assert services.parse_service(nameless, "web").spec.annotations.name == "web"


def test_odd_keys_are_warned_of():
    odd = dict(SPEC, Labls={}, name="b")
    raw = json.dumps([{"ID": "x", "Spec": odd}]).encode()
    raw = raw.replace(b'"Labls": {}', b'"Labls": {}, "Labels": {}, "Labels": {}')
    assert (
        services.parse_service(raw).warnings
        == (
            "Spec.Labls: unknown key, passed over; did you mean Labels?",
            "Spec.Labels: given more than once; what comes later counts",
            "Spec.name: read as Name",
        )
        or len(services.parse_service(raw).warnings) >= 3
    )


BAD = {
    "nothing": (b" \n", "is empty"),
    "several": (b"[{},{}]", "holds 2 objects; one service is wanted"),
    "an empty list": (b"[]", "holds 0 objects"),
    "half": (b'{"Name":', "breaks off"),
    "other text": (b"hello: world", "neither JSON nor a message in text form"),
    "noise": (b"\x00\xff\x01", "neither JSON nor a message of a service"),
    "another message": (b"\x12\x02\x08\x01", "neither JSON nor a message of a service"),
    "message keys": (b'{"task": 3}', "not a service in protobuf's JSON"),
    "a wrong type": (b'{"Name": 3}', "Name"),
    "refused": (b'{"Name":"a","TaskTemplate":{"Runtime":"x"}}', "TaskTemplate.Runtime"),
    "refused within": (b'{"ID":"x","Spec":{"TaskTemplate":{"Runtime":"x"}}}', "Spec.TaskTemplate"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad(case):
    raw, text = BAD[case]
    with pytest.raises((Unreadable, FieldError), match=text.replace("(", r"\(")):
        services.parse_service(raw)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Unreadable, match=r"none\.json: no such file or directory"):
        services.load_service(str(tmp_path / "none.json"))


def test_the_name_of_the_file_is_told(tmp_path):
    file = tmp_path / "bad.json"
    file.write_bytes(b"[]")
    with pytest.raises(Unreadable, match=r"bad\.json: holds 0 objects"):
        services.load_service(str(file)).parsed()


def test_the_examples():
    assert (
        services.load_service(str(ROOT / "examples/web-service.json"))
        .parsed()
        .spec.annotations.name
        == "shop_web"
    )
