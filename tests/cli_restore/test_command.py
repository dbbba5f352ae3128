"""``restore`` against a manager in memory: what it shows, asks, does, and how it ends."""

import json
import stat

import click
import pytest

from swarmwire.bundle import Bundle
from swarmwire.cli.restoring import run as running
from swarmwire.cli.restoring.journal import NAME
from swarmwire.control import NobodyListens
from swarmwire.control.layer import Layer
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build
from tests.cli_restore.conftest import reach, written


def test_dry_run_shows_the_steps_and_does_nothing(invoke, folder, fake):
    before = fake.store.version

    done = invoke("restore", folder, "--dry-run")

    assert done.code == 0
    lines = done.text.splitlines()
    assert lines[0].split() == ["KIND", "NAME", "STEP", "WHY"]
    assert [line.split()[:3] for line in lines[1:5]] == [
        ["node", "manager", "add"],
        ["network", "ingress", "already"],
        ["network", "back", "create"],
        ["secret", "password", "create"],
    ]
    (cluster,) = fake.objects("cluster")
    assert lines[-1] == f"swarm {cluster.id}: 6 create, 1 add labels, 1 already there"
    assert fake.store.version == before
    assert not (folder / NAME).exists()


def test_restores_and_tells_each_step(invoke, folder, fake):
    done = invoke("restore", folder, "--yes")

    assert done.code == 0
    lines = [line for line in done.text.splitlines() if line.startswith(("created", "labelled"))]
    assert [line.split()[:3] for line in lines] == [
        ["labelled", "node", "manager:"],
        ["created", "network", "back"],
        ["created", "secret", "password"],
        ["created", "secret", "token"],
        ["created", "config", "settings"],
        ["created", "service", "db"],
        ["created", "service", "web"],
    ]
    assert "6 created, 1 labelled, 1 already there in swarm" in done.text
    assert build.names(fake, "service") == ["db", "web"]
    assert build.stored(fake, "secret", "token").spec.data == build.PAYLOAD


def test_the_second_run_finds_all_of_it(invoke, folder, fake):
    invoke("restore", folder, "--yes")
    before = fake.store.version

    done = invoke("restore", folder, "--yes")

    assert done.code == 0
    assert "created by an earlier run" in done.text
    assert "nothing to create" in done.text
    assert fake.store.version == before


def test_dry_run_fails_if_something_would_not_work(invoke, tmp_path, fake):
    bundle = Bundle(services=[build.service("web", networks=["gone"])], cluster_id="old")
    folder = written(bundle, tmp_path / "b")

    done = invoke("restore", folder, "--dry-run")

    assert done.code == 1
    assert "network old-gone is not in the bundle" in done.text


def test_differences_are_shown_with_values_and_end_with_1(invoke, folder, fake):
    invoke("restore", folder, "--yes")
    (folder / NAME).unlink()
    web = build.stored(fake, "service", "web")
    web.spec.replicated.replicas = 7
    fake.put(web)

    done = invoke("restore", folder, "--yes")

    assert done.code == 1
    assert "service web: Mode.Replicated.Replicas: is 7, would be 2" in done.text
    assert done.stderr == "swarmwire: not restored: service web\n"
    assert build.stored(fake, "service", "web").spec.replicated.replicas == 7


@pytest.mark.usefixtures("fake")
def test_nobody_to_ask_is_refused(invoke, folder):
    with pytest.raises(click.UsageError, match="--yes agrees beforehand"):
        invoke("restore", folder)


@pytest.mark.usefixtures("terminal")
def test_json_does_not_ask(invoke, folder, fake):
    with pytest.raises(click.UsageError, match="--yes agrees beforehand"):
        invoke("restore", folder, "--format", "json")
    assert fake.objects("service") == []


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("answer", [True, False])
def test_asks_and_obeys(invoke, folder, fake, monkeypatch, answer):
    asked = []

    def confirm(text, err):
        asked.append((text, err))
        return answer

    monkeypatch.setattr(click, "confirm", confirm)

    done = invoke("restore", folder)

    (cluster,) = fake.objects("cluster")
    assert asked == [(f"Carry out these 7 steps in swarm {cluster.id}?", True)]
    assert done.code == (0 if answer else 1)
    assert bool(fake.objects("service")) == answer


