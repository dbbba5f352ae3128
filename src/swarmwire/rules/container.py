"""Containers: references to secrets and configs, templates, image, mounts, health check.

Source: SwarmKit controlapi, validateSecretRefsSpec, validateConfigRefsSpec and
validateContainerSpec. Whether secrets and configs exist only a store can answer.
"""

from collections.abc import Iterable, Mapping, Sequence

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.releases import Release
from swarmwire.rules._problems import Problems, each, invalid, under, unknown
from swarmwire.rules.duration import MILLISECOND, MalformedDurationError, nanoseconds
from swarmwire.rules.go_text import quote
from swarmwire.rules.names import image_problems
from swarmwire.rules.template import TemplateError, UnjudgedError, expand, may_hold_templates

_DURATIONS = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


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
    found = not wanted or any(
        reference.config_id == wanted and reference.HasField("runtime")
        for reference in container.configs
    )
    if not found:
        yield invalid(
            f"CredentialSpec references config '{wanted}',"
            " but that config isn't in config references with RuntimeTarget",
            "Privileges",
            "CredentialSpec",
            "Config",
            kind="missing",
        )


def container_problems(container: pb.ContainerSpec, release: Release) -> Problems:
    """What is looked at only if the runtime is a container."""
    if may_hold_templates(container):
        yield from _expansion_problems(container)
    yield from image_problems(container.image, release)
    yield from _mounts_problems(container.mounts)
    yield from under(_health_check_problems(container.healthcheck), "Healthcheck")


def _expansion_problems(container: pb.ContainerSpec) -> Problems:
    """Environment, then mounts, then host name, expanded against a made-up task.

    Source: SwarmKit template, ExpandContainerSpec. The worker does it again with the real task.
    """
    for index, entry in enumerate(container.env):
        if refusal := _refusal(entry.partition("=")[2]):
            reason = f"expanding env failed: expanding env {quote(entry)}: {refusal}"
            yield invalid(reason, "Env", index)
    yield from each((_mount_problems(mount) for mount in container.mounts), "Mounts")
    if refusal := _refusal(container.hostname):
        yield invalid(f"expanding hostname failed: {refusal}", "Hostname")


def _mount_problems(mount: pb.Mount) -> Problems:
    failed = "expanding mounts failed: expanding"
    for name, text in (("Source", mount.source), ("Target", mount.target)):
        if refusal := _refusal(text):
            yield invalid(f"{failed} mount {name.lower()} {quote(text)}: {refusal}", name)
    options = mount.volume_options
    yield from under(
        _map_problems(options.labels, f"{failed} volume labels"), "VolumeOptions", "Labels"
    )
    yield from under(
        _map_problems(options.driver_config.options, f"{failed} volume driver config"),
        *("VolumeOptions", "DriverConfig", "Options"),
    )


def _map_problems(entries: Mapping[str, str], failed: str) -> Problems:
    # Go goes through a map in any order; we sort, so that the first problem is always the same.
    for key, value in sorted(entries.items()):
        if refusal := _refusal(value):
            entry = f"{quote(key)}={quote(value)}"
            yield invalid(f"{failed}: expanding map entry {entry}: {refusal}", MapKey(key))


def _refusal(text: str) -> str:
    """Why Go does not expand the text; ``""`` if it does, or if nobody knows."""
    try:
        expand(text)
    except TemplateError as err:
        return str(err)
    except UnjudgedError:
        # the hazards tell of it
        return ""
    return ""


def _expanded(text: str) -> str | None:
    try:
        return expand(text)
    except (TemplateError, UnjudgedError):
        return None


def _mounts_problems(mounts: Sequence[pb.Mount]) -> Problems:
    """No two mounts have the same target, to the letter, once templates are expanded.

    Source: validateMounts, which looks at nothing else.
    """
    taken: set[str] = set()
    for index, target in enumerate(_expanded(mount.target) for mount in mounts):
        if target is None:
            continue
        if target in taken:
            reason = f"ContainerSpec: duplicate mount point: {target}"
            yield invalid(reason, "Mounts", index, "Target", kind="conflict")
        taken.add(target)


def _health_check_problems(check: pb.HealthConfig) -> Problems:
    """Four durations, each zero or at least a millisecond, and the number of retries.

    Source: validateHealthCheck.
    """
    for field, name in _DURATIONS.items():
        try:
            length = nanoseconds(getattr(check, field))
        except MalformedDurationError as err:
            yield unknown(str(err), name)
            continue
        if length != 0 and length < MILLISECOND:
            reason = f"ContainerSpec: {name} in HealthConfig cannot be less than 1ms"
            yield invalid(reason, name)
    if check.retries < 0:
        yield invalid("ContainerSpec: Retries in HealthConfig cannot be negative", "Retries")
