"""SwarmKit's scheduler as questions: where tasks find a place, and why not. Pure.

``explain`` tells by node which filters refuse a task, ``schedule`` where a manager puts tasks and
what it says of those that wait. ``advice`` tells what would help, ``waiting_tasks`` both of all
tasks that wait; ``capacity`` and ``room`` what is free on each node, ``addresses`` and
``address_demand`` the same of networks. A ``MovingCluster`` is one in which tasks come and go.
"""

from swarmwire.scheduling.addresses import AddressDemand, AddressUse, address_demand, addresses
from swarmwire.scheduling.advice import Advice, advice
from swarmwire.scheduling.amounts import Amount, bytes_in_words, cpus_in_words
from swarmwire.scheduling.capacity import NodeCapacity, capacity, room
from swarmwire.scheduling.cluster import Cluster
from swarmwire.scheduling.constraints import node_matches
from swarmwire.scheduling.filters import FilterName, Lack
from swarmwire.scheduling.moving import MovingCluster
from swarmwire.scheduling.refusal import FilterRefusal
from swarmwire.scheduling.scheduler import Schedule, explain, schedule
from swarmwire.scheduling.waiting import WaitingTasks, waiting_tasks, waits

__all__ = [
    "AddressDemand",
    "AddressUse",
    "Advice",
    "Amount",
    "Cluster",
    "FilterName",
    "FilterRefusal",
    "Lack",
    "MovingCluster",
    "NodeCapacity",
    "Schedule",
    "WaitingTasks",
    "address_demand",
    "addresses",
    "advice",
    "bytes_in_words",
    "capacity",
    "cpus_in_words",
    "explain",
    "node_matches",
    "room",
    "schedule",
    "waiting_tasks",
    "waits",
]