def test_json_tells_what_became_of_each(invoke, folder, fake):
    planned = json.loads(invoke("restore", folder, "--dry-run", "--format", "json").output)
    done = invoke("restore", folder, "--yes", "--format", "json")

    found = json.loads(done.output)
    (cluster,) = fake.objects("cluster")
    assert (found["swarm"], found["from"]) == (cluster.id, "old-cluster")
    web = next(each for each in found["steps"] if each["name"] == "web")
    assert (web["action"], web["result"]) == ("create", "created")
    assert web["id"] == build.stored(fake, "service", "web").id
    assert [each["action"] for each in planned["steps"]].count("create") == 6
    assert "result" not in planned["steps"][0]


def test_nothing_shows_a_payload(invoke, folder, fake):
    outputs = [invoke("restore", folder, "--dry-run"), invoke("restore", folder, "--yes")]
    outputs.append(invoke("restore", folder, "--yes", "--format", "json"))

    assert build.PAYLOAD.decode() not in "".join(done.text + done.stderr for done in outputs)
    assert build.PAYLOAD not in (folder / NAME).read_bytes()


def test_the_journal_is_for_its_owner_and_has_ids_only(invoke, folder, fake):
    invoke("restore", folder, "--yes")

    journal = folder / NAME
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in journal.read_text().splitlines() if line]
    (cluster,) = fake.objects("cluster")
    assert {line["swarm"] for line in lines} == {cluster.id}
    web = build.stored(fake, "service", "web").id
    assert {"swarm": cluster.id, "kind": "service", "old": "old-web", "new": web} in lines
    assert len(lines) == 6


def test_a_journal_that_was_cut_short_is_read_as_far_as_it_goes(invoke, folder, fake):
    invoke("restore", folder, "--yes")
    journal = folder / NAME
    journal.write_bytes(journal.read_bytes()[:-20])

    done = invoke("restore", folder, "--yes")

    assert done.code == 0
    assert done.text.count("created by an earlier run") == 5
    assert len(fake.objects("service")) == 2


@pytest.mark.usefixtures("fake")
def test_without_a_journal_it_goes_on_and_says_so(invoke, folder):
    (folder / NAME).mkdir()

    done = invoke("restore", folder, "--yes")
    again = invoke("restore", folder, "--yes")

    assert (done.code, again.code) == (0, 0)
    assert done.stderr.count("no journal is kept in") == 1
    assert "what is there already is compared instead" in done.stderr
    assert "note: its payload cannot be read back" in again.text


def test_the_journal_is_no_way_out_of_the_folder(invoke, folder, fake, tmp_path):
    (folder / NAME).symlink_to(tmp_path / "elsewhere")

    done = invoke("restore", folder, "--yes")

    assert done.code == 0
    assert not (tmp_path / "elsewhere").exists()
    assert len(fake.objects("service")) == 2


def test_no_bundle_is_bad_usage(invoke, tmp_path, fake):
    done = invoke("restore", tmp_path, "--dry-run")

    assert done.code == 2
    assert done.stderr == f"swarmwire: {tmp_path}: no bundle: manifest.json is missing\n"
    assert fake.objects("service") == []


def test_the_swarm_that_it_comes_from_is_refused(invoke, tmp_path, fake):
    bundle = build.swarm()
    (cluster,) = fake.objects("cluster")
    bundle.cluster_id = cluster.id
    folder = written(bundle, tmp_path / "same")

    done = invoke("restore", folder, "--yes")
    allowed = invoke("restore", folder, "--yes", "--same-swarm")

    assert done.code == 1
    assert "--same-swarm restores nevertheless" in done.stderr
    assert allowed.code == 0


