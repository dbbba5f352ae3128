"""What a live manager has, as a store to compare with. Only asks; changes nothing."""

from typing import Any, Final

from swarmwire.control import Control, Unimplemented
from swarmwire.control.methods import Methods
from swarmwire.raftstore import Kind, Store
from swarmwire.storediff import Untold

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


async def store_of_manager(control: Control) -> tuple[Store, Untold]:
    """All that a manager has, and what it does not tell: payloads, and kinds it is too old for.

    Args:
        control: the manager, connected with ``secrets=True`` if credentials are to be compared.

    Raises:
        ControlError: the manager says no.
        TransportError: it cannot be reached.
    """
    store = Store()
    missing: set[Kind] = set()
    for kind, name in _LISTS.items():
        request = getattr(Methods, name).request()
        try:
            answer: Any = await getattr(control, name)(request)
        except Unimplemented:
            missing.add(kind)
            continue
        store.of(kind).update({each.id: each for each in getattr(answer, f"{kind}s")})
    return store, Untold(kinds=frozenset(missing) | {"extension"}, paths=_BLANK)
