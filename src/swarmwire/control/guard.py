"""Requests that are known to crash or wedge a manager are refused before they are sent.

Managers do not survive a crash in a handler, and some of these are stored first, so that the
manager crashes again at each start. What has to be known beforehand is asked of the manager itself,
and so are the versions of all managers: what all of them bear is sent.

Source: SwarmKit controlapi, allocator, updater and logbroker; each was seen on a real manager.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from typing import Any

from swarmwire import pb
from swarmwire.control.api import Control
from swarmwire.control.errors import DangerousRequest, NotFound
from swarmwire.control.layer import Layer
from swarmwire.control.methods import Answer, Request, Streaming, Unary
from swarmwire.networks import is_ingress
from swarmwire.releases.crashes import BY_NAME, crashes
from swarmwire.rules import service_spec_update_hazards

SECRET_WITHOUT_SPEC = "secret-without-spec"  # noqa: S105 - the name of a rule
CONFIG_WITHOUT_SPEC = "config-without-spec"
UNKNOWN_INGRESS_PROTOCOL = "unknown-ingress-protocol"
SCTP_ON_INGRESS = "sctp-on-ingress"
PLACEMENT_TAKEN_AWAY = "placement-taken-away"
LOGS_WITHOUT_OPTIONS = "logs-without-options"
LOGS_OF_NODES = "logs-of-nodes"
INGRESS_AS_DEPRECATED_NETWORK = "ingress-as-deprecated-network"
NODES_BY_ENGINE_LABEL = "nodes-by-engine-label"

RULES = (
    SECRET_WITHOUT_SPEC,
    CONFIG_WITHOUT_SPEC,
    UNKNOWN_INGRESS_PROTOCOL,
    SCTP_ON_INGRESS,
    PLACEMENT_TAKEN_AWAY,
    LOGS_WITHOUT_OPTIONS,
    LOGS_OF_NODES,
    INGRESS_AS_DEPRECATED_NETWORK,
    NODES_BY_ENGINE_LABEL,
)
"""The names of all rules. Of which versions each is true, ``releases.crashes`` has."""

_MANAGER = pb.NodeRole.Value("MANAGER")
_KNOWN_PROTOCOLS = tuple(pb.PortConfig.Protocol.values())

Found = DangerousRequest | None


class Guarded(Layer):
    """Refuses dangerous requests, but those that ``allowed`` names by their rule."""

    def __init__(self, inner: Control, allowed: Collection[str] = ()) -> None:
        super().__init__(inner)
        unknown = set(allowed) - set(RULES)
        if unknown:
            raise ValueError(f"no such rule: {', '.join(sorted(unknown))}")
        self._allowed = frozenset(allowed)

    async def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Pass the call on unless it is dangerous."""
        for rule, check in _CHECKS.get(type(request), {}).items():
            if rule not in self._allowed:
                danger = await check(self.inner, request)
                if danger is not None and await self._is_true(rule):
                    raise danger
        return await super().unary(method, request)

    def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> AsyncGenerator[Answer, None]:
        """Pass the call on unless it is dangerous."""
        if isinstance(request, pb.SubscribeLogsRequest):
            for rule, check in _LOG_CHECKS.items():
                danger = check(request)
                if danger is not None and rule not in self._allowed:
                    raise danger
        return super().stream(method, request)

    async def _is_true(self, rule: str) -> bool:
        """Whether a manager of the swarm crashes: any of them may come to lead it."""
        crash = BY_NAME[rule]
        if not crash.first and not crash.mended:
            return True
        answer = await self.inner.list_nodes(pb.ListNodesRequest())
        managers = [each for each in answer.nodes if each.role == _MANAGER]
        versions = [each.description.engine.engine_version for each in managers]
        return not versions or any(crashes(version, rule) for version in versions)


def _danger(rule: str, reason: str) -> DangerousRequest:
    return DangerousRequest(rule, reason, BY_NAME[rule].mended or None)


async def _secret_without_spec(_: Control, request: pb.UpdateSecretRequest) -> Found:
    if request.HasField("spec"):
        return None
    reason = "an update of a secret without a spec crashes the manager"
    return _danger(SECRET_WITHOUT_SPEC, reason)


async def _config_without_spec(_: Control, request: pb.UpdateConfigRequest) -> Found:
    if request.HasField("spec"):
        return None
    reason = "an update of a config without a spec crashes the manager"
    return _danger(CONFIG_WITHOUT_SPEC, reason)


_WithServiceSpec = pb.CreateServiceRequest | pb.UpdateServiceRequest


async def _unknown_ingress_protocol(_: Control, request: _WithServiceSpec) -> Found:
    for port in request.spec.endpoint.ports:
        ingress = port.publish_mode == pb.PortConfig.INGRESS
        if ingress and port.protocol not in _KNOWN_PROTOCOLS:
            reason = (
                f"managers do not know protocol {port.protocol} of port {port.target_port}, store"
                " it, and then crash on it at every start"
            )
            return _danger(UNKNOWN_INGRESS_PROTOCOL, reason)
    return None


