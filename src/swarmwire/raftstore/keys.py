"""A node's key file: the keys of its raft folder stand in its headers. Pure.

The private key itself is not needed, and is not read.

Source: SwarmKit ca/keyreadwriter.go, manager/deks.go, manager/encryption (ParseHumanReadableKey).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from google.protobuf.message import DecodeError

from swarmwire import pb
from swarmwire.errors import StoreError, WrongKey
from swarmwire.raftstore.hidden import Hidden
from swarmwire.raftstore.seal import KEY_SIZE, KeyRing, Sealed

_MARK: Final = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 ]*PRIVATE KEY)-----")
_HEADER: Final = re.compile(rb"([!-9;-~]+):[ \t]*(.*)")
_PREFIX: Final = "SWMKEY-1-"
_CURRENT: Final = "raft-dek"
_PENDING: Final = "raft-dek-pending"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the headers of a node's key tell.

    Attributes:
        sealed: the keys of the raft folder as they stand there, the pending one first.
        kek_version: the version of the cluster whose unlock key was applied; None without one.
        needs_rotation: whether another rotation of the key was to follow.
        has_pending: whether a rotation was under way.
    """

    sealed: tuple[bytes, ...] = field(repr=False)
    kek_version: int | None
    needs_rotation: bool
    has_pending: bool


def read_key_file(data: bytes, name: str = "") -> KeyFile:
    """The headers of ``swarm-node.key``.

    Args:
        data: the file's bytes.
        name: what to call it in errors.

    Raises:
        StoreError: it is no key file, or a header of it is broken.
    """
    headers = _headers(data)
    if headers is None:
        raise StoreError("not the private key of a node, in PEM", file=name)
    version = headers.get("kek-version", b"")
    return KeyFile(
        sealed=tuple(
            _sealed(headers[header], header, name)
            for header in (_PENDING, _CURRENT)
            if header in headers
        ),
        kek_version=int(version) if version.isdigit() and len(version) <= 20 else None,
        needs_rotation="raft-dek-needs-rotation" in headers,
        has_pending=_PENDING in headers,
    )


def read_unlock_key(text: str) -> Hidden:
    """The key that ``docker swarm unlock`` takes: ``SWMKEY-1-`` and 43 letters.

    Raises:
        WrongKey: it is no unlock key. The text is not repeated.
    """
    key = _unlock_key(text)
    if len(key) == KEY_SIZE:
        return key
    del text, key  # a traceback may show them, and a slip of the pen is nearly the key
    raise WrongKey(f"the unlock key is not one: it begins with {_PREFIX} and has 43 more letters")


def write_unlock_key(key: bytes) -> str:
    """The text of an unlock key as ``docker swarm unlock-key`` shows it."""
    return _PREFIX + b64encode(key).decode("ascii").rstrip("=")


def open_keys(files: Iterable[KeyFile], unlock_keys: Iterable[bytes]) -> tuple[Hidden, ...]:
    """The keys of the raft folder that these key files hold.

    Raises:
        WrongKey: they hold none, or they are locked and no unlock key opens them.
    """
    files = tuple(files)
    unlock = tuple(map(Hidden, unlock_keys))
    ring = KeyRing(unlock)
    found: list[Hidden] = []
    for sealed in (each for file in files for each in file.sealed):
        try:
            found.append(Hidden(ring.open(sealed, plain=True)))
        except Sealed:
            continue
    if found:
        return tuple(found)
    if not any(file.sealed for file in files):
        raise WrongKey(
            "the node's key holds no key of the raft log: the node is a worker, or was made one, "
            "or the key is of another time"
        )
    if not unlock:
        raise WrongKey(
            "the swarm is locked (autolock): it takes the unlock key that docker swarm unlock-key "
            "showed, or another copy of the node's key with the unlock key of that time"
        )
    raise WrongKey(
        "the unlock key does not open the node's key: it may be of another swarm, or have been "
        "rotated since, or before"
    )


def _unlock_key(text: str) -> Hidden:
    """The bytes of the key; none if the text is no key."""
    letters = text.removeprefix(_PREFIX).replace("\r", "").replace("\n", "")
    if not text.startswith(_PREFIX) or "=" in letters:
        return Hidden()
    try:
        return Hidden(b64decode(letters + "=", validate=True))
    except (Base64Error, ValueError):
        return Hidden()


def _headers(data: bytes) -> dict[str, Hidden] | None:
    """The headers of a PEM block: lines with a colon, up to the first without."""
    body = _body(data)
    if body is None:
        return None
    headers: dict[str, Hidden] = {}
    for line in body.splitlines():
        found = _HEADER.fullmatch(line.strip())
        if found is None:
            break
        headers[found[1].decode("ascii")] = Hidden(found[2].strip())
    return headers


def _body(data: bytes) -> bytes | None:
    """What stands between the first two marks that belong together, without the marks' lines."""
    begin: re.Match[bytes] | None = None
    for mark in _MARK.finditer(data):
        if mark[1] == b"BEGIN":
            begin = mark
        elif begin is not None and begin[2] == mark[2]:
            rest, _, body = data[begin.end() : mark.start()].partition(b"\n")
            return None if rest.strip() else body
    return None


def _sealed(value: Hidden, header: str, name: str) -> Hidden:
    try:
        sealed = Hidden(b64decode(value, validate=True))
        pb.MaybeEncryptedRecord.FromString(sealed)
    except (Base64Error, ValueError, DecodeError):
        raise StoreError(f"the header {header} cannot be read", file=name) from None
    return sealed
