"""What is to be said of a store as a whole, and where nothing is left to stand on. Pure."""

from collections.abc import Iterator

from swarmwire.errors import CorruptLog, StoreError, WrongKey
from swarmwire.raftstore.journal import Journal
from swarmwire.raftstore.replay import ReplayPass
from swarmwire.raftstore.snapshot import Limits, PassStart
from swarmwire.raftstore.store import Position, StoreFinding


def no_beginning(first: int, name: str, limits: Limits) -> CorruptLog:
    """The error for a log whose beginning is in no file."""
    if limits.at is None and limits.until is None:
        reason = (
            f"the log begins at entry {first}, and there is no sound snapshot that holds what was "
            "before (a manager that joined later never had it in its log): --partial recovers what "
            "later entries happen to hold"
        )
    else:
        reason = (
            f"the log begins at entry {first}, and no sound snapshot is old enough: the state that "
            "was asked for is not here any more"
        )
    return CorruptLog(reason, file=name, offset=0)


def refuse_without_snapshot(
    reading: ReplayPass, name: str, *, partial: bool, limits: Limits
) -> None:
    """Refuse a log alone that tells nothing, or not what was at its beginning.

    Raises:
        CorruptLog: it is empty, or its beginning is missing and ``partial`` is not asked for.
        WrongKey: nothing in it could be opened.
    """
    journal = reading.journal
    if not journal.last:
        raise CorruptLog(
            "the log holds no entry at all: it is empty, or zeros. This is no empty swarm, it is a "
            "lost one",
            file=name,
            offset=0,
        )
    is_damaged = any(each.kind == "damaged-record" and each.first == 1 for each in journal.findings)
    came_later = any(index >= journal.first - 1 > 0 for index in journal.markers)
    if came_later and not is_damaged and not partial:
        raise no_beginning(journal.first, name, limits)
    failed = next((each for each in reading.findings if each.kind == "unreadable-entry"), None)
    if failed is not None and not reading.reader.opened:
        raise WrongKey(
            f"{failed.reason}: the key is of another node or time",
            file=failed.file,
            offset=failed.offset,
        )


def refuse_limit(position: Position, at: int | None) -> None:
    """Refuse an index that the log does not have.

    Raises:
        StoreError: it is behind its end, or before its beginning.
    """
    if at is not None and at > position.last_index:
        raise StoreError(f"there is no entry {at}: the log ends at {position.last_index}")
    if at is not None and at < position.first_index and not position.snapshot_index:
        raise StoreError(f"there is no state at {at}: the log begins at {position.first_index}")


def about_snapshot(start: PassStart, journal: Journal, *, is_alone: bool) -> Iterator[StoreFinding]:
    """Whether snapshot and log fit; ``is_alone``: there is no log at all."""
    if not start.index:
        return
    if is_alone:
        reason = f"the log is missing: what was written after entry {start.index} is lost"
        yield StoreFinding(kind="missing-log", reason=reason, loses=True)
    elif start.index not in journal.markers and not journal.last:
        reason = (
            f"the log does not reach the snapshot at entry {start.index}: what was written after "
            "it is not here"
        )
        yield StoreFinding(kind="missing-log", reason=reason, loses=True)
    elif journal.markers.get(start.index, start.term) != start.term:
        reason = "the log tells another term of the snapshot: they may be of different managers"
        yield StoreFinding(kind="anomaly", reason=reason, loses=True)


def put_aside(name: str) -> StoreFinding:
    """A file that the engine does not read any more, and which may hold more than those it does."""
    reason = (
        "the engine put this file aside when it repaired the log, and may have cut off more than "
        "it had to: in a copy of the folder, give it its name back to read it"
    )
    return StoreFinding(kind="left-over", reason=reason, loses=False, file=name)


def told(reading: ReplayPass, at: int | None) -> Iterator[StoreFinding]:
    """What was met on the way, but nothing that lies behind the index that was asked for."""
    limit = None if at is None else reading.replay.index
    for finding in (*reading.journal.findings, *reading.findings, *conclusions(reading)):
        is_behind = limit is not None and finding.first is not None and finding.first > limit
        if not is_behind or finding.kind == "past-commit":
            yield finding


def conclusions(reading: ReplayPass) -> Iterator[StoreFinding]:
    """What can be said of a pass only at its end."""
    journal, replay, reader = reading.journal, reading.replay, reading.reader
    yield from _ends_too_early(journal, max(journal.last, reading.start))
    if replay.misfits and not any(each.loses for each in journal.findings):
        yield _anomaly(
            f"{replay.misfits} changes created what was there, or changed or removed what was not; "
            "they were applied, where a manager drops the transaction"
        )
    yield from map(_anomaly, replay.anomalies)
    repairs = reader.repairs + replay.repairs
    if repairs:
        yield _anomaly(f"{repairs} strings held bytes that are not UTF-8; they read U+FFFD")
    if reader.unknown:
        reason = f"{reader.unknown} changes were to objects of unknown kinds; left out"
        yield StoreFinding(kind="anomaly", reason=reason, loses=True)


def _ends_too_early(journal: Journal, last: int) -> Iterator[StoreFinding]:
    """Signs in the log that it went on behind its end."""
    if journal.commit > last:
        reason = (
            f"the manager had committed everything up to {journal.commit}, and the log ends at "
            f"{last}: what was written between is lost"
        )
        yield StoreFinding(
            kind="lost-entries", reason=reason, loses=True, first=last + 1, last=journal.commit
        )
    marker = max(journal.markers, default=0)
    if marker > last:
        reason = (
            f"a snapshot was taken at entry {marker}; neither its file is here, nor the entries "
            f"after {last} up to it"
        )
        yield StoreFinding(
            kind="missing-snapshot", reason=reason, loses=True, first=last + 1, last=marker
        )


def _anomaly(reason: str) -> StoreFinding:
    return StoreFinding(kind="anomaly", reason=reason, loses=False)
