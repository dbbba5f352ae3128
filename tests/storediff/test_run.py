"""What is printed of a comparison, and how it ends: with another store, and with a manager."""

import json
import socket
from contextlib import nullcontext

import pytest

from swarmwire import control, pb, raftstore
from swarmwire.cli import exits
from swarmwire.cli.live import connection
from swarmwire.cli.recovery import differences_text as text
from swarmwire.cli.recovery.differences import DiffRun, run_diff
from swarmwire.control.testing import FakeManager
from swarmwire.raftstore import Recovery, Store
from swarmwire.storediff import compare
from tests.storediff.conftest import (
    UNLOCK_KEY,
    named,
    node,
    sample_path,
    service,
    store_of,
)

KEYS = raftstore.Options(unlock_keys=(UNLOCK_KEY,))


@pytest.fixture
def diff(capsys):
    """Compare a store with another one; what was printed, and the exit code."""

    def run(here, other, **terms):
        terms.setdefault("options", KEYS)
        if not isinstance(here, Recovery):
            here = raftstore.read(here, KEYS)
        code = run_diff(here, "/backup/swarm", DiffRun(str(other), **terms))
        done = capsys.readouterr()
        return code, done.out, done.err

    return run


def recovery_of(store):
    position = raftstore.Position(
        *(), index=9, term=2, commit=9, last_index=9, snapshot_index=0, first_index=1, updated_at=1
    )
    members = raftstore.Members()
    return Recovery(store, position, pb.RaftMember(), members, findings=[])


# Two stores


def test_equal_stores_end_with_0(diff):
    code, out, err = diff(sample_path("06"), sample_path("19"))
    assert code == 0
    assert out.startswith(
        "equal: nothing differs\n  here  - /backup/swarm, at index 27, not complete\n"
    )
    assert "at index 36" in out
    assert not [line for line in err.splitlines() if "past the commit" not in line]


def test_different_stores_end_with_1_and_tell_each_difference(diff):
    code, out, _ = diff(sample_path("02"), sample_path("03"))
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == "different: of the objects 2 differ, 11 are only there"
    assert "~ service zero  version 40 -> 153: newer there  (wx72ctj0sa1mjxuyl4j3rzo9f)" in lines
    assert '    + TaskTemplate.ContainerSpec.Env[0]: "I=12"' in lines
    assert "    ~ Raft.SnapshotInterval: 10000 -> 10" in lines
    assert "+ config c_act  only there  (c98fcuj5uqs23ogv99unzfxzn, version 156)" in lines
    assert ["secrets", "5", "15", "5", "0", "0", "0", "10"] in [line.split() for line in lines]
    assert "tasks are counted, not compared" in lines
    assert "\x1b" not in out


def test_json_has_it_all(diff):
    code, out, _ = diff(sample_path("02"), sample_path("03"), format="json", tasks=True)
    found = json.loads(out)
    assert code == 1
    assert found["equal"] is False
    assert found["here"] == {"place": "/backup/swarm", "index": 85, "is_whole": True}
    assert found["there"]["index"] == 157
    assert {each["kind"] for each in found["only_there"]} == {"secret", "config", "task"}
    assert found["both"][0]["differences"] == [
        {
            "path": "TaskTemplate.ContainerSpec.Env[0]",
            "operation": "added",
            "here": None,
            "there": "I=12",
            "hidden": False,
        }
    ]


def test_the_limits_of_the_first_store_are_not_those_of_the_other(diff):
    early = raftstore.Options(at=12)
    here = raftstore.read(sample_path("02"), early)
    code, out, _ = diff(here, sample_path("02"), options=early)
    assert code == 1
    assert "/backup/swarm, at index 12" in out
    assert "+ secret s_bin  only there" in out


@pytest.mark.parametrize(
    ("number", "options", "says"),
    [
        ("03", raftstore.Options(), "lock"),
        ("18", KEYS, "worker"),
        (None, KEYS, "no-such-folder"),
    ],
)
def test_a_store_that_cannot_be_read_ends_with_2(diff, number, options, says):
    other = sample_path(number) if number else "/no-such-folder"
    with pytest.raises(exits.Stop) as stopped:
        diff(sample_path("06"), other, options=options)
    assert stopped.value.code == 2
    assert says in stopped.value.message
    assert str(other) in stopped.value.message


