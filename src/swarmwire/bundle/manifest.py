"""What stands in a bundle's ``manifest.json``. Pure."""

from typing import Final

import msgspec

from swarmwire.raftstore import StoreFinding

FORMAT: Final = 1
"""The number of this format; a reader refuses any other."""

MANIFEST: Final = "manifest.json"
"""The file of a bundle that tells what the others are."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a bundle comes from.

    Attributes:
        cluster_id: the id of the swarm.
        cluster_name: its name; ``default`` in every swarm of an engine.
        node_id: the manager whose folder was read.
        index: the last log entry that the bundle contains.
        term: its term.
        commit: the last entry known to be committed.
        updated_at: when the youngest object was written, as RFC 3339; None if unknown.
    """

    cluster_id: str
    cluster_name: str
    node_id: str
    index: int
    term: int
    commit: int
    updated_at: str | None


class ItemFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file of a bundle.

    Attributes:
        name: its name, as seen from the bundle, with ``/``.
        size: in bytes.
        sha256: in hexadecimal; nothing for a file with a secret in it, which a digest may betray.
    """

    name: str
    size: int
    sha256: str = ""


class BundleItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One object of a bundle.

    Attributes:
        kind: ``service``, ``network``, ``secret``, ``config``; or ``nodes``,
            ``registry-credentials``, ``join-tokens``, ``ca-key``, ``unlock-key`` for a file of
            many.
        id: its id in the old swarm; that of the swarm for a file of many.
        name: its name.
        files: its files.
        is_deleted: whether it had been removed from the swarm.
        special: ``ingress`` or ``predefined`` for a network that no one has to create.
        note: what is to be known of it, in a sentence.
    """

    kind: str
    id: str
    name: str
    files: list[ItemFile]
    is_deleted: bool = False
    special: str = ""
    note: str = ""


class LastPlace(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Where a task of a service ran at last: its image was on that node.

    Attributes:
        service: the id of the service.
        image: the image that it ran.
        node: the id of the node.
        hostname: the name of its host.
    """

    service: str
    image: str
    node: str
    hostname: str


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the store holds and nobody asked for.

    Attributes:
        what: what it is: ``secrets``.
        count: how many there are.
        flag: the option of ``swarmwire recover`` that writes it.
    """

    what: str
    count: int
    flag: str


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a manifest tells besides the objects.

    Attributes:
        version: the version of swarmwire that wrote the bundle.
        source: where the bundle comes from.
        findings: what was amiss with the files it was read from.
        left_out: what was there and was not asked for.
        not_recoverable: what nobody can get out of a manager's folder, one sentence each.
    """

    version: str
    source: Source
    findings: list[StoreFinding] = msgspec.field(default_factory=list)
    left_out: list[LeftOut] = msgspec.field(default_factory=list)
    not_recoverable: list[str] = msgspec.field(default_factory=list)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A whole manifest.

    Attributes:
        format: the number of the format.
        swarmwire: the version that wrote it.
        source: where the bundle comes from.
        contents: one item for each object.
        network_names: the names of the old swarm's networks, by id.
        ran: where tasks ran at last.
        findings: what was amiss with the files it was read from.
        left_out: what was there and was not asked for.
        not_recoverable: what nobody can get out of a manager's folder, one sentence each.
    """

    format: int
    swarmwire: str
    source: Source
    contents: list[BundleItem]
    network_names: dict[str, str] = msgspec.field(default_factory=dict)
    ran: list[LastPlace] = msgspec.field(default_factory=list)
    findings: list[StoreFinding] = msgspec.field(default_factory=list)
    left_out: list[LeftOut] = msgspec.field(default_factory=list)
    not_recoverable: list[str] = msgspec.field(default_factory=list)
