"""The examples in the README run and print what stands there."""

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


OFFLINE = ("check", "to-grpc", "from-grpc", "upgrade")
"""Commands that need nothing but the examples; of ``plan``, one example shows a live service."""


def commands():
    """Each swarmwire command of the README with the output that stands below it."""
    found = []
    for block in CONSOLE.findall(README.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            if output and command.startswith("swarmwire ") and command.split()[1] in OFFLINE:
                found.append(pytest.param(command, output, id=command))
    return found


def test_there_is_an_example_of_each_command():
    assert {parameter.values[0].split()[1] for parameter in commands()} == set(OFFLINE) - {
        "from-grpc"  # it reads what to-grpc has written
    }


@pytest.mark.parametrize(("command", "output"), commands())
def test_command_prints_what_the_readme_says(command, output):
    printed = b""
    for step in command.split(" | "):
        ran = subprocess.run(
            [sys.executable, "-m", "swarmwire.cli", *shlex.split(step)[1:]],
            cwd=ROOT,
            input=printed,
            capture_output=True,
            check=False,
        )
        assert ran.stderr == b""
        printed = ran.stdout
    assert printed.decode() == output


def test_python_examples():
    failed, tried = doctest.testfile(str(README), module_relative=False)
    assert tried > 5
    assert failed == 0


def test_every_local_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target
