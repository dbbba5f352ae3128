import json

import pytest

from swarmwire import convert, engine, pb
from swarmwire.cli.writing import Frames


@pytest.fixture
def message(spec):
    found = pb.Service(id="s1", meta=pb.Meta(version=pb.Version(index=7)))
    found.spec.CopyFrom(convert.service_spec_to_grpc(engine.decode(spec, engine.ServiceSpec)))
    return found


@pytest.fixture
def binary(message):
    return message.SerializeToString()


@pytest.fixture
def wanted(message):
    return engine.encode(convert.service_from_grpc(message))


def framed(*messages: bytes) -> bytes:
    frames = Frames(always=True)
    return b"".join(map(frames.add, messages))


def test_one_message_is_one_line_as_the_engine_writes_it(invoke, binary, wanted):
    done = invoke("from-grpc", data=binary)
    assert (done.code, done.output) == (0, wanted + b"\n")


def test_a_stream_is_a_line_each_or_a_list(invoke, binary, wanted):
    data = framed(binary, binary)
    assert invoke("from-grpc", "--delimited", data=data).output == (wanted + b"\n") * 2
    assert invoke("from-grpc", "--delimited", "--ndjson", data=data).output == (wanted + b"\n") * 2
    listed = invoke("from-grpc", "--delimited", "--array", data=data).output
    assert listed == b"[" + wanted + b"," + wanted + b"]\n"


def test_an_empty_stream_is_no_objects(invoke):
    assert invoke("from-grpc", "--delimited", data=b"").output == b""
    assert invoke("from-grpc", "--delimited", "--array", data=b"").output == b"[]\n"


def test_indented_is_the_same_for_people(invoke, binary, wanted):
    for options in (["--indent"], ["--indent", "--array"]):
        done = invoke("from-grpc", *options, data=binary)
        value = json.loads(done.output)
        assert (value if options == ["--indent"] else value[0]) == json.loads(wanted)
        assert done.text.count("\n") > 50


@pytest.mark.parametrize("format_", ["text", "json"])
def test_other_forms_read_back(invoke, service, format_):
    messages = invoke("to-grpc", "--format", format_, data=service + service).output
    specs = invoke("from-grpc", "--kind", "service-spec", "--input-format", format_, data=messages)
    assert specs.code == 0, specs.stderr
    first, second = specs.output.splitlines()
    assert first == second
    assert json.loads(first) == json.loads(service)["Spec"]


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("task", pb.Task(id="t")),
        ("node", pb.Node(id="n")),
        ("secret", pb.Secret(id="s")),
        ("config", pb.Config(id="c")),
        ("network", pb.Network(id="n")),
        ("swarm", pb.Cluster(id="c")),
    ],
)
def test_every_kind_converts(invoke, kind, stored):
    done = invoke("from-grpc", "--kind", kind, data=stored.SerializeToString())
    assert done.code == 0, done.stderr
    value = json.loads(done.output)
    assert value.get("ID", value.get("Id")) == stored.id


def test_a_volume_without_driver_is_refused(invoke):
    done = invoke("from-grpc", "--kind", "volume", data=pb.Volume(id="v").SerializeToString())
    assert done.code == 1
    assert done.stderr == "swarmwire: <stdin>: Driver: a volume without a driver\n"


def test_strings_that_are_not_utf8_are_repaired_and_reported(invoke, binary):
    broken = binary.replace(b"shop_web", b"shop\xffweb")
    done = invoke("from-grpc", data=broken)
    assert done.code == 0
    assert json.loads(done.output)["Spec"]["Name"] == "shop\N{REPLACEMENT CHARACTER}web"
    assert "<stdin>: spec.annotations.name: not UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("options", "data", "reason"),
    [
        ([], b"\xff\xff\xff", "if it is a stream of messages with their lengths, use --delimited"),
        ([], b"", "is empty"),
        ([], b'{"Name":"x"}', "it looks like JSON, see --message-format"),
        ([], b'annotations {\n  name: "x"\n}\n', "it looks like text, see --message-format"),
        (["--delimited"], b"\x50abc", "breaks off within message 1"),
        (["--delimited"], b"\x02\xff\xff", "object 1: 2 bytes that are not a Service message"),
        (["--message-format", "text"], b"cow: 1", 'has no field named "cow"'),
        (["--message-format", "text"], b"\xff", "not UTF-8"),
        (["--message-format", "text"], b"spec {" * 3, "not protobuf text of this kind"),
        (["--message-format", "json"], b'{"cow":1}', 'has no field named "cow"'),
        (["--message-format", "json"], b'{"id":"\xff"}', "not UTF-8"),
        (["--message-format", "json"], b'{"id":3', "breaks off within object 1"),
        (["--message-format", "json"], b'{"a":' * 5000 + b"1" + b"}" * 5000, "not protobuf JSON"),
    ],
)
def test_what_is_no_message_is_told_in_a_sentence(invoke, options, data, reason):
    done = invoke("from-grpc", *options, data=data)
    assert done.code == 2
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.output == b""


@pytest.mark.parametrize(
    ("format_", "data"),
    [
        ("text", b'spec { data: "hunter2" "hunter2 }'),
        ("text", b"spec { data: hunter2 }"),
        ("json", b'{"spec":{"data":["hunter2"]}}'),
        ("json", b'{"spec":{"data":{"hunter2":1}}}'),
    ],
)
def test_a_secret_is_not_shown(invoke, format_, data):
    done = invoke("from-grpc", "--kind", "secret", "--input-format", format_, data=data)
    assert done.code == 2
    assert "hunter2" not in done.stderr


def test_delimited_is_for_binary(run):
    assert run("from-grpc", "--delimited", "--input-format", "json").returncode == 2


@pytest.mark.parametrize("format_", [None, "text", "json"])
def test_what_to_grpc_writes_is_read_without_naming_its_kind(invoke, examples, format_):
    options = [] if format_ is None else ["--message-format", format_]
    written = invoke("to-grpc", *options, examples / "web-service.json")
    read = invoke("from-grpc", *options, data=written.output)
    assert (read.code, read.stderr) == (0, "")
    (inspected,) = json.loads((examples / "web-service.json").read_bytes())
    assert json.loads(read.output) == inspected["Spec"]


def test_the_pipe_of_both_commands_works_with_their_defaults(run, examples):
    written = run("to-grpc", examples / "web-service.json")
    assert json.loads(run("from-grpc", input=written.stdout).stdout)["Name"] == "shop_web"


def test_a_stream_may_hold_specs_and_whole_services(invoke, binary, message, wanted):
    data = framed(binary, message.spec.SerializeToString())
    first, second = invoke("from-grpc", "--delimited", data=data).output.splitlines()
    assert first == wanted
    assert json.loads(second) == json.loads(wanted)["Spec"]


def test_a_spec_that_is_called_a_service_names_the_option(invoke, message):
    data = message.spec.SerializeToString()
    done = invoke("from-grpc", "--kind", "service", data=data)
    assert done.code == 1
    assert "it is a service's spec: leave out --kind, or say --kind service-spec" in done.stderr


def test_messages_with_lengths_name_the_option(invoke, service):
    data = invoke("to-grpc", data=service + service).output
    done = invoke("from-grpc", data=data)
    assert (done.code, done.output) == (2, b"")
    assert "use --delimited" in done.stderr
