"""``swarmwire stack config`` and ``swarmwire stack bodies``: what stack files become, offline."""

# What is slow to import waits for the command.
# ruff: noqa: PLC0415

import click

from swarmwire.cli import exits, options


@click.group("stack", short_help="Show what stack files become: swarmwire stack config, bodies.")
def command() -> None:
    """Show what the docker command makes of stack files. Neither it nor a swarm is asked."""


@command.command("config", short_help="Print the merged file, its variables replaced.")
@options.compose_files("A stack file, or - for standard input; more override it.")
@options.env_files
def config(compose_files: tuple[str, ...], env_files: tuple[str, ...]) -> int:
    """Print the merged file with its variables replaced, as docker stack config prints it."""
    from swarmwire.cli.reading.stack_files import environment_with, stack_input
    from swarmwire.cli.writing import write
    from swarmwire.errors import StackError

    names = _named(compose_files)
    try:
        loaded = stack_input(names, environment_with(env_files)).load(with_images=False)
        from swarmwire.stack import config_text

        write(config_text(loaded), line=False)
    except exits.Unreadable as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err
    except StackError as err:
        return _refuse(err)
    return exits.CLEAN


@command.command("bodies", short_help="Print the bodies that a deploy would send.")
@click.argument("name", metavar="NAME")
@options.compose_files("A stack file, or - for standard input; more override it.")
@options.env_files
def bodies(name: str, compose_files: tuple[str, ...], env_files: tuple[str, ...]) -> int:
    """Print the create bodies that docker stack deploy would send for the stack NAME, as JSON.

    Services by their own names, networks by full name. What only a swarm knows is left empty: the
    ids of secrets and configs. The contents of secrets are left out.
    """
    from swarmwire.cli.reading.stack_files import environment_with, stack_input
    from swarmwire.cli.stack_bodies import bodies_json
    from swarmwire.cli.writing import write
    from swarmwire.errors import StackError

    names = _named(compose_files)
    try:
        given = stack_input(names, environment_with(env_files))
        write(bodies_json(given.load(), name), line=False)
    except exits.Unreadable as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err
    except StackError as err:
        return _refuse(err)
    return exits.CLEAN


def _named(compose_files: tuple[str, ...]) -> tuple[str, ...]:
    if not compose_files:
        raise click.UsageError("name a stack file: -c FILE")
    return options.inputs(compose_files)


def _refuse(err: Exception) -> int:
    """Tell every problem on a line of its own."""
    from swarmwire.cli.terminal import one_line
    from swarmwire.cli.writing import write

    for problem in err.problems:  # type: ignore[attr-defined]
        write(f"swarmwire: {one_line(str(problem))}", error=True)
    return exits.REFUSED
