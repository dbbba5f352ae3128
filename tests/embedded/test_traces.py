"""What real engines did in 115 scenarios happens in an embedded swarm too."""

import copy
import json
from pathlib import Path

import pytest

from tests.embedded.recorded import ENDLESS, describe
from tests.embedded.replay import main, replay, scenarios

VECTORS = Path(__file__).parents[1] / "vectors/traces.jsonl.gz"
SCENARIOS = scenarios(VECTORS)
BY_NAME = {each["name"]: each for each in SCENARIOS}


@pytest.mark.parametrize("name", BY_NAME)
def test_scenario_holds(name):
    seed, found = replay(BY_NAME[name])
    if name not in ENDLESS:
        assert seed is not None, "\n".join(describe(each) for each in found)


def test_scenarios_are_what_was_recorded():
    assert len(SCENARIOS) == 115


def changed(name, index, **given):
    """A scenario with another event than was recorded."""
    scenario = copy.deepcopy(BY_NAME[name])
    scenario["alternates"] = []
    events = [each for each in scenario["trace"] if each["kind"] != "step"]
    events[index].update(given)
    return scenario


@pytest.mark.parametrize(
    ("name", "index", "given"),
    [
        ("create_1", -2, {"state": "failed"}),
        ("create_1", -2, {"desired": "shutdown"}),
        ("update_stop_first_1", -1, {"update_status": ["paused", "update paused"]}),
        ("dynamic_port", -1, {"desired": "remove"}),
    ],
)
def test_another_end_is_noticed(name, index, given):
    seed, found = replay(changed(name, index, **given))
    assert seed is None
    assert found


def test_another_answer_is_noticed():
    scenario = copy.deepcopy(BY_NAME["name_conflict"])
    refused = next(s for s in scenario["steps"] if s.get("answer", {}).get("status") == 409)
    refused["answer"]["message"] += " today"
    seed, found = replay(scenario, seeds=range(2))
    assert seed is None
    assert found[0].got + " today" == found[0].wanted


def test_a_line_per_file_and_both_sequences(tmp_path, capsys):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(BY_NAME["create_1"]))
    bad.write_text(json.dumps(changed("create_1", -2, state="failed")))
    assert main([good, bad]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["create_1: holds", "create_1: differs"]
    assert any(line.startswith("    recorded: ") and "failed" in line for line in lines)
    assert any(line.startswith("    here:     ") and "shutdown" in line for line in lines)
    assert main([good]) == 0
