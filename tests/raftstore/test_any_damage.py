"""Whatever happens to the bytes: what is recovered was really written, or there is a StoreError."""

import shutil
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmwire import raftstore
from swarmwire.errors import StoreError
from tests.support.raft_folder import (
    RaftFolder,
    create,
    fill,
    key,
    member,
    objects_of,
    remove,
    secret,
    unlock_key_text,
    update,
)
from tests.support.raft_folder.damage import flip

UNLOCK = key("unlock")
OPTIONS = raftstore.Options(unlock_keys=(unlock_key_text(UNLOCK),), deleted=True)
PARTIAL = raftstore.Options(unlock_keys=(unlock_key_text(UNLOCK),), partial=True)


def written(folder):
    """Every object as it ever was committed, by kind and id."""
    found = {}
    for index in range(folder.index + 1):
        for each, message in folder.objects(index).items():
            found.setdefault(each, []).append(message)
    return found


class Subject:
    """A folder on disk that is put back to what it was after each example."""

    def __init__(self, root, *, cipher="secretbox", layout="-v3-encrypted", voters=1, old=False):
        folder = RaftFolder(root / "swarm", cipher=cipher, layout=layout, unlock_key=UNLOCK)
        for number in range(2, voters + 1):
            folder.add_member(member(f"manager-{number}"))
        fill(folder)
        if old:
            folder.snapshot()
        folder.cut()
        folder.transaction(create(secret("a")), create(secret("b")))
        folder.snapshot()
        folder.transaction(update(secret("a", b"changed")), remove(secret("b")))
        folder.transaction(create(secret("c", b"c" * 2_000)))
        self.folder = folder
        self.root = folder.write(tail=600)
        names = [*[each.name for each in folder.segments], "certificates/swarm-node.key"]
        names += [name for name, _ in folder.snapshots.values()]
        self.files = {name: (self.root / name).read_bytes() for name in sorted(names)}
        self.written = written(folder)
        self.final = folder.objects()

    def check(self, name, data, options=OPTIONS):
        path = self.root / name
        path.write_bytes(data)
        try:
            recovery = raftstore.read(self.root, options)
        except StoreError:
            return None
        finally:
            path.write_bytes(self.files[name])
        for each, message in objects_of(recovery.store).items():
            assert message in self.written[each]
        for each in recovery.deleted:
            assert each.message in self.written[each.kind, each.message.id]
        if recovery.is_whole and data != self.files[name]:
            self.check_whole(recovery)
        return recovery

    def check_whole(self, recovery):
        """It says that nothing is missing: then the store is as it was at its last entry."""
        assert objects_of(recovery.store) == self.folder.objects(recovery.position.index)


@pytest.fixture(scope="module")
def subject(tmp_path_factory):
    """Folders to damage, made once each."""

    @cache
    def make(number):
        return Subject(tmp_path_factory.mktemp("subject"), **KINDS[number])

    return make


KINDS = [
    {"old": True},
    {"old": False, "voters": 3},
    {"cipher": "fernet", "old": True},
    {"layout": ""},
]


@st.composite
def damaged(draw, files, most=3):
    """A file of the folder with some bytes changed, cut out, put in or moved."""
    name = draw(st.sampled_from(sorted(files)))
    data = bytearray(files[name])
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        size = draw(st.sampled_from([1, 2, 8, 16, 64, 512]))
        match draw(st.sampled_from(["flip", "put", "zero", "cut", "drop", "insert", "double"])):
            case "flip" if data:
                data[at] ^= draw(st.integers(1, 255))
            case "put":
                data[at : at + size] = draw(st.binary(min_size=size, max_size=size))
            case "zero":
                data[at : at + size] = bytes(len(data[at : at + size]))
            case "cut":
                del data[at:]
            case "drop":
                del data[at : at + size]
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=size))
            case "double":
                data[at:at] = data[at : at + size]
    return name, bytes(data)


@pytest.mark.parametrize("kind", range(len(KINDS)))
@settings(max_examples=200)
@given(data=st.data())
def test_what_is_recovered_was_written(subject, kind, data):
    found = subject(kind)
    # In plain text the record behind a damaged place is proved by the one behind it alone: nothing
    # is left to tell that it is damaged, too.
    most = 1 if KINDS[kind].get("layout") == "" else 3
    name, changed = data.draw(damaged(found.files, most))
    found.check(name, changed)


@settings(max_examples=150)
@given(data=st.data())
def test_also_when_all_that_is_left_is_asked_for(subject, data):
    found = subject(0)
    name, changed = data.draw(damaged(found.files))
    found.check(name, changed, PARTIAL)


@settings(max_examples=100)
@given(data=st.data())
def test_any_bytes_instead_of_a_file(subject, data):
    found = subject(0)
    name = data.draw(st.sampled_from(sorted(found.files)))
    found.check(name, data.draw(st.binary(max_size=400)))


