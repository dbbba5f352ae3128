"""What a recovered store holds, for people: blocks of text and tables. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from shlex import join
from typing import Final

from swarmwire.bundle import (
    Inventory,
    ManagerSummary,
    PayloadSummary,
    PendingTransaction,
    RemovedObject,
)
from swarmwire.cli.recovery.blocks import Block, findings, not_here
from swarmwire.cli.tables import Cell, Table, short, table
from swarmwire.cli.terminal import one_line

_KILO: Final = 1024
_LABEL: Final = 15
"""Columns of the labels in the head."""
_MOST: Final = 100
"""Removed objects and changes of one transaction that are shown; JSON has them all."""


def listing(found: Inventory, age: str) -> Iterator[tuple[str, Block]]:
    """Each part with its title; those that have nothing to say are left out.

    Args:
        found: what there is.
        age: how long ago the youngest object was written.
    """
    yield "", _head(found, age)
    parts: tuple[tuple[str, Sequence[object], Block], ...] = (
        ("Nodes, with their last known state", found.nodes, _nodes(found)),
        ("Services", found.services, _services(found)),
        ("Networks", found.networks, _networks(found)),
        ("Secrets", found.secrets, _payloads(found.secrets)),
        ("Configs", found.configs, _payloads(found.configs)),
        ("Cluster volumes", found.volumes, _volumes(found)),
        ("Tasks", list(found.tasks), _tasks(found)),
        ("Past the commit index, not included above", found.uncommitted, _pending(found)),
        ("Removed, but still in the log", found.deleted, _removed(found.deleted)),
        ("Problems (! means that something is lost)", found.findings, findings(found.findings)),
        (
            "Not in a manager's folder, so not recovered",
            found.not_recoverable,
            not_here(found.not_recoverable),
        ),
    )
    for title, items, block in parts:
        if items:
            yield title, block


def _head(found: Inventory, age: str) -> str:
    cluster, place = found.cluster, found.position
    lines = []
    if cluster is None:
        lines.append(f"{_label('Swarm')}not in what could be read")
    else:
        lock = "on" if cluster.autolock else "off"
        managers = "1 manager" if cluster.managers == 1 else f"{cluster.managers} managers"
        fips = "FIPS mode, " if found.fips else ""
        created = f", created {cluster.created_at}" if cluster.created_at else ""
        lines.append(
            f"{_label('Swarm')}{cluster.id} ({cluster.name}){created}, autolock {lock},"
            f" {fips}{managers}"
        )
        if cluster.init_options:
            lines.append(f"{_label('Settings')}docker swarm init {join(cluster.init_options)}")
    lines.append(f"{_label('Source node')}{_who(found.node)}")
    lines += [
        f"{_label('Other manager')}{_who(each)}"
        for each in found.members
        if each.raft_id != found.node.raft_id
    ]
    if found.removed_members:
        lines.append(f"{_label('Removed')}{_left(found.removed_members)}")
    snapshot = f"snapshot at {place.snapshot_index}" if place.snapshot_index else "no snapshot"
    lines.append(
        f"{_label('Log position')}index {place.index} of {place.last_index}, term {place.term},"
        f" committed up to {place.commit}, {snapshot}"
    )
    written = f"{place.updated_at} ({age})" if place.updated_at else "unknown"
    lines.append(f"{_label('Last change')}{written}")
    lines.append(f"{_label('Complete')}{_complete(found)}")
    return "".join(f"{one_line(line)}\n" for line in lines)


def _label(text: str) -> str:
    """What stands before a line of the head."""
    return f"{text}:".ljust(_LABEL)


def _complete(found: Inventory) -> str:
    if not found.is_whole:
        return "NO: something is lost, see below"
    if found.uncommitted:
        return "yes, up to the commit index; what lies past it is listed below"
    return "yes"


def _who(member: ManagerSummary) -> str:
    name = f" ({member.hostname})" if member.hostname else ""
    return f"{member.node_id or '?'}{name}, {member.address or '?'}, raft ID {member.raft_id}"


def _left(raft_ids: list[str]) -> str:
    if len(raft_ids) == 1:
        return f"the manager with raft ID {raft_ids[0]}"
    return f"{len(raft_ids)} managers, with raft IDs {', '.join(raft_ids)}"


def _nodes(found: Inventory) -> Table:
    return table(
        "ID|HOSTNAME|ROLE|AVAILABILITY|STATE|ENGINE|ADDRESS|LABELS",
        [
            (
                short(each.id),
                each.hostname,
                each.role,
                each.availability,
                each.state,
                each.engine,
                each.address,
                _labels(each.labels),
            )
            for each in found.nodes
        ],
    )


def _services(found: Inventory) -> Table:
    return table(
        "ID|NAME|MODE|REPLICAS|IMAGE|PORTS|UPDATED",
        [
            (
                short(each.id),
                each.name,
                each.mode or "?",
                "" if each.replicas is None else str(each.replicas),
                each.image,
                ", ".join(each.ports),
                _day(each.updated_at),
            )
            for each in found.services
        ],
    )


def _networks(found: Inventory) -> Table:
    return table(
        "ID|NAME|DRIVER|SUBNETS|FLAGS|LABELS",
        [
            (
                short(each.id),
                each.name,
                each.driver,
                ", ".join(each.subnets),
                ", ".join(each.flags),
                _labels(each.labels),
            )
            for each in found.networks
        ],
    )


def _payloads(payloads: Iterable[PayloadSummary]) -> Table:
    return table(
        "ID|NAME|SIZE|UPDATED|LABELS",
        [
            (
                short(each.id),
                each.name,
                f"with driver {each.driver}" if each.driver else _size(each.size),
                _day(each.updated_at),
                _labels(each.labels),
            )
            for each in payloads
        ],
    )


def _volumes(found: Inventory) -> Table:
    return table(
        "ID|NAME|DRIVER", [(short(each.id), each.name, each.driver) for each in found.volumes]
    )


def _tasks(found: Inventory) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in found.tasks.items())
    return f"{sum(found.tasks.values())}: {counts}\n"


def _pending(found: Inventory) -> Table:
    return table(
        "INDEX|TERM|WRITTEN|CHANGES",
        [
            (str(each.index), str(each.term), _day(each.written_at), _changes(each))
            for each in found.uncommitted
        ],
    )


def _changes(pending: PendingTransaction) -> str:
    texts = [f"{each.action} {each.kind} {each.name or each.id}" for each in pending.changes]
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(texts[:_MOST]) + more or "none"


def _removed(removed: Sequence[RemovedObject]) -> Table:
    """All but tasks, of which there are many; those are counted."""
    shown = [each for each in removed if each.kind != "task"]
    counts = Counter(each.kind for each in removed if each.kind == "task")
    rows = [
        (
            each.kind,
            short(each.id),
            each.name,
            "" if each.size is None else _size(each.size),
            "before this log begins" if each.removed_at is None else f"at {each.removed_at}",
        )
        for each in shown
    ]
    rows += [(kind, "", f"({count} in all)", "", "") for kind, count in counts.items()]
    return table("KIND|ID|NAME|SIZE|REMOVED", rows)


def _labels(labels: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" if value else name for name, value in labels.items())


def _day(time: str | None) -> str:
    """A time to the second."""
    return "" if time is None else f"{time[:19].rstrip('Z')}Z"


def _size(size: int) -> Cell:
    """A size for people; exact while it is short."""
    text = f"{size} B" if size < 10 * _KILO else f"{size / _KILO:.0f} KiB"
    return Cell(text)
