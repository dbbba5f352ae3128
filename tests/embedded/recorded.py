"""Runs as sequences per object, and how two of them differ."""

import re
from collections import Counter
from typing import NamedTuple

ENDLESS = {
    "job_failing_max1_2x2": "the job orchestrator makes new tasks for ever, until the wait is cut",
    "global_job_failing": "its tasks are restarted for ever, until the wait is cut",
}
"""Scenarios that need not hold, with the reason."""

LOOP = 5
"""So many tasks one after the other in every slot are a loop without an end."""

MOVING = {"assigned", "accepted", "preparing", "ready", "starting"}
_TASK = re.compile(r"task (\S+)\.(\S+)#(\d+)")


class Difference(NamedTuple):
    """Sequences of one object, as they were recorded and as they are here."""

    what: str
    wanted: object
    got: object


def describe(difference):
    """A difference as text."""
    return f"  {difference.what}\n    recorded: {difference.wanted}\n    here:     {difference.got}"


class Sequences:
    """What happened in a run: per task and per service, without repetitions."""

    def __init__(self):
        self.tasks = {}
        self.services = {}

    def task(self, key, desired, state):
        """A task was seen; None: it is gone."""
        service, _, rest = key.rpartition(".")
        slot, _, number = rest.partition("#")
        seen = self.tasks.setdefault((service, slot), {}).setdefault(int(number), ([], []))
        if desired is not None:
            _add(seen[0], desired)
        _add(seen[1], "moving" if state in MOVING else state)

    def service(self, name, spec, status, endpoint):
        """A service was seen."""
        seen = self.services.setdefault(name, ([], [], []))
        _add(seen[0], spec)
        _add(seen[1], status)
        _add(seen[2], endpoint)

    def slot_text(self, slot):
        """A slot's tasks, one after the other, as text."""
        tasks = self.tasks.get(slot, {})
        return "; ".join(
            f"{' > '.join(desired)} | {' > '.join(state)}"
            for _, (desired, state) in sorted(tasks.items())
        )

    def statuses(self, name):
        """A service's statuses; tasks in their texts by what became of their slot."""

        def renamed(match):
            service, slot, number = match.groups()
            return f"task {number} of [{self.slot_text((service, slot))}]"

        return [
            status if status is None else (status[0], _TASK.sub(renamed, status[1]))
            for status in self.services[name][1]
        ]


def of_trace(trace):
    """The sequences of a recorded run."""
    out = Sequences()
    for event in trace:
        if event["kind"] == "task":
            gone = event["action"] == "remove"
            states = (None, "gone") if gone else (event["desired"], event["state"])
            out.task(event["key"], *states)
        elif event["kind"] == "service" and event["action"] != "remove":
            status = event["update_status"]
            endpoint = event["endpoint"]
            out.service(
                event["service"],
                event["spec"],
                None if status is None else tuple(status),
                None if endpoint is None else json_text(endpoint),
            )
    return out


def json_text(endpoint):
    """An endpoint as text."""
    ports = [(port["target"], port["published"], port["mode"]) for port in endpoint["ports"]]
    return str((ports, [tuple(vip) for vip in endpoint["vips"]]))


def differences(wanted, got, *, cut=False):
    """In what two runs differ.

    ``cut``: the scenario waits for something without an end, so that runs were cut somewhere: of
    each service only as many tasks of a slot are compared as both have seen to their end.
    """
    if cut:
        wanted, got = _cut(wanted, got), _cut(got, wanted)
    found = []
    for name in sorted({*wanted.services, *got.services}):
        found += _service_differences(name, wanted, got)
        found += _slot_differences(name, wanted, got)
    return found


def _cut(run, other):
    """A run without the tasks of each slot that one of two runs has no more."""
    out = Sequences()
    out.services = run.services
    for slot, tasks in run.tasks.items():
        lengths = [
            len(each)
            for sequences in (run, other)
            for (service, _), each in sequences.tasks.items()
            if service == slot[0]
        ]
        # fewer tasks in a slot are no endless loop
        seen = min(lengths) - 1 if min(lengths) >= LOOP else max(lengths)
        out.tasks[slot] = {number: task for number, task in tasks.items() if number <= seen}
    return out


def _service_differences(name, wanted, got):
    if name not in wanted.services or name not in got.services:
        return [Difference(f"service {name}", name in wanted.services, name in got.services)]
    pairs = zip(
        ("spec", "status", "endpoint"), wanted.services[name], got.services[name], strict=True
    )
    found = []
    for what, one, other in pairs:
        if what == "status":
            if wanted.statuses(name) != got.statuses(name):
                found.append(Difference(f"service {name}: {what}", one, other))
        elif one != other:
            found.append(Difference(f"service {name}: {what}", one, other))
    return found


def _slot_differences(name, wanted, got):
    if any(not slot.isdigit() for service, slot in wanted.tasks if service == name):
        # of a global service: each node for itself
        slots = {slot for service, slot in (*wanted.tasks, *got.tasks) if service == name}
        texts = [(slot, *(run.slot_text((name, slot)) for run in (wanted, got))) for slot in slots]
        return [Difference(f"{name}.{slot}", *pair) for slot, *pair in texts if pair[0] != pair[1]]
    counted = []
    for run in (wanted, got):
        texts = [run.slot_text(slot) for slot in run.tasks if slot[0] == name]
        counted.append(Counter(texts))
    missing, extra = counted[0] - counted[1], counted[1] - counted[0]
    pairs = max(sum(missing.values()), sum(extra.values()))
    recorded = [*missing.elements(), *[None] * pairs][:pairs]
    here = [*extra.elements(), *[None] * pairs][:pairs]
    return [
        Difference(f"a slot of {name}", one, other)
        for one, other in zip(recorded, here, strict=True)
    ]


def _add(sequence, value):
    if not sequence or sequence[-1] != value:
        sequence.append(value)
