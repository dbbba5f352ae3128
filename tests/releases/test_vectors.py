"""Every answer of each release's own code holds: messages, bodies to the byte, error texts."""

import base64
import gzip
import json
from pathlib import Path

import pytest

from swarmwire import convert, engine, pb, plan, rules
from swarmwire.errors import DecodeError, FieldError, InvalidSpec

FOLDER = Path(__file__).parents[1] / "vectors" / "engines"
FROM_GRPC = {
    "service_inspect": (pb.Service, convert.service_from_grpc),
    "task_inspect": (pb.Task, convert.task_from_grpc),
    "node_inspect": (pb.Node, convert.node_from_grpc),
}


def files(start):
    found = sorted(FOLDER.glob(f"{start}-*.jsonl.gz"))
    assert found
    return [pytest.param(path, id=path.name.removesuffix(".jsonl.gz")) for path in found]


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as text:
        return [json.loads(line) for line in text]


def answer(vector):
    release = vector["engine"]
    if vector["op"] in FROM_GRPC:
        message_type, convert_from_grpc = FROM_GRPC[vector["op"]]
        message = pb.parse(message_type, base64.b64decode(vector["pb"]))
        return engine.encode(convert_from_grpc(message, release=release), release=release).decode()
    text = vector.get("json_text")
    body = json.dumps(vector["json"]) if text is None else text
    spec = engine.decode(body, engine.ServiceSpec, release=release)
    spec = engine.adjust_for_api_version(spec, vector["api_version"], release=release)
    return convert.service_spec_to_grpc(spec, release=release)


def refused(vector):
    try:
        return f"no error: {answer(vector)!r}"
    except FieldError as err:
        if isinstance(err, DecodeError):
            return "decode"  # its text depends on the Go release
        return "panic" if err.kind == "crash" else err.reason


def expected(vector):
    if "error" in vector:
        kind = vector["error_kind"]
        return vector["error"] if kind == "convert" else kind
    if "want_pb" in vector:
        return pb.parse(pb.ServiceSpec, base64.b64decode(vector["want_pb"]))
    return vector["want_json_text"]


@pytest.mark.parametrize("path", [*files("engine"), *files("old-clients")])
def test_answer_is_that_of_the_release(path):
    vectors = lines(path)
    assert len(vectors) >= 80
    wrong = [
        number
        for number, vector in enumerate(vectors, 1)
        if (refused if "error" in vector else answer)(vector) != expected(vector)
    ]
    assert wrong == []


def refusal(vector):
    message = pb.parse(pb.ServiceSpec, base64.b64decode(vector["pb"]))
    try:
        rules.validate_service_spec(message, release=vector["engine"])
    except InvalidSpec as err:
        return {"code": err.code, "message": err.reason}
    return {"code": "OK"}


@pytest.mark.parametrize("path", files("manager_rules"))
def test_refusal_is_that_of_the_releases_manager(path):
    vectors = lines(path)
    assert len(vectors) >= 30
    assert [n for n, vector in enumerate(vectors, 1) if refusal(vector) != vector["want"]] == []


def message_of(message_type, text):
    """None and no text at all are an absent message."""
    return pb.parse(message_type, base64.b64decode(text)) if text else None


def restarts(vector):
    service = message_of(pb.Service, vector["service"])
    task = message_of(pb.Task, vector["task"])
    node = message_of(pb.Node, vector["node"])
    try:
        dirty = plan.is_task_dirty(service, task, node, release=vector["engine"])
    except InvalidSpec as err:
        return err.kind
    assert bool(plan.why_dirty(service, task, node, release=vector["engine"])) is dirty
    return dirty


@pytest.mark.parametrize("path", files("restart"))
def test_restart_is_that_of_the_releases_manager(path):
    vectors = lines(path)
    assert len(vectors) >= 100
    wrong = [
        number
        for number, vector in enumerate(vectors, 1)
        if restarts(vector) != ("crash" if "error" in vector else vector["want"])
    ]
    assert wrong == []
