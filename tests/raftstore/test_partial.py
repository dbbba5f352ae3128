"""What later entries hold, when the beginning of the log is gone: earlier states are not there."""

import pytest

from swarmwire import raftstore
from swarmwire.errors import CorruptLog, StoreError
from tests.support.raft_folder import create, objects_of, secret


@pytest.fixture
def folder(folder):
    """The first of two segments is gone, and there is no snapshot."""
    folder.cut()
    folder.transaction(create(secret("later")))
    folder.transaction(create(secret("last")))
    folder.drop_segment(0)
    folder.write()
    return folder


def names(recovery):
    return [each.spec.annotations.name for each in recovery.store.secrets.values()]


def read(folder, **options):
    return raftstore.read(folder.root, raftstore.Options(**options))


def test_it_has_to_be_asked_for(folder):
    with pytest.raises(CorruptLog, match="--partial"):
        read(folder)


def test_what_is_left_is_given(folder):
    recovery = read(folder, partial=True)
    assert names(recovery) == ["later", "last"]
    assert not recovery.is_whole


def test_a_state_that_is_left(folder):
    first = folder.index - 1
    assert names(read(folder, partial=True, at=first)) == ["later"]


def test_a_state_before_it(folder):
    first = folder.index - 1
    with pytest.raises(StoreError, match=rf"no state at {first - 1}: the log begins at {first}"):
        read(folder, partial=True, at=first - 1)


@pytest.mark.parametrize("limit", ["at", "until"])
def test_without_it_an_earlier_state_is_not_here_any_more(folder, limit):
    with pytest.raises(CorruptLog, match="not here any more"):
        read(folder, **{limit: 5})


def test_where_nothing_is_gone_it_changes_nothing(tmp_path, folder):
    whole = type(folder)(tmp_path / "whole")
    whole.transaction(create(secret("a")))
    whole.write()
    recovery = read(whole, partial=True)
    assert objects_of(recovery.store) == whole.objects()
    assert recovery.findings == []
