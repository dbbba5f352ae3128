import json

import pytest
from google.protobuf import json_format, text_format

from swarmwire import convert, engine, pb
from swarmwire.cli.reading.streams import FrameSplitter
from swarmwire.engine.versions import NEWEST, OLDEST


def frames(data: bytes) -> list[bytes]:
    splitter = FrameSplitter("f")
    return [element.raw for element in splitter.feed(data)] + [e.raw for e in splitter.finish()]


@pytest.fixture
def message(spec):
    return convert.service_spec_to_grpc(engine.decode(spec, engine.ServiceSpec))


def test_one_spec_is_one_message(invoke, spec, message):
    done = invoke("to-grpc", data=spec)
    assert done.code == 0
    assert pb.parse(pb.ServiceSpec, done.output) == message


def test_the_output_of_inspect_is_taken_as_it_is(invoke, examples, message):
    done = invoke("to-grpc", examples / "web-service.json")
    assert pb.parse(pb.ServiceSpec, done.output) == message


@pytest.mark.parametrize("between", [b"\n", b"", b"\n\n  "])
def test_several_messages_have_their_lengths(invoke, service, spec, message, between):
    for data in (
        between.join([spec, service, spec]),
        b"[" + b",".join([spec, service, spec]) + b"]",
    ):
        found = frames(invoke("to-grpc", data=data).output)
        assert [pb.parse(pb.ServiceSpec, raw) for raw in found] == [message] * 3


def test_several_files_are_several_objects(invoke, examples, spec):
    file = examples / "web-service.json"
    assert len(frames(invoke("to-grpc", file, "-", file, data=spec).output)) == 3


def test_delimited_frames_even_one(invoke, spec, message):
    (found,) = frames(invoke("to-grpc", "--delimited", data=spec).output)
    assert pb.parse(pb.ServiceSpec, found) == message


def test_an_empty_list_writes_nothing(invoke):
    for format_ in ("binary", "text", "json"):
        done = invoke("to-grpc", "--format", format_, data=b"[]")
        assert (done.code, done.output) == (0, b"")


def test_text_reads_back(invoke, spec, message):
    done = invoke("to-grpc", "--format", "text", data=spec + spec)
    first, second = done.text.split("# ---\n")
    assert text_format.Parse(first, pb.ServiceSpec()) == message
    assert text_format.Parse(second, pb.ServiceSpec()) == message


def test_json_has_the_original_names_and_a_line_each(invoke, spec, message):
    done = invoke("to-grpc", "--format", "json", data=spec + spec)
    lines = done.text.splitlines()
    assert len(lines) == 2
    assert json_format.Parse(lines[0], pb.ServiceSpec()) == message
    assert "stop_grace_period" in lines[0]
    indented = invoke("to-grpc", "--format", "json", "--indent", data=spec)
    assert json_format.Parse(indented.text, pb.ServiceSpec()) == message
    assert indented.text.startswith('{\n    "annotations"')


@pytest.mark.parametrize(
    ("kind", "data", "type_"),
    [
        ("node", b'{"Role":"worker","Availability":"drain"}', pb.NodeSpec),
        ("secret", b'{"Name":"s","Data":"AQID"}', pb.SecretSpec),
        ("config", b'{"Name":"c","Data":"AQID"}', pb.ConfigSpec),
        ("network", b'{"Name":"n","Driver":"overlay","EnableIPv6":true}', pb.NetworkSpec),
        ("swarm", b'{"Name":"default","Raft":{"SnapshotInterval":5}}', pb.ClusterSpec),
        ("volume", b'{"Name":"v","Driver":"d","ClusterVolumeSpec":{}}', pb.VolumeSpec),
    ],
)
def test_every_kind_converts(invoke, kind, data, type_):
    done = invoke("to-grpc", "--kind", kind, data=data)
    assert done.code == 0, done.stderr
    plain = pb.parse(type_, done.output)
    assert plain.ByteSize()
    if kind not in ("network", "volume"):
        stored = b'{"ID":"x","Version":{"Index":1},"Spec":' + data + b"}"
        assert invoke("to-grpc", "--kind", kind, data=stored).output == done.output


def test_an_inspected_network_gives_the_request_that_made_it(invoke):
    request = {
        "Name": "n",
        "Driver": "overlay",
        "Scope": "swarm",
        "EnableIPv4": True,
        "IPAM": {"Driver": "default", "Config": [{"Subnet": "10.0.9.0/24"}]},
        "Attachable": True,
        "Labels": {"a": "b"},
    }
    shown = {"Id": "abc", "Created": "2026-01-01T00:00:00Z", "Containers": {}} | request
    by_request = invoke("to-grpc", "--kind", "network", data=json.dumps(request).encode())
    by_inspect = invoke("to-grpc", "--kind", "network", data=json.dumps([shown]).encode())
    assert by_inspect.stderr == ""
    assert by_inspect.output == by_request.output


