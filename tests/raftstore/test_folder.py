"""The folders that tests write have the structure of real ones."""

import json
from struct import unpack_from
from typing import NamedTuple

import google_crc32c
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from nacl.secret import SecretBox

from swarmwire import pb
from tests.support.raft_folder import RaftFolder, create, key, remove, secret, unlock_key_text

KEY = key("unlock")


class Record(NamedTuple):
    head: str
    record: pb.walpb.Record
    padding: bytes


def records(path):
    """A second, careless reader: everything up to the first zero."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data) and (word := unpack_from("<Q", data, at)[0]):
        size, fill = word & (1 << 56) - 1, word >> 56 & 7
        end = at + 8 + size + fill
        raw = data[at + 8 : at + 8 + size]
        record = pb.walpb.Record.FromString(raw)
        found.append(Record(raw[:3].hex(), record, data[at + 8 + size : end]))
        at = end
    return found


def shape(path, number):
    """What is the same in all logs of young swarms: types, terms, indexes, tags."""
    found = []
    for each in records(path)[:number]:
        content = each.record.data
        if each.record.type == 2:
            entry = pb.raftpb.Entry.FromString(content)
            found.append((each.head, entry.Type, entry.Term, entry.Index, content[:7].hex()))
        elif each.record.type == 3:
            state = pb.raftpb.HardState.FromString(content)
            found.append((each.head, state.term, state.commit))
        else:
            found.append((each.head, each.record.HasField("data")))
    return found


def wal(root):
    return sorted((root / "raft/wal-v3-encrypted").glob("*.wal"))


@pytest.fixture
def folder(tmp_path):  # an empty one: other tests have one that is filled
    return RaftFolder(tmp_path / "swarm")


def test_a_log_begins_as_a_real_one(folder, sample):
    (real,) = wal(sample("06-leader-uncommitted-2010") / "swarm")
    folder.transaction(create(secret("a")))
    (ours,) = wal(folder.write())
    assert ours.name == real.name
    assert shape(ours, 9) == shape(real, 9)


def test_every_checksum_continues_the_one_before_it(folder, sample):
    folder.cut()
    folder.transaction(create(secret("a")))
    for path in (*wal(folder.write()), *wal(sample("01-plain-2010") / "swarm")):
        crc = 0
        for number, each in enumerate(records(path)):
            crc = each.record.crc if not number else google_crc32c.extend(crc, each.record.data)
            assert each.record.crc == crc
            assert not any(each.padding)
        assert number > 3


def test_a_later_segment_begins_with_checksum_metadata_state(folder):
    folder.transaction(create(secret("a")))
    folder.cut()
    folder.transaction(create(secret("b")))
    first, second = wal(folder.write())
    assert second.name == "0000000000000001-0000000000000004.wal"
    before, after = records(first), records(second)
    assert [each.record.type for each in after] == [4, 1, 3, 2, 3]
    assert after[0].record.crc == before[-1].record.crc
    assert after[1].record.data == before[1].record.data
    assert first.stat().st_size == len(folder.segments[0].data)
    assert second.stat().st_size == len(folder.segments[1].data) + 4096


def test_every_place_is_where_it_says(folder):
    folder.transaction(create(secret("a")))
    folder.cut()
    folder.transaction(create(secret("b")), create(secret("c")))
    root = folder.write()
    for place in folder.places:
        data = (root / place.file).read_bytes()
        (word,) = unpack_from("<Q", data, place.offset)
        size = word & (1 << 56) - 1
        record = pb.walpb.Record.FromString(data[place.offset + 8 : place.offset + 8 + size])
        assert record.type == place.type == data[place.type_byte]
        assert record.data == data[place.data : place.padding]
        assert data[place.crc - 1] == 0x10
        assert (place.end - place.padding, place.end % 8) == (-size % 8, 0)
        if place.type == 2:
            assert pb.raftpb.Entry.FromString(record.data).Index == place.index


def test_an_empty_entry_is_as_long_as_a_real_one(folder):
    entry = pb.raftpb.Entry.FromString(folder.segments[0].data[slice(*content(folder.place(2)))])
    assert len(entry.Data) == 46


def content(place):
    return place.data, place.padding


@pytest.mark.parametrize("name", ["03-autolock-rotated-snap-2010", "14-hot-copy-head"])
def test_a_snapshot_has_the_fields_of_a_real_one(name, folder, sample):
    (real,) = (sample(name) / "swarm/raft/snap-v3-encrypted").glob("*.snap")
    folder.transaction(create(secret("a")))
    index = folder.snapshot()
    folder.write()
    found = []
    for path in (real, folder.snapshot_file(index)):
        outer = pb.snappb.Snapshot.FromString(path.read_bytes())
        inner = pb.raftpb.Snapshot.FromString(outer.data)
        assert outer.crc == google_crc32c.value(outer.data)
        assert path.name == f"{inner.metadata.term:016x}-{inner.metadata.index:016x}.snap"
        sealed = pb.MaybeEncryptedRecord.FromString(inner.data)
        found.append((sealed.algorithm, len(sealed.nonce), len(inner.metadata.conf_state.voters)))
    assert found[0] == found[1] == (1, 24, 1)


def test_markers_tell_the_voters_as_of_etcd_3_5(tmp_path, sample):
    found = {}
    for modern in (True, False):
        folder = RaftFolder(tmp_path / str(modern), modern=modern)
        folder.snapshot()
        found[modern] = markers(*wal(folder.write()))
    assert found[True] == [False, True]
    assert found[False] == [False, False]
    assert set(markers(*wal(sample("03-autolock-rotated-snap-2010") / "swarm"))) == {False}
    assert set(markers(*wal(sample("14-hot-copy-head") / "swarm"))) == {True, False}


def markers(path):
    return [
        pb.walpb.Snapshot.FromString(each.record.data).HasField("conf_state")
        for each in records(path)
        if each.record.type == 5
    ]


@pytest.mark.parametrize(
    ("unlock_key", "cipher", "begins"),
    [
        (None, "secretbox", "EiA"),
        (KEY, "secretbox", "CAE"),
        (KEY, "fernet", "CAI"),
    ],
)
def test_a_key_file_has_the_headers_of_a_real_one(tmp_path, unlock_key, cipher, begins):
    root = RaftFolder(tmp_path, unlock_key=unlock_key, cipher=cipher).write()
    lines = (root / "certificates/swarm-node.key").read_text().splitlines()
    locked = "ENCRYPTED " if unlock_key else ""
    assert lines[0] == f"-----BEGIN {locked}PRIVATE KEY-----"
    assert lines[1] == "kek-version: 0"
    assert lines[2].startswith(f"raft-dek: {begins}")
    assert lines[3] == ""


@pytest.mark.parametrize("form", ["pkcs8", "pkcs1"])
def test_the_private_key_is_locked_with_the_unlock_key(tmp_path, form):
    folder = RaftFolder(tmp_path, unlock_key=KEY)
    folder.key.form = form
    pem = (folder.write() / "certificates/swarm-node.key").read_bytes()
    assert (b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC," in pem) == (form == "pkcs1")
    assert load_pem_private_key(pem, KEY).key_size == 256


def test_a_rotation_leaves_two_keys_and_then_one(tmp_path):
    folder = RaftFolder(tmp_path)
    folder.begin_rotation(KEY)
    pem = (folder.write() / "certificates/swarm-node.key").read_text()
    assert "\nraft-dek: CAE" in pem
    assert "\nraft-dek-pending: CAE" in pem
    folder.finish_rotation()
    pem = (folder.write() / "certificates/swarm-node.key").read_text()
    assert "raft-dek-pending" not in pem
    sealed = pb.raftpb.Entry.FromString(folder.segments[0].data[slice(*content(folder.elect()))])
    record = pb.MaybeEncryptedRecord.FromString(sealed.Data)
    assert SecretBox(folder.key.dek).decrypt(record.data, record.nonce) == b""


def test_the_certificate_names_cluster_role_and_node_as_a_real_one(folder, sample):
    real = sample("01-plain-2010") / "swarm"
    for root in (real, folder.write()):
        pem = (root / "certificates/swarm-node.crt").read_bytes()
        subject = x509.load_pem_x509_certificate(pem).subject
        names = [each.rfc4514_attribute_name for each in subject]
        assert names == ["O", "OU", "CN"]
        assert [each.value for each in subject][1] == "swarm-manager"


def test_the_folder_has_the_files_modes_and_json_of_a_real_one(folder, sample):
    real, ours = sample("01-plain-2010") / "swarm", folder.write()
    listed = [
        {
            path.relative_to(root).as_posix(): path.stat().st_mode
            for path in root.rglob("*")
            if path.is_file() and path.parent.name != "worker"
        }
        for root in (real, ours)
    ]
    assert listed[0] == listed[1]
    for name in ("state.json", "docker-state.json"):
        theirs, own = (json.loads((root / name).read_text()) for root in (real, ours))
        assert type(theirs) is type(own)
        if isinstance(theirs, dict):
            assert theirs.keys() == own.keys()
        else:
            assert theirs[0].keys() == own[0].keys()


def test_it_remembers_what_it_holds_at_each_index(folder):
    made = folder.transaction(create(secret("a"))).index
    gone = folder.transaction(remove(secret("a")), create(secret("b"))).index
    assert list(folder.objects(made - 1)) == []
    assert list(folder.objects(made)) == [("secret", secret("a").id)]
    assert list(folder.objects(gone)) == [("secret", secret("b").id)]


def test_an_unlock_key_is_as_the_engine_shows_it():
    text = unlock_key_text(KEY)
    assert text.startswith("SWMKEY-1-")
    assert len(text) == 52
