"""Security options of a container."""

from swarmwire import engine, pb
from swarmwire.convert._nested import fill_one
from swarmwire.convert.enums import APPARMOR_MODE, SECCOMP_MODE
from swarmwire.errors import ConvertError


def privileges_to_grpc(privileges: engine.Privileges, out: pb.Privileges) -> None:
    """Source: moby convert/container.go, containerToGRPC."""
    if privileges.credential_spec is not None:
        fill_one(
            "CredentialSpec",
            privileges.credential_spec,
            out.credential_spec,
            credential_spec_to_grpc,
        )
    if privileges.selinux_context is not None:
        selinux_context_to_grpc(privileges.selinux_context, out.selinux_context)
    if privileges.seccomp is not None:
        seccomp_to_grpc(privileges.seccomp, out.seccomp)
    if privileges.app_armor is not None:
        out.apparmor.mode = APPARMOR_MODE.number[privileges.app_armor.mode]
    out.no_new_privileges = privileges.no_new_privileges


def privileges_from_grpc(privileges: pb.Privileges) -> engine.Privileges:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    out = engine.Privileges(no_new_privileges=privileges.no_new_privileges)
    if privileges.HasField("credential_spec"):
        out.credential_spec = credential_spec_from_grpc(privileges.credential_spec)
    if privileges.HasField("selinux_context"):
        out.selinux_context = selinux_context_from_grpc(privileges.selinux_context)
    if privileges.HasField("seccomp"):
        out.seccomp = seccomp_from_grpc(privileges.seccomp)
    if privileges.HasField("apparmor"):
        out.app_armor = engine.AppArmorOpts(mode=APPARMOR_MODE.word[privileges.apparmor.mode])
    return out


def credential_spec_to_grpc(
    credential_spec: engine.CredentialSpec, out: pb.Privileges.CredentialSpec
) -> None:
    """Source: moby convert/container.go, credentialSpecToGRPC."""
    given = [name for name in ("config", "file", "registry") if getattr(credential_spec, name)]
    if len(given) == 1:
        setattr(out, given[0], getattr(credential_spec, given[0]))
        return
    names = [f'"{name}"' for name in given]
    if not names:
        reason = 'must either provide "file", "registry", or "config" for credential spec'
        raise ConvertError("missing", f"invalid CredentialSpec: {reason}")
    comma = "," if len(names) > 2 else ""
    both = f"{', '.join(names[:-1])}{comma} and {names[-1]}"
    reason = f"invalid CredentialSpec: cannot specify both {both} credential specs"
    raise ConvertError("conflict", reason)


def credential_spec_from_grpc(
    credential_spec: pb.Privileges.CredentialSpec,
) -> engine.CredentialSpec:
    """Source: moby convert/container.go, credentialSpecFromGRPC."""
    return engine.CredentialSpec(
        config=credential_spec.config,
        file=credential_spec.file,
        registry=credential_spec.registry,
    )


def selinux_context_to_grpc(
    context: engine.SELinuxContext, out: pb.Privileges.SELinuxContext
) -> None:
    """Source: moby convert/container.go, containerToGRPC."""
    out.disable = context.disable
    out.user = context.user
    out.role = context.role
    out.type = context.type
    out.level = context.level


def selinux_context_from_grpc(context: pb.Privileges.SELinuxContext) -> engine.SELinuxContext:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    return engine.SELinuxContext(
        disable=context.disable,
        user=context.user,
        role=context.role,
        type=context.type,
        level=context.level,
    )


def seccomp_to_grpc(seccomp: engine.SeccompOpts, out: pb.Privileges.SeccompOpts) -> None:
    """Source: moby convert/container.go, containerToGRPC."""
    out.mode = SECCOMP_MODE.number[seccomp.mode]
    out.profile = seccomp.profile


def seccomp_from_grpc(seccomp: pb.Privileges.SeccompOpts) -> engine.SeccompOpts:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    return engine.SeccompOpts(mode=SECCOMP_MODE.word[seccomp.mode], profile=seccomp.profile)
