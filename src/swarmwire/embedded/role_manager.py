"""The role manager: nodes get the role that is wished for them.

Source: SwarmKit manager/role_manager.go.
"""

from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import Committed
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.nodes import set_manager
from swarmwire.embedded.states import MANAGER, MILLISECOND, WORKER, copied
from swarmwire.embedded.timing import Timing

_PROMOTION = 60 * MILLISECOND


class RoleManager:
    """The nodes whose role is to change, and when it does."""

    name = "role manager"

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._heard: dict[str, None] = {}
        self._changes_at: dict[str, int] = {}

    def begin(self, batch: Batch, now: int) -> int | None:
        """Look at all nodes."""
        self._heard = {node.id: None for node in batch.all("node")}
        return self.step(batch, now)

    def notice(self, done: Committed) -> bool:
        """Note nodes that were changed."""
        found = False
        for change in done.changes:
            if change.kind == "node" and change.action != REMOVED:
                self._heard[change.new.id] = None
                found = True
        return found

    def step(self, batch: Batch, now: int) -> int | None:
        """Change roles whose time has come."""
        heard, self._heard = self._heard, {}
        for id_ in heard:
            node = batch.node(id_)
            if node is None or node.role == node.spec.desired_role:
                self._changes_at.pop(id_, None)
            elif id_ not in self._changes_at:
                takes = self._timing.demote if node.role == MANAGER else _PROMOTION
                self._changes_at[id_] = now + takes
        for id_, moment in list(self._changes_at.items()):
            if moment <= now:
                del self._changes_at[id_]
                self._change(batch, id_)
        return min(self._changes_at.values(), default=None)

    def _change(self, batch: Batch, id_: str) -> None:
        node = batch.node(id_)
        if node is None or node.role == node.spec.desired_role:
            return
        changed = copied(node)
        changed.role = WORKER if node.role == MANAGER else MANAGER
        changed.certificate.role = changed.role
        if changed.role == MANAGER:
            set_manager(changed, leads=False)
        else:
            changed.ClearField("manager_status")
        batch.put("node", changed)
        batch.cut()
