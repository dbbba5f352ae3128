"""What a manager encrypts, and the keys for it, which stand in its key file. Pure.

The private key itself is not needed, and is not read.

Source: SwarmKit manager/encryption (nacl.go, fernet.go, ParseHumanReadableKey), ca/keyreadwriter.go
and manager/deks.go.
"""

import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from google.protobuf.message import DecodeError
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from swarmwire import pb
from swarmwire.errors import StoreError, WrongKey
from swarmwire.raftstore.wire import Hidden, parse_around

KEY_SIZE: Final = 32
_NONCE_SIZE: Final = SecretBox.NONCE_SIZE

_DATA: Final = 0x12
"""The tag of a sealed record's data."""
_PLAIN: Final = pb.MaybeEncryptedRecord.NONE
_SECRETBOX: Final = pb.MaybeEncryptedRecord.SECRETBOX_SALSA20_POLY1305
_FERNET: Final = pb.MaybeEncryptedRecord.FERNET_AES_128_CBC

_MARK: Final = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 ]*PRIVATE KEY)-----")
_HEADER: Final = re.compile(rb"([!-9;-~]+):[ \t]*(.*)")
_PREFIX: Final = "SWMKEY-1-"
_CURRENT: Final = "raft-dek"
_PENDING: Final = "raft-dek-pending"


class Sealed(Exception):
    """The record cannot be opened. ``str()`` says why; it holds nothing of record or key."""


class _Key:
    """One key, in the shapes that the two ciphers want."""

    __slots__ = ("box", "fernet")

    def __init__(self, key: bytes) -> None:
        key = key[:KEY_SIZE].ljust(KEY_SIZE, b"\0")
        self.box = SecretBox(key)
        self.fernet = Fernet(urlsafe_b64encode(key))


class KeyRing:
    """Keys that may open a record. ``repr()`` shows none of them.

    Attributes:
        has_opened_fernet: whether one was sealed with the cipher of managers in FIPS mode.
    """

    __slots__ = ("_keys", "has_opened_fernet")

    def __init__(self, keys: Iterable[bytes]) -> None:
        self.has_opened_fernet = False
        self._keys = [_Key(key) for key in dict.fromkeys(keys)]

    def open(self, data: bytes | memoryview, *, plain: bool = False) -> bytes:
        """The content of a sealed record.

        Args:
            data: the bytes of a ``MaybeEncryptedRecord``.
            plain: whether a record that was never encrypted is taken. A manager takes such a one
                for its keys only.

        Raises:
            Sealed: no key opens it, or it is no sealed record.
        """
        record = pb.MaybeEncryptedRecord()
        content: memoryview | None = None
        try:
            if isinstance(data, memoryview):
                content = parse_around(record, data, _DATA)
            else:
                record.ParseFromString(data)
        except DecodeError:
            raise Sealed("not a sealed record") from None
        sealed = record.data if content is None else bytes(content)
        algorithm, nonce = record.algorithm, record.nonce
        if algorithm == _SECRETBOX:
            if len(nonce) != _NONCE_SIZE:
                raise Sealed("a sealed record with a nonce of another length")
        elif algorithm == _PLAIN:
            if plain:
                return sealed
            raise Sealed("a record that is not encrypted where all must be")
        elif algorithm != _FERNET:
            raise Sealed(f"sealed with the unknown cipher {algorithm}")
        return self._open(algorithm, sealed, nonce)

    def _open(self, algorithm: int, sealed: bytes, nonce: bytes) -> bytes:
        for number, key in enumerate(self._keys):
            try:
                if algorithm == _SECRETBOX:
                    content = key.box.decrypt(sealed, nonce)
                else:
                    content = key.fernet.decrypt(sealed)
                    self.has_opened_fernet = True
            except (CryptoError, InvalidToken):
                continue
            if number:  # records under one key come in runs
                self._keys.insert(0, self._keys.pop(number))
            return content
        raise Sealed("no key at hand opens it")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the headers of a node's key tell.

    Attributes:
        sealed: the keys of the raft folder as they stand there, the pending one first.
        kek_version: the version of the cluster whose unlock key was applied; None without one.
        needs_rotation: whether another rotation of the key was to follow.
        has_pending: whether a rotation was under way.
        is_fips: whether one is sealed with the cipher of managers in FIPS mode.
    """

    sealed: tuple[bytes, ...] = field(repr=False)
    kek_version: int | None
    needs_rotation: bool
    has_pending: bool
    is_fips: bool = False


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
    sealed = tuple(
        _sealed(headers[header], header, name)
        for header in (_PENDING, _CURRENT)
        if header in headers
    )
    algorithms = (pb.MaybeEncryptedRecord.FromString(each).algorithm for each in sealed)
    return KeyFile(
        sealed=sealed,
        kek_version=int(version) if version.isdigit() and len(version) <= 20 else None,
        needs_rotation="raft-dek-needs-rotation" in headers,
        has_pending=_PENDING in headers,
        is_fips=_FERNET in algorithms,
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
