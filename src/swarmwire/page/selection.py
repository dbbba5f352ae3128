"""Which tasks and nodes are shown: filters, as the address of the page has them. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from swarmwire import pb
from swarmwire.page.observed import ObservedSwarm, named_as, stack_of
from swarmwire.page.states import is_current, mark_of


class TileFilter(NamedTuple):
    """What is shown; what is empty does not matter.

    Attributes:
        stack: the name of a stack.
        service: a part of a service's name.
        label: ``key`` or ``key=value``, of a service.
        node: a part of a host's name.
        state: a state; ``all`` are those of the past too, nothing is what is there now.
    """

    stack: str = ""
    service: str = ""
    label: str = ""
    node: str = ""
    state: str = ""

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "TileFilter":
        """The filters in an address."""
        return cls(*(query.get(name, "").strip()[:200] for name in cls._fields))

    @property
    def is_empty(self) -> bool:
        """Whether everything is shown that is there now."""
        return not any(self)

    def shows_node(self, node: pb.Node) -> bool:
        """Whether a node is shown."""
        return self.node.lower() in named_as(node).lower()

    def shows_service(self, service: pb.Service) -> bool:
        """Whether the tasks of a service are shown."""
        name = service.spec.annotations.name
        return (
            (not self.stack or stack_of(service) == self.stack)
            and self.service.lower() in name.lower()
            and (not self.label or _has_label(service, self.label))
        )

    def shows_task(self, task: pb.Task) -> bool:
        """Whether a task is shown, of those whose service and node are."""
        if self.state in ("", "all"):
            return self.state == "all" or is_current(task)
        return mark_of(task.status.state).word == self.state

    def tasks(self, swarm: ObservedSwarm) -> list[tuple[pb.Task, pb.Service | None]]:
        """The tasks that are shown, with their services."""
        services = {one.id for one in swarm.services if self.shows_service(one)}
        is_any = not (self.stack or self.service or self.label)
        found: list[tuple[pb.Task, pb.Service | None]] = []
        for task in swarm.tasks:
            service = swarm.get("service", task.service_id)
            is_shown = task.service_id in services or (service is None and is_any)
            if is_shown and self.shows_task(task):
                found.append((task, service))
        return found


def _has_label(service: pb.Service, wanted: str) -> bool:
    key, equals, value = wanted.partition("=")
    labels = {**service.spec.task.container.labels, **service.spec.annotations.labels}
    return key in labels and (not equals or labels[key] == value)
