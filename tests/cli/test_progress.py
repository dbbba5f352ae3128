"""The bar of long reads: on a terminal, and only after a while."""

import io

import pytest

from swarmwire.cli import progress


class Terminal(io.StringIO):
    """Standard error that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def hours(monkeypatch):
    """A clock that goes on by an hour each time it is asked."""
    now = iter(range(0, 3_600_000, 3_600))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))


def test_a_bar_on_a_terminal(hours, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress.Bar("reading") as bar:
        bar(10_000_000, 100_000_000)
        bar(50_000_000, 100_000_000)
    assert "reading" in terminal.getvalue()
    assert "50.0/100.0 MB" in terminal.getvalue()


def test_nothing_where_there_is_no_terminal(hours, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with progress.Bar("reading") as bar:
        bar(1, 2)
    assert stream.getvalue() == ""


def test_nothing_for_what_is_quick(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress.Bar("reading") as bar:
        bar(1, 2)
    assert terminal.getvalue() == ""
