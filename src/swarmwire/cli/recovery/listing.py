"""What a recovered store holds, for people: blocks of text and tables. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from shlex import join
from textwrap import wrap
from typing import Final

from swarmwire.cli.line import one_line
from swarmwire.cli.live.tables import Cell, Table, table
from swarmwire.cli.live.words import short
from swarmwire.cli.recovery.listed import Document, Labels, Member, Payload, Pending, Removed
from swarmwire.raftstore import Finding

_WIDTH: Final = 96
_KILO: Final = 1024
_MOST: Final = 100
"""Removed objects and changes of one transaction that are shown; JSON has them all."""

Block = str | Table
"""A text of whole lines, or a table."""


def listing(found: Document, age: str) -> Iterator[tuple[str, Block]]:
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
        ("Past the commit index, and not in the above", found.uncommitted, _pending(found)),
        ("Removed, and still in the log", found.deleted, _removed(found.deleted)),
        ("Amiss (! where something is lost)", found.findings, findings(found.findings)),
        ("Cannot be recovered from here", found.not_recoverable, not_here(found.not_recoverable)),
    )
    for title, items, block in parts:
        if items:
            yield title, block


def findings(found: Iterable[Finding]) -> str:
    """What is amiss, and where."""
    return "".join(_lines([_sentence(each)], "! " if each.loses else "- ") for each in found)


def _sentence(finding: Finding) -> str:
    where = finding.file
    if finding.offset is not None:
        where += f" at byte {finding.offset}"
    if finding.first is not None:
        last = finding.last if finding.last is not None else finding.first
        entries = f"entry {last}" if last == finding.first else f"entries {finding.first} to {last}"
        where += f", {entries}" if where else entries
    return f"{finding.reason}{f' ({where})' if where else ''}"


def not_here(sentences: Iterable[str]) -> str:
    """What is in no manager's folder."""
    return _lines(sentences, "- ")


def _head(found: Document, age: str) -> str:
    cluster, place = found.cluster, found.position
    lines = []
    if cluster is None:
        lines.append("Swarm:    not in what could be read")
    else:
        lock = "on" if cluster.autolock else "off"
        managers = "1 manager" if cluster.managers == 1 else f"{cluster.managers} managers"
        created = f", created {cluster.created_at}" if cluster.created_at else ""
        lines.append(
            f"Swarm:    {cluster.id} ({cluster.name}){created}, autolock {lock}, {managers}"
        )
        if cluster.init_options:
            lines.append(f"Settings: docker swarm init {join(cluster.init_options)}")
    lines.append(f"Read of:  {_who(found.node)}")
    lines += [
        f"Manager:  {_who(each)}" for each in found.members if each.raft_id != found.node.raft_id
    ]
    snapshot = f"snapshot at {place.snapshot_index}" if place.snapshot_index else "no snapshot"
    lines.append(
        f"Stands:   at index {place.index} of {place.last_index}, term {place.term},"
        f" committed up to {place.commit}, {snapshot}"
    )
    written = f"{place.updated_at} ({age})" if place.updated_at else "at a time that nothing tells"
    lines.append(f"Written:  {written}")
    lines.append(f"Whole:    {_whole(found)}")
    return "".join(f"{one_line(line)}\n" for line in lines)


def _whole(found: Document) -> str:
    if not found.is_whole:
        return "NO, something is lost: see below"
    if found.uncommitted:
        return "yes, up to what is known to be committed: see below what lies past it"
    return "yes"


def _who(member: Member) -> str:
    name = f" ({member.hostname})" if member.hostname else ""
    return f"node {member.node_id or '?'}{name}, {member.address or '?'}, raft id {member.raft_id}"


def _nodes(found: Document) -> Table:
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


def _services(found: Document) -> Table:
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


def _networks(found: Document) -> Table:
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


def _payloads(payloads: Iterable[Payload]) -> Table:
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


def _volumes(found: Document) -> Table:
    return table(
        "ID|NAME|DRIVER", [(short(each.id), each.name, each.driver) for each in found.volumes]
    )


def _tasks(found: Document) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in found.tasks.items())
    return f"{sum(found.tasks.values())}: {counts}\n"


def _pending(found: Document) -> Table:
    return table(
        "INDEX|TERM|WRITTEN|CHANGES",
        [
            (str(each.index), str(each.term), _day(each.written_at), _changes(each))
            for each in found.uncommitted
        ],
    )


def _changes(pending: Pending) -> str:
    texts = [f"{each.action} {each.kind} {each.name or each.id}" for each in pending.changes]
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(texts[:_MOST]) + more or "none"


def _removed(removed: Sequence[Removed]) -> Table:
    """All but tasks, of which there are many; those are counted."""
    shown = [each for each in removed if each.kind != "task"]
    counts = Counter(each.kind for each in removed if each.kind == "task")
    rows = [
        (
            each.kind,
            short(each.id),
            each.name,
            "" if each.size is None else _size(each.size),
            "before what is here" if each.removed_at is None else f"at {each.removed_at}",
        )
        for each in shown
    ]
    rows += [(kind, "", f"({count} in all)", "", "") for kind, count in counts.items()]
    return table("KIND|ID|NAME|SIZE|REMOVED", rows)


def _labels(labels: Labels) -> str:
    return ", ".join(f"{name}={value}" if value else name for name, value in labels.items())


def _day(time: str | None) -> str:
    """A time to the second."""
    return "" if time is None else f"{time[:19].rstrip('Z')}Z"


def _size(size: int) -> Cell:
    """A size for people; exact while it is short."""
    text = f"{size} B" if size < 10 * _KILO else f"{size / _KILO:.0f} KiB"
    return Cell(text)


def _lines(texts: Iterable[str], mark: str) -> str:
    lines = []
    for text in texts:
        lines += wrap(
            one_line(text),
            _WIDTH,
            initial_indent=mark,
            subsequent_indent=" " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "".join(f"{line}\n" for line in lines)
