"""The swarm: nodes as columns with what is free, tasks as tiles by stack and service. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from swarmwire import pb
from swarmwire.control.kinds import task_name
from swarmwire.convert.enums import NODE_AVAILABILITY, NODE_STATE
from swarmwire.page.observed import ObservedSwarm, named_as, natural, stack_of
from swarmwire.page.parts import PagePart
from swarmwire.page.rendering import render
from swarmwire.page.selection import TileFilter
from swarmwire.page.states import MARKS, mark_of
from swarmwire.page.texts import shown
from swarmwire.scheduling import NodeCapacity, bytes_in_words, capacity, cpus_in_words

ROOT: Final = "nodes"
_NOWHERE: Final = "nowhere"
_TILE: Final = Markup(
    '<li id="t-{id}"><a class="t {shape}{mark}" href="/task/{id}" aria-label="{label}">{letter}'
    "</a></li>"
)
_GROUP: Final = Markup(
    '<div class="g" id="{id}"><a class="gn" href="/service/{service}"><bdi>{name}</bdi></a>'
    '<ul aria-label="{name}">'
)
_IDLE: Final = Markup('<a class="gn" id="i-{id}" href="/service/{id}"><bdi>{name}</bdi></a>')
_MARKS: Final = {"restarts": "restarts", "removed": "goes", "added": "comes"}


class SwarmView:
    """The view of all nodes and their tasks.

    Args:
        swarm: what is shown.
        filters: which part of it.
        fate: what a plan does to tasks, by ID: ``restarts``, ``removed``.
    """

    template = "swarm.html"
    title = "Swarm"

    def __init__(
        self, swarm: ObservedSwarm, filters: TileFilter, fate: Mapping[str, str] | None = None
    ) -> None:
        self._swarm = swarm
        self._filters = filters
        self._fate = {} if fate is None else fate
        self._version = -1
        self._known: dict[str, PagePart] = {}

    @property
    def root(self) -> str:
        """The element that holds the parts."""
        return ROOT

    def context(self) -> dict[str, Any]:
        """What the template needs besides the parts."""
        stacks = sorted({stack_of(one) for one in self._swarm.services} - {""})
        return {"filters": self._filters, "stacks": stacks, "states": MARKS.values()}

    def parts(self) -> dict[str, PagePart]:
        """Nodes, in them services, in them tiles; tasks without a node come first."""
        if self._swarm.version != self._version:
            self._version = self._swarm.version
            self._known = self._made()
        return self._known

    def _made(self) -> dict[str, PagePart]:
        placed: dict[str, list[tuple[pb.Task, pb.Service | None]]] = {}
        for task, service in self._filters.tasks(self._swarm):
            placed.setdefault(task.node_id, []).append((task, service))
        free = capacity(self._swarm.cluster())
        out: dict[str, PagePart] = {}
        known = self._swarm.nodes
        ids = {node.id for node in known}
        homeless = [pair for node, pairs in placed.items() if node not in ids for pair in pairs]
        if homeless and not self._filters.node:
            heading = '<section class="n" id="n-nowhere"><h2>No node yet</h2>'
            out["n-nowhere"] = PagePart(ROOT, heading, "</section>")
            out |= self._groups(_NOWHERE, homeless)
        for node in known:
            if self._filters.shows_node(node):
                out[f"n-{node.id}"] = PagePart(ROOT, _section(node), "</section>")
                out[f"h-{node.id}"] = PagePart(f"n-{node.id}", _heading(node, free[node.id]))
                out |= self._groups(node.id, placed.get(node.id, []))
        out |= self._idle({task.service_id for pairs in placed.values() for task, _ in pairs})
        return out

    def _idle(self, busy: set[str]) -> Iterator[tuple[str, PagePart]]:
        """Services without a task that is shown."""
        if self._filters.node or self._filters.state:
            return
        idle = [
            one
            for one in self._swarm.services
            if one.id not in busy and self._filters.shows_service(one)
        ]
        if not idle:
            return
        heading = '<section class="n" id="n-idle"><h2>Without tasks</h2>'
        yield "n-idle", PagePart(ROOT, heading, "</section>")
        for one in idle:
            html = _IDLE.format(id=one.id, name=shown(named_as(one), 60))
            yield f"i-{one.id}", PagePart("n-idle", html)

    def _groups(
        self, node: str, tasks: list[tuple[pb.Task, pb.Service | None]]
    ) -> Iterator[tuple[str, PagePart]]:
        groups: dict[tuple[str, str, str], list[pb.Task]] = {}
        for task, service in tasks:
            name = _service_name(task, service)
            groups.setdefault((stack_of(service), name, task.service_id), []).append(task)
        for (_, name, service_id), members in sorted(groups.items()):
            group = f"g-{node}-{service_id}"
            opening = _GROUP.format(id=group, service=service_id, name=shown(name, 60))
            yield group, PagePart(f"n-{node}", opening, "</ul></div>")
            for task in sorted(members, key=lambda one: (one.slot, one.id)):
                yield f"t-{task.id}", PagePart(group, self._tile(task, name))

    def _tile(self, task: pb.Task, name: str) -> str:
        mark = mark_of(task.status.state)
        fate = self._fate.get(task.id, "")
        label = f"{shown(name, 40)}.{task.slot}" if task.slot else shown(name, 40)
        return _TILE.format(
            id=task.id,
            shape=mark.shape,
            mark=f" will-{_MARKS[fate]}" if fate in _MARKS else "",
            label=f"{label}: {mark.word}{f', {fate}' if fate in _MARKS else ''}",
            letter="↻" if fate == "restarts" else "✕" if fate == "removed" else mark.letter,
        )


def _service_name(task: pb.Task, service: pb.Service | None) -> str:
    if service is not None:
        return service.spec.annotations.name
    return task.service_annotations.name or task_name(task) or task.id


def _section(node: pb.Node) -> str:
    return Markup('<section class="n" id="n-{0}" aria-labelledby="nm-{0}">').format(node.id)


def _heading(node: pb.Node, free: NodeCapacity) -> str:
    state = NODE_STATE.word.get(node.status.state, "unknown")
    availability = NODE_AVAILABILITY.word.get(node.spec.availability, "active")
    notes = [word for word, plain in ((state, "ready"), (availability, "active")) if word != plain]
    is_manager = node.HasField("manager_status")
    role = "leader" if is_manager and node.manager_status.leader else "manager"
    return render(
        "node.html",
        node=node,
        name=named_as(node),
        role=role if is_manager else "worker",
        notes=notes,
        amounts=_amounts(free),
    )


def _amounts(free: NodeCapacity) -> Iterator[dict[str, Any]]:
    total, reserved, left = free.total, free.reserved, free.free
    for name, has, uses, rest, words in (
        ("CPU", total.nano_cpus, reserved.nano_cpus, left.nano_cpus, cpus_in_words),
        ("Memory", total.memory_bytes, reserved.memory_bytes, left.memory_bytes, bytes_in_words),
    ):
        if has:
            yield _amount(name, has, uses, f"{words(rest)} of {words(has)} free")
    for kind, has in total.generic.items():
        rest = left.generic.get(kind, 0)
        yield _amount(kind, has, has - rest, f"{rest} of {has} free")


def _amount(name: str, total: int, used: int, text: str) -> dict[str, Any]:
    share = 0 if not total else min(1.0, max(0.0, used / total))
    return {"name": name, "text": text, "percent": round(100 * share), "over": used > total}


def by_node(swarm: ObservedSwarm) -> dict[str, str]:
    """Names of nodes by ID."""
    nodes = sorted(swarm.nodes, key=lambda node: natural(named_as(node)))
    return {node.id: named_as(node) for node in nodes}
