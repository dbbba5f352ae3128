"""The secrets and configs that a container may read."""

from swarmwire import engine, pb
from swarmwire.errors import ConvertError


def secret_reference_to_grpc(reference: engine.SecretReference, out: pb.SecretReference) -> None:
    """Source: moby convert/container.go, secretReferencesToGRPC."""
    out.secret_id = reference.secret_id
    out.secret_name = reference.secret_name
    if reference.file is not None:
        _file_target_to_grpc(reference.file, out.file)


def secret_reference_from_grpc(
    reference: pb.SecretReference, lossless: bool
) -> engine.SecretReference | None:
    """The reference; None for one without a file, which the engine leaves out.

    Source: moby convert/container.go, secretReferencesFromGRPC.
    """
    target = None
    if reference.HasField("file"):
        file = reference.file
        target = engine.SecretReferenceFileTarget(
            name=file.name, uid=file.uid, gid=file.gid, mode=file.mode
        )
    elif not lossless:
        return None
    return engine.SecretReference(
        file=target, secret_id=reference.secret_id, secret_name=reference.secret_name
    )


def config_reference_to_grpc(reference: engine.ConfigReference, out: pb.ConfigReference) -> None:
    """Source: moby convert/container.go, configReferencesToGRPC."""
    out.config_id = reference.config_id
    out.config_name = reference.config_name
    if reference.file is None and reference.runtime is None:
        raise ConvertError("missing", "invalid Config: either File or Runtime should be set")
    if reference.file is not None and reference.runtime is not None:
        raise ConvertError("conflict", "invalid Config: cannot specify both File and Runtime")
    if reference.file is not None:
        _file_target_to_grpc(reference.file, out.file)
    else:
        out.runtime.SetInParent()


def config_reference_from_grpc(
    reference: pb.ConfigReference, lossless: bool
) -> engine.ConfigReference | None:
    """The reference; None for one without a target, which the engine leaves out.

    Source: moby convert/container.go, configReferencesFromGRPC.
    """
    out = engine.ConfigReference(config_id=reference.config_id, config_name=reference.config_name)
    match reference.WhichOneof("target"):
        case "runtime":
            out.runtime = engine.ConfigReferenceRuntimeTarget()
        case "file":
            file = reference.file
            out.file = engine.ConfigReferenceFileTarget(
                name=file.name, uid=file.uid, gid=file.gid, mode=file.mode
            )
        case _ if not lossless:
            return None
    return out


def _file_target_to_grpc(
    target: engine.SecretReferenceFileTarget | engine.ConfigReferenceFileTarget,
    out: pb.FileTarget,
) -> None:
    out.name = target.name
    out.uid = target.uid
    out.gid = target.gid
    out.mode = target.mode
