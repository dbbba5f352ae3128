"""Following a manager in memory whose connection breaks."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress

import pytest

from swarmwire import control, pb
from swarmwire.cli.live.changed import changed_paths
from swarmwire.cli.live.events import as_json, as_line
from swarmwire.control import ChangeFollower, ObjectChange, following
from tests.cli_live.conftest import service, task


class Line:
    """A way to a manager that can be cut and mended."""

    def __init__(self, fake):
        self.fake = fake
        self.up = asyncio.Event()
        self.up.set()
        self.cut_off = asyncio.Event()
        self.requests = []

    @asynccontextmanager
    async def opened(self):
        if not self.up.is_set():
            raise control.NobodyListens("/socket", "nobody listens there")
        self.cut_off.clear()
        yield Cuttable(self)

    def cut(self):
        self.up.clear()
        self.cut_off.set()


class Cuttable(control.Layer):
    def __init__(self, line):
        super().__init__(control.protected(line.fake))
        self.line = line

    async def stream(self, method, request):
        self.line.requests.append(request)
        stream = super().stream(method, request)
        while True:
            ready = asyncio.ensure_future(anext(stream))
            cut = asyncio.ensure_future(self.line.cut_off.wait())
            await asyncio.wait([ready, cut], return_when=asyncio.FIRST_COMPLETED)
            if cut.done():
                ready.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration):
                    await ready
                await stream.aclose()
                raise control.Unavailable("Canceled", "context canceled")
            cut.cancel()
            yield ready.result()


class Watched:
    """A follower at work; what it told."""

    def __init__(self, fake, kinds=("service", "task")):
        self.line = Line(fake)
        self.changes = []
        self.said = []
        self.follower = ChangeFollower(
            self.line.opened, kinds, self.changes.append, self.said.append
        )

    async def until(self, is_so):
        async with asyncio.timeout(10):
            while not is_so():  # noqa: ASYNC110 - what it waits for tells nobody
                await asyncio.sleep(0.01)

    def ids(self):
        return [(change.action, change.object.id, change.gap) for change in self.changes]


def watching(fake, play, **options):
    """Run ``play`` beside a follower."""

    async def run():
        watched = Watched(fake, **options)
        work = asyncio.ensure_future(watched.follower.run())
        try:
            await watched.until(lambda: watched.said or work.done())
            if not work.done():
                await play(watched)
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
        return watched

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(following, "_PAUSES", (0.01,))


def test_changes_are_told_as_they_come(fake, web):
    async def play(watched):
        fake.put(service("new"), task(web.service, 3, "t9"))
        await watched.until(lambda: len(watched.changes) == 2)

    watched = watching(fake, play)
    assert watched.ids() == [("create", "new", False), ("create", "t9", False)]
    assert watched.said == ["watching service, task"]


def test_what_happens_while_the_manager_is_away_is_told_later(fake, web):
    async def play(watched):
        fake.put(service("before"))
        await watched.until(lambda: watched.changes)
        watched.line.cut()
        fake.put(service("meanwhile"))
        changed = task(web.service, 1, "t1", "FAILED")
        fake.put(changed)
        await watched.until(lambda: "nobody listens there" in watched.said[-1])
        watched.line.up.set()
        await watched.until(lambda: len(watched.changes) == 3)
        fake.put(service("after"))
        await watched.until(lambda: len(watched.changes) == 4)

    watched = watching(fake, play)
    assert watched.ids() == [
        ("create", "before", False),
        ("create", "meanwhile", False),
        ("update", "t1", False),
        ("create", "after", False),
    ]
    assert watched.said[-1] == "connected again; nothing was missed"
    first, *others = watched.line.requests
    assert not first.HasField("resume_from")
    assert all(request.resume_from.index for request in others)


def test_what_the_manager_forgot_is_found_by_comparing_lists(fake, web):
    async def play(watched):
        watched.line.cut()
        fake.put(service("meanwhile"))
        fake.store.remove(fake.store.get("task", "t3"))
        fake.store.compact()
        watched.line.up.set()
        await watched.until(lambda: "connected again" in watched.said[-1])
        fake.put(service("after"))
        await watched.until(lambda: len(watched.changes) == 3)

    watched = watching(fake, play)
    assert sorted(watched.ids()) == [
        ("create", "after", False),
        ("create", "meanwhile", True),
        ("remove", "t3", True),
    ]
    assert "lists were compared" in watched.said[-1]
    assert watched.changes[-1].object.id == "after"


def test_a_manager_that_is_behind_is_given_time(fake, web, monkeypatch):
    ahead = 10_000

    async def play(watched):
        known = watched.follower._known
        version, known.version = known.version, ahead
        watched.line.cut()
        watched.line.up.set()
        await watched.until(lambda: any("out of order" in text for text in watched.said))
        known.version = version
        await watched.until(lambda: "connected again" in watched.said[-1])

    assert watching(fake, play).said[-1] == "connected again; nothing was missed"


def test_one_that_stays_behind_is_listed(fake, web, monkeypatch):
    monkeypatch.setattr(following, "_CATCHING_UP", 0.05)

    async def play(watched):
        watched.follower._known.version = 10_000
        watched.line.cut()
        watched.line.up.set()
        await watched.until(lambda: "connected again" in watched.said[-1])

    assert "lists were compared" in watching(fake, play).said[-1]


def test_the_first_connection_has_to_succeed(fake):
    async def run():
        watched = Watched(fake)
        watched.line.cut()
        with pytest.raises(control.NobodyListens):
            await watched.follower.run()

    asyncio.run(run())


def test_a_manager_that_refuses_ends_it(fake, monkeypatch):
    async def run():
        watched = Watched(fake)

        async def stream(self, method, request):
            raise control.PermissionDenied("PermissionDenied", "no")
            yield

        monkeypatch.setattr(Cuttable, "stream", stream)
        with pytest.raises(control.PermissionDenied):
            await watched.follower.run()

    asyncio.run(run())


def change_of(action, kind, new, old=None, **more):
    new.meta.updated_at.seconds = 1
    return ObjectChange(action, kind, new, old, **more)


def test_one_that_refuses_later_is_asked_again(fake, web):
    """As a node does that is no manager for a while."""

    async def run():
        watched = Watched(fake, kinds=["service"])
        opened = watched.line.opened
        refusing = asyncio.Event()

        @asynccontextmanager
        async def refused_now_and_then():
            if refusing.is_set():
                raise control.PermissionDenied("PermissionDenied", "no")
            async with opened() as manager:
                yield manager

        follower = ChangeFollower(
            refused_now_and_then, ["service"], watched.changes.append, watched.said.append
        )
        async with follower.running(0.01):
            refusing.set()
            watched.line.cut()
            await watched.until(lambda: "trying again: it refuses" in watched.said[-1])
            fake.put(service("meanwhile"))
            watched.line.up.set()
            refusing.clear()
            await watched.until(lambda: watched.changes)
        return watched

    watched = asyncio.run(run())
    assert watched.ids() == [("create", "meanwhile", False)]
    assert watched.said[-1] == "connected again; nothing was missed"


def test_one_that_refuses_at_once_is_not_waited_for(fake):
    async def run():
        line = Line(fake)

        @asynccontextmanager
        async def opened():
            raise control.PermissionDenied("PermissionDenied", "no")
            yield line  # what makes it a generator

        async with ChangeFollower(opened, ["service"], print, print).running():
            pytest.fail("it began")

    with pytest.raises(control.PermissionDenied):
        asyncio.run(run())


def test_lines_of_tasks():
    web = service("web")
    old, new = task(web, 1, "t1"), task(web, 1, "t1", "FAILED", "SHUTDOWN", node_id="n")
    new.status.err = "exit\n1"
    assert as_line(change_of("update", "task", new, old), 0) == (
        "1970-01-01T00:00:01Z update task    web.1 (t1):"
        " running -> failed; wanted running -> shutdown; on node n; exit; 1"
    )
    assert as_line(change_of("create", "task", old), 0).endswith("(t1): running; wanted running")
    removed = as_line(change_of("remove", "task", old, old, gap=True), 2)
    assert removed == ("1970-01-01T00:00:02Z remove task    web.1 (t1) (found by comparing lists)")


def test_lines_of_services():
    old, new = service("web"), service("web", replicas=3)
    new.spec.task.container.env.append("PASSWORD=x")
    new.update_status.state = pb.UpdateStatus.UPDATING
    line = as_line(change_of("update", "service", new, old), 0)
    assert "Mode.Replicated.Replicas" in line
    assert "TaskTemplate.ContainerSpec.Env[0]" in line
    assert "update updating" in line
    assert "PASSWORD" not in line


def test_lines_of_nodes(fake):
    (old,) = fake.objects("node")
    new = pb.Node()
    new.CopyFrom(old)
    new.status.state = pb.NodeStatus.DOWN
    new.ClearField("manager_status")
    line = as_line(change_of("update", "node", new, old), 0)
    assert "manager" in line
    assert "ready -> down" in line
    assert "leader" in as_line(change_of("create", "node", old), 0)


def test_lines_of_others():
    old, new = pb.Secret(id="s"), pb.Secret(id="s")
    assert as_line(change_of("update", "secret", new, old), 0).endswith("its spec is the same")
    new.spec.annotations.name = "a"
    line = as_line(change_of("update", "secret", new, old), 0)
    assert line.endswith("secret  a (s): changed Name")
    assert as_line(change_of("update", "secret", new), 0).endswith("secret  a (s)")


def test_lines_of_what_is_not_seen():
    """Where nothing of what is shown changed, the fields that did are named, not their values."""
    web = service("web")
    old, new = task(web, 1, "t1"), task(web, 1, "t1")
    new.status.message = "started"
    new.status.timestamp.seconds = 7
    line = as_line(change_of("update", "task", new, old), 0)
    assert line.endswith("(t1): changed status.timestamp, status.message")
    before, after = service("web"), service("web")
    after.endpoint.virtual_ips.add(network_id="n", addr="10.0.0.2/24")
    line = as_line(change_of("update", "service", after, before), 0)
    assert line.endswith("web (web): changed endpoint.virtual_ips")
    old, new = pb.Network(id="n"), pb.Network(id="n")
    new.spec.annotations.labels["tier"] = "secret value"
    new.spec.internal = new.spec.attachable = new.pending_delete = True
    line = as_line(change_of("update", "network", new, old), 0)
    assert line.count(",") == 2
    assert line.endswith("and 1 more")
    assert "secret value" not in line


def test_what_only_lists_leave_out_is_no_change():
    old, new = pb.Cluster(id="c"), pb.Cluster(id="c")
    new.root_ca.ca_key = b"<redacted>"
    new.network_bootstrap_keys.add(key=b"<redacted>")
    new.encryption_key_lamport_clock = 3
    change = change_of("update", "swarm", new, old)
    assert changed_paths(change) == ("encryption_key_lamport_clock",)
    listed, told = pb.Secret(id="s"), pb.Secret(id="s")
    told.spec.data = b"<redacted>"
    assert changed_paths(change_of("update", "secret", told, listed)) == ()
    assert changed_paths(change_of("create", "secret", told)) is None


def test_json_has_the_engines_object():
    found = json.loads(as_json(ObjectChange("create", "service", service("web"), log_index=7)))
    assert found["object"]["Spec"]["Name"] == "web"
    assert {
        key: found[key] for key in ("action", "kind", "id", "name", "version", "log_index", "gap")
    } == {
        "action": "create",
        "kind": "service",
        "id": "web",
        "name": "web",
        "version": 7,
        "log_index": 7,
        "gap": False,
    }


def test_json_may_have_the_message():
    found = json.loads(as_json(ObjectChange("create", "service", service("web")), raw=True))
    assert found["object"]["spec"]["replicated"] == {"replicas": "2"}
    assert found["version"] is None


def test_json_of_what_the_engine_cannot_show():
    strange = pb.Service(id="strange")
    strange.spec.task.generic.kind = "cow"
    assert json.loads(as_json(ObjectChange("create", "service", strange)))["object"] is None
