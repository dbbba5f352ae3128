"""The docker command's whole sequence: what each of its commands prints."""

import json
import os
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.gateway.clients.targets import Target
from tests.gateway.clients.transcript import Transcript
from tests.support.dockerd import DEBIAN_CLI, IMAGE
from tests.support.engine_roots import root_of

COMMANDS = {
    "docker 20.10": DEBIAN_CLI,
    "docker 26.1": root_of("trixie") / "usr/bin/docker",
    "docker 28.5": root_of("sid") / "usr/bin/docker",
}

UNORDERED = ("service logs", "stack deploy", "stack rm", "service rm")
"""What prints its lines in no order."""

LINES = (Path(__file__).parent / "docker_command.txt").read_text().splitlines()

_SERVICE = {"image": IMAGE, "command": ["sleep", "1000"], "stop_signal": "KILL"}
_QUICK = {"update_config": {"monitor": "1ms"}}
LESS: dict[str, Any] = {
    "version": "3.8",
    "services": {
        "a": {
            **_SERVICE,
            "networks": ["host"],
            "configs": ["settings"],
            "secrets": ["password"],
            "deploy": {**_QUICK, "replicas": 2},
        },
    },
    "networks": {"host": {"external": True}, "inside": {}},
    "configs": {"settings": {"file": "data"}},
    "secrets": {"password": {"file": "data"}},
}
_WAITS = {"placement": {"constraints": ["node.role==worker"]}}
_MORE = {"b": {**_SERVICE, "networks": ["inside"], "deploy": {**_QUICK, **_WAITS, "replicas": 0}}}
STACK = LESS | {"services": LESS["services"] | _MORE}


def docker_command(target: Target, folder: Path, program: Path) -> Transcript:
    """Let one docker command do all that is in ``docker_command.txt``."""
    (folder / "data").write_text("abc")
    for name, stack in (("stack", STACK), ("less", LESS)):
        (folder / f"{name}.yml").write_text(json.dumps(stack))
    script = "echo out; sleep 0.2; echo err >&2; sleep 1000"
    words = {
        "START": str(int(time.time())),
        "HOST": target.hostname,
        "IMAGE": IMAGE,
        "MOVES": "--update-monitor 1ms --rollback-monitor 1ms --no-resolve-image --quiet",
        "SLEEPER": f"--stop-signal KILL {IMAGE} sh -c {shlex.quote(script)}",
        "STACK": str(folder / "stack.yml"),
        "LESS": str(folder / "less.yml"),
    }
    transcript = Transcript(target.hostname)
    for line in LINES:
        is_new = line.startswith("! ")
        if not line or line.startswith("#") or (is_new and program == DEBIAN_CLI):
            continue
        if line == "STILL":
            target.wait_until_still()
            continue
        command, _, stdin = line.removeprefix("! ").partition(" < ")
        arguments = [
            part
            for word in shlex.split(command)
            for part in (shlex.split(words[word]) if word in words else [word])
        ]
        told = _told(target, folder, [str(program), *arguments], "abc" if stdin else "")
        is_ordered = not command.startswith(UNORDERED)
        transcript.add(line, told.replace(str(folder), "FOLDER"), is_ordered=is_ordered)
    return transcript


def _told(target: Target, folder: Path, command: list[str], stdin: str) -> str:
    """All that a command prints, and how it ends if not well."""
    environment = {"PATH": os.defpath, "DOCKER_HOST": target.host, "DOCKER_CONFIG": str(folder)}
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=environment,
        )
    except subprocess.TimeoutExpired as late:
        return f"{late.stdout or b''!r}{late.stderr or b''!r}\ndoes not end"
    ends = f"\nends with {done.returncode}" if done.returncode else ""
    return f"{done.stdout}{done.stderr}{ends}"
