"""The command in a folder with the files of the page on least privilege."""

import re

import pytest

from tests.cli.conftest import invoke, run
from tests.support.documented import ROOT

__all__ = ["invoke", "page_files", "run"]

PAGE = "docs/howto/least-privilege.md"
_FILE = re.compile(r"^```(?:toml|yaml)\n(# (\S+)\n.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def page_files(tmp_path, monkeypatch):
    """A folder with every file that the page shows, which is where the command runs."""
    text = (ROOT / PAGE).read_text("utf-8")
    for found in _FILE.finditer(text):
        (tmp_path / found[2]).write_text(found[1])
    monkeypatch.chdir(tmp_path)
    return tmp_path
