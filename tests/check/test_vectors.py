"""Every refusal that is known of the engine and of managers is among the findings."""

import gzip
import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from swarmwire import convert, engine, pb
from swarmwire.check import check
from swarmwire.errors import UnsupportedRuntime

VECTORS = Path(__file__).parents[1] / "vectors"

TYPES: dict[str, Any] = {
    "service_spec_to_grpc": engine.ServiceSpec,
    "service_create_request": engine.ServiceSpec,
    "node_spec_to_grpc": engine.NodeSpec,
    "secret_spec_to_grpc": engine.SecretSpec,
    "config_spec_to_grpc": engine.ConfigSpec,
    "network_create_to_grpc": engine.NetworkCreateRequest,
    "swarm_spec_to_grpc": engine.SwarmSpec,
    "volume_create_to_grpc": engine.VolumeCreateRequest,
}


def load(name):
    lines = (VECTORS / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(json.loads(line), id=str(number)) for number, line in enumerate(lines, 1)]


ENGINE = [case for case in load("convert.jsonl") if case.values[0]["op"] in TYPES]


@pytest.mark.parametrize("vector", ENGINE)
def test_what_the_engine_refuses(vector):
    findings = check(
        json.dumps(vector["json"]),
        api_version=vector.get("api_version", ""),
        type_=TYPES[vector["op"]],
    )
    # the vectors are the conversion's answers, which comes after a look at networks
    refused = {
        finding.rule
        for finding in findings
        if (finding.severity, finding.source) == ("error", "engine")
        and finding.code != "engine-network"
    }
    if "error" not in vector:
        assert not refused
    elif vector["error"].startswith("panic"):
        assert refused
    else:
        assert vector["error"] in refused


# An environment's values may be secrets: findings hide what the manager shows.
ENTRY = re.compile(r'(expanding env ")([^=]*=).*?(": template)')


@pytest.mark.parametrize("case", load("manager_rules.jsonl"))
def test_what_a_manager_refuses(case):
    message = pb.parse(pb.ServiceSpec, b64decode(case["pb"]))
    try:
        spec = convert.service_spec_from_grpc(message, lossless=True)
    except UnsupportedRuntime:
        assert message.task.WhichOneof("runtime") is None
        return
    refused = {
        (finding.code, finding.rule)
        for finding in check(spec)
        if finding.source == "manager" and finding.code != "manager-hazard"
    }
    want = case["want"]
    if want["code"] == "OK" or not spec.name:
        # no service without a name reaches a manager: the engine makes one up
        assert spec.name == "" or not refused
    else:
        rule = ENTRY.sub(r"\1\2…\3", want["message"])
        assert (f"manager-{want['code']}", rule) in refused


def engine_files():
    found = sorted((VECTORS / "engines").glob("engine-*.jsonl.gz"))
    found += sorted((VECTORS / "engines").glob("old-clients-*.jsonl.gz"))
    assert found
    return [pytest.param(path, id=path.name.removesuffix(".jsonl.gz")) for path in found]


@pytest.mark.parametrize("path", engine_files())
def test_what_each_release_refuses(path):
    """Its refusal, and no other, is among the findings; of a crash and of bad JSON, that it is."""
    with gzip.open(path, "rt", encoding="utf-8") as text:
        vectors = [json.loads(line) for line in text]
    wrong = [
        number
        for number, vector in enumerate(vectors, 1)
        if vector["op"] == "service_create" and not is_told(vector)
    ]
    assert wrong == []


def is_told(vector):
    text = vector.get("json_text")
    body = json.dumps(vector["json"]) if text is None else text
    release, version = vector["engine"], vector["api_version"]
    findings = check(body, api_version=version, release=release)
    refused = {f.rule for f in findings if f.severity == "error" and f.source == "engine"}
    if "error" not in vector:
        return not refused
    if vector["error_kind"] == "decode":
        return [f.source for f in findings] == ["json"]
    return bool(refused) if vector["error_kind"] == "panic" else vector["error"] in refused
