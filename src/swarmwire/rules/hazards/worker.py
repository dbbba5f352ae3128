"""Containers that a worker refuses, again and again.

Source: moby daemon/cluster/executor/container; daemon/container_operations_unix.go;
daemon/container.go; daemon/daemon_unix.go, parseSecurityOpt. What needs a look at the disk of the
node is left out.
"""

import re
from collections.abc import Iterator

from swarmwire import pb
from swarmwire.releases import Release
from swarmwire.rules._problems import Hazard, Hazards, hazards_under
from swarmwire.rules.go_text import quote
from swarmwire.rules.hazards.health import health_check_hazards
from swarmwire.rules.hazards.hosts import hosts_hazards
from swarmwire.rules.hazards.mounts import mount_hazards
from swarmwire.rules.hazards.process import process_hazards
from swarmwire.rules.template import TemplateError, UnjudgedError, expand, may_hold_templates

_ID = r"[+-]?[0-9]+"
_INT64 = range(-(2**63), 2**63)
_ON_LINUX = 'add the constraint "node.platform.os==windows", or leave it out'
_ISOLATIONS = {
    pb.ContainerSpec.ISOLATION_PROCESS: "process",
    pb.ContainerSpec.ISOLATION_HYPERV: "hyperv",
}

_INVALID = "invalid argument"
_SAID_OF_NUL = {
    "Env": "environment variable value can't contain null(\\x00)",
    "Hostname": "environment variable value can't contain null(\\x00)",
    "User": "no matching entries in passwd file",
    "Target": "mount field contains null byte",
}


def container_hazards(container: pb.ContainerSpec, release: Release) -> Hazards:
    """Everything that a worker which runs Linux refuses in a container."""
    yield from _env_hazards(container)
    if container.dir and not container.dir.startswith("/"):
        reason = (
            f"the working directory '{container.dir}' is invalid, it needs to be an absolute path"
        )
        yield Hazard(("Dir",), reason, "worker", "begin it with /")
    for index, mount in enumerate(container.mounts):
        yield from hazards_under(mount_hazards(mount), "Mounts", index)
    for index, secret in enumerate(container.secrets):
        if secret.HasField("file"):
            yield from hazards_under(_file_hazards(secret.file), "Secrets", index, "File")
    for index, config in enumerate(container.configs):
        if config.HasField("file"):
            yield from hazards_under(_file_hazards(config.file), "Configs", index, "File")
    if container.healthcheck.test:
        yield from hazards_under(health_check_hazards(container.healthcheck), "Healthcheck")
    if container.hosts:
        yield from hosts_hazards(container)
    yield from process_hazards(container, release)
    yield from _windows_hazards(container)
    yield from _nul_hazards(container)


def _env_hazards(container: pb.ContainerSpec) -> Hazards:
    for index, entry in enumerate(container.env):
        if not entry or entry.startswith("="):
            reason = f"invalid environment variable: {entry}"
            yield Hazard(("Env", index), reason, "worker", "write NAME=VALUE, or take it out")
    if may_hold_templates(container):
        for index, entry in enumerate(container.env):
            yield from _template_hazards(entry.partition("=")[2], "Env", index)
        yield from _template_hazards(container.hostname, "Hostname")


def _template_hazards(text: str, *steps: str | int) -> Hazards:
    try:
        expand(text)
    except UnjudgedError as err:
        yield Hazard(steps, str(err), "manager", "write a simpler template")
    except TemplateError:
        # a manager refuses it: that is a problem, not a hazard
        return


def _file_hazards(file: pb.FileTarget) -> Hazards:
    for name, text in (("UID", file.uid), ("GID", file.gid)):
        if text == "0":
            continue
        if not re.fullmatch(_ID, text):
            reason = f"strconv.Atoi: parsing {quote(text)}: invalid syntax"
            yield Hazard((name,), reason, "worker", "write a number as text, as 0")
        elif len(text) > 20 or int(text) not in _INT64:
            reason = f"strconv.Atoi: parsing {quote(text)}: value out of range"
            yield Hazard((name,), reason, "worker", "write a number as text, as 0")


def _windows_hazards(container: pb.ContainerSpec) -> Hazards:
    """What only Windows has."""
    isolation = _ISOLATIONS.get(container.isolation)
    if isolation:
        reason = f"invalid isolation '{isolation}' on linux"
        yield Hazard(("Isolation",), reason, "worker", _ON_LINUX)
    source = container.privileges.credential_spec.WhichOneof("source")
    if source:
        value = getattr(container.privileges.credential_spec, source)
        option = quote(f"credentialspec={source}://{value}")
        reason = f"invalid --security-opt 2: {option}: Linux has no credential specs"
        yield Hazard(("Privileges", "CredentialSpec"), reason, "worker", _ON_LINUX)


def _nul_hazards(container: pb.ContainerSpec) -> Hazards:
    """Texts with a NUL character, at which a text ends for the kernel."""
    mounts = container.mounts
    texts = [*container.command, *container.args, *container.env]
    texts += [container.hostname, container.dir, container.user]
    texts += [mount.source for mount in mounts]
    texts += [mount.target for mount in mounts]
    if "\0" not in "".join(texts):
        return
    for steps, text in _texts(container):
        if "\0" in text:
            says = _SAID_OF_NUL.get(str(steps[-1] if len(steps) > 2 else steps[0]), _INVALID)
            reason = f"{says}: the text holds a NUL character, which ends it for Linux"
            yield Hazard(steps, reason, "worker", "take the character out")


def _texts(container: pb.ContainerSpec) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The texts that the kernel is given."""
    for name in ("Command", "Args", "Env"):
        for index, text in enumerate(getattr(container, name.lower())):
            yield (name, index), text
    for name in ("Hostname", "Dir", "User"):
        yield (name,), getattr(container, name.lower())
    for index, mount in enumerate(container.mounts):
        yield ("Mounts", index, "Source"), mount.source
        yield ("Mounts", index, "Target"), mount.target
