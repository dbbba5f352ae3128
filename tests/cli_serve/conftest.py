"""``serve`` that cannot begin, within this process."""

import click
import pytest

from swarmwire.cli import exits
from swarmwire.cli.commands.serve import command
from swarmwire.cli.group import cli


@pytest.fixture
def refuse():
    """The words with which the command is refused: exit code 2."""

    def run(*arguments):
        with pytest.raises((click.UsageError, exits.Stop)) as caught:
            command.main([*arguments], standalone_mode=False, **cli.context_settings)
        error = caught.value
        if isinstance(error, click.UsageError):
            return error.format_message()
        assert error.code == exits.UNREADABLE
        return error.message

    return run
