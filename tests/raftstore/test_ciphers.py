"""Each record says how it is sealed, and nothing is taken that is not."""

import pytest

from swarmwire import pb, raftstore
from tests.support.raft_folder import RaftFolder, create, fill, objects_of, seal, secret


def whole(folder, recovery):
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


def test_fernet(tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm", cipher="fernet"))
    folder.snapshot()
    folder.transaction(create(secret("after")))
    folder.write()
    whole(folder, raftstore.read(folder.root))


def test_both(folder):
    folder.cipher = "fernet"
    folder.transaction(create(secret("fernet")))
    folder.snapshot()
    folder.cipher = "secretbox"
    folder.transaction(create(secret("secretbox")))
    folder.write()
    whole(folder, raftstore.read(folder.root))


def test_a_record_that_is_not_encrypted_is_refused(folder):
    folder.cipher = "plain"
    place = folder.transaction(create(secret("forged")))
    folder.cipher = "secretbox"
    folder.transaction(create(secret("after")))
    folder.write()
    recovery = raftstore.read(folder.root)
    assert objects_of(recovery.store) == folder.objects(without=(place.index,))
    (finding,) = recovery.findings
    assert (finding.kind, finding.first) == ("unreadable-entry", place.index)
    assert "not encrypted" in finding.reason
    assert not recovery.is_whole


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": 3},
        {"nonce": b"short"},
        {"nonce": bytes(24)},
        {"data": b""},
        {"algorithm": 2},
        {"algorithm": 2, "data": b"gAAAA"},
    ],
)
def test_a_record_that_nothing_opens(folder, change):
    record = pb.MaybeEncryptedRecord.FromString(seal(b"", folder.dek, "secretbox"))
    for name, value in change.items():
        setattr(record, name, value)
    place = folder.entry(b"", sealed=record.SerializeToString())
    folder.transaction(create(secret("after")))
    folder.write()
    recovery = raftstore.read(folder.root)
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert (finding.kind, finding.first, finding.last) == (
        "unreadable-entry",
        place.index,
        place.index,
    )
    assert (finding.file, finding.offset) == (place.file, place.offset)


@pytest.mark.parametrize("raw", [b"short key", bytes(range(50))])
def test_a_key_of_another_length(folder, raw):
    """Managers fill keys up with zeros, or cut them."""
    folder.dek = raw[:32].ljust(32, b"\0")
    folder.snapshot()
    folder.transaction(create(secret("after")))
    folder.key.dek = raw
    folder.write()
    whole(folder, raftstore.read(folder.root))
