"""The plan of a whole stack: one for each service that is updated, and what is new."""

from collections.abc import Sequence
from typing import Any

import msgspec

from swarmwire import engine, pb
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.live.options import Where
from swarmwire.cli.planning import codes, manager
from swarmwire.cli.planning.intent import with_credentials
from swarmwire.cli.planning.known import drop_unknown, version_of
from swarmwire.cli.planning.manager import Snapshot
from swarmwire.cli.planning.planning import of_spec
from swarmwire.cli.planning.stack.deploy import deploy
from swarmwire.cli.planning.stack.objects import NEW, Swarm
from swarmwire.cli.planning.text import View
from swarmwire.cli.planning.usage import CHANGES, ERROR
from swarmwire.control.sync import BlockingControl
from swarmwire.convert import service_spec_to_grpc
from swarmwire.errors import FieldError
from swarmwire.rules import service_spec_problems

_NAMESPACE = "com.docker.stack.namespace"


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """A service that is new."""

    service: str
    summary: str
    effect: str = "created"


class StackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a deployment would do. ``left`` are services of the stack that the files do not name."""

    stack: str
    updates: tuple[View, ...]
    creations: tuple[Creation, ...]
    made: dict[str, list[str]]
    left: tuple[str, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """The exit code: that of the worst part."""
        found = [codes.code_of(view) for view in self.updates]
        if self.refused or ERROR in found or any(one.effect == "refused" for one in self.creations):
            return ERROR
        if self.creations or any(self.made.values()):
            found.append(CHANGES)
        return max(found, default=0)


def of_stack(
    where: Where, stack: str, files: Sequence[str], *, hide_env: bool = False
) -> StackPlan:
    """The plan of ``docker stack deploy`` of these files.

    Raises:
        Stop: the docker command is missing, or refuses the files.
        Unreadable: a service names a network that is not there.
    """
    with manager.connected(where) as control:
        return _Planner(control, stack, hide_env=hide_env).plan(files)


class _Planner:
    def __init__(self, control: BlockingControl, stack: str, *, hide_env: bool) -> None:
        self._control = control
        self._stack = stack
        self._hide_env = hide_env
        filters = pb.ListServicesRequest.Filters(labels={_NAMESPACE: stack})
        found = control.list_services(pb.ListServicesRequest(filters=filters)).services
        self._services = {service.id: service for service in found}
        self._networks = tuple(control.list_networks(pb.ListNetworksRequest()).networks)
        self._nodes = tuple(control.list_nodes(pb.ListNodesRequest()).nodes)

    def plan(self, files: Sequence[str]) -> StackPlan:
        """The plan."""
        secrets = self._control.list_secrets(pb.ListSecretsRequest()).secrets
        configs = self._control.list_configs(pb.ListConfigsRequest()).configs
        swarm = Swarm(self._services.values(), self._networks, secrets, configs)
        deploy(swarm, self._stack, files, self._nodes)
        absent = {name: f"{NEW}{name}" for name in swarm.made["networks"]}
        specs = [(id_, self._spec(body, version, absent)) for id_, body, version in swarm.sent]
        specs.sort(key=lambda sent: sent[1].annotations.name)
        sent = {id_ for id_, _ in specs}
        left = [one for id_, one in self._services.items() if id_ not in sent]
        return StackPlan(
            stack=self._stack,
            updates=tuple(self._update(self._services[id_], spec) for id_, spec in specs if id_),
            creations=tuple(_creation(spec) for id_, spec in specs if not id_),
            made=swarm.made,
            left=tuple(sorted(one.spec.annotations.name for one in left)),
            refused=tuple(swarm.refused),
            notes=tuple(_notes(swarm)),
        )

    def _spec(self, body: bytes, version: str, absent: dict[str, str]) -> pb.ServiceSpec:
        written: Any = engine.decode(body, engine.ServiceSpec)
        name = written.name
        try:
            spec = service_spec_to_grpc(engine.adjust_for_api_version(written, version))
            manager.resolve_networks(spec, self._networks, absent=absent)
        except (FieldError, Unreadable) as err:
            raise Unreadable(f"{name}: {err}") from err
        drop_unknown(spec, version_of(self._nodes))
        return spec

    def _update(self, service: pb.Service, spec: pb.ServiceSpec) -> View:
        now = Snapshot(
            service, manager.tasks_of(self._control, service.id), self._nodes, self._networks
        )
        sent = with_credentials(service.spec, spec)
        return of_spec(now, sent, hide_env=self._hide_env)._replace(is_sent_anyway=True)


def _creation(spec: pb.ServiceSpec) -> Creation:
    name = spec.annotations.name
    problems = service_spec_problems(spec)
    if problems:
        return Creation(service=name, summary=f"is refused: {problems[0]}", effect="refused")
    if spec.HasField("replicated"):
        count = spec.replicated.replicas
        return Creation(service=name, summary=f"is new, with {count} task{'s'[: count != 1]}")
    return Creation(service=name, summary="is new")


def _notes(swarm: Swarm) -> list[str]:
    tags = (
        "Tags are not looked up in a registry: if docker stack deploy finds that a tag has moved,"
        " that service restarts too (--resolve-image always is its default)."
    )
    notes = [tags]
    if swarm.uncertain:
        notes.append(
            f"What is in secrets cannot be read: if {', '.join(swarm.uncertain)} has other content"
            " than the stored one, the deployment is refused."
        )
    return notes
