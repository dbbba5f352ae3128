"""References of a container to secrets and configs.

Source: SwarmKit controlapi, validateSecretRefsSpec and validateConfigRefsSpec. Whether they exist
is another question, which only a store can answer.
"""

from collections.abc import Iterable

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid


def secret_references_problems(references: Iterable[pb.SecretReference]) -> Problems:
    """Each reference is complete, and no two share a file name."""
    taken: dict[str, str] = {}
    for index, reference in enumerate(references):
        at = ("Secrets", index)
        if not (reference.secret_id and reference.secret_name):
            missing = "SecretName" if reference.secret_id else "SecretID"
            yield invalid("malformed secret reference", *at, missing, kind="missing")
        if reference.WhichOneof("target") is None:
            reason = "malformed secret reference, no target provided"
            yield invalid(reason, *at, "File", kind="missing")
        else:
            name = reference.secret_name
            yield from _file_problems("secret", name, reference.file, taken, *at)


def config_references_problems(container: pb.ContainerSpec) -> Problems:
    """Each reference is complete, no two share a file name, the credential spec is among them."""
    taken: dict[str, str] = {}
    for index, reference in enumerate(container.configs):
        at = ("Configs", index)
        if not (reference.config_id and reference.config_name):
            missing = "ConfigName" if reference.config_id else "ConfigID"
            yield invalid("malformed config reference", *at, missing, kind="missing")
        if reference.WhichOneof("target") is None:
            reason = "malformed config reference, no target provided"
            yield invalid(reason, *at, "File", kind="missing")
        elif reference.HasField("file"):
            name = reference.config_name
            yield from _file_problems("config", name, reference.file, taken, *at)
    yield from _credential_spec_problems(container)


def _file_problems(
    kind: str, name: str, file: pb.FileTarget, taken: dict[str, str], *at: str | int
) -> Problems:
    if not file.name:
        reason = f"malformed file {kind} reference, invalid target file name provided"
        yield invalid(reason, *at, "File", "Name", kind="missing")
    elif file.name in taken:
        reason = (
            f"{kind} references '{taken[file.name]}' and '{name}'"
            f" have a conflicting target: '{file.name}'"
        )
        yield invalid(reason, *at, "File", "Name", kind="conflict")
    else:
        taken[file.name] = name


def _credential_spec_problems(container: pb.ContainerSpec) -> Problems:
    wanted = container.privileges.credential_spec.config
    found = any(
        reference.config_id == wanted and reference.HasField("runtime")
        for reference in container.configs
    )
    if wanted and not found:
        yield invalid(
            f"CredentialSpec references config '{wanted}',"
            " but that config isn't in config references with RuntimeTarget",
            "Privileges",
            "CredentialSpec",
            "Config",
            kind="missing",
        )
