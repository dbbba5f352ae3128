"""What a live manager has, as a store to compare with. Only asks; changes nothing."""

import asyncio
from typing import Any, Final, NamedTuple

from swarmwire.cli import exits
from swarmwire.cli.live.options import Where
from swarmwire.cli.recovery.differences_text import Side
from swarmwire.errors import SwarmwireError
from swarmwire.raftstore import Kind, Store
from swarmwire.storediff import Untold

LIVE: Final = "live"
"""The word for the manager of this machine."""

_LISTS: Final[dict[Kind, str]] = {
    "node": "list_nodes",
    "service": "list_services",
    "network": "list_networks",
    "task": "list_tasks",
    "cluster": "list_clusters",
    "secret": "list_secrets",
    "resource": "list_resources",
    "config": "list_configs",
    "volume": "list_volumes",
}
"""How each kind is listed; extensions cannot be."""

_BLANK: Final[dict[Kind, frozenset[str]]] = {
    "cluster": frozenset({"CAConfig.SigningCACert", "CAConfig.SigningCAKey"}),
    "secret": frozenset({"Data"}),
}
"""What a manager leaves out of its answers. Source: SwarmKit manager/controlapi."""


class Told(NamedTuple):
    """A store to compare with, what it does not tell, and where it is from."""

    store: Store
    untold: Untold
    side: Side


def ask_manager(socket: str | None, timeout: float) -> Told:
    """All that the manager has; ``socket`` is its own, or that of this machine if None.

    Raises:
        Stop: it cannot be reached, or says no; with the code of what cannot be read.
    """
    try:
        return _asked(Where(socket=socket, timeout=timeout))
    except ModuleNotFoundError as err:
        if (err.name or "").partition(".")[0] != "grpc":
            raise
        reason = "a live manager is asked with grpcio: pip install 'swarmwire[control]'"
        raise exits.Stop(exits.UNREADABLE, reason) from err
    except SwarmwireError as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err


def _asked(where: Where) -> Told:
    from swarmwire.cli.live import connection  # noqa: PLC0415 - needs grpcio

    async def listed() -> tuple[Store, frozenset[Kind]]:
        # with credentials: they are compared, never shown
        async with connection.opened(where, secrets=True) as manager:
            return await _store(manager)

    store, missing = asyncio.run(listed())
    untold = Untold(kinds=missing | {"extension"}, paths=_BLANK)
    place = f"the manager at {where.socket}" if where.socket else "the manager of this machine"
    return Told(store, untold, Side(place))


async def _store(manager: Any) -> tuple[Store, frozenset[Kind]]:
    """All objects, and the kinds that this manager is too old for."""
    from swarmwire.control import Unimplemented  # noqa: PLC0415 - needs grpcio
    from swarmwire.control.methods import Methods  # noqa: PLC0415 - see above

    store = Store()
    missing: set[Kind] = set()
    for kind, name in _LISTS.items():
        request = getattr(Methods, name).request()
        try:
            answer = await getattr(manager, name)(request)
        except Unimplemented:
            missing.add(kind)
            continue
        store.of(kind).update({each.id: each for each in getattr(answer, f"{kind}s")})
    return store, frozenset(missing)
