"""Changes as lines for people, and as JSON for programs. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from swarmwire import pb
from swarmwire.cli.kinds import shown
from swarmwire.cli.live.changed import changed_paths
from swarmwire.cli.tables import short, state, word
from swarmwire.cli.terminal import one_line
from swarmwire.cli.times import utc
from swarmwire.cli.writing import raw_json
from swarmwire.control import ObjectChange
from swarmwire.control.kinds import name_of
from swarmwire.errors import FieldError
from swarmwire.plan import differences
from swarmwire.releases import Release

_MOST_PATHS = 3


def as_json(change: ObjectChange, *, raw: bool = False, release: Release | None = None) -> bytes:
    """One object on a line; in it the changed one, as the engine or as protobuf writes it."""
    return msgspec.json.encode(
        {
            "action": change.action,
            "kind": change.kind,
            "id": change.object.id,
            "name": name_of(change.object),
            "log_index": change.log_index or None,
            "version": change.log_index or None,  # its name before
            "changed": changed_paths(change),
            "gap": change.gap,
            "object": _object(change, raw=raw, release=release),
        }
    )


def _object(change: ObjectChange, *, raw: bool, release: Release | None) -> msgspec.Raw | None:
    try:
        if raw:
            return msgspec.Raw(raw_json(change.object))
        return msgspec.Raw(shown(change.kind, change.object, release))
    except FieldError:
        return None  # the engine has no words for it either


def as_line(change: ObjectChange, now: float, release: Release | None = None) -> str:
    """When, what, which, and what about it."""
    stamp = change.object.meta.updated_at
    removed = change.action == "remove" or not stamp.seconds
    when = utc(int(now) if removed else stamp.seconds)
    details = "; ".join(_details(change, release) or _unseen(change))
    gap = " (found by comparing lists)" if change.gap else ""
    name = name_of(change.object)
    which = f"{name} ({short(change.object.id)})" if name else short(change.object.id)
    text = f"{when} {change.action:<6} {change.kind:<7} {which}{gap}"
    return one_line(f"{text}: {details}" if details else text)


def _details(change: ObjectChange, release: Release | None) -> tuple[str, ...]:
    """What is worth to be said first of a change."""
    old, new = change.old, change.object
    if change.action == "remove":
        return ()
    if isinstance(new, pb.Task):
        return tuple(_of_task(old or pb.Task(), new))
    if isinstance(new, pb.Node):
        return tuple(_of_node(old or pb.Node(), new))
    return tuple(_of_service(old, new, release)) if isinstance(new, pb.Service) else ()


def _unseen(change: ObjectChange) -> Iterator[str]:
    """What changed where nothing of that did."""
    paths = changed_paths(change)
    if paths:
        yield f"changed {_shortened(paths)}"
    elif paths is not None:
        yield "nothing but its version, or what is hidden, changed; its spec is the same"


def _shortened(paths: Sequence[str]) -> str:
    more = len(paths) - _MOST_PATHS
    return ", ".join(paths[:_MOST_PATHS]) + (f" and {more} more" if more > 0 else "")


def _of_task(old: pb.Task, new: pb.Task) -> Iterator[str]:
    before = state(old.status.state) if old.id else ""
    yield from _step("", before, state(new.status.state))
    wanted = state(old.desired_state) if old.id else ""
    yield from _step("wanted ", wanted, state(new.desired_state))
    if new.node_id != old.node_id:
        yield f"on node {short(new.node_id)}"
    if new.status.err and new.status.err != old.status.err:
        yield new.status.err


def _of_node(old: pb.Node, new: pb.Node) -> Iterator[str]:
    for title, words in (
        ("", lambda node: word(pb.NodeStatus.State, node.status.state)),
        ("availability ", lambda node: word(pb.NodeSpec.Availability, node.spec.availability)),
        ("role ", lambda node: word(pb.NodeRole, node.role)),
        ("manager ", _manager),
    ):
        yield from _step(title, words(old) if old.id else "", words(new))


def _manager(node: pb.Node) -> str:
    if not node.HasField("manager_status"):
        return ""
    if node.manager_status.leader:
        return "leader"
    return word(pb.RaftMemberStatus.Reachability, node.manager_status.reachability)


def _of_service(old: pb.Service | None, new: pb.Service, release: Release | None) -> Iterator[str]:
    if old is not None:
        found = differences(old.spec, new.spec, hide_env=True, release=release)
        paths = [each.path for each in found]
        if paths:
            yield _shortened(paths)
    before = _update(old) if old is not None else ""
    yield from _step("update ", before, _update(new))


def _update(service: pb.Service) -> str:
    if not service.HasField("update_status"):
        return ""
    return word(pb.UpdateStatus.UpdateState, service.update_status.state)


def _step(title: str, before: str, after: str) -> Iterator[str]:
    if after and before != after:
        yield f"{title}{before} -> {after}" if before else f"{title}{after}"
