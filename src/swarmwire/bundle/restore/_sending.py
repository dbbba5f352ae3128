"""Create an object once, though answers may be lost and managers go away for a while."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from swarmwire import pb
from swarmwire.bundle.restore._nodes import absent_labels
from swarmwire.bundle.restore._steps import Kind
from swarmwire.bundle.restore._swarm import name_of
from swarmwire.control import (
    AlreadyExists,
    Control,
    NoLeader,
    NotLeader,
    OutOfDate,
    TransportError,
    Unavailable,
)

AWAY = (TransportError, Unavailable, NoLeader, NotLeader)
"""What is heard of a manager that stops, starts, or has no leader."""

_PAUSE = 0.5
_ATTEMPTS = 60


class Sent(NamedTuple):
    """What is there now.

    Attributes:
        found: the object.
        is_ours: whether this very request made it; None if its answer was lost, and something of
            that name is there since.
    """

    found: Any
    is_ours: bool | None


class Clock(NamedTuple):
    """How time passes: ``Clock(time.monotonic, asyncio.sleep)``.

    Attributes:
        now: seconds since whenever.
        sleep: waits for so many seconds.
        patience: for how many seconds a manager may be away.
    """

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[object]]
    patience: float = 60.0


class Sender:
    """Sends changes to one manager, and looks after those whose answers were lost."""

    def __init__(self, control: Control, clock: Clock) -> None:
        self._control = control
        self._clock = clock

    async def create(self, kind: Kind, spec: Any) -> Sent:
        """Create an object, unless its name is taken.

        Names are taken once in a swarm, so that asking again makes no second object.

        Raises:
            SwarmwireError: the manager refuses it, or stays away.
        """
        until = self._clock.now() + self._clock.patience
        lost = False
        while True:
            try:
                return Sent(await self._created(kind, spec), is_ours=True)
            except AlreadyExists:
                found = await self._named(kind, spec.annotations.name, until)
                if found is None and self._clock.now() > until:
                    raise
            except AWAY:
                if self._clock.now() > until:
                    raise
                lost = True
                found = await self._named(kind, spec.annotations.name, until)
            if found is not None:
                return Sent(found, is_ours=None if lost else False)
            await self._clock.sleep(_PAUSE)

    async def label(self, node_id: str, old: pb.Node) -> None:
        """Give a node those labels of another one that it lacks.

        Raises:
            SwarmwireError: the manager refuses it, or stays away.
        """
        until = self._clock.now() + self._clock.patience
        for _ in range(_ATTEMPTS):
            try:
                request = pb.GetNodeRequest(node_id=node_id)
                node = (await self._control.get_node(request)).node
                absent = absent_labels(old, node)
                if not absent:
                    return
                node.spec.annotations.labels.update(absent)
                await self._control.update_node(
                    pb.UpdateNodeRequest(
                        node_id=node_id, node_version=node.meta.version, spec=node.spec
                    )
                )
            except OutOfDate:
                # nodes change by themselves, as their engines report
                await self._clock.sleep(_PAUSE / 10)
            except AWAY:
                if self._clock.now() > until:
                    raise
                await self._clock.sleep(_PAUSE)
            else:
                return
        raise OutOfDate("Unknown", "update out of sequence")

    async def _created(self, kind: Kind, spec: Any) -> Any:
        control = self._control
        match kind:
            case "network":
                return (await control.create_network(pb.CreateNetworkRequest(spec=spec))).network
            case "secret":
                return (await control.create_secret(pb.CreateSecretRequest(spec=spec))).secret
            case "config":
                return (await control.create_config(pb.CreateConfigRequest(spec=spec))).config
            case _:
                return (await control.create_service(pb.CreateServiceRequest(spec=spec))).service

    async def _named(self, kind: Kind, name: str, until: float) -> Any | None:
        """The object of a name, once the manager answers."""
        while True:
            try:
                listed = await self._listed(kind)
            except AWAY:
                if self._clock.now() > until:
                    raise
                await self._clock.sleep(_PAUSE)
            else:
                return next((one for one in listed if name_of(one).lower() == name.lower()), None)

    async def _listed(self, kind: Kind) -> Any:
        # all of them, as filters for names mind the case, and creating does not
        control = self._control
        match kind:
            case "network":
                return (await control.list_networks(pb.ListNetworksRequest())).networks
            case "secret":
                return (await control.list_secrets(pb.ListSecretsRequest())).secrets
            case "config":
                return (await control.list_configs(pb.ListConfigsRequest())).configs
            case _:
                return (await control.list_services(pb.ListServicesRequest())).services
