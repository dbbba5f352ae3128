"""Read a manager's folder; if that cannot be, say why, and tell what can be told without a key."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from swarmwire import raftstore
from swarmwire.bundle import MANIFEST, KeylessInventory, keyless_inventory
from swarmwire.cli import exits
from swarmwire.cli.messages import say
from swarmwire.cli.progress import Bar
from swarmwire.cli.recovery.blocks import Block, show
from swarmwire.cli.recovery.options import ENVIRONMENT, StoreRequest, unlock_keys
from swarmwire.cli.tables import Table, short, table
from swarmwire.cli.terminal import one_line
from swarmwire.cli.writing import as_json, write
from swarmwire.errors import CorruptLog, StoreError, WrongKey

_RAFT: Final = "raft"
"""What errors name when a folder has no raft data, as a worker's has none."""


def store_options(wanted: StoreRequest, unpack_into: Path | None = None) -> raftstore.Options:
    """How to read, with the keys out of all files; and into which folder tars are unpacked.

    Raises:
        Stop: a file with keys cannot be read.
    """
    return raftstore.Options(
        unlock_keys=unlock_keys(wanted),
        key_files=tuple(map(Path, wanted.key_files)),
        at=wanted.at,
        until=wanted.until,
        uncommitted=wanted.uncommitted,
        deleted=wanted.deleted,
        partial=wanted.partial,
        running=wanted.running,
        unpack_into=unpack_into,
        in_memory=wanted.in_memory,
    )


def read_store(path: str, options: raftstore.Options, format_: str) -> raftstore.Recovery:
    """What is in the folder.

    Raises:
        Stop: nothing can be read of it; why, and what can be told all the same, has been printed.
    """
    try:
        with Bar("reading") as bar:
            return raftstore.read(path, options, bar)
    except StoreError as err:
        _give_up(path, err, options, format_)
    except ValueError as err:  # a name with a zero in it
        raise exits.Stop(exits.UNREADABLE, f"{path}: not the name of a file") from err


def _give_up(path: str, err: StoreError, options: raftstore.Options, format_: str) -> NoReturn:
    text = str(err) if str(err).startswith(path) else f"{path}: {err}"
    found = _without_key(path, err, options)
    if format_ == "json":
        error = {"kind": type(err).__name__, "reason": err.reason, "file": err.file}
        document: dict[str, Any] = {"error": error, "keyless": msgspec.to_builtins(found)}
        say(text)
        write(as_json(document))
    else:
        say(f"{text}{_hint(path, err)}")
        if found is not None:
            show(keyless_listing(found))
    raise exits.Stop(exits.UNREADABLE)


def _without_key(path: str, err: StoreError, options: raftstore.Options) -> KeylessInventory | None:
    """What can be told without a key, if the key or the log is what is missing."""
    if not (isinstance(err, WrongKey | CorruptLog) or err.file == _RAFT):
        return None
    try:
        with Bar("reading what is not encrypted"):
            return keyless_inventory(raftstore.keyless(path, options))
    except StoreError:
        return None


def _hint(path: str, err: StoreError) -> str:
    with suppress(OSError):
        if Path(path, MANIFEST).is_file():
            return "; this is a bundle: use swarmwire restore"
    if not isinstance(err, WrongKey):
        return ""
    return f" (see --unlock-key-file, {ENVIRONMENT} and --key-file)"


def keyless_listing(found: KeylessInventory) -> Iterator[tuple[str, Block]]:
    """The parts, each with its title."""
    facts = "".join(f"{one_line(line)}\n" for line in (*_node(found), *_log(found)))
    if facts:
        yield "What can be read without a key", facts
    if found.tasks:
        yield "Tasks in the node's own records", _tasks(found)


def _node(found: KeylessInventory) -> Iterator[str]:
    if found.node_id or found.cluster_id:
        yield f"Node:       {found.node_id or '?'}, {found.role or 'role unknown'}"
        yield f"Swarm:      {found.cluster_id or '?'}"
    if found.expires_at:
        yield f"Expires:    the node's certificate on {found.expires_at}"
    if found.root_expires_at:
        yield f"Expires:    the swarm's root certificate on {found.root_expires_at}"
    if found.listen_address:
        yield f"Listens:    {found.listen_address}"
    if found.advertise_address:
        yield f"Advertises: {found.advertise_address}"
    for each in found.managers:
        yield f"Manager:    {each}"


def _log(found: KeylessInventory) -> Iterator[str]:
    if found.raft_id is not None:
        yield f"Raft:       ID {found.raft_id}, {found.address or 'no address'}"
    if found.entries or found.snapshots:
        count = len(found.snapshots)
        snapshots = "1 snapshot" if count == 1 else f"{count} snapshots"
        yield (
            f"Log:        {found.entries} entries up to index {found.last_index}, committed up to"
            f" {found.commit}, term {found.term}; {snapshots}; all encrypted"
        )
    for each in found.problems:
        yield f"Unread:     {each}"


def _tasks(found: KeylessInventory) -> Table:
    return table(
        "ID|SERVICE|SLOT|IMAGE|STATE|SECRETS|CONFIGS",
        [
            (
                short(each.id),
                each.service,
                str(each.slot or ""),
                each.image,
                each.state,
                ", ".join(each.secrets),
                ", ".join(each.configs),
            )
            for each in sorted(found.tasks, key=lambda each: (each.service, each.slot, each.id))
        ],
    )
