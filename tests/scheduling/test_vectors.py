"""What the real scheduler answered, in 300 clusters."""

import base64
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from swarmwire import pb, scheduling
from swarmwire.scheduling.pipeline import Pipeline

VECTORS = Path(__file__).parents[1] / "vectors/scheduling.jsonl.gz"
CASES = [json.loads(line) for line in gzip.decompress(VECTORS.read_bytes()).splitlines()]


def messages(cls, texts):
    return [cls.FromString(base64.b64decode(text)) for text in texts]


def cluster_of(case):
    return scheduling.Cluster(
        nodes=messages(pb.Node, case["nodes"]),
        tasks=messages(pb.Task, case["tasks"]),
        services=messages(pb.Service, case["services"]),
        volumes=messages(pb.Volume, case.get("volumes", [])),
        failed=messages(pb.Task, case.get("failed", [])),
    )


def outcome(group, got):
    """The numbers of one group: how many tasks on each node, and with each text."""
    placed = Counter(got.placed[task] for task in group["tasks"] if task in got.placed)
    texts = Counter(got.waiting[task] for task in group["tasks"] if task in got.waiting)
    return {"placed": dict(placed), "pending": dict(texts)}


def is_wanted(task, want, got):
    if "state" in want:
        return task in got.untouched
    node, text = got.placed.get(task), got.waiting.get(task)
    assert (node is None) != (text is None)
    if node is None:
        return text in want.get("pending_seen", [want.get("pending")])
    return node in want.get("nodes_seen", [want.get("node")])


def test_there_are_300():
    assert len(CASES) == 300


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['category']}")
def test_vector(case):
    cluster = cluster_of(case)
    new = messages(pb.Task, case["new"])
    for task in new:
        found = scheduling.explain(cluster, task)
        first = {node: str(each[0]) if each else "ok" for node, each in found.items()}
        assert first == case["per_node"][task.id]
        names = Pipeline(task, cluster.state().volumes).names
        assert list(names) == case["filters"][task.id]
        for node, refused in case.get("per_node_all", {}).get(task.id, {}).items():
            assert [str(each) for each in found[node]] == refused
    got = scheduling.schedule(cluster, new)
    for group in case["groups"]:
        assert outcome(group, got) in group["outcomes"]
    for task, want in case["want"].items():
        assert is_wanted(task, want, got), (task, want, got)
    assert scheduling.schedule(cluster, new) == got
