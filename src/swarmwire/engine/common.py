"""What several objects share: identity, versions, names and labels, drivers.

Source: moby api/types/swarm/common.go and node.go.
"""

from types import NoneType

from swarmwire.engine.base import EngineObject, written
from swarmwire.engine.units import Timestamp, UInt64, zero_time


class Version(EngineObject):
    """The version of an object; an update must name the current one."""

    index: UInt64 = 0


class Annotations(EngineObject):
    """Name and labels; their keys stand among those of the object that has them."""

    name: str = ""
    labels: dict[str, str] | None = written(NoneType)


class StoredObject(EngineObject):
    """What each object in a swarm's store begins with."""

    id: str = written(str)
    version: Version = written(Version)
    created_at: Timestamp = written(zero_time)
    updated_at: Timestamp = written(zero_time)


class Driver(EngineObject):
    """A driver and its options: of logs, volumes, networks, secrets, templates."""

    name: str = ""
    options: dict[str, str] = {}


class Platform(EngineObject):
    """Processor architecture and operating system."""

    architecture: str = ""
    os: str = ""


class Topology(EngineObject):
    """Where a volume or node is, as its CSI plugin tells: a map of segments."""

    segments: dict[str, str] = {}


class TLSInfo(EngineObject):
    """The certificate authority that a node or swarm trusts."""

    trust_root: str = ""
    cert_issuer_subject: bytes = b""
    cert_issuer_public_key: bytes = b""
