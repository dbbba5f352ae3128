"""What is kept of a swarm, and what whoever looks may see of it."""

from swarmwire import pb
from swarmwire.control.known import ObjectChange
from swarmwire.page import ObservedSwarm
from swarmwire.page.parts import PagePart, assembled, changes
from swarmwire.page.selection import TileFilter
from swarmwire.page.views.swarm import SwarmView

MINUTE = 60 * 10**9
RUNNING = pb.TaskState.Value("RUNNING")
FAILED = pb.TaskState.Value("FAILED")


def service(id_, team):
    out = pb.Service(id=id_)
    out.spec.annotations.name = f"name-{id_}"
    out.spec.annotations.labels["team"] = team
    return out


def task(id_, service_id, state=RUNNING):
    return pb.Task(id=id_, service_id=service_id, slot=1, status={"state": state})


def of_team(kind, one):
    return kind != "service" or one.spec.annotations.labels["team"] == "ours"


def test_what_is_hidden_is_not_there():
    swarm = ObservedSwarm(sees=of_team)
    swarm.learn("service", [service("a", "ours"), service("b", "theirs")])
    assert [one.id for one in swarm.services] == ["a"]
    assert swarm.found("service", "name-b") is None
    version = swarm.version
    swarm.apply(ObjectChange("update", "service", service("b", "theirs")))
    assert swarm.version == version
    swarm.apply(ObjectChange("update", "service", service("a", "theirs")))
    assert swarm.services == []
    swarm.apply(ObjectChange("update", "service", service("b", "ours")))
    assert "name-b" in assembled(SwarmView(swarm, TileFilter()).parts(), "nodes")


def test_the_last_hour_of_a_task_is_kept():
    now = 10_000 * MINUTE
    swarm = ObservedSwarm(now=lambda: now)
    swarm.apply(ObjectChange("create", "task", task("t", "s")))
    now += MINUTE
    swarm.apply(ObjectChange("update", "task", task("t", "s", FAILED)))
    swarm.apply(ObjectChange("remove", "task", task("t", "s", FAILED)))
    (life,) = swarm.history.lives("s", now)
    assert [(span.state, span.end) for span in life.spans] == [(RUNNING, now), (FAILED, now)]
    now += 59 * MINUTE
    assert len(swarm.history.lives("s", now)) == 1
    now += 2 * MINUTE
    assert swarm.history.lives("s", now) == []


def test_times_that_are_none_are_no_trouble():
    swarm = ObservedSwarm(now=lambda: MINUTE)
    odd = task("t", "s")
    odd.meta.created_at.seconds = 2**62
    odd.status.timestamp.seconds = -(2**62)
    swarm.learn("task", [odd])
    assert len(swarm.history.lives("s", MINUTE)) == 1


def test_secrets_payloads_are_not_kept():
    swarm = ObservedSwarm()
    secret = pb.Secret(id="x", spec={"data": b"payload"})
    swarm.learn("secret", [secret])
    assert b"payload" not in swarm.get("secret", "x").SerializeToString()
    assert secret.spec.data == b"payload"


def part(parent, name, text=""):
    return PagePart(parent, f"<p id={name}>{text}", "</p>")


def test_a_browser_is_told_what_changed_and_no_more():
    before = {"a": part("root", "a"), "a1": part("a", "a1"), "c": part("root", "c")}
    assert changes(before, before) == {}
    after = {"a": before["a"], "a1": part("a", "a1", "new"), "b": part("root", "b")}
    after["c"] = before["c"]
    assert changes(before, after) == {
        "put": [["b", "root", "c", "<p id=b></p>"], ["a1", "a", "", "<p id=a1>new</p>"]]
    }
    assert changes(after, before)["gone"] == ["b"]
    # What is replaced loses its parts, so they are told again.
    replaced = {**before, "a": part("root", "a", "new")}
    assert [put[0] for put in changes(before, replaced)["put"]] == ["a", "a1"]
    assert assembled(before, "root") == "<p id=a><p id=a1></p></p><p id=c></p>"
