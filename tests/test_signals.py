"""No test depends on how the process that runs the tests takes SIGINT and SIGHUP."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WAIT = "import signal; signal.pause()"
CHILD = "import signal; print(signal.getsignal(signal.{name}) == signal.SIG_IGN)"
START = (
    "import subprocess, sys; import tests.conftest;"
    " subprocess.run([sys.executable, '-c', {child!r}], check=True)"
)


@pytest.mark.parametrize("setting", ["signal.SIG_IGN", "signal.SIG_DFL"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_children_take_signals_however_the_tests_were_started(name, setting):
    start = START.format(child=CHILD.format(name=name))
    code = f"import signal; signal.signal(signal.{name}, {setting}); {start}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_child_of_this_very_run_ends_when_interrupted():
    with subprocess.Popen([sys.executable, "-c", "print(flush=True); " + WAIT], stdout=-1) as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.kill(child.pid, signal.SIGINT)
        assert child.wait(30) == -signal.SIGINT
