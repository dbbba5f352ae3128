"""What nodes must have before tasks run, and no bundle holds: images, volumes, paths. Pure.

No manager knows which images are on a node. What is known comes from tasks: where they ran in the
dead swarm, where they run in the new one, and where they were rejected for want of an image.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from swarmwire import pb
from swarmwire.bundle.manifest import LastPlace
from swarmwire.bundle.restore.steps import Need, What
from swarmwire.bundle.restore.swarm import LiveSwarm, name_of
from swarmwire.scheduling import node_matches

_RUNNING: Final = pb.TaskState.Value("RUNNING")
_REJECTED: Final = pb.TaskState.Value("REJECTED")
_WANT_OF_IMAGE: Final = "no such image"
"""What an engine says of an image that it neither has nor can pull, in any case of letters."""
_KINDS: Final[dict[int, What]] = {pb.Mount.VOLUME: "volume", pb.Mount.BIND: "path"}


class Needs:
    """What is known of both swarms, looked through once."""

    def __init__(
        self, swarm: LiveSwarm, nodes: Sequence[pb.Node], ran: Iterable[LastPlace]
    ) -> None:
        """Take what tasks tell.

        Args:
            swarm: the new swarm.
            nodes: its nodes, with the labels that they are to get.
            ran: where tasks of the dead swarm ran at last.
        """
        self._nodes = nodes
        self._hosts = {name_of(node) for node in nodes}
        self._ran: dict[str, list[LastPlace]] = defaultdict(list)
        for place in ran:
            self._ran[place.service].append(place)
        self._there: dict[str, set[str]] = defaultdict(set)
        self._lacking: dict[str, set[str]] = defaultdict(set)
        for task in swarm.tasks:
            if task.status.state == _RUNNING:
                self._there[task.spec.container.image].add(task.node_id)
            elif task.status.state == _REJECTED and _WANT_OF_IMAGE in task.status.err.lower():
                self._lacking[task.spec.container.image].add(task.node_id)

    def of(self, service: pb.Service) -> Iterator[Need]:
        """What the nodes of a service must have, which stands as the bundle holds it."""
        spec = service.spec
        if spec.task.WhichOneof("runtime") != "container":
            return
        able = [node for node in self._nodes if _may_run(spec, node)]
        places = self._ran.get(service.id, [])
        for what, name in _things(spec.task.container):
            at = [one for one in places if what != "image" or one.image == name]
            yield self._need(service, (what, name), able, at)

    def _need(
        self,
        service: pb.Service,
        thing: tuple[What, str],
        able: Sequence[pb.Node],
        places: Sequence[LastPlace],
    ) -> Need:
        what, name = thing
        hosts = {one.hostname for one in places if one.hostname}
        sorts: dict[str, list[str]] = {"there": [], "was_there": [], "lacking": [], "unknown": []}
        for node in able:
            sorts[self._sort(node, thing, hosts)].append(name_of(node) or node.id)
        return Need(
            service=name_of(service),
            what=what,
            name=name,
            gone=tuple(sorted(hosts - self._hosts)),
            **{sort: tuple(sorted(each)) for sort, each in sorts.items()},
        )

    def _sort(self, node: pb.Node, thing: tuple[What, str], hosts: set[str]) -> str:
        """What is known of one node."""
        what, name = thing
        if what == "image" and node.id in self._there.get(name, ()):
            return "there"
        if what == "image" and node.id in self._lacking.get(name, ()):
            return "lacking"
        return "was_there" if name_of(node) in hosts else "unknown"


def _may_run(spec: pb.ServiceSpec, node: pb.Node) -> bool:
    is_up = node.status.state != pb.NodeStatus.DOWN
    is_active = node.spec.availability == pb.NodeSpec.ACTIVE
    return is_up and is_active and node_matches(list(spec.task.placement.constraints), node)


def _things(container: pb.ContainerSpec) -> Iterator[tuple[What, str]]:
    if container.image:
        yield "image", container.image
    mounts = sorted({(mount.type, mount.source) for mount in container.mounts if mount.source})
    for kind, source in mounts:
        if kind in _KINDS:
            yield _KINDS[kind], source
