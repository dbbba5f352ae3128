"""Every answer of the real engine's converter holds: messages, JSON to the byte, error texts."""

import base64
import json
from pathlib import Path

import pytest

from swarmwire import convert, engine, pb
from swarmwire.errors import ConvertError

VECTORS = Path(__file__).parent.parent / "vectors" / "convert.jsonl"

TO_GRPC = {
    "service_spec_to_grpc": (engine.ServiceSpec, pb.ServiceSpec),
    "node_spec_to_grpc": (engine.NodeSpec, pb.NodeSpec),
    "secret_spec_to_grpc": (engine.SecretSpec, pb.SecretSpec),
    "config_spec_to_grpc": (engine.ConfigSpec, pb.ConfigSpec),
    "network_create_to_grpc": (engine.NetworkCreateRequest, pb.NetworkSpec),
    "swarm_spec_to_grpc": (engine.SwarmSpec, pb.ClusterSpec),
    "volume_create_to_grpc": (engine.VolumeCreateRequest, pb.VolumeSpec),
}
FROM_GRPC = {
    "service_from_grpc": pb.Service,
    "task_from_grpc": pb.Task,
    "node_from_grpc": pb.Node,
    "secret_from_grpc": pb.Secret,
    "config_from_grpc": pb.Config,
    "network_from_grpc": pb.Network,
    "swarm_from_grpc": pb.Cluster,
    "volume_from_grpc": pb.Volume,
}


def load():
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    return [
        pytest.param(vector, id=f"{number}-{vector['op']}")
        for number, vector in enumerate(map(json.loads, lines), 1)
    ]


def answer(vector):
    operation = vector["op"]
    if operation in FROM_GRPC:
        message = pb.parse(FROM_GRPC[operation], base64.b64decode(vector["pb"]))
        data = engine.encode(getattr(convert, operation)(message))
        if operation == "service_from_grpc":
            assert convert.service_json_from_grpc(message) == data
        return data
    body = json.dumps(vector["json"]).encode()
    if operation == "service_create_request":
        spec = engine.decode(body, engine.ServiceSpec)
        spec = engine.adjust_for_api_version(spec, vector["api_version"])
        return convert.service_spec_to_grpc(spec)
    object_type, _ = TO_GRPC[operation]
    return getattr(convert, operation)(engine.decode(body, object_type))


@pytest.mark.parametrize("vector", load())
def test_answer_is_the_engines(vector):
    if "error" in vector:
        with pytest.raises(ConvertError) as caught:
            answer(vector)
        if not vector["error"].startswith("panic"):
            assert caught.value.reason == vector["error"]
        return
    got = answer(vector)
    if "want_json" in vector:
        assert got.decode() == _engine_text(vector["want_json"])
    else:
        want = type(got).FromString(base64.b64decode(vector["want_pb"]))
        assert got == want


def _engine_text(value):
    """The vector's JSON, whose keys are in the engine's order, in the engine's spelling."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
