"""What a folder tells when its key is lost: facts of the node, the shape of its log, its tasks."""

from dataclasses import dataclass, field
from pathlib import Path

from swarmwire import pb
from swarmwire.errors import StoreError
from swarmwire.raftstore import facts as node_facts
from swarmwire.raftstore.facts import Facts, facts
from swarmwire.raftstore.files import Folder, opened, read_segments
from swarmwire.raftstore.journal import Journal
from swarmwire.raftstore.task_database import tasks

_TASKS = "worker/tasks.db"


@dataclass(frozen=True, slots=True)
class Keyless:
    """What a folder tells without any key.

    Attributes:
        facts: who the node is, whose, and where the managers were.
        myself: the manager as its log names it: raft id, node id, address; None without a log.
        entries: how many entries the log holds.
        last_index: the last of them; 0 if there is none.
        commit: the last one known to be committed.
        term: the last term.
        snapshots: the files of snapshots, the newest first.
        tasks: the tasks that ran on this node when its engine ended without stopping them: images,
            arguments, environments, mounts, names of secrets and configs; never their content.
        problems: what could not be read.
    """

    facts: Facts
    myself: pb.RaftMember | None
    entries: int
    last_index: int
    commit: int
    term: int
    snapshots: tuple[str, ...]
    tasks: list[pb.Task] = field(repr=False)
    problems: tuple[str, ...]


def keyless(path: str | Path) -> Keyless:
    """What a manager's or a worker's folder tells without any key.

    Args:
        path: as for ``read``.

    Raises:
        StoreError: there is no such folder, or it may not be read.
    """
    problems: list[str] = []
    with opened(Path(path)) as folder:
        known = facts(
            node_certificate=_content(folder, node_facts.NODE_CERTIFICATE, problems),
            root_certificate=_content(folder, node_facts.ROOT_CERTIFICATE, problems),
            engine_state=_content(folder, node_facts.ENGINE_STATE, problems),
            managers=_content(folder, node_facts.MANAGERS, problems),
        )
        problems += [f"{each.file}: {each.reason}" for each in known.unread]
        journal = Journal(0, sealed=folder.wal_is_sealed)
        entries = sum(1 for _ in journal.committed(read_segments(folder.segments())))
        return Keyless(
            facts=known,
            myself=journal.myself,
            entries=entries + len(journal.held),
            last_index=journal.last,
            commit=journal.commit,
            term=journal.term,
            snapshots=tuple(folder.snapshots()),
            tasks=_tasks(folder, problems),
            problems=tuple(problems),
        )


def _content(folder: Folder, name: str, problems: list[str]) -> bytes | None:
    try:
        return folder.read(name)
    except StoreError as err:
        problems.append(str(err))
        return None


def _tasks(folder: Folder, problems: list[str]) -> list[pb.Task]:
    try:
        database = _content(folder, _TASKS, problems)
        return [] if database is None else tasks(database, _TASKS)
    except StoreError as err:
        problems.append(str(err))
        return []
