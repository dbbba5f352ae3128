"""Replay recorded scenarios of real engines in an embedded swarm, and compare what happened.

    python tests/embedded/replay.py FILE...

A file holds one scenario (``.json``), or one a line (``.jsonl``), perhaps compressed (``.gz``).
For each scenario a line is printed; with a difference both sequences follow, and the exit code is
1.

Compared are, per task, the sequences of desired and of observed states, per service those of its
spec, status and endpoint, without repetitions and up to the names of slots. A real engine leaves
much to chance (which slot is next, which node among equal ones, a failure against a free worker),
and a swarm's seed decides it: so a scenario holds if one of a few seeds gives one of the recorded
runs.
"""

# ruff: noqa: T201
import asyncio
import gzip
import json
import sys
import traceback
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.embedded.recorded import ENDLESS, Difference, describe, differences, of_trace
from tests.embedded.scenario_run import ScenarioRun

SEEDS = range(40)


def scenarios(path):
    """The scenarios of a file."""
    data = Path(path).read_bytes()
    if str(path).endswith(".gz"):
        data = gzip.decompress(data)
    if ".jsonl" in Path(path).name:
        return [json.loads(line) for line in data.splitlines()]
    return [json.loads(data)]


def variants(scenario):
    """The recorded runs: the main one first."""
    return [scenario["trace"], *(each["trace"] for each in scenario["alternates"])]


def replay(scenario, seeds=SEEDS):
    """The seed with which it holds, and the differences of the first one to the main run."""
    wanted = [of_trace(trace) for trace in variants(scenario)]
    cut = any(step.get("timed_out") for step in scenario["steps"])
    first = None
    for seed in seeds:
        try:
            got, refused = asyncio.run(ScenarioRun(scenario, seed).play())
        except Exception as err:  # noqa: BLE001 - told as a difference, whatever it is
            told = "".join(traceback.format_exception_only(err)).strip()
            return None, [Difference("the run", "its end", told)]
        found = [differences(each, got) for each in wanted]
        if cut and all(found):
            found = [differences(each, got, cut=True) for each in wanted]
        if not refused and not all(found):
            return seed, []
        if first is None:
            first = refused + min(found, key=len)
    return None, first


def main(paths):
    """Replay all files; tells the exit code."""
    failed = False
    for path in paths:
        for scenario in scenarios(path):
            name = scenario["name"]
            seed, found = replay(scenario)
            if seed is not None:
                print(f"{name}: holds" + (f" (seed {seed})" if seed else ""))
            elif name in ENDLESS:
                print(f"{name}: differs, as it may: {ENDLESS[name]}")
            else:
                failed = True
                print(f"{name}: differs")
                for each in found:
                    print(describe(each))
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print("give files of recorded scenarios", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
