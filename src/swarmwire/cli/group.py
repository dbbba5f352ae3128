"""The group of all commands. A command's module is imported when the command is asked for."""

from importlib import import_module

import click

_COMMANDS = {
    "apply": "swarmwire.cli.commands.apply",
    "check": "swarmwire.cli.commands.check",
    "completion": "swarmwire.cli.commands.completion",
    "from-grpc": "swarmwire.cli.commands.from_grpc",
    "inspect": "swarmwire.cli.commands.inspect",
    "logs": "swarmwire.cli.commands.logs",
    "ls": "swarmwire.cli.commands.ls",
    "nodes": "swarmwire.cli.commands.nodes",
    "plan": "swarmwire.cli.commands.plan",
    "ps": "swarmwire.cli.commands.ps",
    "recover": "swarmwire.cli.commands.recover",
    "restore": "swarmwire.cli.commands.restore",
    "task": "swarmwire.cli.commands.task_rm",
    "tasks": "swarmwire.cli.commands.tasks",
    "to-grpc": "swarmwire.cli.commands.to_grpc",
    "watch": "swarmwire.cli.commands.watch",
}


class LazyGroup(click.Group):
    """A group that knows its commands by the names of their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name: the attribute ``command`` of its module."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name]).command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="swarmwire", message="%(prog)s %(version)s")
def cli() -> None:
    """Docker Swarm's two languages: convert, check, plan and apply, and look at a live swarm.

    Exit codes: 0 fine; 1 an object was refused, or check found something; 2 bad usage, input that
    cannot be read, or a manager that cannot be reached; 130 interrupted. plan and apply have codes
    of their own: see their help.
    """
