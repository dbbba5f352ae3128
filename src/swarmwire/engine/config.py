"""Configs.

Source: moby api/types/swarm/config.go.
"""

from types import NoneType

from swarmwire.engine.base import RedactedObject, written
from swarmwire.engine.common import Driver, StoredObject


class ConfigSpec(RedactedObject):
    """A config to be stored. Its repr hides the data: people keep secrets in configs too."""

    name: str = ""
    labels: dict[str, str] | None = written(NoneType)
    data: bytes = b""
    templating: Driver | None = None


class Config(StoredObject):
    """A config as a manager stores it."""

    spec: ConfigSpec = written(ConfigSpec)
