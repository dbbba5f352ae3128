"""Tables: plain, and on a terminal."""

import io

import pytest
from rich.console import Console

from swarmwire import pb
from swarmwire.cli import writing
from swarmwire.cli.tables import Cell, table, word
from swarmwire.cli.times import short_age, utc

TABLE = table("A|LONG", [("1", Cell("[bold]x", "bad")), ("12\x1b[2J", "")])


def test_plain_has_no_colours_and_obeys_nobody():
    assert TABLE.plain() == "A          LONG\n1          [bold]x\n12\\x1b[2J\n"


def test_on_a_terminal_it_has_colours():
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=60)
    console.print(TABLE.rich(60))
    assert "\x1b[1;31m[bold]x" in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()


def test_a_terminal_gets_the_coloured_one(monkeypatch, capsys):
    monkeypatch.setattr(writing.terminal, "is_terminal", lambda _: True)
    writing.write_table(TABLE)
    assert "[bold]x" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, ""), (1000, "0s"), (941, "59s"), (940, "1m"), (-86_400, "1d")]
)
def test_ago(seconds, text):
    assert short_age(pb.Timestamp(seconds=seconds), 1000) == text


def test_ago_in_the_future_is_now():
    assert short_age(pb.Timestamp(seconds=2000), 1000) == "0s"


def test_words():
    assert word(pb.UpdateStatus.UpdateState, 4) == "rollback started"
    assert word(pb.UpdateStatus.UpdateState, 99) == "99"
    assert utc(0) == "1970-01-01T00:00:00Z"


WIDE = table(
    "ID|NAME|MODE|IMAGE|ERROR",
    [
        (
            "abcdefghijkl",
            "shop_a-service-with-a-long-name",
            "replicated job",
            "registry.example.com/shop/web:1.27@sha256:0123456789abcdef",
            "task: non-zero exit (137)",
        )
    ],
)


def drawn(width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(WIDE.rich(width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("width", [60, 70, 80, 90, 100, 120, 200])
def test_no_name_is_folded_however_narrow_the_terminal(width):
    lines = drawn(width)
    assert max(map(len, lines)) <= width
    for text in ("abcdefghijkl", "shop_a-service-with-a-long-name"):
        assert sum(text in line for line in lines) == 1


def test_a_table_that_does_not_fit_becomes_blocks():
    assert drawn(60)[1] == "NAME   shop_a-service-with-a-long-name"
    assert drawn(120)[0].split() == ["ID", "NAME", "MODE", "IMAGE", "ERROR"]


def test_columns_without_anything_go_before_a_table_becomes_blocks():
    nothing_wrong = table("ID|NAME|IMAGE|ERROR", [("abc", "shop_web", "nginx:1.27", "")])
    out = io.StringIO()
    Console(file=out, width=26).print(nothing_wrong.rich(26))
    assert out.getvalue().splitlines()[0].split() == ["ID", "NAME", "IMAGE"]
    assert nothing_wrong.plain().splitlines()[0].split() == ["ID", "NAME", "IMAGE", "ERROR"]


def test_heads_alone_are_a_table():
    out = io.StringIO()
    Console(file=out, width=60).print(table("A|B", []).rich(3))
    assert out.getvalue().split() == ["A", "B"]


def test_a_table_is_drawn_for_the_width_of_the_terminal(monkeypatch, capsys):
    monkeypatch.setattr(writing.terminal, "is_terminal", lambda _: True)
    monkeypatch.setenv("COLUMNS", "60")
    writing.write_table(WIDE)
    assert "NAME   shop_a-service-with-a-long-name" in capsys.readouterr().out
