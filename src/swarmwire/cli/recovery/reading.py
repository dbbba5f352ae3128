"""Read a manager's folder; if that cannot be, say why, and tell what can be told without a key."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from swarmwire import raftstore
from swarmwire.bundle import MANIFEST
from swarmwire.cli import exits
from swarmwire.cli.live.output import write
from swarmwire.cli.planning.report import as_json, say
from swarmwire.cli.recovery.keyless import KeylessDocument, keyless_document, keyless_listing
from swarmwire.cli.recovery.options import ENVIRONMENT, Wanted
from swarmwire.cli.recovery.progress import Bar
from swarmwire.cli.recovery.screen import show
from swarmwire.cli.recovery.unlocking import unlock_keys
from swarmwire.errors import CorruptLog, StoreError, WrongKey

_RAFT: Final = "raft"
"""What errors name when a folder has no raft data, as a worker's has none."""


def store_options(wanted: Wanted) -> raftstore.Options:
    """How to read, with the keys out of all files.

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
        _give_up(path, err, format_)
    except ValueError as err:  # a name with a zero in it
        raise exits.Stop(exits.UNREADABLE, f"{path}: not the name of a file") from err


def _give_up(path: str, err: StoreError, format_: str) -> NoReturn:
    text = str(err) if str(err).startswith(path) else f"{path}: {err}"
    found = _without_key(path, err)
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


def _without_key(path: str, err: StoreError) -> KeylessDocument | None:
    """What can be told without a key, if the key or the log is what is missing."""
    if not (isinstance(err, WrongKey | CorruptLog) or err.file == _RAFT):
        return None
    try:
        with Bar("reading what is not sealed"):
            return keyless_document(raftstore.keyless(path))
    except StoreError:
        return None


def _hint(path: str, err: StoreError) -> str:
    with suppress(OSError):
        if Path(path, MANIFEST).is_file():
            return "; it is a bundle: see swarmwire restore"
    if not isinstance(err, WrongKey):
        return ""
    return f" (see --unlock-key-file, {ENVIRONMENT} and --key-file)"
