"""The plan on the README's first screen, on a real engine: all but ids and the node's name."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.engine


def shown():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(
        r"^```console\n\$ (swarmwire plan shop_web [^\n]*)\n(.*?)^```",
        readme,
        re.MULTILINE | re.DOTALL,
    )
    assert block
    return block[1], block[2]


def masked(text):
    text = re.sub(r"[0-9a-z]{25}  \S+", "<task>  <node>", text)
    return re.sub(r"(\d) on \S+$", r"\1 on <node>", text, flags=re.MULTILINE)


def running(dockerd):
    tasks = dockerd.get('/tasks?filters={"service":["shop_web"]}').json
    return sum(task["Status"]["State"] == "running" for task in tasks) == 4


def test_plan_is_the_one_of_the_readme(dockerd):
    dockerd.post("/services/create", json.loads((ROOT / "examples/shop_web.json").read_text()))
    try:
        dockerd.wait_for("four tasks to run", lambda: running(dockerd), 60)
        command, output = shown()
        ran = subprocess.run(
            [sys.executable, "-m", "swarmwire.cli", *shlex.split(command)[1:]],
            cwd=ROOT,
            env={**os.environ, "SWARMWIRE_SOCKET": str(dockerd.control_socket)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (3, "")
        assert masked(ran.stdout) == masked(output)
    finally:
        dockerd.delete("/services/shop_web")
