"""The swarm in memory: how it follows a manager, and what it says when it cannot."""

import asyncio
import json

import pytest

from swarmwire import pb
from swarmwire.control import protected
from swarmwire.control.testing import FakeManager
from swarmwire.gateway import STALE_HEADER, Gateway
from swarmwire.gateway.pages import PIECE, PagedList, grouped
from tests.gateway.asking import Client, Failing, opener, spec


def service(id_, name=None, image="x:1", **labels):
    one = pb.Service(id=id_)
    one.spec.annotations.name = name or id_
    one.spec.annotations.labels.update(labels)
    one.spec.replicated.replicas = 1
    one.spec.task.container.image = image
    return one


async def until(is_so):
    for _ in range(500):
        if await is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


async def test_changes_by_others_are_seen(client, manager):
    manager.put(service("s1", "web"))

    async def is_there():
        return (await client.get("/services")).json != []

    await until(is_there)
    manager.put(service("s1", "web", "x:2"))

    async def is_changed():
        return b"x:2" in (await client.get("/services/web")).body

    await until(is_changed)
    await client.delete("/services/web")
    assert (await client.get("/services")).json == []


async def test_what_the_mirror_does_not_have_is_asked_of_the_manager(client, manager):
    manager.store.feed.tell = lambda _: None  # the news does not come
    manager.put(service("s1", "web"))
    assert (await client.get("/services/web")).json["ID"] == "s1"


async def test_lists_are_by_id_or_by_name_if_names_are_wanted(client, manager):
    manager.put(service("b", "x1"), service("a", "x2"), service("c", "y"))

    async def are_there():
        return len((await client.get("/services")).json) == 3

    await until(are_there)
    assert ids(await client.get("/services")) == ["a", "b", "c"]
    assert ids(await client.get("/services", name=["x"])) == ["b", "a"]
    assert ids(await client.get("/services", id=["c", "a"])) == ["a", "c"]


def ids(answer):
    return [one["ID"] for one in answer.json]


async def test_a_name_wins_over_the_beginning_of_an_id(client, manager):
    manager.put(service("ab1", "x"), service("ab2", "ab"), service("ab3", "y"))

    async def are_there():
        return len((await client.get("/services")).json) == 3

    await until(are_there)
    assert (await client.get("/services/ab")).json["ID"] == "ab2"
    assert (await client.get("/services/ab3")).json["ID"] == "ab3"
    assert tuple(await client.get("/services/a")) == (
        400,
        "service a is ambiguous (3 matches found)",
    )


async def test_numbers_of_tasks_are_those_of_the_manager(client, manager):
    await client.post("/services/create", spec())
    (web,) = manager.objects("service")
    task = pb.Task(id="t1", service_id=web.id, slot=1, desired_state="RUNNING", spec=web.spec.task)
    task.status.state = pb.TaskState.Value("RUNNING")
    manager.put(task)

    async def runs():
        (one,) = (await client.get("/services?status=true")).json
        return one["ServiceStatus"]["RunningTasks"] == 1

    await until(runs)
    (one,) = (await client.get("/services?status=true")).json
    assert list(one)[-1] == "ServiceStatus"
    assert one["ServiceStatus"] == {"RunningTasks": 1, "DesiredTasks": 1, "CompletedTasks": 0}
    (shown,) = (await client.get("/tasks", service=["web"])).json
    assert shown["ID"] == "t1"


@pytest.mark.parametrize("forgets", [False, True], ids=["resumes", "compares"])
async def test_a_manager_that_comes_back_is_followed_again(forgets):
    fake = FakeManager()
    failing = Failing(protected(fake, secrets=True))
    failing.forgets = forgets
    gateway = Gateway(opener(failing), tell=lambda _: None)
    async with gateway.running():
        client = Client(gateway)
        fake.put(service("s1"), service("s2"))

        async def are_there():
            return len((await client.get("/services")).json) == 2

        await until(are_there)
        failing.is_away.set()

        async def is_told():
            return STALE_HEADER in (await client.get("/services")).headers

        await until(is_told)
        assert len((await client.get("/services")).json) == 2
        assert (await client.delete("/services/s1")).status == 503
        (gone,) = [one for one in fake.objects("service") if one.id == "s1"]
        fake.store.remove(gone)
        fake.put(service("s3"))
        failing.is_away.clear()

        async def is_known():
            return ids(await client.get("/services")) == ["s2", "s3"]

        await until(is_known)

        async def is_fresh():
            return STALE_HEADER not in (await client.get("/services")).headers

        await until(is_fresh)
        assert gateway.mirror.resyncs == {"compared" if forgets else "resumed": 1}


