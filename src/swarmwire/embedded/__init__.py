"""A whole Swarm without Docker: a manager in memory that lives, and nodes that are simulated.

    async with embedded.Swarm(nodes=3) as swarm:        # time passes as it does outside
    swarm = embedded.Swarm(nodes=3)                     # time passes when it is told to
    await swarm.create_service(pb.CreateServiceRequest(spec=spec))
    await swarm.settle()

``Swarm`` is a ``Control``: whatever works with a manager works with it.
"""

from swarmwire.embedded.clock import SwarmClock
from swarmwire.embedded.errors import NotSettled, UnusableState
from swarmwire.embedded.nodes import NodeSetup, SimulatedNode
from swarmwire.embedded.scenario import (
    Behaviour,
    Scenario,
    ScenarioCalls,
    ScenarioEvent,
    ScenarioRule,
    Selection,
)
from swarmwire.embedded.scenario_file import scenario_from_toml
from swarmwire.embedded.swarm import EmbeddedSwarm as Swarm
from swarmwire.embedded.timing import Timing

__all__ = [
    "Behaviour",
    "NodeSetup",
    "NotSettled",
    "Scenario",
    "ScenarioCalls",
    "ScenarioEvent",
    "ScenarioRule",
    "Selection",
    "SimulatedNode",
    "Swarm",
    "SwarmClock",
    "Timing",
    "UnusableState",
    "scenario_from_toml",
]
