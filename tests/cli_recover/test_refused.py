"""A plain sentence, exit code 2 and no traceback for each folder that cannot be read."""

import fcntl
import os
import re
import signal
import struct
import subprocess
import tarfile
from contextlib import contextmanager

import pytest

from swarmwire.cli.commands.recover import command
from swarmwire.control import locate
from tests.cli_recover.conftest import without_rights
from tests.support.raft_folder import RaftFolder, create, fill, object_id, service
from tests.support.raft_folder.samples import tar_of


def test_nothing_there(invoke, tmp_path):
    done = invoke("recover", tmp_path / "nowhere")
    assert done.code == 2
    assert f"{tmp_path / 'nowhere'}: no such file" in done.stderr.lower()


def test_an_empty_folder(invoke, tmp_path):
    done = invoke("recover", tmp_path)
    assert done.code == 2
    assert "it is empty" in done.stderr


def test_a_folder_of_something_else(invoke, tmp_path):
    (tmp_path / "notes").mkdir()
    done = invoke("recover", tmp_path)
    assert done.code == 2
    assert "not a folder of a manager" in done.stderr


@pytest.mark.parametrize("content", [b"", b"no tar at all\n" * 100])
def test_a_file_that_is_no_tar(invoke, tmp_path, content):
    file = tmp_path / "swarm.tar"
    file.write_bytes(content)
    done = invoke("recover", file)
    assert done.code == 2
    assert str(file) in done.stderr


def test_a_tar_that_breaks_off_before_the_log(invoke, swarm, tmp_path):
    whole = tmp_path / "whole.tar.xz"
    with tarfile.open(whole, "w:xz") as tar:
        tar.add(swarm, "swarm")
    part = tmp_path / "part.tar.xz"
    part.write_bytes(whole.read_bytes()[:100])
    assert invoke("recover", whole).code == 0
    done = invoke("recover", part)
    assert done.code == 2
    assert "part.tar.xz" in done.stderr


def test_neither_a_folder_nor_a_file(invoke, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = invoke("recover", pipe)
    assert done.code == 2
    assert "neither a folder nor a tar" in done.stderr


def test_no_permission(invoke, swarm):
    invoke("recover", swarm)  # so that all modules are there
    with without_rights(swarm):
        done = invoke("recover", swarm)
    assert done.code == 2
    assert "permission denied" in done.stderr


def test_a_worker_of_old(invoke):
    done = invoke("recover", tar_of("18-demoted-worker-2010"))
    assert done.code == 2
    assert "this node is a worker, or was a manager and is none any more" in done.stderr
    assert "x57ovqtyryz1870oh6mm8hmle, worker" in done.text
    assert "Manager:    10.98.0.1:2377" in done.text


def test_a_log_of_zeros_is_no_empty_swarm(invoke, swarm):
    for segment in swarm.glob("raft/*/*.wal"):
        segment.write_bytes(bytes(segment.stat().st_size))
    done = invoke("recover", swarm)
    assert done.code == 2
    assert "This is no empty swarm" in done.stderr
    assert object_id("manager-1") in done.text  # what can be told all the same


def test_an_index_that_is_not_there(invoke, swarm):
    done = invoke("recover", swarm, "--at", 1000)
    assert done.code == 2
    assert "there is no entry 1000" in done.stderr
    assert done.text == ""


def test_a_log_without_its_beginning(invoke, tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm"))
    folder.cut()
    folder.transaction(create(service("late")))
    folder.drop_segment(0)
    swarm = folder.write()
    done = invoke("recover", swarm)
    assert done.code == 2
    assert "--partial" in done.stderr
    done = invoke("recover", swarm, "--partial")
    assert done.code == 1
    assert "late" in done.text


# A manager that runs


@contextmanager
def running(swarm):
    """Hold the lock that a manager holds on its newest segment."""
    segment = max(swarm.glob("raft/*/*.wal"))
    with segment.open("r+b") as file:
        lock = struct.pack("@hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock)
        yield


def test_a_running_manager(invoke, swarm):
    with running(swarm):
        done = invoke("recover", swarm)
        assert done.code == 2
        assert "a manager is running on this folder" in done.stderr
        assert invoke("recover", swarm, "--running").code == 0
    assert invoke("recover", swarm).code == 0


# Usage


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--diff", "x", "-o", "y"], b"--diff compares"),
        (["--diff", "x", "--list"], b"--diff compares"),
        (["--tasks"], b"--tasks and --hide-env need --diff"),
        (["--ca-key"], b"it needs -o OUT"),
        (["--export-unlock-key"], b"--export-unlock-key chooses what goes into a bundle"),
        (["--at", "0"], b"Invalid value for '--at'"),
    ],
)
def test_options_that_do_not_go_together(run, swarm, options, reason):
    done = run("recover", swarm, *options)
    assert done.returncode == 2
    assert reason in done.stderr


def test_interrupted(run, swarm, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [*run.command, "recover", swarm, "-o", tmp_path / "out", "--unlock-key-file", pipe]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        pipe.open("wb"),  # which waits until the command reads
    ):
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("earlier", [("--until", "1999-12-31"), ("--at", "1")])
def test_a_state_before_all_is_no_empty_bundle(invoke, swarm, tmp_path, earlier):
    out = tmp_path / "out"
    done = invoke("recover", swarm, "-o", out, *earlier)
    assert done.code == 2
    assert "nothing had been written yet at index" in done.stderr
    assert not out.exists()


def test_compared_with_another(invoke, swarm, tmp_path):
    other = fill(RaftFolder(tmp_path / "other"))
    assert invoke("recover", swarm, "--diff", other.write()).code == 0
    other.transaction(create(service("more")))
    done = invoke("recover", swarm, "--diff", other.write())
    assert done.code == 1
    assert "more" in done.text


def test_compared_with_a_manager_that_is_not_there(invoke, swarm, monkeypatch):
    monkeypatch.delenv("SWARMWIRE_SOCKET", raising=False)
    monkeypatch.setattr(locate, "usual_places", lambda _: [])
    done = invoke("recover", swarm, "--diff", "live")
    assert done.code == 2
    assert "no Docker manager on this machine" in done.stderr
    options = set(re.findall(r"--[a-z-]+", done.stderr))
    assert options <= {option for each in command.params for option in each.opts}
    assert options == {"--diff"}


def test_what_is_not_installed_is_named(run, swarm, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text("import sys\nsys.modules['nacl'] = None\n")
    done = run("recover", swarm, env=os.environ | {"PYTHONPATH": str(blocked)})
    assert done.returncode == 2
    assert b"pip install 'swarmwire[recovery]'" in done.stderr
