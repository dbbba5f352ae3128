"""Credentials for a registry, as clients send them along. Pure.

Source: moby api/types/registry/authconfig.go, DecodeAuthConfig.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final, Self

from swarmwire.registry.documents import cleaned

_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, repr=False)
class RegistryLogin:
    """Credentials for a registry. Its repr shows none of them.

    Attributes:
        username: with a password.
        password: with a user name.
        identity_token: what a token server gives tokens for.
        registry_token: a token for the registry itself.
    """

    username: str = ""
    password: str = ""
    identity_token: str = ""
    registry_token: str = ""

    @classmethod
    def read(cls, header: str) -> Self:
        """The credentials of an ``X-Registry-Auth`` header; none if it cannot be read.

        As for the engine, that is no error: many images need no credentials.
        """
        try:
            data = base64.b64decode(header.encode().translate(_ALPHABET), validate=True)
            # What follows the object does not count.
            found, _ = json.JSONDecoder().raw_decode(data.decode().lstrip())
        except (ValueError, binascii.Error, RecursionError):
            return cls()
        if not isinstance(found, dict):
            return cls()
        given = {str(key).lower(): value for key, value in found.items() if value is not None}
        words = [given.get(name, "") for name in _NAMES]
        is_read = all(isinstance(word, str) for word in words)
        return cls(*map(cleaned, words)) if is_read else cls()

    @property
    def has_password(self) -> bool:
        """Whether there are a user name and a password; one alone is none for an engine."""
        return bool(self.username and self.password)

    @property
    def basic(self) -> str:
        """User name and password as the header ``Authorization`` has them."""
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    def __repr__(self) -> str:
        return "<RegistryLogin>"


_NAMES: Final = ("username", "password", "identitytoken", "registrytoken")
