"""Where plans go: to people as text, to programs as JSON."""

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, Final

import click
import msgspec

from swarmwire.cli.line import is_terminal, one_line
from swarmwire.cli.planning.text import View, as_text

_OBEYED: Final = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What JSON may hold as it is, and a terminal obeys."""


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
    try:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except UnicodeEncodeError:  # names of files need not be UTF-8
        text = json.dumps(value, indent=2)
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], text)


def warn(warnings: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for warning in warnings:
        say(f"warning: {warning}")


def say(message: str) -> None:
    """Print one line on standard error."""
    click.echo(one_line(f"swarmwire: {message}"), err=True)