def test_an_inspected_volume_gives_the_request_that_made_it(invoke):
    request = b'{"Name":"v","Driver":"d","DriverOpts":{"a":"b"},"ClusterVolumeSpec":{"Group":"g"}}'
    shown = (
        b'{"Name":"v","Driver":"d","Options":{"a":"b"},"Mountpoint":"","Scope":"global",'
        b'"ClusterVolume":{"ID":"i","Version":{"Index":1},"Spec":{"Group":"g"}}}'
    )
    outputs = {invoke("to-grpc", "--kind", "volume", data=data).output for data in (request, shown)}
    assert len(outputs) == 1


def test_lossless_keeps_what_the_engine_forgets(invoke, examples):
    def bind_options(*options: str) -> pb.Message:
        done = invoke("to-grpc", "-q", *options, examples / "typo-service.json")
        return pb.parse(pb.ServiceSpec, done.output).task.container.mounts[0].bind_options

    assert not bind_options().createmountpoint
    assert bind_options("--lossless").createmountpoint


def test_an_old_api_version_clears_fields(invoke, examples):
    def pids(*options: str) -> int:
        done = invoke("to-grpc", "-q", *options, examples / "typo-service.json")
        return pb.parse(pb.ServiceSpec, done.output).task.container.pidsLimit

    assert pids() == pids("--api-version", "1.41") == 64
    assert pids("--api-version", "v1.40") == 0


def test_a_service_without_a_name_is_named(invoke):
    data = b'{"TaskTemplate":{"ContainerSpec":{"Image":"x"}}}'
    named = pb.parse(pb.ServiceSpec, invoke("to-grpc", "--name", "web", data=data).output)
    assert named.annotations.name == "web"
    assert pb.parse(pb.ServiceSpec, invoke("to-grpc", data=data).output).annotations.name


def test_odd_keys_are_warned_of_on_standard_error(invoke, examples):
    done = invoke("to-grpc", examples / "typo-service.json")
    assert done.code == 0
    assert "TaskTemplate.RestartPolicy.MaxAttemps: unknown key, passed over" in done.stderr
    assert "did you mean MaxAttempts?" in done.stderr
    assert "TaskTemplate.ContainerSpec.HealthCheck: read as Healthcheck" in done.stderr
    assert invoke("to-grpc", "-q", examples / "typo-service.json").stderr == ""


def test_a_repeated_key_is_warned_of(invoke):
    data = b'{"Name":"a","Name":"b","TaskTemplate":{"ContainerSpec":{"Image":"x"}}}'
    assert "Name: given more than once" in invoke("to-grpc", data=data).stderr


def test_warnings_end_after_twenty(invoke):
    data = b'{"TaskTemplate":{"ContainerSpec":{"Image":"x"}},"Nmae":1,"Nmae":2}' * 15
    lines = invoke("to-grpc", data=data).stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "swarmwire: 10 more warnings are not shown"


def test_a_plugin_has_no_protobuf_json_or_has(invoke):
    data = (
        b'{"Name":"p","Mode":{"Global":{}},"TaskTemplate":{"Runtime":"plugin","PluginSpec":'
        b'{"name":"n","remote":"r"}}}'
    )
    done = invoke("to-grpc", "--format", "json", data=data)
    assert done.code in (0, 1)
    assert done.output or "use --message-format text or binary" in done.stderr
    assert invoke("to-grpc", "--format", "text", data=data).code == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--kind", "node", "--name", "x"], "--name and --api-version are for services"),
        (["--format", "text", "--delimited"], "--delimited is for binary messages"),
        (["--indent"], "--indent is for JSON"),
        (["--api-version", "1.9"], f"not a version from {OLDEST} to {NEWEST}"),
        (["--api-version", "2"], f"not a version from {OLDEST} to {NEWEST}"),
        (["--jobs", "-1"], "-1 is not in the range"),
        (["-", "-"], "can be read only once"),
        (["--kind", "cow"], "'cow' is not one of"),
    ],
)
def test_bad_usage_is_told(run, arguments, reason):
    done = run("to-grpc", *arguments, input=b"{}")
    assert done.returncode == 2
    assert reason in " ".join(done.stderr.decode().split())
    assert done.stdout == b""
