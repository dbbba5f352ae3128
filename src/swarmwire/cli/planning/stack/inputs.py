"""From options to the plan of a stack: files are read; a manager, an engine and logins asked."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from swarmwire.cli import exits
from swarmwire.cli.messages import say
from swarmwire.cli.planning.usage import ERROR
from swarmwire.cli.reading.stack_files import environment_with, stack_input
from swarmwire.control.sync import BlockingControl
from swarmwire.deployment import (
    DeploymentPlan,
    DeployOptions,
    FoundImage,
    LookedUp,
    RegistryLogins,
    ResolveMode,
    ask_image,
    images_to_ask,
    plan_deployment,
    plan_stack_rollback,
    read_logins,
    secret_contents,
    sync,
)
from swarmwire.deployment.registry_logins import NoRegistryLogin
from swarmwire.errors import StackError, StackProblem
from swarmwire.releases import Release
from swarmwire.stack.bodies import name_error

if TYPE_CHECKING:
    from swarmwire.stack import Stack

ENGINE_SOCKET: Final = "/var/run/docker.sock"
"""Where an engine listens unless it is told otherwise."""


class StackChoice(NamedTuple):
    """The options that ``plan --stack`` and ``apply --stack`` share."""

    name: str
    compose_files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    prune: bool = False
    rotate_names: bool = False
    resolve_image: ResolveMode = "always"
    engine_socket: str | None = None
    with_registry_auth: bool = False
    rollback: bool = False
    hide_env: bool = False
    release: Release | None = None

    @property
    def deploy_options(self) -> DeployOptions:
        """The same for the library."""
        return DeployOptions(
            prune=self.prune,
            rotate_names=self.rotate_names,
            resolve_image=self.resolve_image,
            hide_env=self.hide_env,
            release=self.release,
        )


def say_problem(problem: StackProblem) -> None:
    """Tell people of one problem of the stack files."""
    say(str(problem))


def loaded_stack(
    choice: StackChoice, tell: Callable[[StackProblem], None] = say_problem
) -> "Stack | None":
    """The stack files, read; None for a rollback, which has none.

    Args:
        choice: the options.
        tell: called with each problem of files that are refused.

    Raises:
        Stop: they are refused; each problem was told on a line of its own.
        Unreadable: one cannot be read.
        UsageError: there is none.
    """
    if (unnamed := name_error(choice.name)) is not None:
        raise exits.Stop(ERROR, str(unnamed))
    if choice.rollback:
        if choice.compose_files:
            raise click.UsageError("--rollback goes without files")
        return None
    if not choice.compose_files:
        raise click.UsageError("wanted: --stack NAME -c FILE, and no SERVICE")
    if choice.compose_files.count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    try:
        given = stack_input(choice.compose_files, environment_with(choice.env_files))
        return given.load()
    except exits.Stop as err:
        raise exits.Stop(ERROR, err.message) from err
    except StackError as err:
        for problem in err.problems:
            tell(problem)
        raise exits.Stop(ERROR) from err


def planned_stack(
    control: BlockingControl, choice: StackChoice, loaded: "Stack | None"
) -> DeploymentPlan:
    """The plan of a stack, or of its rollback.

    Raises:
        SwarmwireError: the manager cannot be asked.
        Stop: credentials that were asked for cannot be read.
    """
    swarm = sync.read_swarm(control, choice.name)
    if loaded is None:
        return plan_stack_rollback(swarm, hide_env=choice.hide_env, release=choice.release)
    options = choice.deploy_options
    secrets = secret_contents(loaded, swarm, options)
    changed = sync.changed_secrets(control, swarm.secrets, secrets)
    images, notes = _looked_up(choice, images_to_ask(loaded, swarm, options))
    auths = _auths(loaded) if choice.with_registry_auth else {}
    plan = plan_deployment(loaded, swarm, options, LookedUp(images, changed, auths))
    return replace(plan, notes=(*plan.notes, *notes))


def _looked_up(
    choice: StackChoice, images: tuple[str, ...]
) -> tuple[dict[str, FoundImage], tuple[str, ...]]:
    """What registries say of the images, and what is to be told of that."""
    if not images:
        return {}, ()
    place = choice.engine_socket or ENGINE_SOCKET
    if choice.engine_socket is None and not Path(place).exists():
        note = (
            f"Tags are not looked up, because there is no engine at {place} to ask (see"
            f" --engine-socket): {', '.join(images)}. Images of which the file names the same tag"
            " as before stay as they are stored; docker stack deploy restarts services whose tag"
            " has moved (--resolve-image always is its default)."
        )
        return {}, (note,)
    logins = _logins()
    found = {}
    for image in images:
        try:
            login = logins.header_for(image) if isinstance(logins, RegistryLogins) else ""
        except NoRegistryLogin as err:
            found[image] = FoundImage(error=str(err))
            continue
        found[image] = ask_image(place, image, login)
    notes = () if isinstance(logins, RegistryLogins) else (f"No credentials are used: {logins}.",)
    return found, notes


def _logins() -> RegistryLogins | NoRegistryLogin:
    try:
        return read_logins(os.environ)
    except NoRegistryLogin as err:
        return err


def _auths(loaded: "Stack") -> dict[str, str]:
    """The credentials of each image, to be stored with the services."""
    logins = read_logins(os.environ)
    return {image: logins.header_for(image) for image in sorted(set(_images(loaded)))}


def _images(loaded: "Stack") -> Iterator[str]:
    for service in loaded.sections.services.values():
        yield str(service.value["image"].value)
