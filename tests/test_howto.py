"""The commands of docs/howto that read a folder print what stands there.

Those that need a living swarm run in tests/raftstore/test_live_restore.py.
"""

import re
import shutil
import subprocess
import tarfile

import pytest

from tests.support.documented import ROOT, commands, is_what_was_printed
from tests.support.shell import Shell

PAGE = "docs/howto/recover.md"
SAMPLES = ROOT / "tests/raftstore/samples"
STORES = {
    "locked.tar.xz": "12-small-autolock-2010",
    "lost-key.tar.xz": "14-hot-copy-head",
    "three-managers.tar.xz": "06-leader-uncommitted-2010",
    "removed.tar.xz": "02-rich-2010",
    "worker.tar.xz": "18-demoted-worker-2010",
}
MADE = ("newer.tar.xz", "torn")
"""Stores that are made of those."""
KEY = "certificates/swarm-node.key"
LAST_BYTES = 700


def is_offline(command):
    return bool({*STORES, *MADE} & set(command.split()))


OFFLINE = [found for found in commands(PAGE) if is_offline(found[0])]


def unpacked(sample, into):
    into.mkdir(exist_ok=True)
    subprocess.run(["tar", "-xf", SAMPLES / f"{sample}.tar.xz", "-C", into], check=True)
    return into / sample / "swarm"


def unlock_key(sample):
    """The unlock key that the sample's description tells."""
    text = (SAMPLES / f"{sample}.txt").read_text(encoding="utf-8")
    return re.search(r"^Unlock key: (SWMKEY-1-\S+)", text, re.MULTILINE)[1]


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """The folder of somebody who reads the page."""
    folder = tmp_path_factory.mktemp("howto")
    for name, sample in STORES.items():
        shutil.copy(SAMPLES / f"{sample}.tar.xz", folder / name)
    locked = STORES["locked.tar.xz"]
    for name in ("unlock-key", "old-unlock-key"):
        (folder / name).write_text(unlock_key(locked))
    make_newer(folder, unpacked(locked, folder / "unpacked"))
    tear(unpacked(STORES["removed.tar.xz"], folder / "torn"))
    return Shell(folder)


def make_newer(folder, swarm):
    """A folder whose own key file was locked anew with an unlock key that nobody has."""
    shutil.move(swarm / KEY, folder / "old-swarm-node.key")
    other = unpacked("03-autolock-rotated-snap-2010", folder / "other")
    shutil.copy(other / KEY, swarm / KEY)
    with tarfile.open(folder / "newer.tar.xz", "w:xz", preset=0) as tar:
        tar.add(swarm, "swarm")


def tear(swarm):
    """Cut a log short within its last record, as a full disk does."""
    (segment,) = (swarm / "raft/wal-v3-encrypted").glob("*.wal")
    written = segment.read_bytes().rstrip(b"\0")
    segment.write_bytes(written[:-LAST_BYTES])


def test_page_shows_every_store():
    shown = {word for command, _ in OFFLINE for word in command.split()}
    assert {*STORES, *MADE} <= shown


@pytest.mark.parametrize(("command", "shown"), [pytest.param(*one, id=one[0]) for one in OFFLINE])
def test_command_prints_what_the_page_shows(shell, command, shown):
    code = {"lost-key": 2, "worker": 2, "torn": 1, "three-managers": 1}
    wanted = next((code[name] for name in code if f" {name}" in command), 0)
    printed = shell(command, wanted)
    assert is_what_was_printed(shown, printed), printed


def test_an_older_key_alone_does_not_open_a_newer_lock(shell):
    assert "does not open" in shell("recover newer.tar.xz --unlock-key-file old-unlock-key", 2)


def test_links_lead_somewhere():
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}
    targets = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(targets) > 10
    assert set(targets) <= anchors


@pytest.mark.parametrize(
    ("shown", "is_so"),
    [
        ("1\n2\n3\n", True),
        ("1\n...\n", True),
        ("...\n3\n", True),
        ("1 ...\n3\n", True),
        ("1\n3\n", False),
        ("...\n4\n...\n", False),
        ("1\n2\n", False),
    ],
)
def test_a_page_that_shows_something_else_is_noticed(shown, is_so):
    assert is_what_was_printed(shown, "1\n2\n3\n") == is_so
