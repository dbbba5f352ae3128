from pathlib import Path

import click
import pytest

from swarmwire.cli import kinds, options, reference
from swarmwire.cli.group import cli
from swarmwire.engine import versions

DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_document_holds_the_help_of_today():
    assert reference.filled(DOCUMENT.read_text()) == DOCUMENT.read_text(), (
        "run python -m swarmwire.cli.reference"
    )


def test_the_script_writes_the_document(tmp_path, monkeypatch):
    copy = tmp_path / "cli.md"
    copy.write_text(f"before\n{reference.BEGIN}old\n{reference.END}after\n")
    monkeypatch.setattr("sys.argv", ["reference", str(copy)])
    reference.main()
    text = copy.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "### swarmwire check" in text


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_every_command_has_help_and_its_options_too(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help
    assert command.short_help
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help
    assert f"### swarmwire {name}\n" in DOCUMENT.read_text()


def test_an_unknown_command_is_none():
    assert cli.get_command(click.Context(cli), "cow") is None


def test_the_options_name_what_the_library_has():
    assert set(options.SPEC_KINDS) == set(kinds.TO_GRPC)
    assert set(options.OBJECT_KINDS) == set(kinds.FROM_GRPC)
    assert options.versions() == versions.VERSIONS