@pytest.mark.usefixtures("fake")
def test_an_unknown_selection_is_bad_usage(invoke, folder):
    with pytest.raises(click.UsageError, match="--only service/x: the bundle holds no such object"):
        invoke("restore", folder, "--yes", "--only", "service/x")


def test_a_selection_is_restored_with_what_it_needs(invoke, folder, fake):
    done = invoke("restore", folder, "--yes", "--only", "service/db")

    assert done.code == 0
    assert build.names(fake, "secret") == ["password"]
    assert build.names(fake, "service") == ["db"]


def test_edited_files_are_named(invoke, folder, fake):
    (body,) = (folder / "services").glob("*web*.json")
    text = body.read_text()
    assert '"Replicas": 2' in text
    body.write_text(text.replace('"Replicas": 2', '"Replicas": 5'))

    done = invoke("restore", folder, "--yes")

    assert "was edited since the bundle was written" in done.stderr
    assert build.stored(fake, "service", "web").spec.replicated.replicas == 5


def test_a_manager_that_goes_away_ends_it_with_what_to_do(invoke, folder, monkeypatch):
    manager = FakeManager()
    error = NobodyListens("a.sock", "nobody listens")

    class Gone(Layer):
        is_gone = False

        async def unary(self, method, request):
            if self.is_gone or method.place == "Control/CreateConfig":
                self.is_gone = True
                raise error
            return await super().unary(method, request)

    reach(monkeypatch, Gone(manager))
    monkeypatch.setattr(running, "PATIENCE", 0.1)

    done = invoke("restore", folder, "--yes")
    reach(monkeypatch, manager)
    again = invoke("restore", folder, "--yes")

    assert done.code == 1
    assert done.stderr.count("the manager is away: waiting for it") == 1
    assert "3 created, 1 labelled, 1 already there so far" in done.stderr
    assert "the same command goes on from there" in done.stderr
    assert again.code == 0
    assert build.names(manager, "service") == ["db", "web"]


def test_ctrl_c_tells_what_was_done(invoke, folder, monkeypatch):
    manager = FakeManager()
    reach(monkeypatch, build.Fragile(manager, 3, KeyboardInterrupt(), after=True))

    done = invoke("restore", folder, "--yes")
    reach(monkeypatch, manager)
    again = invoke("restore", folder, "--yes")

    assert done.code == 130
    assert "interrupted; 1 created, 1 labelled, 1 already there so far" in done.stderr
    assert again.code == 0
    assert build.names(manager, "service") == ["db", "web"]


def test_a_reader_that_goes_away_is_told_what_was_done(invoke, folder, monkeypatch):
    manager = FakeManager()
    reach(monkeypatch, manager)
    write = click.echo

    def gone(text, **options):
        if str(text).startswith("created"):
            raise BrokenPipeError
        write(text, **options)

    monkeypatch.setattr(click, "echo", gone)
    done = invoke("restore", folder, "--yes")

    assert done.code == 141
    assert "the output was closed; " in done.stderr
    assert "so far; the same command" in done.stderr


def test_no_manager_is_said_before_anything(invoke, folder, tmp_path, monkeypatch):
    monkeypatch.delenv("SWARMWIRE_SOCKET", raising=False)

    done = invoke("restore", folder, "--yes", "--socket", tmp_path / "none.sock")

    assert done.code == 2
    assert "nothing was restored" in done.stderr


def test_a_secret_that_was_removed_comes_back(invoke, tmp_path, fake):
    bundle = build.swarm()
    (cluster,) = fake.objects("cluster")
    bundle.cluster_id = cluster.id
    bundle.deleted = Bundle(secrets=[build.secret("lost")], cluster_id=cluster.id)
    folder = written(bundle, tmp_path / "bundle")
    only = ("--deleted", "--same-swarm", "--only", "secret/lost")

    done = invoke("restore", folder, "--yes", *only)

    assert done.code == 0
    assert build.names(fake, "secret") == ["lost"]
    assert fake.objects("service") == []
