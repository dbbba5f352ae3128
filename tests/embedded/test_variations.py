"""Variations of recorded scenarios: whatever is asked of it, an embedded swarm gets to an end."""

import asyncio
import copy
import random

import pytest

from tests.embedded.replay import scenarios
from tests.embedded.scenario_run import ScenarioRun
from tests.embedded.test_traces import VECTORS

SCENARIOS = scenarios(VECTORS)
SECOND = 1_000_000_000


def some(rng, *values):
    return rng.choice(values)


def vary_roll_out(rng, config):
    config["Parallelism"] = some(rng, 0, 1, 2)
    config["Delay"] = some(rng, 0, 0, SECOND, 7 * SECOND)
    config["Order"] = some(rng, "stop-first", "start-first")
    config["FailureAction"] = some(rng, "pause", "continue", "rollback")
    config["Monitor"] = some(rng, SECOND, 5 * SECOND)
    config["MaxFailureRatio"] = some(rng, 0, 0.5, 1)


def vary(rng, body):
    """Another spec of a service, in what decides over roll-outs and restarts."""
    if rng.random() < 0.5 and "UpdateConfig" in body:
        vary_roll_out(rng, body["UpdateConfig"])
    if rng.random() < 0.5 and "RollbackConfig" in body:
        vary_roll_out(rng, body["RollbackConfig"])
        if body["RollbackConfig"]["FailureAction"] == "rollback":
            body["RollbackConfig"]["FailureAction"] = "pause"
    if rng.random() < 0.5:
        body["TaskTemplate"]["RestartPolicy"] = {
            "Condition": some(rng, "none", "on-failure", "any"),
            "Delay": some(rng, 0, 300_000_000, SECOND),
            "MaxAttempts": some(rng, 0, 0, 1, 3),
            "Window": some(rng, 0, 2 * SECOND),
        }
    replicated = body["Mode"].get("Replicated")
    if replicated is not None and rng.random() < 0.5:
        replicated["Replicas"] = some(rng, 0, 1, 2, 3, 5)


def varied(scenario, rng):
    """Another scenario: other specs, engines killed or stopped, nothing said of the outcome."""
    out = copy.deepcopy(scenario)
    steps = []
    for step in out["steps"]:
        if "/services/" in step.get("do", "") and "body" in step:
            vary(rng, step["body"])
        steps.append(step)
        if rng.random() < 0.1:
            node = rng.choice(out["nodes"])["node"]
            for do in (some(rng, "kill", "stop"), "start"):
                wait = {"wait_ms": some(rng, 50, 3_000, 20_000)}
                steps += [{"do": f"engine {do}", "node": node}, wait]
    # conditions that may never hold become time
    out["steps"] = [
        {"wait_ms": 2_000} if isinstance(step.get("wait"), dict) or step.get("timed_out") else step
        for step in steps
    ]
    return out


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each["name"])
def test_an_end_is_reached(scenario):
    check(scenario, 0)


def check(scenario, number):
    rng = random.Random(f"{scenario['name']} {number}")
    run = ScenarioRun(varied(scenario, rng), number)
    run.settles_within = "1m"
    asyncio.run(run.play())
    store = run.swarm.store
    for service in store.all("service"):
        running = [
            task.slot
            for task in store.tasks_of(service.id)
            if task.status.state == 512 and task.desired_state == 512
        ]
        if service.spec.WhichOneof("mode") == "replicated":
            assert len(running) == len(set(running)), "two tasks of a slot run"
