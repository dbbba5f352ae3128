"""How ``plan`` and ``apply`` end: their exit codes, and the ways to them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import click

from swarmwire.cli import exits
from swarmwire.cli.__main__ import reason_of
from swarmwire.cli.exits import Stop, Unreadable
from swarmwire.cli.planning.text import View
from swarmwire.control import ControlError, OutOfDate, TransportError
from swarmwire.errors import SwarmwireError
from swarmwire.plan import Effect

ERROR: Final = 1
"""Of both: nothing was planned, nothing was written."""
CHANGES: Final = 2
"""Of ``plan``: an update that restarts nothing."""
RESTARTS: Final = 3
"""Of ``plan``: tasks restart. Of ``apply``: they would, so that nothing was written."""
PAUSED: Final = 4
"""Of ``apply``: written, and the roll-out stopped at failures."""
ROLLED_BACK: Final = 5
"""Of ``apply``: written, and undone by the manager after failures."""
NOT_FOLLOWED: Final = 6
"""Of ``apply``: written, or perhaps written, and how it ends is not known."""

_BY_EFFECT: Final[dict[Effect, int]] = {
    "nothing": exits.CLEAN,
    "metadata only": CHANGES,
    "ignored": CHANGES,
    "scales": CHANGES,
    "restarts": RESTARTS,
    "refused": ERROR,
}

_P = ParamSpec("_P")
_R = TypeVar("_R")


def code_of(view: View) -> int:
    """The exit code of a plan."""
    if not view.plan.differences and not view.is_sent_anyway and view.plan.effect != "refused":
        return exits.CLEAN
    return _BY_EFFECT[view.plan.effect]


def failing(run: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make every error end the command with 1, in one line."""

    @wraps(run)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return run(*args, **kwargs)
        except (SwarmwireError, Unreadable) as err:
            raise Stop(ERROR, told(err)) from err
        except BrokenPipeError:
            raise
        except OSError as err:
            raise Stop(ERROR, f"cannot go on: {reason_of(err)}") from err

    return checked


def told(err: Exception) -> str:
    """What an error says, and whose words they are."""
    if isinstance(err, OutOfDate):
        return str(err)
    if isinstance(err, ControlError):
        return f"the manager says: {err}"
    if isinstance(err, TransportError):
        return f"no manager: {err}"
    return str(err)


class Command(click.Command):
    """A command whose bad usage is an error with code 1: 2 means something else here."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """See click."""
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as err:
            err.show()
            raise Stop(ERROR) from err

    def invoke(self, ctx: click.Context) -> Any:
        """See click."""
        try:
            return super().invoke(ctx)
        except click.UsageError as err:
            err.show()
            raise Stop(ERROR) from err
