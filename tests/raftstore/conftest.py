"""State directories of real managers, unpacked once."""

import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Callable[[str], Path]:
    """The folder of a sample, with ``swarm`` and ``api`` in it. Nobody may write there."""
    root = tmp_path_factory.mktemp("samples")

    @cache
    def unpack(name: str) -> Path:
        with tarfile.open(SAMPLES / f"{name}.tar.xz") as tar:
            tar.extractall(root, filter="fully_trusted")
        return root / name

    return unpack
