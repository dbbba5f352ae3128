"""The group of all commands. A command's module is imported when the command is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from swarmwire.cli import exits

_COMMANDS = {
    "apply": "swarmwire.cli.commands.apply",
    "capacity": "swarmwire.cli.commands.capacity",
    "check": "swarmwire.cli.commands.check",
    "completion": "swarmwire.cli.commands.completion",
    "embedded": "swarmwire.cli.commands.embedded",
    "export": "swarmwire.cli.commands.export",
    "from-grpc": "swarmwire.cli.commands.from_grpc",
    "inspect": "swarmwire.cli.commands.inspect",
    "logs": "swarmwire.cli.commands.logs",
    "ls": "swarmwire.cli.commands.ls",
    "nodes": "swarmwire.cli.commands.nodes",
    "page": "swarmwire.cli.commands.page",
    "plan": "swarmwire.cli.commands.plan",
    "policy": "swarmwire.cli.commands.policy",
    "ps": "swarmwire.cli.commands.ps",
    "recover": "swarmwire.cli.commands.recover",
    "restore": "swarmwire.cli.commands.restore",
    "serve": "swarmwire.cli.commands.serve",
    "stack": "swarmwire.cli.commands.stack",
    "task": "swarmwire.cli.commands.task_rm",
    "tasks": "swarmwire.cli.commands.tasks",
    "to-grpc": "swarmwire.cli.commands.to_grpc",
    "upgrade": "swarmwire.cli.commands.upgrade",
    "watch": "swarmwire.cli.commands.watch",
    "why": "swarmwire.cli.commands.why",
}

_MEANT = {
    "list": "ls",
    "service": "ls",
    "services": "ls",
    "node": "nodes",
    "events": "watch",
    "lint": "check",
    "validate": "check",
    "convert": "to-grpc",
    "diff": "plan",
    "deploy": "plan --stack",
    "update": "apply",
    "rollback": "apply --rollback",
    "rm": "task rm",
    "visualizer": "page",
    "dashboard": "page",
    "help": "--help",
    "version": "--version",
}
"""What people type who know other commands, docker's above all, and what we call it."""


class LazyGroup(click.Group):
    """A group that knows its commands by the names of their modules."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click; of a command that is not there, tell which one may be meant.

        Raises:
            UsageError: there is no such command.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as err:
            meant = _meant(args[0]) if args else ""
            if not meant or "Did you mean" in err.message:
                raise
            text = f"No such command {args[0]!r}. Did you mean {meant!r}?"
            raise click.UsageError(text, ctx) from err

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """See click; it writes the help."""
        with _closed_pipe():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """See click."""
        with _closed_pipe():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name: the attribute ``command`` of its module."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name]).command
        return command


@contextmanager
def _closed_pipe() -> Iterator[None]:
    """Tell a reader that went away from a command that failed, for which click takes it.

    Raises:
        Stop: the reader of the output went away.
    """
    try:
        yield
    except BrokenPipeError as err:
        raise exits.Stop(exits.CLOSED_PIPE) from err


def _meant(typed: str) -> str:
    """The command that may be meant; nothing if none is like it."""
    known = typed.lower().replace("_", "-")
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    near = get_close_matches(known, (*_COMMANDS, *_MEANT), n=1)
    return _MEANT.get(near[0], near[0]) if near else ""


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="swarmwire", message="%(prog)s %(version)s")
def cli() -> None:
    """Docker Swarm's two languages: convert, check, plan and apply, and look at a live swarm.

    Exit codes: 0 fine; 1 an object was refused, or check found something; 2 bad usage, input that
    cannot be read, or a manager that cannot be reached; 130 interrupted. plan, apply, upgrade and
    export have codes of their own: see their help.
    """
