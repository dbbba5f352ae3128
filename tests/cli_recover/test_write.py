"""``recover -o``: the folder of a bundle, what is in it, and who can read it."""

import errno
import json
import os
import re
import stat
from hashlib import sha256

import click
import pytest

from swarmwire.cli.recovery import folder as writing
from swarmwire.cli.recovery.folder import load_bundle, load_manifest
from swarmwire.errors import StoreError
from tests.cli_recover.conftest import PAYLOAD, without_rights
from tests.support.raft_folder import key, unlock_key_text
from tests.support.raft_folder.samples import tar_of, told


def modes(out):
    """The mode of the folder and of everything in it."""
    return {each: stat.S_IMODE(each.stat().st_mode) for each in (out, *out.rglob("*"))}


def left_over(out):
    """What lies beside the folder, of which nothing was there before."""
    return sorted(each.name for each in out.parent.iterdir() if each.name != "swarm")


def test_a_real_manager_gives_all_payloads(invoke, tmp_path):
    out = tmp_path / "out"
    done = invoke("recover", tar_of("02-rich-2010"), "-o", out, "--all")
    assert done.code == 0
    said = re.findall(
        r"^ +\w+ (\w+) v\d+ .*\blen=(\d+) sha256=(\w+)", told("02-rich-2010"), re.MULTILINE
    )
    assert len(said) == 8
    for name, size, digest in said:
        (data,) = (each.read_bytes() for each in out.glob(f"*/{name}.data"))
        assert (len(data), sha256(data).hexdigest()) == (int(size), digest)
    bundle = load_bundle(out)
    assert [each.spec.annotations.name for each in bundle.services] == [
        "agent",
        "job1",
        "web",
        "zero",
    ]
    assert bundle.cluster_id == "m7ncmedw5a0gykhfzt0i5ptlo"
    assert load_manifest(out).source.index == 85


def test_only_services_without_being_asked_for_more(invoke, rich, tmp_path):
    out = tmp_path / "out"
    done = invoke("recover", rich, "-o", out)
    assert done.code == 0
    assert sorted(each.relative_to(out).as_posix() for each in out.rglob("*.*")) == [
        "manifest.json",
        "services/web.json",
        "services/web.pb",
    ]
    for option in ("--networks", "--secrets", "--registry-auth", "--ca-key", "--join-tokens"):
        assert option in done.text
    assert "swarmwire restore" in done.text
    everything = b"".join(each.read_bytes() for each in out.rglob("*.*"))
    for private in (PAYLOAD, b"the-credentials", b"SWMTKN", b"PRIVATE KEY", b"SWMKEY"):
        assert private not in everything


def test_all_leaves_out_what_has_to_be_named(invoke, rich, tmp_path):
    out = tmp_path / "out"
    done = invoke("recover", rich, "-o", out, "--all")
    assert done.code == 0
    assert not (out / "cluster").exists()
    assert (out / "registry-credentials.json").exists()
    assert re.search(r"key of the root CA +1 +--ca-key", done.text)
    assert "It holds secrets in plain text" in done.text
    assert "1 registry login" in done.text
    assert "--secrets" not in done.text


def test_keys_of_the_swarm_by_their_own_options(invoke, rich, tmp_path):
    out = tmp_path / "out"
    options = ("--join-tokens", "--ca-key", "--export-unlock-key")
    assert invoke("recover", rich, "-o", out, *options).code == 0
    assert (out / "cluster/unlock-key.txt").read_text().strip() == unlock_key_text(key("unlock"))
    assert b"PRIVATE KEY" in (out / "cluster/root-ca.key").read_bytes()
    assert "SWMTKN" in json.loads((out / "cluster/join-tokens.json").read_text())["worker"]
    assert not (out / "secrets").exists()


def test_what_was_asked_for_and_is_not_there_is_told(invoke, swarm, tmp_path):
    done = invoke("recover", swarm, "-o", tmp_path / "out", "--export-unlock-key", "--all")
    assert done.code == 0
    assert "Asked for, but not there\nunlock key\n" in done.text  # not what --all stands for


def test_removed_objects_have_a_room_of_their_own(invoke, rich, tmp_path):
    out = tmp_path / "out"
    assert invoke("recover", rich, "-o", out, "--all", "--deleted").code == 0
    assert (out / "deleted/secrets/doomed.data").read_bytes() == b"lost and found"
    assert not (out / "secrets/doomed.data").exists()


def test_nobody_else_can_read_it(invoke, rich, tmp_path):
    out = tmp_path / "out"
    before = os.umask(0)
    try:
        assert invoke("recover", rich, "-o", out, "--all", "--ca-key").code == 0
    finally:
        os.umask(before)
    found = modes(out)
    assert len(found) > 10
    for each, mode in found.items():
        assert mode == (0o700 if each.is_dir() else 0o600), each


def test_json_tells_what_was_written(invoke, rich, tmp_path):
    out = tmp_path / "out"
    done = invoke("recover", rich, "-o", out, "--secrets", "--format", "json")
    found = json.loads(done.output)
    assert list(found) == ["bundle"]
    assert found["bundle"]["folder"] == str(out)
    assert found["bundle"]["counts"] == {"service": 1, "secret": 1}
    assert "secrets/password.data" in found["bundle"]["files"]
    assert {"what": "networks", "count": 1, "flag": "--networks"} in found["bundle"]["left_out"]
    both = invoke("recover", rich, "-o", tmp_path / "out2", "--list", "--format", "json")
    assert {"bundle", "services"} <= set(json.loads(both.output))


