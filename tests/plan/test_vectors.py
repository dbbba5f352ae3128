"""What SwarmKit itself decided, update by update."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from swarmwire import pb
from swarmwire.plan.restart import is_task_dirty, why_dirty

VECTORS = Path(__file__).parents[1] / "vectors" / "restart.jsonl"
LINES = [json.loads(line) for line in VECTORS.read_text().splitlines()]


def _message(message_type, text):
    return None if text is None else pb.parse(message_type, b64decode(text))


@pytest.mark.parametrize("line", LINES, ids=[f"line-{n}" for n in range(1, len(LINES) + 1)])
def test_verdict_is_that_of_swarmkit(line):
    service = _message(pb.Service, line["service"])
    task = _message(pb.Task, line["task"])
    node = _message(pb.Node, line["node"])
    before = [part and part.SerializeToString(deterministic=True) for part in (service, task, node)]
    assert is_task_dirty(service, task, node) is line["want"]
    reasons = why_dirty(service, task, node)
    assert bool(reasons) is line["want"]
    after = [part and part.SerializeToString(deterministic=True) for part in (service, task, node)]
    assert before == after
