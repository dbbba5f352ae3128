"""Exit codes of ``plan``, ``apply`` and ``upgrade``; a command whose bad usage has one of them."""

from typing import Any, Final

import click

from swarmwire.cli.exits import Stop

ERROR: Final = 1
"""Of all: nothing was planned, nothing was written; or something is refused."""
CHANGES: Final = 2
"""Of ``plan`` and ``upgrade``: something changes, and restarts nothing."""
RESTARTS: Final = 3
"""Of ``plan`` and ``upgrade``: tasks restart. Of ``apply``: they would; nothing was written."""
PAUSED: Final = 4
"""Of ``apply``: written, and the roll-out stopped at failures."""
ROLLED_BACK: Final = 5
"""Of ``apply``: written, and undone by the manager after failures."""
NOT_FOLLOWED: Final = 6
"""Of ``apply``: written, or perhaps written, and how it ends is not known."""


class ExitOneCommand(click.Command):
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
