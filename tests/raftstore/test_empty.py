"""A log without entries is no empty swarm: the first entry of every swarm adds its manager."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog
from tests.support.raft_folder import RaftFolder
from tests.support.raft_folder.damage import cut, zero


def test_a_log_that_was_only_begun(tmp_path):
    folder = RaftFolder(tmp_path / "swarm", begin=False)
    with pytest.raises(CorruptLog, match="no empty swarm"):
        raftstore.read(folder.write())


@pytest.mark.parametrize("change", ["cut", "zeros"])
def test_a_log_of_which_only_the_beginning_is_left(folder, change):
    root = folder.write()
    path = root / folder.segments[0].name
    place = folder.place(1)
    if change == "cut":
        cut(path, place.offset)
    else:
        zero(path, place.offset, path.stat().st_size)
    with pytest.raises(CorruptLog, match="no empty swarm"):
        raftstore.read(root)
