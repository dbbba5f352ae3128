"""Which engines there are for tests, and why one cannot be started."""

import subprocess
import sys
from pathlib import Path

from tests.support import engine_roots
from tests.support.engine_roots import SUITES, built_version
from tests.support.installations import INSTALLATIONS, Installation

ROOT = Path(__file__).parents[1]
STATUS = """\
Package: docker-cli
Status: install ok installed
Version: 1.0-1

Package: docker.io
Status: install ok installed
Priority: optional
Version: 26.1.5+dfsg1-9+b1
Depends: adduser

Package: libc6
Version: 2.41-12
"""


def test_version_is_that_of_the_engine_s_package(tmp_path):
    assert built_version(tmp_path) == ""
    status = tmp_path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text(STATUS)
    assert built_version(tmp_path) == "26.1.5+dfsg1-9+b1"


def test_a_root_folder_that_is_not_there_is_a_reason_that_says_what_to_do(tmp_path):
    (reason,) = [each for each in Installation("x", tmp_path).missing() if "folder" in each]
    assert reason == "the root folder of x (make engines)"


def test_the_machine_s_own_engine_comes_first_and_the_newest_last():
    assert [each.name for each in INSTALLATIONS] == ["machine", *SUITES]


def test_the_tool_needs_nothing_but_python():
    """CI builds the folders before anything is installed."""
    program = f"import sys; sys.path.append({str(ROOT)!r}); import {engine_roots.__name__}"
    assert subprocess.run([sys.executable, "-ISc", program], check=False).returncode == 0
