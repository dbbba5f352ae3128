"""``recover`` of a tar: where it is unpacked, and one that breaks off."""

import json
import tarfile
import tempfile
from pathlib import Path

import pytest

from swarmwire.raftstore import archive
from tests.support.raft_folder import RaftFolder, fill, member


@pytest.fixture
def tar(tmp_path):
    """A tar with the key first, and the log last."""
    root = fill(RaftFolder(tmp_path / "swarm")).write()
    path = tmp_path / "swarm.tar"
    with tarfile.open(path, "w") as made:
        for name in ("certificates", "raft"):
            made.add(root / name, f"swarm/{name}")
    return path


@pytest.fixture
def rooms(monkeypatch):
    """Where tars were unpacked: the folders, and what each had in it when it was read."""
    seen = []
    root_of = archive._Unpacking.root

    def noted(self, losses):
        root = root_of(self, losses)
        seen.append((self._into, [each.is_symlink() for each in root.rglob("*.*")]))
        return root

    monkeypatch.setattr(archive._Unpacking, "root", noted)
    return seen


def test_beside_the_bundle(invoke, tar, tmp_path, rooms):
    place = tmp_path / "place"
    place.mkdir()
    assert invoke("recover", tar, "-o", place / "out").code == 0
    ((folder, _),) = rooms
    assert folder.parent == place
    assert [each.name for each in place.iterdir()] == ["out"]


def test_without_a_bundle_in_the_temporary_folder(invoke, tar, tmp_path, rooms, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert invoke("recover", tar).code == 0
    ((folder, _),) = rooms
    assert folder.parent == tmp_path / "temporary"
    assert not folder.exists()


@pytest.mark.parametrize("with_bundle", [True, False])
def test_in_memory(invoke, tar, tmp_path, rooms, with_bundle):
    output = ["-o", tmp_path / "out"] if with_bundle else []
    assert invoke("recover", tar, "--in-memory", *output).code == 0
    ((folder, links),) = rooms
    assert links
    assert all(links)
    assert folder.parent == Path(tempfile.gettempdir())


def test_one_that_breaks_off(invoke, tar, tmp_path):
    content = tar.read_bytes()
    tar.write_bytes(content[: len(content.rstrip(b"\0")) - 200])
    done = invoke("recover", tar)
    assert done.code == 1
    assert "Complete:      NO" in done.text
    assert "! the tar breaks off or is damaged" in done.text
    done = invoke("recover", tar, "-o", tmp_path / "out", "--format", "json")
    assert done.code == 1
    findings = json.loads(done.output)["bundle"]["findings"]
    assert findings[0]["kind"] == "damaged-tar"


def test_more_files_than_are_unpacked(invoke, tmp_path, tar, monkeypatch):
    monkeypatch.setattr(archive, "_MANY", 3)
    done = invoke("recover", tar)
    assert done.code == 2
    assert "more than 3 files" in done.stderr


def test_managers_that_left(invoke, tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm"))
    gone = [member("manager-2"), member("manager-3")]
    for each in gone:
        folder.add_member(each)
    folder.remove_member(gone[0])
    root = folder.write()
    done = invoke("recover", root)
    assert f"Removed:       the manager with raft ID {gone[0].raft_id:x}\n" in done.text
    found = json.loads(invoke("recover", root, "--format", "json").output)
    assert found["removed_members"] == [f"{gone[0].raft_id:x}"]
    folder.remove_member(gone[1])
    text = invoke("recover", folder.write()).text
    ids = ", ".join(f"{each.raft_id:x}" for each in gone)
    assert f"Removed:       2 managers, with raft IDs {ids}" in text


def test_no_manager_left(invoke, swarm):
    assert "Removed:" not in invoke("recover", swarm).text
    assert json.loads(invoke("recover", swarm, "--format", "json").output)["removed_members"] == []


@pytest.mark.parametrize("cipher", ["secretbox", "fernet"])
def test_a_swarm_in_fips_mode(invoke, tmp_path, cipher):
    root = fill(RaftFolder(tmp_path / "swarm", cipher=cipher)).write()
    is_fips = cipher == "fernet"
    assert ("FIPS mode" in invoke("recover", root).text) is is_fips
    assert json.loads(invoke("recover", root, "--format", "json").output)["fips"] is is_fips
