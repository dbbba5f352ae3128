"""Logs in plain text that are in no file, and what the pure readers make of them."""

from swarmwire.raftstore.entry import EntryReader
from swarmwire.raftstore.frame import BytesLog
from swarmwire.raftstore.journal import Journal, Segment
from swarmwire.raftstore.replay import ReplayPass
from swarmwire.raftstore.snapshot import Limits, PassStart
from swarmwire.raftstore.store import name_of
from swarmwire.raftstore.verdict import conclusions
from swarmwire.raftstore.wal import Damage, records
from tests.support.raft_folder import member
from tests.support.raft_folder.log import LogWriter
from tests.support.raft_folder.segment import CHECKSUM, ENTRY
from tests.support.raft_folder.segment import Segment as WrittenSegment

ZEROS = bytes(4096)


class MemorySegment:
    """A segment of records whose contents a test chooses; damage it, and see what is left."""

    def __init__(self, *contents, before=0):
        made = WrittenSegment(0, 0, "wal", before)
        self.places = [made.append(CHECKSUM, None)]
        self.places += [made.append(ENTRY, each) for each in contents]
        self.data = bytearray(made.data + ZEROS)
        self.crc = made.crc

    def __getitem__(self, number):
        return self.places[number]

    def put(self, offset, new):
        self.data[offset : offset + len(new)] = new

    def flip(self, offset):
        self.data[offset] ^= 0x10

    def zero(self, start, end):
        self.put(start, bytes(end - start))

    def cut(self, size):
        del self.data[size:]

    def read(self, crc=None):
        """Contents of the sound records, and extent, offset and end of each damaged place."""
        return [
            (each.extent, each.offset, each.end) if isinstance(each, Damage) else each.data
            for each in records(BytesLog(bytes(self.data)), crc)
        ]

    def damage(self, crc=None):
        """The only damaged place."""
        (found,) = (
            each for each in records(BytesLog(bytes(self.data)), crc) if isinstance(each, Damage)
        )
        return found


def segments_of(log, chosen=None):
    """The segments of a log that is not written to any file; zeros stand behind the last."""
    chosen = log.segments if chosen is None else chosen
    return [
        Segment(
            each.sequence,
            each.first,
            BytesLog(bytes(each.data) + (ZEROS if each is chosen[-1] else b""), each.name),
            each is chosen[-1],
        )
        for each in chosen
    ]


class MemoryLog(LogWriter):
    """A log in plain text whose entries hold what a test says."""

    def __init__(self, name="manager-1"):
        super().__init__(member(name), b"", "plain", "")

    def entries(self, *contents):
        """Write entries, and no hard state."""
        return [self.entry(each) for each in contents]

    def rewind(self, index):
        self.index = index

    def flip(self, place, offset=None):
        (data,) = (each.data for each in self.segments if each.name == place.file)
        data[place.data if offset is None else offset] ^= 0x10

    def read(self, after=0, *, sealed=False, segments=None):
        """The contents of all final entries, and the journal."""
        found = segments_of(self, segments)
        journal = Journal(after, sealed=sealed)
        return [bytes(each.data) for each in journal.committed(found)], journal


def held(journal):
    """The contents of the entries past the commit index."""
    return [bytes(each.data) for each in journal.held]


def follow(folder, start=None, *, reader=None, **limits):
    """One pass over the log of a folder that is not written."""
    start = start or PassStart()
    journal = Journal(start.index, sealed=False)
    reading = ReplayPass(start, journal, reader or EntryReader(None), Limits(**limits))
    reading.follow(segments_of(folder))
    reading.findings += conclusions(reading)
    return reading


def secrets(reading):
    """The names of the secrets that a pass found."""
    return [name_of(each) for each in reading.replay.store.secrets.values()]
