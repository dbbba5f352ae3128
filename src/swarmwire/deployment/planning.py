"""From stack files and a swarm to the plan of a whole stack, and to that of its rollback. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from swarmwire import pb
from swarmwire.deployment.images import FoundImage, ResolveMode, chosen_image
from swarmwire.deployment.objects import file_parts, missing_networks, network_parts
from swarmwire.deployment.parts import DeploymentPlan, PartKind, PlannedPart
from swarmwire.deployment.rotation import referred_names
from swarmwire.deployment.services import (
    ServicePlanner,
    ServiceTerms,
    other_services,
    rollback_of,
)
from swarmwire.deployment.swarm import SwarmNow
from swarmwire.deployment.wanted import WantedStack, wanted_stack
from swarmwire.networks import special
from swarmwire.releases import AnyRelease, as_release
from swarmwire.stack import Stack
from swarmwire.stack.body.building import scoped


@dataclass(frozen=True)
class DeployOptions:
    """How a stack is deployed.

    Attributes:
        prune: whether services that the files do not name are removed, and then the networks,
            secrets and configs of the stack that nothing refers to, a rollback neither.
        rotate_names: whether names of secrets and configs get a digest of their content.
        resolve_image: when tags of images are looked up.
        hide_env: whether plans hide the values of environment variables.
        release: the engine of the managers; that of their leader unless it is given.
    """

    prune: bool = False
    rotate_names: bool = False
    resolve_image: ResolveMode = "always"
    hide_env: bool = False
    release: AnyRelease = None


_DEFAULTS = DeployOptions()


@dataclass(frozen=True)
class LookedUp:
    """What was asked before planning.

    Attributes:
        images: what registries say of images, by ``images_to_ask``.
        changed_secrets: the names of secrets with other data than the stored one, from
            ``changed_secrets``; None if that is not known.
        auths: credentials that services are to keep, by their image as the file has it.
    """

    images: Mapping[str, FoundImage] = field(default_factory=dict)
    changed_secrets: Collection[str] | None = None
    auths: Mapping[str, str] = field(default_factory=dict, repr=False)


_NOTHING = LookedUp()


def images_to_ask(
    loaded: Stack, swarm: SwarmNow, options: DeployOptions = _DEFAULTS
) -> tuple[str, ...]:
    """The images whose tags have to be looked up, as they are asked for; sorted."""
    wanted = wanted_stack(loaded, swarm)
    stored = swarm.of_stack
    asked = set()
    for name, body in wanted.bodies.services.items():
        container = body.task_template.container_spec
        if container is not None:
            service = stored.get(scoped(swarm.stack, name))
            asked.add(chosen_image(container.image, service, options.resolve_image, {}).asked)
    return tuple(sorted(asked - {""}))


def secret_contents(
    loaded: Stack, swarm: SwarmNow, options: DeployOptions = _DEFAULTS
) -> dict[str, bytes]:
    """The data of the stack's secrets by name: what ``changed_secrets`` asks about."""
    wanted = wanted_stack(loaded, swarm, rotate=options.rotate_names)
    return {one.name: bytes(one.data or b"") for one in wanted.bodies.secrets}


def plan_deployment(
    loaded: Stack,
    swarm: SwarmNow,
    options: DeployOptions = _DEFAULTS,
    looked_up: LookedUp = _NOTHING,
) -> DeploymentPlan:
    """What a deploy of a stack does to a swarm.

    Args:
        loaded: what ``stack.load`` gave.
        swarm: what ``read_swarm`` gave.
        options: how it is deployed.
        looked_up: what was asked before.

    Raises:
        UnknownRelease: there is no such release.
    """
    release = swarm.release if options.release is None else as_release(options.release)
    wanted = wanted_stack(loaded, swarm, rotate=options.rotate_names, release=release)
    names = {scoped(swarm.stack, one) for one in loaded.sections.services}
    others = tuple(other_services(swarm, sorted(names), prune=options.prune))
    terms = ServiceTerms(
        release, options.resolve_image, looked_up.images, looked_up.auths, options.hide_env
    )
    gone = [one.live.service.id for one in others if one.is_removed]
    planner = ServicePlanner(wanted, swarm, terms, gone)
    planner.plan_all()
    parts = [
        *network_parts(wanted.bodies, swarm, release),
        *file_parts("secret", wanted.bodies.secrets, swarm, release, looked_up.changed_secrets),
        *file_parts("config", wanted.bodies.configs, swarm, release),
    ]
    plan = DeploymentPlan(
        stack=swarm.stack,
        parts=tuple(parts),
        updates=tuple(planner.updates),
        creations=tuple(planner.creations),
        others=others,
        refused=(
            *(str(problem) for err in wanted.refused for problem in err.problems),
            *missing_networks(wanted.bodies.external_networks, swarm),
            *planner.refused,
        ),
        notes=tuple(_notes(loaded, wanted)),
        hosts=swarm.hosts,
    )
    return replace(plan, parts=(*plan.parts, *_idle(plan, swarm, prune=options.prune)))


