"""Files that are no spec: told for what they are, with what to do. By every command the same."""

import bz2
import gzip
import json
import lzma
import subprocess

import pytest

from swarmwire.cli.exits import Unreadable
from swarmwire.cli.reading.forms import is_service_spec, misfit
from swarmwire.cli.reading.services import parse_service

SPEC = b'{"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"x"}}}'
COMPOSE = b"# ours\nname: shop\nservices:\n  web:\n    image: nginx\n"

FILES = {
    "gzip": (gzip.compress(SPEC), "compressed with gzip; unpack it first"),
    "bzip2": (bz2.compress(SPEC), "compressed with bzip2; unpack it first"),
    "xz": (lzma.compress(SPEC), "compressed with xz; unpack it first"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", "compressed with zstd; unpack it first"),
    "zip": (b"PK\x03\x04\x14\x00\x00\x00", "a zip archive; unpack it first"),
    "utf-16": (SPEC.decode().encode("utf-16"), "UTF-16 text; save it as UTF-8"),
    "compose": (COMPOSE, "a compose file: swarmwire plan --stack NAME -c FILE"),
    "yaml": (
        b"---\nfoo: 1\n",
        "YAML, and JSON is wanted: docker service inspect SERVICE",
    ),
}
OBJECTS = {
    "container": (
        {"Id": "c", "Created": "2026", "State": {}, "HostConfig": {}, "Config": {"Image": "x"}},
        "a container, not a service: docker service inspect NAME prints a service",
    ),
    "image": (
        {"Id": "sha256:1", "RepoTags": ["x:1"], "RootFS": {"Type": "layers"}},
        "an image, not a service: docker service inspect NAME prints a service",
    ),
    "network": (
        {"Name": "n", "Id": "n", "Scope": "swarm", "Driver": "overlay", "IPAM": {}},
        "a network, not a service: say --kind network",
    ),
    "node": (
        {"ID": "n", "Spec": {"Role": "worker"}, "Description": {"Hostname": "h"}},
        "a node, not a service: say --kind node",
    ),
    "task": (
        {"ID": "t", "ServiceID": "s", "DesiredState": "running", "Spec": {}},
        "a task, not a service: docker service inspect SERVICE prints what it is made from",
    ),
    "compose as JSON": (
        {"name": "shop", "services": {"web": {"image": "x"}}},
        "a compose file: swarmwire plan --stack NAME -c FILE",
    ),
    "service ls": (
        {"ID": "s", "Name": "web", "Mode": "replicated", "Replicas": "1/1"},
        "a line of docker service ls: docker service inspect SERVICE prints all of it",
    ),
}


@pytest.mark.parametrize("command", ["check", "to-grpc"])
@pytest.mark.parametrize("form", FILES)
def test_a_file_is_told_by_its_bytes(invoke, command, form):
    if (command, form) == ("check", "compose"):
        return  # which it takes
    data, reason = FILES[form]
    done = invoke(command, data=data)
    assert (done.code, done.output) == (2, b"")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("form", FILES)
def test_a_file_is_the_same_to_plan(form):
    data, reason = FILES[form]
    with pytest.raises(Unreadable) as caught:
        parse_service(data)
    assert reason in str(caught.value)


@pytest.mark.parametrize("form", [name for name in FILES if name not in ("compose", "yaml")])
def test_a_packed_message_is_told_too(invoke, form):
    data, reason = FILES[form]
    done = invoke("from-grpc", data=data)
    assert (done.code, reason in done.stderr) == (2, True)


@pytest.mark.parametrize("form", OBJECTS)
def test_an_object_is_told_by_its_keys(invoke, form):
    value, reason = OBJECTS[form]
    data = json.dumps([value]).encode()
    for command in ("check", "to-grpc"):
        done = invoke(command, data=data)
        assert (done.code, f"object 1: is {reason}" in done.stderr) == (2, True), done.stderr
        assert done.output == b""
    if form != "compose as JSON":  # which has keys that messages have, too
        with pytest.raises(Unreadable, match=reason.partition(":")[0]):
            parse_service(data)


def test_other_kinds_are_told_apart_too():
    container = json.dumps(OBJECTS["container"][0]).encode()
    assert misfit(container, "node") == (
        "a container, not a node: docker node inspect NAME prints a node"
    )
    assert misfit(SPEC, "network") == "a service, not a network: say --kind service"
    stored = b'{"ID":"i","Spec":' + SPEC + b"}"
    assert misfit(stored, "swarm") == "a service, not a swarm: say --kind service"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("service", SPEC),
        ("service", b"{}"),
        ("service", b'{"Name":"a","Descriptoin":1}'),
        ("service", b"3"),
        ("network", b'{"Name":"n","IPAM":{}}'),
        ("node", b'{"ID":"n","Spec":{},"Description":{}}'),
        ("swarm", b'{"ID":"n","Spec":{},"JoinTokens":{}}'),
        ("volume", b'{"Name":"v","Mountpoint":"","ClusterVolume":{}}'),
        ("secret", b'{"ID":"s","Spec":{"Name":"s"}}'),
    ],
)
def test_what_may_be_meant_is_never_refused(kind, data):
    assert misfit(data, kind) == ""


def test_the_rest_of_a_list_goes_on(invoke):
    data = json.dumps([OBJECTS["container"][0], json.loads(SPEC)]).encode()
    done = invoke("check", "--keep-going", "--fail-on", "never", data=data)
    assert done.code == 2
    assert "is a container" in done.stderr
    assert "1 object checked" in done.text


@pytest.mark.parametrize("data", [b"[]", b" [ ]\n", b"[]\n[]"])
def test_an_empty_list_is_bad_input_to_check(invoke, data):
    done = invoke("check", data=data)
    assert (done.code, done.output) == (2, b"")
    assert done.stderr == "swarmwire: <stdin>: is an empty list; --allow-empty lets it pass\n"
    allowed = invoke("check", "--allow-empty", data=data)
    assert (allowed.code, allowed.text) == (0, "0 objects checked, nothing found\n")
    assert invoke("check", "--allow-empty", data=b"").code == 2


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_compose_file_in_small_pieces(run, size):
    with subprocess.Popen(
        [*run.command, "to-grpc", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        for start in range(0, len(COMPOSE), size):
            process.stdin.write(COMPOSE[start : start + size])
            process.stdin.flush()
        process.stdin.close()
        assert b"is a compose file" in process.stderr.read()
        assert process.wait(30) == 2


@pytest.mark.parametrize(
    ("raw", "format_", "is_spec"),
    [
        (b"\x0a\x05\x0a\x03web", "binary", True),
        (b"\x0a\x19" + b"a" * 25, "binary", False),
        (b"\x0a\x80\x01\x0a" + b"a" * 127, "binary", True),
        (b"\x12\x00", "binary", False),
        (b"", "binary", False),
        (b'# a\nannotations { name: "web" }', "text", True),
        (b'id: "x"\nspec { annotations { } }', "text", False),
        (b'{"annotations":{}}', "json", True),
        (b'{"id":"x","spec":{"annotations":{}}}', "json", False),
    ],
)
def test_a_spec_is_told_from_a_whole_service(raw, format_, is_spec):
    assert is_service_spec(raw, format_) is is_spec
