"""Tables: plain, and on a terminal."""

import io

import pytest
from rich.console import Console

from swarmwire import pb
from swarmwire.cli.live import output
from swarmwire.cli.live.tables import Cell, table
from swarmwire.cli.live.words import ago, utc, word

TABLE = table("A|LONG", [("1", Cell("[bold]x", "bad")), ("12\x1b[2J", "")])


def test_plain_has_no_colours_and_obeys_nobody():
    assert TABLE.plain() == "A          LONG\n1          [bold]x\n12\\x1b[2J\n"


def test_on_a_terminal_it_has_colours():
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=60)
    console.print(TABLE.rich())
    assert "\x1b[1;31m[bold]x" in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()


def test_a_terminal_gets_the_coloured_one(monkeypatch, capsys):
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    output.write_table(TABLE)
    assert "[bold]x" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, ""), (1000, "0s"), (941, "59s"), (940, "1m"), (-86_400, "1d")]
)
def test_ago(seconds, text):
    assert ago(pb.Timestamp(seconds=seconds), 1000) == text


def test_ago_in_the_future_is_now():
    assert ago(pb.Timestamp(seconds=2000), 1000) == "0s"


def test_words():
    assert word(pb.UpdateStatus.UpdateState, 4) == "rollback started"
    assert word(pb.UpdateStatus.UpdateState, 99) == "99"
    assert utc(0) == "1970-01-01T00:00:00Z"
