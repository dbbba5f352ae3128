"""From plans and errors to exit codes."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from swarmwire.cli import exits
from swarmwire.cli.exits import Stop, Unreadable, told_of
from swarmwire.cli.planning.text import View
from swarmwire.cli.planning.usage import CHANGES, ERROR, NOT_FOLLOWED, RESTARTS
from swarmwire.control import ControlError, OutOfDate
from swarmwire.errors import SwarmwireError
from swarmwire.plan import Effect
from swarmwire.update import UncertainWrite

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
    """Make every error end the command with one line, and with 1 unless more may have happened."""

    @wraps(run)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return run(*args, **kwargs)
        except UncertainWrite as err:
            raise Stop(NOT_FOLLOWED, str(err)) from err
        except (SwarmwireError, Unreadable) as err:
            raise Stop(ERROR, told(err)) from err
        except BrokenPipeError:
            raise
        except OSError as err:
            raise Stop(ERROR, told_of(err)) from err

    return checked


def told(err: Exception) -> str:
    """What an error says, and whose words they are."""
    if isinstance(err, OutOfDate):
        return str(err)
    if isinstance(err, ControlError):
        return f"the manager says: {err}"
    return str(err)
