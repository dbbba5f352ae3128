"""What a folder tells without a key, as data: who the node was, whose, and its tasks. Pure."""

import msgspec

from swarmwire import pb
from swarmwire.bundle.inventory import rfc3339, word
from swarmwire.convert import enums
from swarmwire.raftstore import Keyless


class TaskSummary(msgspec.Struct, frozen=True):
    """A task that the node's agent wrote down. Its variables and arguments are not told."""

    id: str
    service: str
    slot: int
    image: str
    state: str
    desired: str
    secrets: list[str]
    configs: list[str]


class KeylessInventory(msgspec.Struct, frozen=True):
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
    tasks: list[TaskSummary]
    problems: list[str]


def keyless_inventory(found: Keyless) -> KeylessInventory:
    """What the folder tells, as data."""
    facts, log = found.facts, found.myself
    identity, start = facts.identity, facts.start
    return KeylessInventory(
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


def _task(task: pb.Task) -> TaskSummary:
    container = task.spec.container
    return TaskSummary(
        id=task.id,
        service=task.service_annotations.name or task.service_id,
        slot=task.slot,
        image=container.image,
        state=word(enums.TASK_STATE, task.status.state),
        desired=word(enums.TASK_STATE, task.desired_state),
        secrets=[each.secret_name for each in container.secrets],
        configs=[each.config_name for each in container.configs],
    )
