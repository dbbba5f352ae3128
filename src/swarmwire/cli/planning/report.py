"""Where plans go: to people as text, to programs as JSON."""

import os
import sys
from collections.abc import Iterable
from typing import Any

import click
import msgspec

from swarmwire.cli.line import is_terminal, one_line
from swarmwire.cli.planning.text import View, as_text


def wants_color() -> bool:
    """Whether standard output is a terminal, and nobody minds colours."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")


def show(view: View, format_: str) -> None:
    """Print one plan."""
    if format_ == "json":
        click.echo(as_json(document(view)))
    else:
        click.echo(as_text(view, color=wants_color()), nl=False)


def document(view: View) -> dict[str, Any]:
    """The plan as JSON has it."""
    found: dict[str, Any] = msgspec.to_builtins(view.plan)
    found["notes"] = list(view.notes)
    return found


def as_json(value: Any) -> str:
    """JSON for people and programs."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def warn(warnings: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for warning in warnings:
        say(f"warning: {warning}")


def say(message: str) -> None:
    """Print one line on standard error."""
    click.echo(one_line(f"swarmwire: {message}"), err=True)
