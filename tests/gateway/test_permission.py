"""What a permission hides does not exist, and what it refuses is not sent."""

import json
from itertools import pairwise

import pytest

from swarmwire.gateway import FullPermission, ReadOnlyPermission
from swarmwire.policy import PolicyViolation
from tests.gateway.asking import Client, spec


class Team(FullPermission):
    """Sees and writes what carries its label, and no environment."""

    def __init__(self, name):
        self.name = name
        self.judged = []

    def judge_write(self, operation, kind, new, old):
        self.judged.append((operation, kind, new, old))
        return [
            PolicyViolation("owner", "Labels[team]", f"{kind} is of another team")
            for spec_ in (new, old and old.spec)
            if spec_ is not None and spec_.annotations.labels["team"] != self.name
        ]

    def sees(self, kind, message):
        if kind == "task":
            return message.service_annotations.labels["team"] == self.name
        if kind in ("node", "network"):
            return True
        return message.spec.annotations.labels["team"] == self.name

    def hide(self, kind, shown):
        if kind == "service":
            shown.spec.task_template.container_spec.env = []
        return shown

    def may_read(self, kind):
        return kind != "config"


def of_team(name, team):
    body = spec(name, Labels={"team": team})
    body["TaskTemplate"]["ContainerSpec"]["Env"] = ["PASSWORD=x"]
    return body


@pytest.fixture
def red(gateway):
    return Client(gateway, Team("red"), "red")


async def test_objects_that_are_not_seen_do_not_exist(client, red):
    ids = {}
    for name, team in (("mine", "red"), ("theirs", "blue")):
        ids[name] = (await client.post("/services/create", of_team(name, team))).json["ID"]
    for reference in ("theirs", ids["theirs"], ids["theirs"][:20]):
        unknown = (404, f"service {reference} not found")
        assert tuple(await red.get(f"/services/{reference}")) == unknown
        assert tuple(await red.delete(f"/services/{reference}")) == unknown
        update = await red.post(f"/services/{reference}/update?version=1", spec("theirs"))
        assert tuple(update) == unknown
        logs = await red.get(f"/services/{reference}/logs?stdout=1")
        assert tuple(logs) == unknown
        tasks = await red.get("/tasks", service=[reference])
        assert tuple(tasks) == unknown
    for target in ("/services", "/services?status=1"):
        assert [one["ID"] for one in (await red.get(target)).json] == [ids["mine"]]
    assert len((await client.get("/services")).json) == 2


async def test_how_many_are_not_seen_is_not_told(client, red):
    for name in ("a", "b"):
        await client.post("/services/create", of_team(name, "blue"))
    shelf = client.gateway.mirror.shelves["service"]
    while len(prefix := "".join(_common(*(one.id for one in shelf)))) == 0:
        await client.post("/services/create", of_team(f"c{len(shelf)}", "blue"))
    assert tuple(await red.get(f"/services/{prefix}")) == (404, f"service {prefix} not found")


def _common(*ids):
    """A letter with which at least two of the ids begin."""
    letters = sorted(id_[0] for id_ in ids)
    for one, other in pairwise(letters):
        if one == other:
            yield one
            return


async def test_what_is_hidden_is_hidden_everywhere_and_from_nobody_else(client, red):
    await client.post("/services/create", of_team("mine", "red"))
    for target in ("/services", "/services?status=1", "/services/mine"):
        assert b"PASSWORD" not in (await red.get(target)).body
        assert b"PASSWORD" in (await client.get(target)).body
    inserted = await red.get("/services/mine?insertDefaults=true")
    assert b"PASSWORD" not in inserted.body


async def test_a_change_is_seen_although_it_was_shown_before(client, red):
    await client.post("/services/create", of_team("mine", "red"))
    before = (await red.get("/services")).json[0]
    path = f"/services/mine/update?version={before['Version']['Index']}"
    await client.post(path, of_team("mine", "red") | {"Labels": {"team": "red", "x": "y"}})
    assert (await red.get("/services")).json[0]["Spec"]["Labels"] == {"team": "red", "x": "y"}
    index = (await red.get("/services/mine")).json["Version"]["Index"]
    await client.post(f"/services/mine/update?version={index}", of_team("mine", "blue"))
    assert (await red.get("/services")).json == []


async def test_kinds_that_may_not_be_read_are_empty(client, red):
    await client.post("/configs/create", {"Name": "c", "Data": "YQ==", "Labels": {"team": "red"}})
    assert (await red.get("/configs")).json == []
    assert tuple(await red.get("/configs/c")) == (404, "config c not found")


async def test_a_refused_write_tells_all_reasons_and_is_not_sent(client, red):
    await client.post("/services/create", of_team("mine", "red"))
    answer = await red.post("/services/create", of_team("new", "blue"))
    assert tuple(answer) == (
        403,
        "policy red: Labels[team]: service is of another team (owner)",
    )
    assert tuple(await client.get("/services/new")) == (404, "service new not found")


async def test_what_is_judged_is_what_would_be_sent_and_what_is_stored(client, red):
    await client.post("/services/create", of_team("mine", "red"))
    index = (await red.get("/services/mine")).json["Version"]["Index"]
    body = of_team("mine", "red")
    body["TaskTemplate"]["ContainerSpec"]["Mounts"] = [{"Target": "/x", "Source": "/y"}]
    assert (await red.post(f"/services/mine/update?version={index}", body)).status == 200
    operation, kind, new, old = red.permission.judged.pop()
    assert (operation, kind) == ("service.update", "service")
    assert new.task.container.mounts[0].type == 0  # a bind mount, though the body does not say so
    assert old.meta.version.index == index
    index = (await red.get("/services/mine")).json["Version"]["Index"]
    path = f"/services/mine/update?version={index}&rollback=previous"
    assert (await red.post(path, spec("mine"))).status == 200
    operation, _, new, old = red.permission.judged.pop()
    assert (operation, new) == ("service.rollback", old.previous_spec)


async def test_what_was_judged_is_what_is_changed(client, red):
    """A version that is not the judged one is not sent, though it might be right by then."""
    await client.post("/services/create", of_team("mine", "red"))
    index = (await red.get("/services/mine")).json["Version"]["Index"]
    path = f"/services/mine/update?version={index + 1}"
    answer = await red.post(path, of_team("mine", "red"))
    assert tuple(answer) == (500, "rpc error: code = Unknown desc = update out of sequence")


async def test_events_of_others_are_not_told(client, red):
    for name, team in (("mine", "red"), ("theirs", "blue")):
        await client.post("/services/create", of_team(name, team))
    for one, wanted in ((red, ["mine"]), (client, ["mine", "theirs"])):
        answer = await one.get("/events?since=0&until=1")
        assert answer.status == 200
        told = await one.get("/events?since=1&until=9999999999")
        events = [json.loads(each) async for each in _first(told.response.stream, len(wanted))]
        assert [event["Actor"]["Attributes"]["name"] for event in events] == wanted


async def _first(stream, count):
    for _ in range(count):
        yield await anext(stream)
    await stream.aclose()


async def test_read_only_reads_and_shows_no_keys(client, gateway):
    await client.post("/services/create", spec())
    reader = Client(gateway, ReadOnlyPermission())
    assert len((await reader.get("/services")).json) == 1
    assert (await reader.get("/swarm")).json["JoinTokens"] == {"Worker": "", "Manager": ""}
    assert (await reader.get("/swarm/unlockkey")).status == 403
    answer = await reader.delete("/services/web")
    assert tuple(answer) == (403, "service.remove: this gateway only reads (read-only)")
    assert len((await client.get("/services")).json) == 1
