"""An option means one thing, in whatever command it is; and commands that are mistyped."""

from collections import defaultdict
from collections.abc import Iterator

import click
import pytest

from swarmwire.cli.group import cli
from swarmwire.cli.options import Renamed

MEANINGS = {
    "--all": "nothing is left out",
    "--compose-file": "the files of one stack, in their order",
    "--stack": "a stack, by its name",
    "--api-version": "the version of the Engine API that a client asks in",
    "--deleted": "objects that had been removed",
    "--delimited": "binary messages stand behind their lengths",
    "--engine": "the release of the engine that is followed",
    "--format": "how the output is written",
    "--hide-env": "values of environments are hidden",
    "--indent": "JSON is written for people, on many lines",
    "--kind": "of what kind the objects are",
    "--listen": "where what is served is found",
    "--output": "where the output goes",
    "--rollback": "back to the spec before",
    "--secrets": "secrets are given out, in plain text",
    "--socket": "where the manager's socket is, or is to be",
    "--wait": "how long the end is waited for",
    "--yes": "go ahead",
}
"""Options whose help differs from command to command, and the one thing that each means."""

FORMATS = {"text", "json", "sarif"}
KINDS = {"service", "service-spec", "task"} | {
    *("node", "secret", "config", "network", "swarm", "volume")
}


def commands(command: click.Command, ctx: click.Context) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            assert inner is not None
            yield from commands(inner, ctx)


def shown(option: click.Option) -> list[str]:
    if isinstance(option, Renamed):
        return option.opts[:1]
    return [*option.opts, *option.secondary_opts]


@pytest.fixture(scope="module")
def options() -> dict[str, list[click.Option]]:
    found = defaultdict(list)
    for command in commands(cli, click.Context(cli)):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for name in shown(parameter):
                    found[name].append(parameter)
    return found


def test_an_option_has_one_meaning(options):
    different = {
        name
        for name, found in options.items()
        if name.startswith("--") and len({each.help for each in found}) > 1
    }
    assert different == set(MEANINGS)


def test_an_option_is_used_in_one_way(options):
    for name, found in options.items():
        assert len({each.is_flag for each in found}) == 1, name
        long_names = {tuple(one for one in shown(each) if one[:2] == "--") for each in found}
        assert len(long_names) == 1, name


def test_words_are_of_one_set(options):
    for name, words in (("--format", FORMATS), ("--kind", KINDS)):
        for option in options[name]:
            assert set(option.type.choices) <= words
    assert {tuple(each.type.choices) for each in options["--message-format"]} == {
        ("binary", "text", "json")
    }
    assert not {"--input-format", "--array-format"} & set(options)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["to-grpc", "--format", "text"], ["to-grpc", "--message-format", "text"]),
        (["to-grpc", "--jobs", "2"], ["to-grpc", "--cores", "2"]),
        (["check", "--format", "table", "--jobs", "2"], ["check", "--cores", "2"]),
    ],
)
def test_old_spellings_are_understood(invoke, service, old, new):
    before, now = invoke(*old, data=service), invoke(*new, data=service)
    assert (before.code, before.output, before.stderr) == (now.code, now.output, now.stderr)
    assert before.code == 0


def test_the_old_spelling_of_a_message_s_form_is_understood(invoke, service):
    text = invoke("to-grpc", "--message-format", "text", data=service).output
    old = invoke("from-grpc", "--input-format", "text", data=text)
    assert old.output == invoke("from-grpc", "--message-format", "text", data=text).output
    assert old.code == 0


def test_old_spellings_are_not_in_the_help(invoke):
    for command in ("check", "to-grpc", "from-grpc", "watch"):
        text = invoke(command, "--help").text
        for old in ("--jobs", "--input-format", "table|", "lines|"):
            assert old not in text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chek", "check"),
        ("from_grpc", "from-grpc"),
        ("list", "ls"),
        ("Plan", "plan"),
        ("events", "watch"),
        ("validate", "check"),
        ("rollback", "apply --rollback"),
        ("help", "--help"),
    ],
)
def test_a_mistyped_command_is_suggested(run, typed, meant):
    done = run(typed)
    assert done.returncode == 2
    assert f"No such command '{typed}'. Did you mean '{meant}'?" in done.stderr.decode()


def test_what_is_like_no_command_is_not_guessed(run):
    assert b"No such command 'zzz'.\n" in run("zzz").stderr


def test_a_mistyped_option_is_suggested(run):
    assert b"--fail-on" in run("check", "--fial-on", "never").stderr