async def _sctp_on_ingress(_: Control, request: _WithServiceSpec) -> Found:
    for port in request.spec.endpoint.ports:
        if port.publish_mode == pb.PortConfig.INGRESS and port.protocol == pb.PortConfig.SCTP:
            reason = (
                f"a manager here is too old to know SCTP, the protocol of port {port.target_port}:"
                " it stores it, and then crashes on it at every start"
            )
            return _danger(SCTP_ON_INGRESS, reason)
    return None


async def _ingress_as_deprecated_network(control: Control, request: _WithServiceSpec) -> Found:
    targets = {network.target for network in request.spec.networks}
    if not targets:
        return None
    answer = await control.list_networks(pb.ListNetworksRequest())
    for network in answer.networks:
        if network.id in targets and is_ingress(network):
            reason = (
                "the ingress network in the deprecated networks of a service makes the manager use"
                " up all of its addresses: no port can be published until the engine is restarted"
            )
            return _danger(INGRESS_AS_DEPRECATED_NETWORK, reason)
    return None


async def _placement_taken_away(control: Control, request: pb.UpdateServiceRequest) -> Found:
    """Managers compare with each task, which may be older than the service's spec."""
    rolls_back = request.rollback == pb.UpdateServiceRequest.PREVIOUS
    if request.spec.task.HasField("placement") and not rolls_back:
        return None
    service_id = request.service_id
    try:
        answer = await control.get_service(pb.GetServiceRequest(service_id=service_id))
    except NotFound:
        return None
    service = answer.service
    new = service.previous_spec if rolls_back else request.spec
    if new.task.HasField("placement"):
        return None
    filters = pb.ListTasksRequest.Filters(service_ids=[service_id])
    tasks = await control.list_tasks(pb.ListTasksRequest(filters=filters))
    olds = [service.spec, *(pb.ServiceSpec(task=task.spec) for task in tasks.tasks)]
    if not any(service_spec_update_hazards(old, new) for old in olds):
        return None
    reason = (
        "a task template that differs only in having no placement any more crashes the manager at"
        " every start; send an empty placement instead"
    )
    return _danger(PLACEMENT_TAKEN_AWAY, reason)


async def _nodes_by_engine_label(control: Control, request: pb.ListNodesRequest) -> Found:
    if not request.filters.labels:
        return None
    answer = await control.list_nodes(pb.ListNodesRequest())
    for node in answer.nodes:
        if node.HasField("description") and not node.description.HasField("engine"):
            reason = (
                f"node {node.id} does not describe its engine, and a manager that looks for"
                " engine labels there crashes; list all nodes instead"
            )
            return _danger(NODES_BY_ENGINE_LABEL, reason)
    return None


def _logs_without_options(request: pb.SubscribeLogsRequest) -> Found:
    if request.HasField("options"):
        return None
    reason = "logs that are asked for without options crash the engine of each node with a task"
    return _danger(LOGS_WITHOUT_OPTIONS, reason)


def _logs_of_nodes(request: pb.SubscribeLogsRequest) -> Found:
    if not request.selector.node_ids or request.options.follow:
        return None
    reason = (
        "logs of a node that is not connected crash the manager unless they are followed;"
        " select services or tasks"
    )
    return _danger(LOGS_OF_NODES, reason)


_Check = Callable[[Control, Any], Awaitable[Found]]

_CHECKS: dict[type[pb.Message], dict[str, _Check]] = {
    pb.UpdateSecretRequest: {SECRET_WITHOUT_SPEC: _secret_without_spec},
    pb.UpdateConfigRequest: {CONFIG_WITHOUT_SPEC: _config_without_spec},
    pb.CreateServiceRequest: {
        UNKNOWN_INGRESS_PROTOCOL: _unknown_ingress_protocol,
        SCTP_ON_INGRESS: _sctp_on_ingress,
        INGRESS_AS_DEPRECATED_NETWORK: _ingress_as_deprecated_network,
    },
    pb.UpdateServiceRequest: {
        UNKNOWN_INGRESS_PROTOCOL: _unknown_ingress_protocol,
        SCTP_ON_INGRESS: _sctp_on_ingress,
        INGRESS_AS_DEPRECATED_NETWORK: _ingress_as_deprecated_network,
        PLACEMENT_TAKEN_AWAY: _placement_taken_away,
    },
    pb.ListNodesRequest: {NODES_BY_ENGINE_LABEL: _nodes_by_engine_label},
}

_LOG_CHECKS: dict[str, Callable[[pb.SubscribeLogsRequest], Found]] = {
    LOGS_WITHOUT_OPTIONS: _logs_without_options,
    LOGS_OF_NODES: _logs_of_nodes,
}
