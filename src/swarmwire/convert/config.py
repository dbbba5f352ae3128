"""Configs."""

from swarmwire import engine, pb
from swarmwire.convert import older
from swarmwire.convert._entry import entry
from swarmwire.convert._nested import text_map
from swarmwire.convert.common import (
    annotations_to_grpc,
    driver_from_grpc,
    driver_to_grpc,
    stored_from_grpc,
)
from swarmwire.releases import AnyRelease


@entry(engine.ConfigSpec, older.to_grpc)
def config_spec_to_grpc(spec: engine.ConfigSpec, *, release: AnyRelease = None) -> pb.ConfigSpec:
    """The spec that a manager is sent. Source: moby convert/config.go, ConfigSpecToGRPC."""
    out = pb.ConfigSpec()
    annotations_to_grpc(spec.name, spec.labels, out.annotations)
    out.data = spec.data
    if spec.templating is not None:
        driver_to_grpc(spec.templating, out.templating)
    return out


@entry(pb.Config, older.from_grpc)
def config_from_grpc(config: pb.Config, *, release: AnyRelease = None) -> engine.Config:
    """A config as the engine shows it, data included.

    Raises:
        ConvertError: kind "range" at a time that JSON cannot say.

    Source: moby convert/config.go, ConfigFromGRPC.
    """
    spec = config.spec
    out = engine.ConfigSpec(
        name=spec.annotations.name, labels=text_map(spec.annotations.labels), data=spec.data
    )
    if spec.HasField("templating"):
        out.templating = driver_from_grpc(spec.templating)
    return engine.Config(**stored_from_grpc(config.id, config.meta), spec=out)
