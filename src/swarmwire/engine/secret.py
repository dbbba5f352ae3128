"""Secrets.

Source: moby api/types/swarm/secret.go.
"""

from types import NoneType

from swarmwire.engine.base import RedactedObject, written
from swarmwire.engine.common import Driver, StoredObject


class SecretSpec(RedactedObject):
    """A secret to be stored. Its repr hides the data."""

    name: str = ""
    labels: dict[str, str] | None = written(NoneType)
    data: bytes = b""
    driver: Driver | None = None
    templating: Driver | None = None


class Secret(StoredObject):
    """A secret as a manager stores it; managers never send its data."""

    spec: SecretSpec = written(SecretSpec)
