"""Unlock keys from everywhere, and what is told without one. A key is never shown."""

import json
import re
import shutil

import pytest

from swarmwire.cli.recovery.options import ENVIRONMENT, StoreRequest
from tests.support.raft_folder import RaftFolder, create, fill, key, object_id, service, task
from tests.support.raft_folder import unlock_key_text as text_of
from tests.support.raft_folder.samples import older_unlock_keys, tar_of, unlock_keys
from tests.support.task_database import entry, leaf, with_tasks

UNLOCK_KEY = text_of(key("unlock"))
WRONG_KEY = text_of(key("another"))


def assert_hidden(done):
    for each in (UNLOCK_KEY, WRONG_KEY):
        assert each[9:] not in done.text + done.stderr


def test_by_option_variable_file_and_standard_input(invoke, locked, tmp_path, monkeypatch):
    file = tmp_path / "key.txt"
    file.write_text(f"To unlock a swarm manager after it restarts, run:\n\n    {UNLOCK_KEY}\n")
    for done in (
        invoke("recover", locked, "--unlock-key", UNLOCK_KEY),
        invoke("recover", locked, "--unlock-key", WRONG_KEY, "--unlock-key", UNLOCK_KEY),
        invoke("recover", locked, "--unlock-key-file", file),
        invoke("recover", locked, "--unlock-key-file", "-", data=f"{UNLOCK_KEY}\n".encode()),
    ):
        assert done.code == 0
        assert "busybox:2" in done.text
        assert_hidden(done)
    monkeypatch.setenv(ENVIRONMENT, UNLOCK_KEY)
    assert invoke("recover", locked).code == 0


def test_without_a_key_it_is_told_what_can_be_told(invoke, locked):
    done = invoke("recover", locked)
    assert done.code == 2
    assert "the swarm is locked (autolock)" in done.stderr
    assert "--unlock-key-file" in done.stderr
    assert f"Node:       {object_id('manager-1')}, manager" in done.text
    assert f"Swarm:      {object_id('cluster')}" in done.text
    assert "Expires:" in done.text
    assert "all encrypted" in done.text
    assert "web" not in done.text


def test_without_a_key_for_programs(invoke, locked):
    done = invoke("recover", locked, "--format", "json")
    assert done.code == 2
    found = json.loads(done.output)
    assert found["error"]["kind"] == "WrongKey"
    assert found["keyless"]["node_id"] == object_id("manager-1")
    assert found["keyless"]["role"] == "manager"
    assert found["keyless"]["entries"] > 5
    assert found["keyless"]["managers"] == [f"manager-1:2377 (node {object_id('manager-1')})"]


def test_a_wrong_key_is_another_sentence(invoke, locked, tmp_path):
    done = invoke("recover", locked, "--unlock-key", WRONG_KEY, "-o", tmp_path / "out")
    assert done.code == 2
    assert "the unlock key does not open the node's key" in done.stderr
    assert_hidden(done)
    assert not (tmp_path / "out").exists()


def test_what_is_no_key_is_not_repeated(invoke, locked):
    done = invoke("recover", locked, "--unlock-key", "open-sesame")
    assert done.code == 2
    assert "the unlock key is not one" in done.stderr
    assert "open-sesame" not in done.stderr


def test_files_without_a_key_are_told(invoke, locked, tmp_path):
    file = tmp_path / "key.txt"
    file.write_text("open-sesame")
    done = invoke("recover", locked, "--unlock-key-file", file)
    assert done.code == 2
    assert f"{file}: there is no unlock key in it" in done.stderr
    assert "open-sesame" not in done.stderr
    done = invoke("recover", locked, "--unlock-key-file", "-", data=b"")
    assert "standard input: there is no unlock key in it" in done.stderr
    done = invoke("recover", locked, "--unlock-key-file", tmp_path / "nowhere")
    assert "no such file" in done.stderr
    done = invoke("recover", locked, "--key-file", tmp_path / "nowhere")
    assert done.code == 2


def test_keys_of_a_real_swarm_that_were_rotated_fail(invoke):
    name = "12-small-autolock-2010"
    (good,) = unlock_keys(name)
    assert invoke("recover", tar_of(name), "--unlock-key", good).code == 0
    for old in older_unlock_keys(name):
        done = invoke("recover", tar_of(name), "--unlock-key", old)
        assert done.code == 2
        assert old not in done.stderr


def test_another_copy_of_the_key_opens_the_log(invoke, tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm"))
    swarm = folder.write()
    copy = tmp_path / "old-swarm-node.key"
    shutil.move(swarm / "certificates/swarm-node.key", copy)
    done = invoke("recover", swarm)
    assert done.code == 2
    assert "the node's key is missing" in done.stderr
    done = invoke("recover", swarm, "--key-file", copy)
    assert done.code == 0
    assert "busybox:2" in done.text


def test_tasks_that_the_agent_wrote_down_are_told_without_a_key(invoke, locked):
    found = task("web", 2)
    found.spec.container.image = "busybox:3"
    found.spec.container.env.append("TOKEN=open-sesame")
    found.spec.container.secrets.add(secret_name="password")
    data = found.SerializeToString()
    (locked / "worker").mkdir(exist_ok=True)
    database = with_tasks(p4=leaf(entry(found.id, data=data), number=4))
    (locked / "worker/tasks.db").write_bytes(database)
    done = invoke("recover", locked)
    assert done.code == 2
    assert re.search(rf"{found.id[:12]} +web +2 +busybox:3 +running +password", done.text)
    assert "open-sesame" not in done.text


def test_a_representation_hides_keys():
    assert UNLOCK_KEY not in repr(StoreRequest(unlock_keys=(UNLOCK_KEY,)))


@pytest.mark.parametrize("word", ["SWMKEY-1-x", "SWMKEY-2-x"])
def test_keys_of_another_form_are_refused(invoke, tmp_path, word):
    folder = RaftFolder(tmp_path / "swarm", unlock_key=key("unlock"))
    folder.transaction(create(service("web")))
    done = invoke("recover", folder.write(), "--unlock-key", word)
    assert done.code == 2
    assert "the unlock key is not one" in done.stderr
