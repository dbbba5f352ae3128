"""What is sent to a manager: objects to create, once each, and labels for nodes.

Answers may be lost, and managers go away for a while: ``update`` repeats what was not answered.
"""

from typing import Any

from swarmwire import pb
from swarmwire.bundle.restore.nodes import absent_labels
from swarmwire.bundle.restore.steps import Kind
from swarmwire.control import Control
from swarmwire.update import Clock, Created, change_in_sequence, create_object


class Sender:
    """Sends changes to one manager, and looks after those whose answers were lost."""

    def __init__(self, control: Control, clock: Clock) -> None:
        self._control = control
        self._clock = clock

    async def create(self, kind: Kind, spec: Any) -> Created[Any]:
        """Create an object, unless its name is taken.

        Raises:
            SwarmwireError: the manager refuses it, or stays away.
        """
        return await create_object(self._control, kind, spec, clock=self._clock)

    async def label(self, node_id: str, old: pb.Node) -> None:
        """Give a node those labels of another one that it lacks.

        Raises:
            SwarmwireError: the manager refuses it, or stays away.
        """

        async def labelled() -> None:
            node = (await self._control.get_node(pb.GetNodeRequest(node_id=node_id))).node
            absent = absent_labels(old, node)
            if not absent:
                return
            node.spec.annotations.labels.update(absent)
            await self._control.update_node(
                pb.UpdateNodeRequest(
                    node_id=node_id, node_version=node.meta.version, spec=node.spec
                )
            )

        # nodes change by themselves, as their engines report
        await change_in_sequence(labelled, clock=self._clock)
