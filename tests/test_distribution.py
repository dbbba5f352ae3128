"""What is published: the library and what it is generated from, and no tests."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MADE = {"PKG-INFO", ".gitignore"}
"""What the build adds."""
FILES = {"CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "pyproject.toml"}
FOLDERS = ("schema/", "src/swarmwire/", "tools/")


def build(kind, source, into):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", into],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = Path(into).iterdir()
    return built


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", ROOT, folder / "built")) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (top,) = (folder / "unpacked").iterdir()
    return top


def files_in(folder):
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_sdist_holds_the_library_and_no_tests(unpacked):
    found = files_in(unpacked)
    assert {name for name in found - MADE if not name.startswith(FOLDERS)} == FILES
    for folder in FOLDERS:
        wanted = {f"{folder}{name}" for name in files_in(ROOT / folder)}
        assert {name for name in found if name.startswith(folder)} == wanted


def test_a_wheel_of_the_sdist_is_the_package(unpacked, tmp_path):
    with zipfile.ZipFile(build("wheel", unpacked, tmp_path)) as wheel:
        found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    source = ROOT / "src"
    assert found == {name for name in files_in(source) if name.startswith("swarmwire/")}
    assert "swarmwire/py.typed" in found
