"""``restore`` that is given no bundle, cannot read one, or is told no."""

import os
import subprocess
import sys

import click
import pytest

from tests.bundle_restore import build
from tests.cli_restore.conftest import written
from tests.support.raft_folder import RaftFolder, fill


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere", "no bundle: there is no such folder"),
        ("swarm", "the folder of a manager, and no bundle: recover -o makes one of it"),
        ("above", "the folder of a manager, and no bundle: recover -o makes one of it"),
        (
            "a.tar",
            "a file, and no bundle: unpack it if it is a tar of one",
        ),
        ("empty", "no bundle: manifest.json is missing"),
    ],
)
def test_what_is_no_bundle_is_told_by_what_it_is(invoke, tmp_path, name, reason):
    fill(RaftFolder(tmp_path / "swarm")).write()
    (tmp_path / "above" / "swarm").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.tar").touch()

    done = invoke("restore", tmp_path / name, "--dry-run")

    assert done.code == 2
    assert done.stderr == f"swarmwire: {tmp_path / name}: {reason}\n"


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("mode", [0o755, 0o720])
def test_a_bundle_that_others_can_look_into_is_told(invoke, folder, mode):
    private = invoke("restore", folder, "--dry-run")
    folder.chmod(mode)
    open_ = invoke("restore", folder, "--dry-run")

    assert (private.code, private.stderr) == (0, "")
    assert open_.code == 0
    assert open_.stderr == (
        f"swarmwire: others can look into {folder} (mode {mode:04o}): chmod 700 it\n"
    )


def test_nothing_that_had_been_removed_is_no_success(invoke, folder, fake):
    done = invoke("restore", folder, "--yes", "--deleted")

    assert done.code == 2
    assert "recover --deleted looks for such objects" in done.stderr
    assert fake.objects("secret") == []


@pytest.mark.usefixtures("terminal")
def test_ctrl_c_at_the_question_tells_that_nothing_was_done(invoke, folder, fake, monkeypatch):
    def confirm(text, err):
        raise click.Abort

    monkeypatch.setattr(click, "confirm", confirm)

    done = invoke("restore", folder)

    assert done.code == 130
    assert done.stderr == "\nswarmwire: interrupted; nothing was restored\n"
    assert fake.objects("secret") == []


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("nacl", "pynacl"),
        ("cryptography", "cryptography"),
        ("google_crc32c", "google-crc32c"),
    ],
)
def test_what_is_not_installed_is_named(tmp_path, module, library):
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(f"import sys\nsys.modules[{module!r}] = None\n")
    folder = written(build.swarm(), tmp_path / "bundle")

    done = subprocess.run(
        [sys.executable, "-m", "swarmwire.cli", "restore", folder, "--dry-run"],
        env=os.environ | {"PYTHONPATH": str(blocked)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == (
        f"swarmwire: restore needs {library}: pip install 'swarmwire[recovery]'\n"
    )
