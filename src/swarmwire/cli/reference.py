"""Write the help of every command into docs/cli.md: ``python -m swarmwire.cli.reference``.

The text around it is written by hand; the help stands between two marks.
"""

import sys
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
    sections = [_section(cli, top)]
    for name in cli.list_commands(top):
        command = cli.get_command(top, name)
        assert command is not None  # it was listed
        ctx = click.Context(command, info_name=name, parent=top, terminal_width=_WIDTH)
        sections.append(_section(command, ctx))
    return "\n".join(sections)


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
