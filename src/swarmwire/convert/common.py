"""Names and labels, versions and times, drivers, platforms."""

from typing import TypedDict

from swarmwire import engine, pb
from swarmwire.convert._nested import fill_map, text_map
from swarmwire.convert.time import is_unset, timestamp_from_grpc
from swarmwire.engine import Timestamp
from swarmwire.errors import FieldError


def annotations_to_grpc(name: str, labels: dict[str, str] | None, out: pb.Annotations) -> None:
    """Source: moby convert, inline in each conversion."""
    out.name = name
    if labels:
        fill_map(labels, out.labels)


class StoredAttributes(TypedDict):
    """The attributes of a StoredObject."""

    id: str
    version: engine.Version
    created_at: Timestamp
    updated_at: Timestamp


def stored_from_grpc(id_: str, meta: pb.Meta) -> StoredAttributes:
    """What each object begins with: identity, version, times."""
    return {
        "id": id_,
        "version": engine.Version(index=meta.version.index),
        "created_at": read_time("CreatedAt", meta.created_at),
        "updated_at": read_time("UpdatedAt", meta.updated_at),
    }


def read_time(name: str, timestamp: pb.Timestamp) -> Timestamp:
    """A timestamp; an error of it is at ``name``."""
    try:
        return timestamp_from_grpc(timestamp)
    except FieldError as err:
        raise err.under(name) from None


def read_optional_time(name: str, timestamp: pb.Timestamp) -> Timestamp | None:
    """As ``read_time``, but None for Go's zero time and for the second 0 of 1970."""
    return None if is_unset(timestamp) else read_time(name, timestamp)


def driver_to_grpc(driver: engine.Driver, out: pb.Driver) -> None:
    """Source: moby convert/service.go, driverToGRPC."""
    out.name = driver.name
    if driver.options:
        fill_map(driver.options, out.options)


def driver_from_grpc(driver: pb.Driver) -> engine.Driver:
    """Source: moby convert/service.go, driverFromGRPC."""
    return engine.Driver(name=driver.name, options=text_map(driver.options))


def platform_to_grpc(platform: engine.Platform, out: pb.Platform) -> None:
    """Source: moby convert/service.go, ServiceSpecToGRPC."""
    out.architecture = platform.architecture
    out.os = platform.os


def platform_from_grpc(platform: pb.Platform) -> engine.Platform:
    """Source: moby convert/service.go, placementFromGRPC."""
    return engine.Platform(architecture=platform.architecture, os=platform.os)


def topology_to_grpc(topology: engine.Topology, out: pb.Topology) -> None:
    """Source: moby convert/volume.go, volumeSpecToGRPC."""
    fill_map(topology.segments, out.segments)


def topology_from_grpc(topology: pb.Topology) -> engine.Topology:
    """Source: moby convert/volume.go, topologyFromGRPC."""
    return engine.Topology(segments=text_map(topology.segments))
