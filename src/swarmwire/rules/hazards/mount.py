"""Mounts that a worker refuses.

Source: moby daemon/cluster/executor/container/validate.go; daemon/volume/mounts, the parser for
Linux. What needs a look at the disk of the node is left out.
"""

from posixpath import isabs, normpath

from swarmwire import pb
from swarmwire.rules.go_text import quote
from swarmwire.rules.hazards._hazard import Hazard, Hazards

_BIND, _VOLUME, _TMPFS = pb.Mount.BIND, pb.Mount.VOLUME, pb.Mount.TMPFS
_PIPE, _CLUSTER = pb.Mount.NPIPE, pb.Mount.CLUSTER
_NAMES = {_BIND: "bind", _VOLUME: "volume", _TMPFS: "tmpfs"}
_OPTIONS = {
    "bind_options": ("BindOptions", _BIND),
    "volume_options": ("VolumeOptions", _VOLUME),
    "tmpfs_options": ("TmpfsOptions", _TMPFS),
}


def mount_hazards(mount: pb.Mount, source: str, target: str) -> Hazards:
    """What is wrong with a mount whose templates are already expanded."""
    if mount.type not in (_BIND, _VOLUME, _TMPFS, _PIPE, _CLUSTER):
        yield _worker("Type", f"invalid mount type: {mount.type}")
    elif mount.type == _PIPE:
        yield from _pipe_hazards(source)
    else:
        yield from _target_hazards(mount, target)
        yield from _source_hazards(mount, source)
        yield from _option_hazards(mount)


def _worker(name: str, reason: str) -> Hazard:
    return Hazard((name,), reason, "worker")


def _config(mount: pb.Mount, name: str, reason: str) -> Hazard:
    kind = _NAMES.get(mount.type, "cluster")
    return _worker(name, f"invalid mount config for type {quote(kind)}: {reason}")


def _pipe_hazards(source: str) -> Hazards:
    if not source:
        yield _worker("Source", "invalid npipe source, source must not be empty")
    yield _worker("Type", "a named pipe can be mounted on Windows only: mount type unknown")


def _target_hazards(mount: pb.Mount, target: str) -> Hazards:
    if not isabs(target):
        yield _worker("Target", f"invalid mount target, must be an absolute path: {target}")
    elif normpath(target.replace("\\", "/")).strip("/") == "":
        yield _config(mount, "Target", "invalid specification: destination can't be '/'")


def _source_hazards(mount: pb.Mount, source: str) -> Hazards:
    if mount.type == _BIND and not isabs(source):
        yield _worker("Source", f"invalid bind mount source, must be an absolute path: {source}")
    if mount.type == _VOLUME and isabs(source):
        reason = f"invalid volume mount source, must not be an absolute path: {source}"
        yield _worker("Source", reason)
    if mount.type == _TMPFS and source:
        yield _worker("Source", "invalid tmpfs source, source must be empty")


def _option_hazards(mount: pb.Mount) -> Hazards:
    if mount.type == _CLUSTER:
        # as moby: a cluster mount becomes a bind mount, and its options are left behind
        return
    for field, (name, belongs_to) in _OPTIONS.items():
        if mount.HasField(field) and mount.type != belongs_to:
            yield _config(mount, name, f"field {name} must not be specified")
    subpath = mount.volume_options.subpath
    if mount.type == _VOLUME and subpath:
        if not mount.source:
            reason = "must not set Subpath when using anonymous volumes"
            yield _config(mount, "VolumeOptions", reason)
        elif isabs(subpath) or normpath(subpath).split("/")[0] == "..":
            reason = "subpath must be a relative path within the volume"
            yield _config(mount, "VolumeOptions", reason)
