"""What docs/howto/least-privilege.md shows is what the commands print."""

import shlex

import pytest

from swarmwire.policy import Policy
from tests.cli_policy.conftest import PAGE
from tests.support.documented import commands, is_what_was_printed

SHOWN = [one for one in commands(PAGE) if one[0].startswith("policy ")]
REFUSED = {"helper.yml", "typo.toml", "rivals.toml"}


@pytest.mark.parametrize(("command", "shown"), [pytest.param(*one, id=one[0]) for one in SHOWN])
def test_command_prints_what_the_page_shows(page_files, invoke, command, shown):
    done = invoke(*shlex.split(command))
    assert is_what_was_printed(shown, done.text), done.text
    assert done.code == bool(REFUSED & set(command.split()))


def test_the_page_shows_each_command():
    assert {command.split()[1] for command, _ in SHOWN} == {"check", "test", "explain"}


@pytest.mark.parametrize("name", ["readers", "ci", "team"])
def test_each_policy_of_the_page_can_be_used(page_files, name):
    assert Policy.load((page_files / f"{name}.toml").read_text()).clients