def test_a_choice_without_a_folder_is_bad_usage(run, swarm):
    done = run("recover", swarm, "--secrets")
    assert done.returncode == 2
    assert b"--secrets chooses what goes into a bundle: it needs -o OUT" in done.stderr


# Where it may be written


def test_an_empty_folder_of_ones_own_will_do(invoke, swarm, tmp_path):
    out = tmp_path / "out"
    out.mkdir(mode=0o700)
    assert invoke("recover", swarm, "-o", f"{out}/").code == 0
    assert load_bundle(out).services
    assert left_over(out) == ["out"]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o770])
def test_a_folder_that_others_can_look_into_is_refused(invoke, swarm, tmp_path, mode):
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(mode)
    done = invoke("recover", swarm, "-o", out, "--all")
    assert done.code == 2
    assert f"others can look into it (mode {mode:04o})" in done.stderr
    assert list(out.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused(invoke, swarm, tmp_path):
    out = tmp_path / "out"
    assert invoke("recover", swarm, "-o", out).code == 0
    before = sorted(out.rglob("*"))
    done = invoke("recover", swarm, "-o", out, "--all")
    assert done.code == 2
    assert "it is not empty" in done.stderr
    assert sorted(out.rglob("*")) == before


def test_a_link_a_file_and_a_place_that_is_not_there_are_refused(invoke, swarm, tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("mine")
    for name, reason in (
        ("link", "it is a link"),
        ("link/", "it is a link"),
        ("dangling", "it is a link"),
        ("file", "it exists, and is no folder"),
        ("missing/out", "there is no folder"),
    ):
        done = invoke("recover", swarm, "-o", f"{tmp_path}/{name}")
        assert done.code == 2
        assert reason in done.stderr
    assert (tmp_path / "file").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_bad_place_is_told_before_anything_is_read(invoke, tmp_path):
    done = invoke("recover", tmp_path / "no such swarm", "-o", tmp_path / "missing/out")
    assert "there is no folder" in done.stderr


def test_a_place_where_one_may_not_write_is_refused(invoke, swarm, tmp_path):
    invoke("recover", swarm)  # so that all modules are there
    place = tmp_path / "place"
    place.mkdir()
    with without_rights(place, 0o500):
        done = invoke("recover", swarm, "-o", place / "out")
    assert done.code == 2
    assert "you may not write to" in done.stderr


# Whole or not at all


def test_an_interruption_leaves_nothing(invoke, rich, tmp_path, monkeypatch):
    written = []
    write = writing._write

    def interrupted(place, data):
        if len(written) == 5:
            raise KeyboardInterrupt
        written.append(place)
        write(place, data)

    monkeypatch.setattr(writing, "_write", interrupted)
    with pytest.raises(click.Abort):  # which ends the process with 130
        invoke("recover", rich, "-o", tmp_path / "out", "--all")
    assert len(written) == 5
    assert left_over(tmp_path / "out") == []


def test_a_full_disk_leaves_nothing(invoke, rich, tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = invoke("recover", rich, "-o", tmp_path / "out", "--all")
    assert done.code == 2
    assert "no space left on device" in done.stderr
    assert left_over(tmp_path / "out") == []


def test_a_folder_that_was_filled_meanwhile_is_left_alone(invoke, rich, tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir(mode=0o700)
    sync = writing._sync

    def filled(place, flag=os.O_DIRECTORY):
        (out / "mine").touch()
        sync(place, flag)

    monkeypatch.setattr(writing, "_sync", filled)
    assert invoke("recover", rich, "-o", out).code == 2
    assert [each.name for each in out.iterdir()] == ["mine"]
    assert left_over(out) == ["out"]


# Read again


@pytest.fixture
def out(invoke, rich, tmp_path):
    assert invoke("recover", rich, "-o", tmp_path / "out", "--all").code == 0
    return tmp_path / "out"


def test_an_edited_file_is_followed(out):
    body = json.loads((out / "services/web.json").read_text())
    body["Mode"]["Replicated"]["Replicas"] = 7
    (out / "services/web.json").write_text(json.dumps(body))
    bundle = load_bundle(out)
    assert bundle.edited == ["services/web.json"]
    assert bundle.services[0].spec.replicated.replicas == 7


def test_links_in_a_bundle_are_refused(out, tmp_path):
    other = tmp_path / "elsewhere"
    (out / "secrets/password.data").rename(other)
    (out / "secrets/password.data").symlink_to(other)
    with pytest.raises(StoreError, match=r"secrets/password\.data: is a link"):
        load_bundle(out)
    (out / "configs").rename(tmp_path / "rooms")
    (out / "configs").symlink_to(tmp_path / "rooms")
    (out / "secrets/password.data").unlink()
    other.rename(out / "secrets/password.data")
    with pytest.raises(StoreError, match=r"configs/settings\.pb: is a link"):
        load_bundle(out)


@pytest.mark.parametrize("name", ["", "nowhere", "swarm/state.json"])
def test_what_is_no_bundle_is_refused(swarm, tmp_path, name):
    with pytest.raises(StoreError, match=r"bundle"):
        load_bundle(tmp_path / name)


def test_a_bundle_is_no_folder_of_a_manager(invoke, out):
    done = invoke("recover", out)
    assert done.code == 2
    assert "this is a bundle: use swarmwire restore" in done.stderr


def test_a_bundle_that_may_not_be_read_is_told(out):
    with without_rights(out), pytest.raises(StoreError, match="permission denied"):
        load_bundle(out)
