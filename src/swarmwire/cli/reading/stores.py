"""The objects in a manager's folder, a tar of it, or a bundle that ``recover`` wrote."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.cli import exits
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.recovery.options import StoreRequest
from swarmwire.errors import StoreError, UnknownRelease
from swarmwire.releases import Release, release

_TARS: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\x00", b"BZh")
_USTAR: Final = slice(257, 262)

HEAD: Final = 512
"""So many bytes tell whether a file is a tar."""


class StoredObjects(NamedTuple):
    """What a swarm had.

    Attributes:
        services: all services; networks, secrets and configs likewise.
        tasks: all tasks; None if they are not known, as in a bundle.
        nodes: all nodes; None likewise.
        network_names: names of networks by ID, also of those that are not there.
        release: the release of the engine whose folder it is; None if it is not known.
    """

    services: Sequence[pb.Service]
    networks: Sequence[pb.Network] = ()
    secrets: Sequence[pb.Secret] = ()
    configs: Sequence[pb.Config] = ()
    tasks: Sequence[pb.Task] | None = None
    nodes: Sequence[pb.Node] | None = None
    network_names: Mapping[str, str] = {}
    release: Release | None = None


def is_tar(head: bytes) -> bool:
    """Whether a file that begins so is a tar, also a compressed one."""
    return head.startswith(_TARS) or head[_USTAR] == b"ustar"


def stored_objects(path: str, wanted: StoreRequest, without: str) -> StoredObjects:
    """The objects in a folder or tar; ``without`` says what is not done if an extra is missing.

    Raises:
        Unreadable: a bundle cannot be read.
        Stop: a manager's folder cannot be read.
    """
    try:
        from swarmwire.bundle import MANIFEST  # noqa: PLC0415 - needs what reads a store
        from swarmwire.cli.recovery.folder import load_bundle  # noqa: PLC0415 - see above
        from swarmwire.cli.recovery.reading import read_store, store_options  # noqa: PLC0415
    except ModuleNotFoundError as err:
        raise exits.without_extra(err, without) from err
    if Path(path, MANIFEST).is_file():
        try:
            bundle = load_bundle(path)
        except StoreError as err:
            raise Unreadable(f"{path}: {err}") from err
        return StoredObjects(
            services=tuple(bundle.services),
            networks=tuple(bundle.networks),
            secrets=tuple(bundle.secrets),
            configs=tuple(bundle.configs),
            network_names=bundle.network_names,
        )
    found = read_store(path, store_options(wanted), "text")
    store = found.store
    return StoredObjects(
        services=tuple(store.services.values()),
        networks=tuple(store.networks.values()),
        secrets=tuple(store.secrets.values()),
        configs=tuple(store.configs.values()),
        tasks=tuple(store.tasks.values()),
        nodes=tuple(store.nodes.values()),
        release=_engine_of(store.nodes.get(found.myself.node_id)),
    )


def _engine_of(node: pb.Node | None) -> Release | None:
    """The release of the engine whose folder it is: who leads the swarm, no store tells."""
    try:
        return None if node is None else release(node.description.engine.engine_version)
    except UnknownRelease:
        return None
