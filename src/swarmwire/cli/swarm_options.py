"""What an embedded swarm is like: the options of ``embedded``, and of others' ``--embedded``."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource


class EmbeddedOptions(NamedTuple):
    """What the swarm is like, as the options say."""

    nodes: int
    managers: int
    seed: int
    speed: float
    scenario: Path | None
    state: Path | None


_OPTIONS = (
    click.option(
        "--nodes", type=click.IntRange(1, 1000), default=3, show_default=True, help="How many."
    ),
    click.option(
        "--managers",
        type=click.IntRange(1, 1000),
        default=1,
        show_default=True,
        help="How many of the nodes are managers.",
    ),
    click.option(
        "--state",
        type=click.Path(readable=False, path_type=Path, dir_okay=False),
        help="A file in which the swarm is kept; it goes on from there.",
    ),
    click.option(
        "--speed",
        type=click.FloatRange(0, min_open=True),
        default=1.0,
        show_default=True,
        help="How fast time runs in the swarm; 10 is ten times as fast as outside.",
    ),
    click.option(
        "--scenario",
        type=click.Path(readable=False, path_type=Path, dir_okay=False),
        help="A TOML file with what fails, when and how.",
    ),
    click.option(
        "--seed", type=int, default=0, show_default=True, help="What decides over chance."
    ),
)


embedded_instead = click.option(
    "--embedded",
    is_flag=True,
    help="Instead of a manager's take a new swarm in memory; the next options say what it is like.",
)


def embedded_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options, and hand it what they say as ``swarm``."""

    @wraps(command)
    def packed(*args: Any, **given: Any) -> Any:
        swarm = EmbeddedOptions(**{name: given.pop(name) for name in EmbeddedOptions._fields})
        return command(*args, swarm=swarm, **given)

    decorated: Callable[..., Any] = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def refuse_swarm_options() -> None:
    """Refuse the options where there is no embedded swarm.

    Raises:
        UsageError: one of them was given.
    """
    context = click.get_current_context()
    for name in EmbeddedOptions._fields:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} is for a swarm in memory: give --embedded, too")