def plan_stack_rollback(
    swarm: SwarmNow, *, hide_env: bool = False, release: AnyRelease = None
) -> DeploymentPlan:
    """What it does to take every service of a stack back to the spec that it had before.

    A manager stores one spec before per service; of those that have none, a note tells.
    """
    known = swarm.release if release is None else as_release(release)
    terms = ServiceTerms(known, "never", {}, {}, hide_env)
    updates, without = [], []
    for name, service in sorted(swarm.of_stack.items()):
        if not service.HasField("previous_spec"):
            without.append(name)
        elif service.previous_spec != service.spec:
            updates.append(rollback_of(swarm, service, terms))
    notes = []
    if without:
        notes.append(f"No spec before is stored of {', '.join(without)}: nothing is done to them.")
    refused = () if swarm.of_stack else (f"there is no stack {swarm.stack}",)
    return DeploymentPlan(
        stack=swarm.stack,
        updates=tuple(updates),
        refused=refused,
        notes=tuple(notes),
        rollback=True,
        hosts=swarm.hosts,
    )


def _notes(loaded: Stack, wanted: WantedStack) -> Iterator[str]:
    """What the docker command says itself, and what it does not say."""
    if loaded.ignored:
        yield f"Ignoring unsupported options: {', '.join(loaded.ignored)}"
    if loaded.deprecated:
        told = "; ".join(f"{name}: {why}" for name, why in loaded.deprecated.items())
        yield f"Ignoring deprecated options: {told}"
    for warning in loaded.warnings:
        yield str(warning)
    for name, rotated in wanted.rotated.items():
        users = ", ".join(sorted(_users(wanted, rotated)))
        yield f"{name} is called {rotated}; other content gives another name" + (
            f", and restarts {users}" if users else ""
        )


def _users(wanted: WantedStack, name: str) -> Iterator[str]:
    for service, body in wanted.bodies.services.items():
        if name in referred_names(body):
            yield service


def _idle(plan: DeploymentPlan, swarm: SwarmNow, *, prune: bool) -> Iterator[PlannedPart]:
    """The stack's networks, secrets and configs that nothing refers to any more."""
    named = {(part.kind, part.name) for part in plan.parts}
    used = _referred(plan, swarm)
    listed: tuple[tuple[PartKind, Sequence[pb.Network | pb.Secret | pb.Config]], ...] = (
        ("network", swarm.networks),
        ("secret", swarm.secrets),
        ("config", swarm.configs),
    )
    for kind, objects in listed:
        for one in sorted(objects, key=lambda each: each.spec.annotations.name):
            name = one.spec.annotations.name
            if (kind, name) in named or one.id in used or not swarm.owns(one):
                continue
            if isinstance(one, pb.Network) and special(one):
                continue
            yield PlannedPart(kind, name, "removed" if prune else "left", stored=one)


def _referred(plan: DeploymentPlan, swarm: SwarmNow) -> set[str]:
    """The ids that services refer to afterwards, in the spec that they are rolled back to, too."""
    removed = {one.live.service.id for one in plan.others if one.is_removed}
    written = {one.planned.live.service.id for one in plan.updates if one.is_sent}
    used: set[str] = set()
    for service in swarm.services:
        if service.id in removed:
            continue
        used |= _ids_in(service.spec)
        if service.id not in written:
            used |= _ids_in(service.previous_spec)
    for update in plan.updates:
        used |= _ids_in(update.planned.spec)
    return used


def _ids_in(spec: pb.ServiceSpec) -> set[str]:
    container = spec.task.container
    return (
        {one.target for one in (*spec.task.networks, *spec.networks)}
        | {one.secret_id for one in container.secrets}
        | {one.config_id for one in container.configs}
    )
