"""Write the help of every command into docs/cli.md: ``python -m swarmwire.cli.reference``.

The text around it is written by hand; the help stands between two marks.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from swarmwire.cli.group import cli

BEGIN: Final = "<!-- help: written by python -m swarmwire.cli.reference -->\n"
END: Final = "<!-- end of help -->\n"
_WIDTH = 80


def help_of_all() -> str:
    """The help of the group and of each command, as Markdown."""
    top = click.Context(cli, info_name="swarmwire", terminal_width=_WIDTH, **cli.context_settings)
    return "\n".join(_sections(cli, top))


def _sections(command: click.Command, ctx: click.Context) -> Iterator[str]:
    yield _section(command, ctx)
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            assert inner is not None  # it was listed
            settings = {**command.context_settings, **inner.context_settings}
            yield from _sections(
                inner,
                click.Context(inner, info_name=name, parent=ctx, terminal_width=_WIDTH, **settings),
            )


def _section(command: click.Command, ctx: click.Context) -> str:
    lines = (line.rstrip() for line in command.get_help(ctx).splitlines())
    return f"### {ctx.command_path}\n\n```text\n" + "\n".join(lines) + "\n```\n"


def filled(document: str) -> str:
    """``document`` with the help of today between its marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{help_of_all()}\n{END}{after}"


def main() -> None:
    """Fill the file named by the first argument, or docs/cli.md."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/cli.md")
    path.write_text(filled(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
