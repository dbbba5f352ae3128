"""From a live service and a wanted spec to a plan, and the spec that would be sent. Pure."""

from typing import NamedTuple

from swarmwire import engine, pb
from swarmwire.convert import service_spec_to_grpc
from swarmwire.errors import FieldError
from swarmwire.placement import PlacementForecast, WantedService, forecast_placement
from swarmwire.plan import (
    Intent,
    Plan,
    drop_unknown,
    intent,
    merge,
    plan,
    rebased,
    unknown_keys,
    version_of,
)
from swarmwire.releases import NEWEST, AnyRelease, Release, as_release
from swarmwire.scheduling import Cluster
from swarmwire.spec import copied
from swarmwire.update.attachments import resolve_networks
from swarmwire.update.errors import UpdateConflict
from swarmwire.update.live import LiveService

WantedSpec = pb.ServiceSpec | engine.ServiceSpec
"""What a service is to become: SwarmKit's message, or what the Engine API's JSON says."""


class LiveUpdate(NamedTuple):
    """An update of a live service that has not been written yet.

    Attributes:
        live: the service and its surroundings, as they were read.
        spec: the spec that would be sent; the present one if it is a rollback.
        plan: what would come of it.
        rollback: whether it is a rollback to the spec before.
        dropped: the paths of what the manager does not know, being older; they are not in ``spec``.
        as_engine: the plan of the same JSON sent to the Engine API as it is, if that does something
            else: there defaults that inspect fills in are stored, and what JSON cannot say is lost.
        hide_env: whether the plan hides the values of environment variables.
        release: the release of the engine that it is planned for.
    """

    live: LiveService
    spec: pb.ServiceSpec
    plan: Plan
    rollback: bool = False
    dropped: tuple[str, ...] = ()
    as_engine: Plan | None = None
    hide_env: bool = False
    release: Release = NEWEST

    @property
    def moves_tasks(self) -> bool:
        """Whether new tasks look for a place."""
        return self.plan.effect in ("restarts", "scales")

    @property
    def manager_version(self) -> str:
        """The version of the engine that leads the swarm; nothing if it is not told."""
        return version_of(self.live.nodes)


def plan_update(  # noqa: PLR0913 - an update is planned from so many things
    live: LiveService,
    wanted: WantedSpec,
    *,
    base: WantedSpec | None = None,
    as_engine: bool = False,
    hide_env: bool = False,
    release: AnyRelease = None,
) -> LiveUpdate:
    """Plan to make a live service what is wanted. Changes no argument.

    Args:
        live: the service, from ``snapshot``. Connect with ``secrets=True`` to write the plan.
        wanted: the spec. A message is taken as it is. Of an ``engine.ServiceSpec``, what it leaves
            as inspect shows it stays as it is stored, because its JSON cannot say all. Networks
            may go by their names.
        base: what ``wanted`` was made from: only what differs between the two is changed.
        as_engine: take an ``engine.ServiceSpec`` as the engine would: as all that is wanted.
        hide_env: hide the value of every environment variable in the plan.
        release: the engine of the managers; that of their leader unless it is given.

    Raises:
        UnknownRelease: no such release.
        FieldError: ``wanted`` or ``base`` cannot be converted, or names a network that is not
            there; with the path.
        UpdateConflict: what is to be changed was changed since ``base`` too.
    """
    known = live.release if release is None else as_release(release)
    planning = _Planning(live, known, hide_env=hide_env)
    stored = live.service.spec
    written = planning.written(wanted)
    from_json = isinstance(wanted, engine.ServiceSpec)
    if base is not None:
        written = planning.on_top_of(planning.written(base), written, from_json=from_json)
    meant = intent(stored, written, release=known) if from_json else Intent(written, written)
    spec, other = (meant.engine, meant.engine) if as_engine else meant
    dropped = (*_unread(wanted, known), *drop_unknown(spec, known))
    found = planning.plan(spec)
    engines = None if spec == other else planning.plan(other)
    if engines is not None and (engines.effect, engines.counts) == (found.effect, found.counts):
        engines = None
    return LiveUpdate(
        live,
        spec,
        found,
        dropped=dropped,
        as_engine=engines,
        hide_env=hide_env,
        release=known,
    )


def plan_rollback(
    live: LiveService, *, hide_env: bool = False, release: AnyRelease = None
) -> LiveUpdate:
    """Plan to go back to the spec before. A plan that is refused tells that there is none.

    ``release`` is the engine of the managers; that of their leader unless it is given.
    """
    known = live.release if release is None else as_release(release)
    service = live.service
    previous = service.previous_spec if service.HasField("previous_spec") else service.spec
    found = _Planning(live, known, hide_env=hide_env).plan(previous, rollback=True)
    return LiveUpdate(live, service.spec, found, rollback=True, hide_env=hide_env, release=known)


def place_update(planned: LiveUpdate, cluster: Cluster) -> PlacementForecast | None:
    """Where the new tasks of an update find a place; None if there are none.

    Args:
        planned: the update.
        cluster: the whole swarm, from ``read_cluster``, read after the service was.
    """
    if not planned.moves_tasks:
        return None
    wanted = [wanted_service(planned)]
    return forecast_placement(cluster, planned.live.networks, wanted, release=planned.release)


def wanted_service(planned: LiveUpdate) -> WantedService:
    """The update as a forecast of places takes it."""
    service = planned.live.service
    spec = service.previous_spec if planned.rollback else planned.spec
    return WantedService(spec, service, planned.rollback)


def _unread(wanted: WantedSpec, release: Release) -> tuple[str, ...]:
    """The paths of what an engine passes over in JSON that was written for a newer one."""
    if release.is_newest or not isinstance(wanted, engine.ServiceSpec):
        return ()
    try:
        return unknown_keys(engine.encode(wanted), release)
    except FieldError:  # it tells so itself when it is converted
        return ()


class _Planning(NamedTuple):
    """What all plans of one update have in common."""

    live: LiveService
    release: Release
    hide_env: bool

    def written(self, wanted: WantedSpec) -> pb.ServiceSpec:
        """The spec as a message of our own, with IDs for names of networks."""
        live = self.live
        if isinstance(wanted, engine.ServiceSpec):
            written = service_spec_to_grpc(
                wanted, name=live.name, lossless=True, release=self.release
            )
        else:
            written = copied(wanted)
        resolve_networks(written, live.networks)
        return written

    def on_top_of(
        self, base: pb.ServiceSpec, written: pb.ServiceSpec, *, from_json: bool
    ) -> pb.ServiceSpec:
        """What differs between the two, on top of what is stored."""
        stored = self.live.service.spec
        if from_json:
            merged = rebased(stored, base, written, release=self.release)
        else:
            merged = merge(base, written, stored)
        if merged.conflicts:
            raise UpdateConflict(merged.conflicts, base, written, stored)
        return merged.spec

    def plan(self, spec: pb.ServiceSpec, *, rollback: bool = False) -> Plan:
        """The plan of a spec that would be sent."""
        return plan(
            self.live.service,
            spec,
            tasks=self.live.tasks,
            nodes=self.live.nodes,
            names=self.live.network_names,
            services=self.live.services,
            secrets=self.live.secrets,
            configs=self.live.configs,
            networks=self.live.networks or None,
            hide_env=self.hide_env,
            rollback=rollback,
            release=self.release,
        )