@settings(max_examples=150)
@given(data=st.data())
def test_one_byte_of_the_log_costs_one_entry_at_most(subject, data):
    """Whatever it is turned into, and wherever but in the last two records."""
    found = subject(0)
    folder = found.folder
    place = data.draw(st.sampled_from(folder.places[:-4]))
    at = data.draw(st.integers(place.offset, place.end - 1))
    changed = bytearray(found.files[place.file])
    changed[at] ^= data.draw(st.integers(1, 255))
    recovery = found.check(place.file, bytes(changed))
    entry = (place.index,) if place.type == 2 else ()
    whole, without = folder.objects(), folder.objects(without=entry)
    assert objects_of(recovery.store) in (whole, without)
    assert objects_of(recovery.store) == whole or not recovery.is_whole


def test_undamaged_it_is_whole(subject):
    for number in range(len(KINDS)):
        found = subject(number)
        for name, data in found.files.items():
            recovery = found.check(name, data)
            assert objects_of(recovery.store) == found.final
            assert recovery.is_whole


def test_a_folder_with_files_that_are_missing(subject, tmp_path):
    """Every way to lose some of the files."""
    found = subject(0)
    names = sorted(found.files)
    for lost in range(1, 1 << len(names)):
        root = tmp_path / str(lost)
        shutil.copytree(found.root, root)
        for number, name in enumerate(names):
            if lost >> number & 1:
                (root / name).unlink()
        try:
            recovery = raftstore.read(root, OPTIONS)
        except StoreError:
            continue
        for each, message in objects_of(recovery.store).items():
            assert message in found.written[each]
        if recovery.is_whole:
            assert objects_of(recovery.store) == found.folder.objects(recovery.position.index)


# One bit of any record but the last entry and its hard state: no proof is behind them.


ENTRY = 2


def lost(recovery):
    """The indexes that are said to be lost."""
    ranges = [each for each in recovery.findings if each.kind == "lost-entries"]
    return [at for each in ranges for at in range(each.first, each.last + 1)]


def damaged_record(recovery):
    """Where records are said to be damaged_record."""
    records = [each for each in recovery.findings if each.kind == "damaged-record"]
    return [(each.file, each.offset) for each in records]


def loses_only(folder, recovery, *indexes):
    """These entries are lost, everything else is there, and that is what it says."""
    assert objects_of(recovery.store) == folder.objects(without=indexes)
    assert lost(recovery) == list(indexes)
    assert recovery.is_whole == (not indexes)
    last = max(set(range(1, folder.index + 1)) - set(indexes))
    assert recovery.position.last_index == recovery.position.index == last


def flipped(folder, place, offset, mask=0x10):
    flip(folder.root / place.file, offset, mask)
    return raftstore.read(folder.root)


def test_of_its_content(folder):
    folder.write()
    for place in folder.places[1:-2]:
        for offset in {place.data, (place.data + place.padding) // 2, place.padding - 1}:
            recovery = flipped(folder, place, offset)
            entry = (place.index,) if place.type == ENTRY else ()
            loses_only(folder, recovery, *entry)
            assert damaged_record(recovery) == [(place.file, place.offset)]
            flip(folder.root / place.file, offset)


@pytest.mark.parametrize("mask", [0x01, 0x10, 0x40])
def test_of_its_checksum(folder, mask):
    folder.write()
    for place in folder.places[2:-2]:
        for offset in range(place.crc, place.crc + 4):
            recovery = flipped(folder, place, offset, mask)
            loses_only(folder, recovery)
            assert damaged_record(recovery) == [(place.file, place.offset)]
            flip(folder.root / place.file, offset, mask)


@pytest.mark.parametrize("mask", [0x01, 0x08, 0x80])
def test_of_its_length(folder, mask):
    folder.write()
    for place in folder.places[1:-2]:
        for offset in range(place.offset, place.offset + 7):
            recovery = flipped(folder, place, offset, mask)
            entry = {place.index} if place.type == ENTRY else set()
            assert set(lost(recovery)) <= entry
            loses_only(folder, recovery, *lost(recovery))
            flip(folder.root / place.file, offset, mask)


@pytest.mark.parametrize("mask", [0x01, 0x02, 0x04, 0x08, 0x80])
def test_of_its_type(folder, mask):
    folder.write()
    for place in folder.places[:-2]:
        recovery = flipped(folder, place, place.type_byte, mask)
        entry = {place.index} if place.type == ENTRY else set()
        assert set(lost(recovery)) <= entry
        loses_only(folder, recovery, *lost(recovery))
        if lost(recovery):
            assert damaged_record(recovery) == [(place.file, place.offset)]
        flip(folder.root / place.file, place.type_byte, mask)


def test_of_its_padding(folder):
    folder.write()
    padded = [place for place in folder.places if place.padding < place.end]
    assert padded
    for place in padded:
        recovery = flipped(folder, place, place.padding)
        loses_only(folder, recovery)
        assert recovery.findings == []
        flip(folder.root / place.file, place.padding)
