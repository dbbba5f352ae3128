"""Secrets."""

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


@entry(engine.SecretSpec, older.to_grpc)
def secret_spec_to_grpc(spec: engine.SecretSpec, *, release: AnyRelease = None) -> pb.SecretSpec:
    """The spec that a manager is sent. Source: moby convert/secret.go, SecretSpecToGRPC."""
    out = pb.SecretSpec()
    annotations_to_grpc(spec.name, spec.labels, out.annotations)
    out.data = spec.data
    if spec.templating is not None:
        driver_to_grpc(spec.templating, out.templating)
    if spec.driver is not None:
        driver_to_grpc(spec.driver, out.driver)
    return out


@entry(pb.Secret, older.from_grpc)
def secret_from_grpc(secret: pb.Secret, *, release: AnyRelease = None) -> engine.Secret:
    """A secret as the engine shows it; managers leave out the data before they send one.

    Raises:
        ConvertError: kind "range" at a time that JSON cannot say.

    Source: moby convert/secret.go, SecretFromGRPC.
    """
    spec = secret.spec
    out = engine.SecretSpec(
        name=spec.annotations.name, labels=text_map(spec.annotations.labels), data=spec.data
    )
    if spec.HasField("driver"):
        out.driver = driver_from_grpc(spec.driver)
    if spec.HasField("templating"):
        out.templating = driver_from_grpc(spec.templating)
    return engine.Secret(**stored_from_grpc(secret.id, secret.meta), spec=out)
