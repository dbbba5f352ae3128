"""What a folder tells without a key: who the node was, whose, and which tasks it ran."""

from collections.abc import Iterator

import msgspec

from swarmwire import pb
from swarmwire.cli.line import one_line
from swarmwire.cli.live.tables import Table, table
from swarmwire.cli.live.words import short, state
from swarmwire.cli.recovery.listing import Block
from swarmwire.cli.recovery.times import rfc3339
from swarmwire.raftstore import Keyless


class Task(msgspec.Struct, frozen=True):
    """A task that the node's agent wrote down. Its variables and arguments are not told."""

    id: str
    service: str
    slot: int
    image: str
    state: str
    desired: str
    secrets: list[str]
    configs: list[str]


class KeylessDocument(msgspec.Struct, frozen=True):
    """All that a folder tells without a key. Times are RFC 3339."""

    node_id: str
    cluster_id: str
    role: str | None
    expires_at: str | None
    root_expires_at: str | None
    listen_address: str
    advertise_address: str
    managers: list[str]
    raft_id: str | None
    address: str
    entries: int
    last_index: int
    commit: int
    term: int
    snapshots: list[str]
    tasks: list[Task]
    problems: list[str]


def keyless_document(found: Keyless) -> KeylessDocument:
    """What the folder tells, as data."""
    facts, log = found.facts, found.myself
    identity, start = facts.identity, facts.start
    return KeylessDocument(
        node_id=identity.node_id if identity else "",
        cluster_id=identity.cluster_id if identity else "",
        role=identity.role if identity else None,
        expires_at=rfc3339(identity.not_after) if identity else None,
        root_expires_at=rfc3339(facts.root_not_after),
        listen_address=start.listen_address if start else "",
        advertise_address=start.advertise_address if start else "",
        managers=[f"{each.address} (node {each.node_id or '?'})" for each in facts.managers],
        raft_id=f"{log.raft_id:x}" if log else None,
        address=log.addr if log else "",
        entries=found.entries,
        last_index=found.last_index,
        commit=found.commit,
        term=found.term,
        snapshots=list(found.snapshots),
        tasks=[_task(each) for each in found.tasks],
        problems=list(found.problems),
    )


def _task(task: pb.Task) -> Task:
    container = task.spec.container
    return Task(
        id=task.id,
        service=task.service_annotations.name or task.service_id,
        slot=task.slot,
        image=container.image,
        state=state(task.status.state),
        desired=state(task.desired_state),
        secrets=[each.secret_name for each in container.secrets],
        configs=[each.config_name for each in container.configs],
    )


def keyless_listing(found: KeylessDocument) -> Iterator[tuple[str, Block]]:
    """The parts, each with its title."""
    facts = "".join(f"{one_line(line)}\n" for line in (*_node(found), *_log(found)))
    if facts:
        yield "What can be told without a key", facts
    if found.tasks:
        yield "Tasks that the node's agent wrote down", _tasks(found)


def _node(found: KeylessDocument) -> Iterator[str]:
    if found.node_id or found.cluster_id:
        yield f"Node:       {found.node_id or '?'}, {found.role or 'of no role that is known'}"
        yield f"Swarm:      {found.cluster_id or '?'}"
    if found.expires_at:
        yield f"Expires:    the node's certificate at {found.expires_at}"
    if found.root_expires_at:
        yield f"Expires:    the swarm's root certificate at {found.root_expires_at}"
    if found.listen_address:
        yield f"Listens:    {found.listen_address}"
    if found.advertise_address:
        yield f"Advertises: {found.advertise_address}"
    for each in found.managers:
        yield f"Manager:    {each}"


def _log(found: KeylessDocument) -> Iterator[str]:
    if found.raft_id is not None:
        yield f"Raft:       id {found.raft_id}, {found.address or 'no address'}"
    if found.entries or found.snapshots:
        count = len(found.snapshots)
        snapshots = "1 snapshot" if count == 1 else f"{count} snapshots"
        yield (
            f"Log:        {found.entries} entries up to index {found.last_index}, committed up to"
            f" {found.commit}, term {found.term}; {snapshots}; all of it sealed"
        )
    for each in found.problems:
        yield f"Unread:     {each}"


def _tasks(found: KeylessDocument) -> Table:
    return table(
        "ID|SERVICE|SLOT|IMAGE|STATE|SECRETS|CONFIGS",
        [
            (
                short(each.id),
                each.service,
                str(each.slot or ""),
                each.image,
                each.state,
                ", ".join(each.secrets),
                ", ".join(each.configs),
            )
            for each in sorted(found.tasks, key=lambda each: (each.service, each.slot, each.id))
        ],
    )