def test_what_is_amiss_with_the_other_store_is_said(diff):
    _, out, err = diff(sample_path("19"), sample_path("06"))
    assert out.startswith("equal")
    assert "past the commit index lies entry 28" in err


def test_a_store_that_is_not_whole_is_to_be_doubted(diff):
    here = recovery_of(store_of(named(pb.Secret, "s")))
    here.findings.append(raftstore.StoreFinding(kind="damaged-record", reason="-", loses=True))
    code, out, _ = diff(here, sample_path("06"))
    assert code == 1
    assert "here  - /backup/swarm, at index 9, not complete\n" in out
    assert "what is only there may be lost here: /backup/swarm is not complete\n" in out


def test_what_is_amiss_with_the_first_store_is_said(diff):
    _, _, err = diff(sample_path("06"), sample_path("19"))
    assert "/backup/swarm: past the commit index lies entry 28" in err


# The command


def test_the_command_compares(run):
    done = run("recover", sample_path("06"), "--diff", sample_path("07"), "--format", "json")
    assert done.returncode == 1
    assert {each["name"] for each in json.loads(done.stdout)["only_there"]} == {
        "sec_after",
        "sec_after2",
    }
    assert run("recover", sample_path("06"), "--diff", sample_path("19")).returncode == 0
    failed = run("recover", sample_path("06"), "--diff", "/no-such-folder")
    assert (failed.returncode, failed.stdout) == (2, b"")


# A live manager


class Asked(control.Layer):
    """Notes every call."""

    def __init__(self, inner):
        super().__init__(inner)
        self.places = []

    async def unary(self, method, request):
        self.places.append(method.place)
        return await super().unary(method, request)


@pytest.fixture
def fake(monkeypatch):
    """A manager in memory, which is found everywhere."""
    manager = FakeManager()
    manager.asked = Asked(manager)
    manager.found = []

    def opened(where, *, secrets=False):
        manager.found.append(where)
        return nullcontext(control.protected(manager.asked, secrets=secrets))

    monkeypatch.setattr(connection, "opened", opened)
    return manager


KINDS = ("node", "network", "cluster", "secret", "config", "service", "task", "volume")


def stored(manager):
    """All that a manager has, as its folder would tell it."""
    store = Store()
    for kind in KINDS:
        store.of(kind).update({each.id: each for each in manager.objects(kind)})
    return store


@pytest.fixture
def filled(fake):
    """The manager with something of each kind."""
    web = service("web", container={"image": "nginx:1"})
    web.spec.task.container.pull_options.registry_auth = "HUSH"
    fake.put(
        named(pb.Secret, "tls", data=b"HUSH"),
        named(pb.Config, "conf", data=b"1"),
        named(pb.Volume, "disk"),
        node("other", "n2"),
        web,
        pb.Task(id="t", service_id=web.id),
    )
    return fake


def test_a_manager_equals_its_own_store_as_far_as_it_tells(filled, diff):
    code, out, _ = diff(recovery_of(stored(filled)), "live")
    assert code == 0
    assert out.startswith("equal, as far as it can be told: nothing differs\n")
    assert "there + the manager of this machine\n" in out
    assert (
        "cannot be compared, because a manager does not show it: the payload of 1 secret\n" in out
    )
    assert "HUSH" not in out


def test_nothing_but_lists_is_asked_of_a_manager(filled, diff):
    diff(recovery_of(stored(filled)), "live")
    assert len(filled.asked.places) == 9
    assert all(place.startswith("Control/List") for place in filled.asked.places)


def test_what_differs_from_a_manager_is_told(filled, diff):
    here = stored(filled)
    web = next(iter(here.services.values()))
    web.spec.task.container.image = "nginx:0"
    web.spec.task.container.pull_options.registry_auth = "HUSH too"
    (config,) = here.configs.values()
    config.spec.data = b"twelve bytes"
    here.secrets["gone"] = named(pb.Secret, "gone", "gone", data=b"HUSH")
    code, out, _ = diff(recovery_of(here), "live")
    lines = out.splitlines()
    assert code == 1
    assert lines[0] == "different: of the objects 2 differ, 1 is only here"
    assert '    ~ TaskTemplate.ContainerSpec.Image: "nginx:0" -> "nginx:1"' in lines
    assert (
        '    ~ TaskTemplate.ContainerSpec.PullOptions.RegistryAuth: "…" -> "…"'
        "  (differ in what is not shown)" in lines
    )
    assert "    ~ Data: payload differs: 12 -> 1 byte" in lines
    assert any(line.startswith("- secret gone  only here") for line in lines)
    assert "HUSH" not in out


