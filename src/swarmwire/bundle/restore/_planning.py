"""All steps of a restore, from the bundle and what the new swarm has. Pure."""

from swarmwire.bundle._bundle import Bundle
from swarmwire.bundle.restore._destination import Destination
from swarmwire.bundle.restore._networks import network_steps
from swarmwire.bundle.restore._nodes import labelled, node_steps
from swarmwire.bundle.restore._options import Options
from swarmwire.bundle.restore._payloads import payload_steps
from swarmwire.bundle.restore._placement import Nodes
from swarmwire.bundle.restore._selection import selected, without_namesakes
from swarmwire.bundle.restore._services import service_steps
from swarmwire.bundle.restore._steps import Known, Plan, Step, Targets
from swarmwire.bundle.restore._swarm import Swarm
from swarmwire.bundle.restore.errors import SameSwarm

_DEFAULTS = Options()
_NOTHING: Known = {}


def plan_restore(
    bundle: Bundle, swarm: Swarm, options: Options = _DEFAULTS, known: Known = _NOTHING
) -> Plan:
    """What is to be done to give ``swarm`` all that the bundle holds. Changes no argument.

    Everything is checked as a manager checks it, and all that is wrong is told at once.

    Args:
        bundle: what a dead swarm had.
        swarm: what the new one has.
        options: how to restore.
        known: what was created in that swarm before, from the same bundle.

    Raises:
        SameSwarm: the bundle comes from this very swarm, and the options do not allow that.
        NotInBundle: the options select what the bundle does not hold.
    """
    if bundle.cluster_id == swarm.cluster_id and not options.same_swarm:
        raise SameSwarm(swarm.cluster_id)
    part, older = without_namesakes(selected(bundle, options.only))
    to, targets = Destination(swarm, known, options, bundle.network_names), Targets()
    steps: list[Step] = [*older, *node_steps(part.nodes, swarm)]
    nodes = Nodes(bundle.nodes, labelled(part.nodes, swarm))
    steps += network_steps(part.networks, to, targets)
    steps += payload_steps("secret", part.secrets, to, targets)
    steps += payload_steps("config", part.configs, to, targets)
    steps += service_steps(part.services, to, targets, nodes)
    return Plan(swarm.cluster_id, bundle.cluster_id, tuple(steps), targets)
