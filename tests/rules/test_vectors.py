"""Every answer of the newest manager's own validation that we have."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules import service_spec_problems, validate_service_spec

VECTORS = Path(__file__).parents[1] / "vectors" / "manager_rules.jsonl"
CASES = [json.loads(line) for line in VECTORS.read_text().splitlines()]


def answer(message):
    try:
        validate_service_spec(message)
    except InvalidSpec as err:
        return {"code": err.code, "message": err.reason}
    return {"code": "OK"}


@pytest.mark.parametrize("case", CASES, ids=range(1, len(CASES) + 1))
def test_as_the_manager(case):
    message = pb.parse(pb.ServiceSpec, b64decode(case["pb"]))
    want = case["want"]

    assert case["op"] == "validate_service_spec"
    assert answer(message) == want
    problems = service_spec_problems(message)
    assert bool(problems) == (want["code"] != "OK")
    assert not problems or problems[0].reason == want["message"]
