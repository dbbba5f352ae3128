"""What a newer release makes of what is stored already: where it crashes, and what goes wrong."""

from collections.abc import Iterable, Iterator

import msgspec

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.plan import is_task_dirty
from swarmwire.releases import Release
from swarmwire.rules import service_spec_hazards
from swarmwire.upgrade.shown import why_not_shown


class LaterHazard(msgspec.Struct, frozen=True, kw_only=True):
    """What is accepted and goes wrong later with the newer release, and did not with the older.

    Attributes:
        path: where, in JSON names, from the spec.
        reason: what goes wrong.
        who: whom it hits: manager, scheduler or worker.
    """

    path: str
    reason: str
    who: str


def faults(
    service: pb.Service,
    old: Release,
    new: Release,
    tasks: Iterable[pb.Task] | None,
    nodes: Iterable[pb.Node] | None,
) -> Iterator[str]:
    """What the newer release cannot do with a service as it is stored, and the older could."""
    reason = why_not_shown(service, new)
    if reason and not why_not_shown(service, old):
        yield f"docker service inspect and ls fail: {reason}"
    by_id = {node.id: node for node in nodes or ()}
    for task in tasks or ():
        crash = _crash(service, task, by_id.get(task.node_id), new)
        if crash and not _crash(service, task, by_id.get(task.node_id), old):
            yield f"managers crash when they look at its tasks: {crash}"
            return


def _crash(service: pb.Service, task: pb.Task, node: pb.Node | None, release: Release) -> str:
    if task.desired_state > pb.TaskState.Value("RUNNING"):
        return ""
    try:
        is_task_dirty(service, task, node, release=release)
    except InvalidSpec as err:
        return err.reason
    return ""


def later_hazards(
    stored: pb.ServiceSpec, wanted: pb.ServiceSpec, old: Release, new: Release
) -> tuple[LaterHazard, ...]:
    """What goes wrong with a document as the newer release stores it, and not with the older."""
    known = {(each.path, each.reason) for each in service_spec_hazards(stored, release=old)}
    return tuple(
        LaterHazard(path=each.path, reason=each.reason, who=each.who)
        for each in service_spec_hazards(wanted, release=new)
        if (each.path, each.reason) not in known
    )