async def test_what_is_too_old_is_not_shown():
    fake = FakeManager()
    failing = Failing(protected(fake, secrets=True))
    gateway = Gateway(opener(failing), tell=lambda _: None, max_stale=0.05)
    async with gateway.running():
        client = Client(gateway)
        assert (await client.get("/services")).status == 200
        failing.is_away.set()

        async def is_refused():
            return (await client.get("/services")).status == 503

        await until(is_refused)
        assert "too old to be shown" in (await client.get("/services")).message
        assert (await client.get("/_ping")).status == 200
        info = (await client.get("/info")).json["Swarm"]
        assert info["ControlAvailable"] is True
        assert "too old to be shown" in info["Error"]


async def test_what_is_known_grows_old_though_a_manager_answers_that_tells_no_changes():
    fake = FakeManager()
    failing = Failing(protected(fake, secrets=True))
    gateway = Gateway(opener(failing), tell=lambda _: None, max_stale=0.3)
    gateway.mirror._pulse = 0.01
    async with gateway.running():
        client = Client(gateway)
        failing.is_mute = True
        failing.is_away.set()
        await asyncio.sleep(0)
        failing.is_away.clear()

        async def is_refused():
            return (await client.get("/services")).status == 503

        await until(is_refused)
        failing.is_mute = False

        async def is_answered():
            return (await client.get("/services")).status == 200

        await until(is_answered)


async def test_data_of_secrets_is_not_kept(client, manager):
    await client.post("/secrets/create", {"Name": "s", "Data": "YWJj"})
    manager.put(pb.Secret(id="other", spec=pb.SecretSpec(data=b"abc")))

    async def is_there():
        return len((await client.get("/secrets")).json) == 2

    await until(is_there)
    shelf = client.gateway.mirror.shelves["secret"]
    assert [one.spec.data for one in shelf] == [b"", b""]
    await client.delete("/secrets/other")

    async def is_told():
        return [event.action for event in client.gateway.feed.kept(0, None)][-1:] == ["remove"]

    await until(is_told)
    assert {event.object.spec.data for event in client.gateway.feed.kept(0, None)} == {b""}


async def test_an_answer_about_nodes_that_is_late_does_not_count(client, manager):
    mirror, inner = client.gateway.mirror, client.gateway.control
    (node,) = (await client.get("/nodes")).json
    late, may_come = asyncio.Event(), asyncio.Event()

    class Slow:
        async def list_nodes(self, request):
            answer = await inner.list_nodes(request)
            late.set()
            await may_come.wait()
            return answer

    reading = asyncio.ensure_future(mirror.read_nodes(Slow()))
    await late.wait()
    body = {"Role": "manager", "Availability": "drain"}
    await client.post(f"/nodes/{node['ID']}/update?version={node['Version']['Index']}", body)
    may_come.set()
    await reading
    assert (await client.get("/nodes")).json[0]["Spec"]["Availability"] == "drain"


# Pages


def paged(texts, kept=None):
    kept = {} if kept is None else kept
    pages = PagedList(lambda id_: texts[id_], lambda id_, view: kept.update({id_: view}))
    pages.fill(texts)
    return pages


def text(id_, size=2600):
    return json.dumps({"ID": id_, "x": "." * size}).encode()


def test_pages_are_the_list():
    texts = {f"{number:05}": text(number) for number in range(1000)}
    kept = {}
    pieces = paged(texts, kept).pieces()
    assert kept == texts
    assert json.loads(b"".join(pieces)) == [json.loads(one) for one in texts.values()]
    assert all(len(piece) <= 2 * PIECE + 1 for piece in pieces)
    assert sum(len(piece) < PIECE // 4 for piece in pieces) <= 2


def test_pages_follow_every_change():
    texts = {f"{number:05}": text(number) for number in range(0, 1000, 2)}
    pages = paged(texts)
    before = pages.pieces()
    for number in (1, 499, 1001, 3):
        texts[f"{number:05}"] = text(number)
        pages.add(f"{number:05}")
    texts["00500"] = text("changed")
    pages.change("00500")
    for id_ in ("00000", "00998"):
        del texts[id_]
        pages.drop(id_)
    after = pages.pieces()
    assert json.loads(b"".join(after)) == [json.loads(texts[id_]) for id_ in sorted(texts)]
    kept = {id(piece) for piece in before} & {id(piece) for piece in after}
    assert len(kept) > len(after) // 2  # what did not change is not written again


def test_pages_of_nothing():
    pages = paged({})
    assert pages.pieces() == [b"[]"]
    pages = paged({"a": b"1"})
    pages.drop("a")
    assert pages.pieces() == [b"[]"]


@pytest.mark.parametrize("count", [0, 1, 2, 500])
async def test_groups_are_the_list(count):
    found = await grouped(text(number) for number in range(count))
    assert [one["ID"] for one in json.loads(b"".join(found))] == list(range(count))


async def test_others_have_their_turn_while_a_list_is_written():
    turns = []

    async def others():
        while True:
            turns.append(len(written))
            await asyncio.sleep(0)

    written = []

    def texts():
        for _ in range(10):
            written.append(PIECE)
            yield b"x" * PIECE

    task = asyncio.create_task(others())
    await grouped(texts())
    task.cancel()
    assert set(turns) >= set(range(1, 10))
