"""Mounts that a worker refuses, again and again.

Source: moby daemon/cluster/executor/container/validate.go; daemon/volume/mounts, the parser for
Linux. What needs a look at the disk of the node is left out.
"""

import json
from collections.abc import Iterator
from posixpath import normpath
from typing import Final

from swarmwire import pb
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.go_text import quote
from swarmwire.rules.template import TemplateError, UnjudgedError, expand

_BIND, _VOLUME, _TMPFS = pb.Mount.BIND, pb.Mount.VOLUME, pb.Mount.TMPFS
_PIPE, _CLUSTER = pb.Mount.NPIPE, pb.Mount.CLUSTER
_NAMES = {_BIND: "bind", _VOLUME: "volume", _TMPFS: "tmpfs"}
_OPTIONS = {
    "bind_options": ("BindOptions", _BIND),
    "volume_options": ("VolumeOptions", _VOLUME),
    "tmpfs_options": ("TmpfsOptions", _TMPFS),
}
_TMPFS_WORDS: Final = ("exec", "noexec")


def mount_hazards(mount: pb.Mount) -> Hazards:
    """A mount whose paths, type or options a worker does not take."""
    paths: list[str] = []
    for name, text in (("Source", mount.source), ("Target", mount.target)):
        try:
            paths.append(expand(text))
        except UnjudgedError as err:
            yield Hazard((name,), str(err), "manager", "write a simpler template")
        except TemplateError:
            # a manager refuses it: that is a problem, not a hazard
            continue
    if len(paths) == 2:
        yield from _expanded_mount_hazards(mount, *paths)


def _expanded_mount_hazards(mount: pb.Mount, source: str, target: str) -> Hazards:
    """What is wrong with a mount whose templates are already expanded."""
    if mount.type not in (_BIND, _VOLUME, _TMPFS, _PIPE, _CLUSTER):
        fix = "use bind, volume, tmpfs or cluster"
        yield _worker("Type", f"invalid mount type: {mount.type}", fix)
    elif mount.type == _PIPE:
        yield from _pipe_hazards(source)
    else:
        yield from _target_hazards(mount, target)
        yield from _source_hazards(mount, source)
        yield from _option_hazards(mount)


def _worker(name: str, reason: str, fix: str) -> Hazard:
    return Hazard((name,), reason, "worker", fix)


def _config(mount: pb.Mount, name: str, reason: str, fix: str) -> Hazard:
    kind = _NAMES.get(mount.type, "cluster")
    return _worker(name, f"invalid mount config for type {quote(kind)}: {reason}", fix)


def _pipe_hazards(source: str) -> Hazards:
    if not source:
        yield _worker("Source", "invalid npipe source, source must not be empty", "set Source")
    reason = "a named pipe can be mounted on Windows only: mount type unknown"
    fix = 'add the constraint "node.platform.os==windows", or use another type'
    yield Hazard(("Type",), reason, "worker", fix)


def _target_hazards(mount: pb.Mount, target: str) -> Hazards:
    if not target.startswith("/"):
        reason = f"invalid mount target, must be an absolute path: {target}"
        yield _worker("Target", reason, "begin it with /")
    elif normpath(target.replace("\\", "/")).strip("/") == "":
        reason = "invalid specification: destination can't be '/'"
        yield _config(mount, "Target", reason, "mount it on a folder below")


def _source_hazards(mount: pb.Mount, source: str) -> Hazards:
    if mount.type == _BIND and not source.startswith("/"):
        reason = f"invalid bind mount source, must be an absolute path: {source}"
        yield _worker("Source", reason, "begin it with /, or use the type volume")
    if mount.type == _VOLUME and source.startswith("/"):
        reason = f"invalid volume mount source, must not be an absolute path: {source}"
        yield _worker("Source", reason, "give the volume a name, or use the type bind")
    if mount.type == _TMPFS and source:
        yield _worker("Source", "invalid tmpfs source, source must be empty", "leave Source out")


def _option_hazards(mount: pb.Mount) -> Hazards:
    if mount.type == _CLUSTER:
        # as moby: a cluster mount becomes a bind mount, and its options are left behind
        return
    for field, (name, belongs_to) in _OPTIONS.items():
        if mount.HasField(field) and mount.type != belongs_to:
            yield _config(mount, name, f"field {name} must not be specified", f"leave {name} out")
    if mount.type == _TMPFS:
        yield from _tmpfs_hazards(mount)
    subpath = mount.volume_options.subpath
    if mount.type == _VOLUME and subpath:
        if not mount.source:
            reason = "must not set Subpath when using anonymous volumes"
            yield _config(mount, "VolumeOptions", reason, "give the volume a name: Source")
        elif subpath.startswith("/") or normpath(subpath).split("/")[0] == "..":
            reason = "subpath must be a relative path within the volume"
            yield _config(mount, "VolumeOptions", reason, "do not leave the volume")


def _tmpfs_hazards(mount: pb.Mount) -> Hazards:
    options = mount.tmpfs_options
    if options.size_bytes < 0:
        reason = f"invalid argument: the kernel refuses a size of {options.size_bytes}"
        fix = "set the size in bytes; 0 is half of the memory"
        yield Hazard(("TmpfsOptions", "SizeBytes"), reason, "worker", fix)
    for index, option in _tmpfs_options(options.options):
        if len(option) not in (1, 2):
            reason = "invalid option array length"
        elif option[0] not in _TMPFS_WORDS:
            reason = f"invalid option: {option[0]}"
        else:
            continue
        said = f"invalid mount config for type {quote('tmpfs')}: {reason}"
        fix = 'the options are ["exec"] and ["noexec"]'
        yield Hazard(("TmpfsOptions", "Options", index), said, "worker", fix)


def _tmpfs_options(text: str) -> Iterator[tuple[int, list[str]]]:
    """The options, which are stored as JSON; a worker passes over what it cannot read."""
    try:
        options = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return
    if not isinstance(options, list):
        return
    for index, option in enumerate(options):
        if isinstance(option, list) and all(isinstance(word, str) for word in option):
            yield index, option
