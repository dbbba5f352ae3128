"""Sealed records: what a manager encrypts, opened with the keys at hand. Pure.

Source: SwarmKit manager/encryption (nacl.go, fernet.go).
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from google.protobuf.message import DecodeError
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from swarmwire import pb
from swarmwire.raftstore.wire import parse_around

KEY_SIZE: Final = 32

_DATA: Final = 0x12
"""The tag of a sealed record's data."""
_PLAIN: Final = pb.MaybeEncryptedRecord.NONE
_SECRETBOX: Final = pb.MaybeEncryptedRecord.SECRETBOX_SALSA20_POLY1305
_FERNET: Final = pb.MaybeEncryptedRecord.FERNET_AES_128_CBC


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
    """Keys that may open a record. ``repr()`` shows none of them."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[bytes]) -> None:
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
        match record.algorithm:
            case algorithm if algorithm == _SECRETBOX:
                if len(record.nonce) != SecretBox.NONCE_SIZE:
                    raise Sealed("a sealed record with a nonce of another length")
            case algorithm if algorithm == _FERNET:
                pass
            case algorithm if algorithm == _PLAIN:
                if plain:
                    return sealed
                raise Sealed("a record that is not encrypted where all must be")
            case unknown:
                raise Sealed(f"sealed with the unknown cipher {unknown}")
        return self._open(record.algorithm, sealed, record.nonce)

    def _open(self, algorithm: int, sealed: bytes, nonce: bytes) -> bytes:
        for number, key in enumerate(self._keys):
            try:
                if algorithm == _SECRETBOX:
                    content = key.box.decrypt(sealed, nonce)
                else:
                    content = key.fernet.decrypt(sealed)
            except (CryptoError, InvalidToken):
                continue
            if number:  # records under one key come in runs
                self._keys.insert(0, self._keys.pop(number))
            return content
        raise Sealed("no key at hand opens it")
