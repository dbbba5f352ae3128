import os
import shutil
import subprocess

import pytest

VARIABLE = "_SWARMWIRE_COMPLETE"


def complete(run, shell: str, words: str, last: int) -> list[str]:
    environment = os.environ | {
        VARIABLE: f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": "" if shell == "fish" else str(last),
    }
    if shell == "fish":
        environment["COMP_CWORD"] = words.rpartition(" ")[2]
    return list(run(env=environment).stdout.decode().splitlines())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_both_ways(run, shell):
    by_command = run("completion", shell)
    by_variable = run(env=os.environ | {VARIABLE: f"{shell}_source"})
    assert by_command.returncode == by_variable.returncode == 0
    assert by_command.stdout.strip() == by_variable.stdout.strip()
    assert f"{VARIABLE}={shell}_complete".encode() in by_command.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_and_choices_are_completed(run, shell):
    commands = "\n".join(complete(run, shell, "swarmwire ", 1))
    for name in ("check", "completion", "from-grpc", "to-grpc"):
        assert name in commands
    kinds = "\n".join(complete(run, shell, "swarmwire to-grpc --kind s", 3))
    assert "service" in kinds
    assert "swarm" in kinds
    assert "node" not in kinds


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_takes_the_script(run):
    script = run("completion", "bash").stdout
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_another_shell_is_bad_usage(run):
    assert run("completion", "cmd").returncode == 2
