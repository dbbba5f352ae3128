"""A page to look at: a swarm live in a browser. Read-only; the extra ``page`` brings what it needs.

    observer = SwarmObserver(lambda: connect("/run/docker/swarm/control.sock"))
    async with observer.running():
        site = Site(observer.swarm, observer)
        async with page_served(site, "tcp://127.0.0.1:8642") as address:
            ...

``ObservedSwarm`` is what is shown: a live manager's swarm (``SwarmObserver`` keeps it), or what was
recovered of a dead one (``swarm_of_recovery``, ``swarm_of_bundle``).
"""

from swarmwire.page.history import TaskHistory
from swarmwire.page.observed import ObservedSwarm
from swarmwire.page.observer import SwarmObserver
from swarmwire.page.recovered import swarm_of_bundle, swarm_of_recovery

__all__ = [
    "ObservedSwarm",
    "SwarmObserver",
    "TaskHistory",
    "swarm_of_bundle",
    "swarm_of_recovery",
]
