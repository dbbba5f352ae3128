"""Cut short at every step, before and after the manager made it; and answers that get lost."""

from itertools import count

import pytest

from swarmwire import pb
from swarmwire.control import NobodyListens, TransportError
from swarmwire.control.errors import DeadlinePassed, control_error
from swarmwire.control.layer import Layer
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build

WRITES = 7
"""Of the swarm of ``build``: the label, the network, two secrets, a config, two services."""

LOST = {
    "no answer in time": DeadlinePassed("a.sock", "late", uncertain=True),
    "the manager stopped": NobodyListens("a.sock", "stopped", uncertain=True),
    "unavailable": control_error("Unavailable", "closing"),
    "no leader": control_error("Unknown", "The swarm does not have a leader."),
}


def whole(manager):
    """Whether each object is there once, and leads where it should."""
    assert build.names(manager, "network") == ["back", "bridge", "host", "ingress"]
    assert build.names(manager, "secret") == ["password", "token"]
    assert build.names(manager, "config") == ["settings"]
    assert build.names(manager, "service") == ["db", "web"]
    (node,) = manager.objects("node")
    assert dict(node.spec.annotations.labels) == {"zone": "a"}
    ids = {one.id for kind in ("network", "secret") for one in manager.objects(kind)}
    for service in manager.objects("service"):
        task = service.spec.task
        assert {one.target for one in task.networks} <= ids
        assert {one.secret_id for one in task.container.secrets} <= ids


def test_there_are_so_many_writes():
    fragile = build.Fragile(FakeManager(), WRITES + 1, build.Cut(), after=False)

    build.carry_out(fragile, build.swarm())

    assert not fragile.is_broken


@pytest.mark.parametrize("has_journal", [True, False], ids=["journal", "read-only"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("n", range(1, WRITES + 1))
def test_killed_anywhere_it_is_finished_by_another_run(n, after, has_journal):
    manager, journal = FakeManager(), build.Journal() if has_journal else None
    fragile = build.Fragile(manager, n, build.Cut(), after=after)

    with pytest.raises(build.Cut):
        build.carry_out(fragile, build.swarm(), journal=journal)
    report = build.carry_out(manager, build.swarm(), journal=journal)

    assert report.is_whole
    whole(manager)


@pytest.mark.parametrize("error", LOST.values(), ids=LOST)
@pytest.mark.parametrize("after", [False, True], ids=["not made", "made"])
@pytest.mark.parametrize("n", range(1, WRITES + 1))
def test_a_lost_answer_is_looked_after(n, after, error):
    manager, journal = FakeManager(), build.Journal()
    fragile = build.Fragile(manager, n, error, after=after)

    report = build.carry_out(fragile, build.swarm(), journal=journal)

    assert fragile.is_broken
    assert set(build.results(report).values()) == {"labelled", "created", "present"}
    assert len(journal.known(report.plan.cluster_id)) == WRITES - 1
    whole(manager)


class Away(Layer):
    """A manager that makes the first creation, and is then away for some calls."""

    def __init__(self, inner, calls):
        super().__init__(inner)
        self._calls = calls
        self._is_away = False

    async def unary(self, method, request):
        if self._is_away and self._calls:
            self._calls -= 1
            raise NobodyListens("a.sock", "away")
        answer = await super().unary(method, request)
        if method.place == "Control/CreateNetwork" and not self._is_away:
            self._is_away = True
            raise NobodyListens("a.sock", "stopped", uncertain=True)
        return answer


def test_a_manager_that_restarts_is_waited_for():
    manager, clock = FakeManager(), build.Clock()

    report = build.carry_out(Away(manager, 20), build.swarm(), clock=clock)

    assert report.is_whole
    whole(manager)
    assert 5 < clock.time < 60


def test_a_manager_that_stays_away_ends_the_run_and_the_next_one_goes_on():
    manager, clock, journal = FakeManager(), build.Clock(patience=10), build.Journal()
    seen = []

    with pytest.raises(TransportError):
        build.carry_out(
            Away(manager, 10_000),
            build.swarm(),
            clock=clock,
            journal=journal,
            happened=seen.append,
        )
    report = build.carry_out(manager, build.swarm(), journal=journal)

    assert [each.result for each in seen] == ["labelled", "present"]
    assert 10 <= clock.time < 12
    assert report.is_whole
    whole(manager)


class Racing(Layer):
    """A manager to whom somebody else sends an object just before we do."""

    def __init__(self, inner, place, spec):
        super().__init__(inner)
        self._place, self._spec = place, spec
        self._first = count()

    async def unary(self, method, request):
        if method.place == self._place and next(self._first) == 0:
            await super().unary(method, method.request(spec=self._spec))
        return await super().unary(method, request)


def test_a_name_taken_meanwhile_by_the_same_is_used():
    manager = FakeManager()
    racing = Racing(manager, "Control/CreateConfig", build.config("settings").spec)

    report = build.carry_out(racing, build.swarm())

    assert build.results(report)["config", "settings"] == "present"
    assert build.results(report)["service", "web"] == "created"
    whole(manager)


def test_a_name_taken_meanwhile_by_something_else_is_a_conflict():
    manager = FakeManager()
    racing = Racing(manager, "Control/CreateConfig", build.config("settings", b"other").spec)

    report = build.carry_out(racing, build.swarm())

    assert build.results(report)["config", "settings"] == "differs"
    assert build.results(report)["service", "web"] == "failed"
    assert build.names(manager, "service") == ["db"]


def test_a_node_that_changes_all_the_time_is_labelled():
    manager = FakeManager()
    (node,) = manager.objects("node")

    class Restless(Layer):
        changes = 5

        async def unary(self, method, request):
            if method.place == "Control/UpdateNode" and self.changes:
                self.changes -= 1
                manager.put(node)
            return await super().unary(method, request)

    report = build.carry_out(Restless(manager), build.swarm())

    assert build.results(report)["node", "manager"] == "labelled"
    whole(manager)


def test_labels_set_meanwhile_stay():
    manager = FakeManager()
    (node,) = manager.objects("node")

    class Meddling(Layer):
        async def unary(self, method, request):
            if method.place != "Control/GetNode":
                return await super().unary(method, request)
            changed = pb.Node()
            changed.CopyFrom(node)
            changed.spec.annotations.labels["zone"] = "theirs"
            manager.put(changed)
            return await super().unary(method, request)

    build.carry_out(Meddling(manager), build.swarm())

    (found,) = manager.objects("node")
    assert dict(found.spec.annotations.labels) == {"zone": "theirs"}
