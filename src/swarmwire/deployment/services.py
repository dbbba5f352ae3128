"""What becomes of a stack's services. Pure.

They are judged one after the other in the order in which they are written, each beside what is
stored once those before it are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from swarmwire import pb
from swarmwire.deployment.images import (
    FoundImage,
    ImageChoice,
    ResolveMode,
    chosen_image,
    moved_tag,
)
from swarmwire.deployment.parts import NewService, OtherService, ServiceUpdate
from swarmwire.deployment.swarm import SwarmNow
from swarmwire.deployment.wanted import WantedStack, planned_id
from swarmwire.errors import FieldError
from swarmwire.export.deployed import deployed_service
from swarmwire.plan import drop_unknown, is_job, plan_creation
from swarmwire.releases import Release
from swarmwire.stack.body.building import scoped
from swarmwire.update import LiveService, LiveUpdate, plan_rollback, plan_update
from swarmwire.update.progress import SentUpdate, progress

_PLANNED: Final = "planned"
"""In place of the id of a service that is yet to be made."""
_PAUSED: Final = (pb.UpdateStatus.PAUSED, pb.UpdateStatus.ROLLBACK_PAUSED)


@dataclass(frozen=True)
class ServiceTerms:
    """What all services of a deployment are planned by.

    Attributes:
        release: the engine of the managers.
        mode: when tags of images are looked up.
        found: what registries say of images.
        auths: the credentials to store with services, by image as the file has it.
        hide_env: whether values of environment variables are hidden.
    """

    release: Release
    mode: ResolveMode
    found: Mapping[str, FoundImage]
    auths: Mapping[str, str]
    hide_env: bool


class ServicePlanner:
    """Plans the services of a stack.

    Attributes:
        updates: services that are there.
        creations: services that are new.
        refused: why a service cannot be judged at all: an engine refuses its body.
    """

    def __init__(
        self, wanted: WantedStack, swarm: SwarmNow, terms: ServiceTerms, gone: Sequence[str]
    ) -> None:
        """Begin.

        Args:
            wanted: the stack.
            swarm: what the swarm has.
            terms: what all of them are planned by.
            gone: ids of services that are removed before.
        """
        self.updates: list[ServiceUpdate] = []
        self.creations: list[NewService] = []
        self.refused: list[str] = []
        self._wanted = wanted
        self._swarm = swarm
        self._terms = terms
        self._services = {one.id: one for one in swarm.services if one.id not in gone}
        self._networks = (*swarm.networks, *_planned_networks(wanted, swarm))
        self._ids = {one.spec.annotations.name: one.id for one in self._networks}
        self._secrets = (*swarm.secrets, *_planned_secrets(wanted, swarm))
        self._configs = (*swarm.configs, *_planned_configs(wanted, swarm))

    def plan_all(self) -> None:
        """Plan every service of the stack, in the order of names."""
        stored = self._swarm.of_stack
        for own_name in sorted(self._wanted.bodies.services):
            name = scoped(self._swarm.stack, own_name)
            try:
                self._plan(own_name, stored.get(name))
            except FieldError as err:
                place = self._wanted.bodies.source_map.place("services", own_name, *err.steps)
                self.refused.append(f"{place}: service {own_name}: {err}")

    def _plan(self, own_name: str, stored: pb.Service | None) -> None:
        body = self._wanted.bodies.services[own_name]
        container = body.task_template.container_spec
        assert container is not None  # a stack has no other services
        terms, written = self._terms, container.image
        choice = chosen_image(written, stored, terms.mode, terms.found)
        spec = deployed_service(body, stored, self._ids, terms.release, choice.image)
        if written in terms.auths:
            spec.task.container.pull_options.registry_auth = terms.auths[written]
        notes = list(_of_lookup(choice, terms.found))
        if stored is None:
            self._create(spec, notes)
        else:
            self._update(stored, spec, notes)

    def _create(self, spec: pb.ServiceSpec, notes: list[str]) -> None:
        terms = self._terms
        dropped = drop_unknown(spec, terms.release)
        if dropped:
            notes.append(f"The manager drops what it does not know: {', '.join(dropped)}.")
        planned = plan_creation(
            spec,
            nodes=self._swarm.nodes,
            services=tuple(self._services.values()),
            secrets=self._secrets,
            configs=self._configs,
            networks=self._networks,
            release=terms.release,
        )
        self.creations.append(NewService(planned, spec, tuple(notes)))
        self._services[spec.annotations.name] = pb.Service(id=_PLANNED, spec=spec)

    def _update(self, stored: pb.Service, spec: pb.ServiceSpec, notes: list[str]) -> None:
        live = self._live(stored)
        planned = plan_update(
            live, spec, hide_env=self._terms.hide_env, release=self._terms.release
        )
        moved = moved_tag(stored.spec, planned.spec)
        if moved:
            notes.append(f"{moved}: {_restarts(planned)}.")
        if is_job(spec) and not planned.plan.differences:
            notes.append("A deploy runs a job again, as docker stack deploy does.")
        is_sent = bool(planned.plan.differences) or is_job(spec) or _has_stopped(stored)
        self.updates.append(ServiceUpdate(planned, is_sent, _is_under_way(live), tuple(notes)))
        after = pb.Service(id=stored.id, spec=planned.spec)
        self._services[stored.id] = after

    def _live(self, service: pb.Service) -> LiveService:
        return LiveService(
            service,
            tuple(task for task in self._swarm.tasks if task.service_id == service.id),
            self._swarm.nodes,
            self._networks,
            tuple(self._services.values()),
            self._secrets,
            self._configs,
        )


def other_services(swarm: SwarmNow, names: Sequence[str], *, prune: bool) -> Iterator[OtherService]:
    """The services of the stack that the files do not name; ``names`` are those that they do."""
    for name, service in sorted(swarm.of_stack.items()):
        if name not in names:
            yield OtherService(live_service(swarm, service), prune)


def live_service(swarm: SwarmNow, service: pb.Service) -> LiveService:
    """A service of the stack with its surroundings."""
    return LiveService(
        service,
        tuple(task for task in swarm.tasks if task.service_id == service.id),
        swarm.nodes,
        swarm.networks,
        swarm.services,
        swarm.secrets,
        swarm.configs,
    )


def rollback_of(swarm: SwarmNow, service: pb.Service, terms: ServiceTerms) -> ServiceUpdate:
    """The rollback of one service to the spec before."""
    live = live_service(swarm, service)
    planned = plan_rollback(live, hide_env=terms.hide_env, release=terms.release)
    note = f"It was written last at {service.meta.updated_at.ToJsonString()}."
    notes = (note,) if service.meta.HasField("updated_at") else ()
    return ServiceUpdate(planned, is_sent=True, notes=notes)


def _is_under_way(live: LiveService) -> bool:
    """Whether a roll-out goes on, or tasks do not run as wanted yet."""
    at = progress(SentUpdate(live.service.spec_version.index), live)
    return not is_job(live.service.spec) and at.state in ("under way", "settling")


def _has_stopped(service: pb.Service) -> bool:
    """Whether a roll-out has stopped after failures: another deploy starts it again."""
    return service.update_status.state in _PAUSED


def _restarts(planned: LiveUpdate) -> str:
    counts = planned.plan.counts
    if planned.plan.effect != "restarts":
        return "restarts no task"
    if counts is None:
        return "restarts its tasks"
    return f"restarts {counts.restarts} task{'s'[: counts.restarts != 1]}"


def _of_lookup(choice: ImageChoice, found: Mapping[str, FoundImage]) -> Iterator[str]:
    """What is to be told of a tag that could not be looked up."""
    answer = found.get(choice.asked)
    if choice.is_found or not choice.asked or answer is None:
        return
    stays = (
        "it stays as it is stored. docker stack deploy would take its digest away, if it has one,"
        " and so restart the tasks"
        if choice.is_kept
        else "each node takes what it gets for the tag, as with docker stack deploy"
    )
    yield f"The image {choice.asked} could not be looked up ({answer.error}): {stays}."


def _planned_networks(wanted: WantedStack, swarm: SwarmNow) -> Iterator[pb.Network]:
    known = {one.spec.annotations.name for one in swarm.networks}
    for name in wanted.bodies.networks:
        if name not in known:
            yield pb.Network(id=planned_id("network", name), spec={"annotations": {"name": name}})


def _planned_secrets(wanted: WantedStack, swarm: SwarmNow) -> Iterator[pb.Secret]:
    known = {one.spec.annotations.name for one in swarm.secrets}
    for name in wanted.secrets:
        if name not in known:
            yield pb.Secret(id=planned_id("secret", name), spec={"annotations": {"name": name}})


def _planned_configs(wanted: WantedStack, swarm: SwarmNow) -> Iterator[pb.Config]:
    known = {one.spec.annotations.name for one in swarm.configs}
    for name in wanted.configs:
        if name not in known:
            yield pb.Config(id=planned_id("config", name), spec={"annotations": {"name": name}})
