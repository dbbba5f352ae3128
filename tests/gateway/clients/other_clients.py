"""The whole sequences of dockerode and of Ansible's modules, each in its own program."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.gateway.clients.docker_command import COMMANDS
from tests.gateway.clients.targets import Target
from tests.gateway.clients.transcript import Transcript
from tests.support.dockerd import IMAGE

HERE = Path(__file__).parent
DOCKERODE = HERE / "dockerode"


def dockerode(target: Target, _: Path) -> Transcript:
    """What ``dockerode/sequence.mjs`` does."""
    transcript = Transcript(target.hostname)
    command = ["node", str(DOCKERODE / "sequence.mjs"), str(target.socket), IMAGE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            step, told = json.loads(line)
            if step == "still":
                target.wait_until_still()
                process.stdin.write("\n")
                process.stdin.flush()
            else:
                transcript.add(step, told)
        errors = process.stderr.read()
    assert process.returncode == 0, errors
    return transcript


def ansible(target: Target, folder: Path) -> Transcript:
    """What ``ansible.yml`` does."""
    program = shutil.which("ansible-playbook")
    assert program
    nowhere = {"placement": {"constraints": ["node.role==worker"]}}
    stack = {"version": "3.8", "services": {"a": {"image": IMAGE, "deploy": nowhere}}}
    (folder / "stack.yml").write_text(json.dumps(stack))
    variables = {
        "ansible_python_interpreter": "/usr/bin/python3",
        "docker_host": target.host,
        "image": IMAGE,
        "stack_file": str(folder / "stack.yml"),
    }
    done = subprocess.run(
        [
            program,
            "--inventory",
            "localhost,",
            "--connection",
            "local",
            str(HERE / "ansible.yml"),
            "--extra-vars",
            json.dumps(variables),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        env={
            "PATH": f"{COMMANDS['docker 28.5'].parent}:{os.defpath}",
            "HOME": str(folder),
            "DOCKER_HOST": target.host,
            "ANSIBLE_STDOUT_CALLBACK": "json",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_PIPELINING": "true",
            "LANG": "C.UTF-8",
        },
    )
    played = json.loads(done.stdout[done.stdout.index("{") :])
    transcript = Transcript(target.hostname)
    for task in played["plays"][0]["tasks"]:
        (found,) = task["hosts"].values()
        told = found["changed"] if task["task"]["name"] == "network" else _plain(found)
        transcript.add(task["task"]["name"], told)  # a network has its addresses a moment later
    assert done.returncode == 0, transcript.steps[-1]
    return transcript


_OF_RUNS = {
    *("_ansible_no_log", "action", "start", "end", "delta", "deprecations", "warnings"),
    *("invocation", "host_info", "attempts"),
}
"""What a module tells of its run, and of the machine."""


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in sorted(found) if key not in _OF_RUNS}
