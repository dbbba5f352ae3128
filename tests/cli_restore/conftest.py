"""Bundles in folders, and the command as users run it."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from swarmwire import control
from swarmwire.bundle import About, Source, files_of
from swarmwire.cli.restoring import run as running
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build
from tests.cli.conftest import invoke

__all__ = ["invoke"]


def written(bundle, folder):
    """The folder, with the bundle in it as ``recover`` writes it."""
    source = Source(
        cluster_id=bundle.cluster_id,
        cluster_name="default",
        node_id="node",
        index=9,
        term=2,
        commit=9,
        updated_at=None,
    )
    folder.mkdir(mode=0o700, parents=True)
    for file in files_of(bundle, About(version="test", source=source)):
        place = Path(folder, file.name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.write_bytes(file.data)
    return folder


@pytest.fixture
def folder(tmp_path):
    """A bundle with something of every kind."""
    return written(build.swarm(), tmp_path / "bundle")


@pytest.fixture
def fake(monkeypatch):
    """A manager in memory, which the command reaches."""
    manager = FakeManager()
    reach(monkeypatch, manager)
    return manager


def reach(monkeypatch, manager):
    """Have the command reach this manager."""

    def opened(_where, *, secrets=False):
        return nullcontext(control.protected(manager, secrets=secrets))

    monkeypatch.setattr(running, "opened", opened)


@pytest.fixture
def terminal(monkeypatch):
    """Somebody sits there."""
    monkeypatch.setattr(running, "is_terminal", lambda _: True)