def test_a_swarm_that_was_restored_has_new_ids_only(filled, diff):
    here = stored(filled)
    for kind in ("secret", "config", "service"):
        for old in list(here.of(kind)):
            message = here.of(kind).pop(old)
            message.id = f"old-{message.id}"
            here.of(kind)[message.id] = message
    code, out, _ = diff(recovery_of(here), "live")
    assert code == 0
    assert "nothing differs; 3 of the objects have a new id\n" in out
    assert "= service web  same name, new id  (old-id-of-web -> id-of-web)\n" in out


@pytest.mark.parametrize("name", ["ListVolumes", "ListResources"])
def test_a_kind_that_an_old_manager_does_not_know_is_not_compared(filled, diff, name, monkeypatch):
    kind = name.removeprefix("List").lower()
    unary = filled.unary

    async def old(method, request):
        if method.place.endswith(name):
            raise control.Unimplemented("Unimplemented", "unknown method")
        return await unary(method, request)

    monkeypatch.setattr(filled, "unary", old)
    here = stored(filled)
    here.resources["r"] = pb.Resource(id="r")
    code, out, _ = diff(recovery_of(here), "live")
    assert f"cannot be compared, because a manager does not list them: {kind}\n" in out
    assert code == (1 if kind == "volumes" else 0)


def test_a_socket_is_a_manager(filled, diff, tmp_path):
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        for other in (path, f"unix://{path}"):
            code, out, _ = diff(recovery_of(stored(filled)), other)
            assert code == 0
            assert f"there + the manager at {path}\n" in out
    assert {where.socket for where in filled.found} == {str(path)}


def test_a_manager_that_is_not_there_ends_with_2(diff, tmp_path):
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
    with pytest.raises(exits.Stop) as stopped:
        diff(recovery_of(Store()), path, timeout=5)
    assert stopped.value.code == 2
    assert str(path) in stopped.value.message


def test_a_manager_that_says_no_ends_with_2(fake, diff, monkeypatch):
    async def refuse(*_):
        raise control.PermissionDenied("PermissionDenied", "not you")

    monkeypatch.setattr(fake, "unary", refuse)
    with pytest.raises(exits.Stop, match="not you") as stopped:
        diff(recovery_of(Store()), "live")
    assert stopped.value.code == 2


def test_without_grpcio_it_is_said_what_to_install(diff, monkeypatch):
    def missing(*_, **__):
        raise ModuleNotFoundError("No module named 'grpc'", name="grpc")

    monkeypatch.setattr(connection, "opened", missing)
    with pytest.raises(exits.Stop, match=r"swarmwire\[control\]") as stopped:
        diff(recovery_of(Store()), "live")
    assert stopped.value.code == 2


# The text


def test_colours_are_there_when_wanted_and_names_cannot_add_any():
    here = store_of(named(pb.Secret, "a\x1b[31m", "1"))
    found = compare(here, store_of(named(pb.Secret, "b", "2")))
    plain = text.detailed(found)
    assert "\x1b" not in plain
    assert "a\\x1b[31m" in plain
    coloured = text.detailed(found, color=True)
    assert "\x1b[31m- secret a\\x1b[31m\x1b[0m  only here" in coloured
    assert "\x1b[32m+ secret b\x1b[0m  only there" in coloured


def test_long_values_stand_below_each_other_and_are_cut():
    here = store_of(service("s", container={"image": "a" * 80}))
    there = store_of(service("s", container={"image": "b" * 400}))
    lines = text.detailed(compare(here, there)).splitlines()
    assert lines[1] == "    ~ TaskTemplate.ContainerSpec.Image"
    assert lines[2] == f'        - "{"a" * 80}"'
    assert lines[3].endswith("… (402 characters)")


def test_payloads_of_one_size_are_told_apart_by_nothing():
    sides = [store_of(named(pb.Secret, "s", data=data)) for data in (b"one", b"two")]
    lines = text.detailed(compare(*sides)).splitlines()
    assert lines[1:] == ["    ~ Data: payload differs: both have 3 bytes"]
