"""The forecast: of each service how many new tasks find a place, where, and why others wait."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect, expect_each
from swarmwire.placement.simulation import PlacementSimulation
from swarmwire.placement.traps import later_traps, placement_traps
from swarmwire.placement.wanted import ServiceChange, WantedService, service_change
from swarmwire.plan import Trap
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.scheduling import AddressDemand, Advice, Cluster, advice


class ServicePlacement(msgspec.Struct, frozen=True, kw_only=True):
    """Where the new tasks of one service find a place.

    ``new`` is the sum of what is placed, waits, stays ``NEW`` and is ``unknown``.

    Attributes:
        service: the name of the service.
        new: how many new tasks come, also those that take the place of others.
        placed: how many of them find a place on each node, by its ID. Where a manager leaves the
            choice to chance it is one that it can make.
        waiting: how many of them wait, by the text that the manager gives them; none if it is
            silent.
        stay_new: how many stay ``NEW`` for want of an address; no manager says why.
        unknown: how many come of which nothing can be said: so many were placed before.
        held_up: how many slots keep their old task, because the roll-out waits for others.
        later: how many tasks of a job come only once others are complete.
        traps: why tasks wait, and why those of the next update may.
        advice: what would make a place for a task that waits; each alone is enough.
    """

    service: str
    new: int
    placed: Mapping[str, int] = {}
    waiting: Mapping[str, int] = {}
    stay_new: int = 0
    unknown: int = 0
    held_up: int = 0
    later: int = 0
    traps: tuple[Trap, ...] = ()
    advice: tuple[Advice, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every task finds a place, as far as can be said."""
        return not (self.waiting or self.stay_new or self.held_up)


class PlacementForecast(msgspec.Struct, frozen=True, kw_only=True):
    """Where the tasks of all wanted services find a place. ``msgspec.json.encode`` writes it.

    Attributes:
        services: one for each service that was asked for, in that order.
        addresses: what they need of each network, most at a time, all services together.
    """

    services: tuple[ServicePlacement, ...]
    addresses: tuple[AddressDemand, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every task of every service finds a place where it can run."""
        reached = not any(each.nodes_without for each in self.addresses)
        return reached and all(each.fits for each in self.services)


def forecast_placement(
    cluster: Cluster,
    networks: Sequence[pb.Network],
    wanted: Sequence[WantedService],
    *,
    release: AnyRelease = None,
) -> PlacementForecast:
    """What a manager does with the tasks of services that are created or updated together.

    Tasks that find a place are taken to run, those that are replaced to stop: nothing else fails.
    Services that a manager refuses have no place here; ask the plan first.

    Args:
        cluster: the swarm as it is, with all nodes, tasks and services.
        networks: all networks; those that are created beforehand as they will be: an ID or a name
            that the specs use, and the spec.
        wanted: the services, in the order in which they are sent.
        release: the engine of the managers; the newest unless it is given.

    Raises:
        ConvertError: kind "type": an argument is not such a message.
        InvalidSpec: kind "crash": managers of the release crash on an update.
    """
    expect_each(pb.Network, networks)
    for each in wanted:
        expect(pb.ServiceSpec, each.spec)
        if each.current is not None:
            expect(pb.Service, each.current)
    engine = as_release(release)
    changes = _changes(wanted, cluster, networks, engine)
    simulation = PlacementSimulation(cluster, networks, changes)
    simulation.run()
    after = simulation.moving.cluster()
    return PlacementForecast(
        services=tuple(_placement(change, simulation, after) for change in changes),
        addresses=simulation.addresses.demands(simulation.stay_new.values()),
    )


def _changes(
    wanted: Sequence[WantedService],
    cluster: Cluster,
    networks: Sequence[pb.Network],
    release: Release,
) -> list[ServiceChange]:
    changes = [service_change(each, cluster, networks, release) for each in wanted]
    if len({each.service.id for each in changes}) < len(changes):
        raise InvalidSpec("AlreadyExists", "a service is wanted twice", kind="conflict")
    return changes


def _placement(
    change: ServiceChange, simulation: PlacementSimulation, after: Cluster
) -> ServicePlacement:
    placed: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    waits: list[pb.Task] = []
    stay_new = 0
    for task in simulation.new_tasks(change):
        if task.id in simulation.stay_new:
            stay_new += 1
        elif task.id in simulation.moving.placed:
            placed[simulation.moving.placed[task.id]] += 1
        else:
            waiting[simulation.moving.texts.get(task.id, "")] += 1
            waits.append(task)
    unknown = change.unlisted
    if unknown and not change.service.spec.HasField("global"):
        # the last one is like all that follow
        if stay_new:
            stay_new, unknown = stay_new + unknown, 0
        elif waits:
            waiting[waiting.most_common(1)[0][0]] += unknown
            unknown = 0
    held_up = simulation.held_up(change)
    return ServicePlacement(
        service=change.name,
        new=sum(placed.values()) + sum(waiting.values()) + stay_new + unknown,
        placed=dict(sorted(placed.items())),
        waiting=dict(waiting),
        stay_new=stay_new,
        unknown=unknown,
        held_up=held_up,
        later=change.later,
        traps=tuple(placement_traps(change, waits, after) if waits else later_traps(change, after)),
        advice=advice(after, waits[0]) if waits else (),
    )
