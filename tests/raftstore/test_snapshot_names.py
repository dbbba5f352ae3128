"""Files that end as snapshots do, and are none by their names."""

import pytest

from swarmwire import raftstore
from tests.support.raft_folder import create, objects_of, secret


@pytest.mark.parametrize(
    "name", ["zzz.snap", "0.snap", "FFFFFFFFFFFFFFFF-00000000000000FF.snap", "copy of 1.snap"]
)
@pytest.mark.parametrize("content", ["noise", "an older snapshot"])
def test_they_do_not_come_before_those_that_are(folder, name, content):
    """Engines try them in the order of their names; the newest by name may be the oldest."""
    oldest = folder.snapshot()
    folder.transaction(create(secret("between")))
    folder.snapshot()
    folder.cut()
    folder.transaction(create(secret("after")))
    root = folder.write()
    data = folder.snapshot_file(oldest).read_bytes() if content != "noise" else b"noise" * 100
    folder.snapshot_file(oldest).unlink()
    (root / folder.segments[0].name).unlink()
    (folder.snapshot_file(oldest).parent / name).write_bytes(data)
    recovery = raftstore.read(root)
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.is_whole
