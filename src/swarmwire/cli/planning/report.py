"""Where plans go: to people as text, to programs as JSON."""

from typing import Any

import click
import msgspec

from swarmwire.cli.planning.text import View, as_text
from swarmwire.cli.terminal import wants_color
from swarmwire.cli.writing import as_json


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
    found["placement"] = None if view.places is None else msgspec.to_builtins(view.places)
    return found
