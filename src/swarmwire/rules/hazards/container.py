"""Containers that a worker refuses, again and again.

Source: moby daemon/cluster/executor/container; daemon/container_operations_unix.go;
daemon/container.go.
"""

import re

from swarmwire import pb
from swarmwire.rules.go_text import quote
from swarmwire.rules.hazards._hazard import Hazard, Hazards, under
from swarmwire.rules.hazards.mount import mount_hazards
from swarmwire.rules.template import TemplateError, TooMuchWorkError, expand

_ID = re.compile(r"[+-]?[0-9]+")
_INT64 = range(-(2**63), 2**63)


def container_hazards(container: pb.ContainerSpec) -> Hazards:
    """Environment, host name, directory, mounts, secrets and configs."""
    yield from _env_hazards(container)
    yield from _template_hazards(container.hostname, "Hostname")
    if container.dir and not container.dir.startswith("/"):
        reason = (
            f"the working directory '{container.dir}' is invalid, it needs to be an absolute path"
        )
        yield Hazard(("Dir",), reason, "worker")
    for index, mount in enumerate(container.mounts):
        yield from under(_mount_hazards(mount), "Mounts", index)
    for index, secret in enumerate(container.secrets):
        if secret.HasField("file"):
            yield from under(_file_hazards(secret.file), "Secrets", index, "File")
    for index, config in enumerate(container.configs):
        if config.HasField("file"):
            yield from under(_file_hazards(config.file), "Configs", index, "File")


def _env_hazards(container: pb.ContainerSpec) -> Hazards:
    for index, entry in enumerate(container.env):
        name, _, value = entry.partition("=")
        if not name:
            yield Hazard(("Env", index), f"invalid environment variable: {entry}", "worker")
        yield from _template_hazards(value, "Env", index)


def _mount_hazards(mount: pb.Mount) -> Hazards:
    yield from _template_hazards(mount.source, "Source")
    yield from _template_hazards(mount.target, "Target")
    try:
        source, target = expand(mount.source), expand(mount.target)
    except (TemplateError, TooMuchWorkError):
        return
    yield from mount_hazards(mount, source, target)


def _template_hazards(text: str, *steps: str | int) -> Hazards:
    try:
        expand(text)
    except TooMuchWorkError:
        yield Hazard(steps, "expanding the template keeps a manager busy for very long", "manager")
    except TemplateError:
        # a manager refuses it: that is a problem, not a hazard
        return


def _file_hazards(file: pb.FileTarget) -> Hazards:
    for name, text in (("UID", file.uid), ("GID", file.gid)):
        if not _ID.fullmatch(text):
            reason = f"strconv.Atoi: parsing {quote(text)}: invalid syntax"
            yield Hazard((name,), reason, "worker")
        elif len(text) > 20 or int(text) not in _INT64:
            reason = f"strconv.Atoi: parsing {quote(text)}: value out of range"
            yield Hazard((name,), reason, "worker")
