"""What a container mounts."""

import re
from collections.abc import Callable, Mapping
from posixpath import normpath
from typing import Final

from swarmwire import pb
from swarmwire.convert.enums import MOUNT_PROPAGATION
from swarmwire.convert.mount import tmpfs_options_from_grpc
from swarmwire.policy.patterns import any_matches
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import Steps, masked

_TEMPLATE: Final = "{{"
_VOLUME_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_NO_OPTIONS: Final = ("", "null", "[]")


def judge_mounts(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    """Every mount, whatever type it says it is: options of other types are judged, too."""
    for index, mount in enumerate(container.mounts):
        place = (*at, "Mounts", index)
        yield from _templates(mount, place, scope)
        yield from _TYPES.get(mount.type, _unknown)(mount, place, scope)
        yield from _propagation(mount, (*place, "BindOptions"), scope)
        yield from _volume_options(mount.volume_options, (*place, "VolumeOptions"), scope)
        yield from _tmpfs(mount, place, scope)


def options_text(options: Mapping[str, str]) -> str:
    """How a policy writes an exact set of options: ``device=/x;o=bind;type=none``."""
    return ";".join(f"{key}={options[key]}" for key in sorted(options))


def _templates(mount: pb.Mount, at: Steps, scope: Scope) -> Violations:
    is_open = scope.rules.opens("mount.template")
    is_bind = mount.type == pb.Mount.BIND
    volume = mount.volume_options
    parts: list[tuple[str, Steps, bool]] = [
        (mount.source, ("Source",), is_open and not is_bind),
        (mount.target, ("Target",), is_open),
        (volume.subpath, ("VolumeOptions", "Subpath"), False),
        *((f"{k}={v}", ("VolumeOptions", "Labels"), is_open) for k, v in volume.labels.items()),
    ]
    listed = _is_listed(volume.driver_config.options, scope)
    where = ("VolumeOptions", "DriverConfig", "Options")
    parts += [(f"{k}={v}", where, listed) for k, v in volume.driver_config.options.items()]
    for text, steps, is_allowed in parts:
        if _TEMPLATE in text and not is_allowed:
            key = ("allow", "mount.template") if steps[-1] in {"Target", "Labels"} else ("", "")
            reason = "a template, which nodes expand after they have checked it"
            yield violation("mount.template", (*at, *steps), reason, *key)


def _bind(mount: pb.Mount, at: Steps, scope: Scope) -> Violations:
    source = mount.source
    shown = masked(source) or "nothing"
    if ".." in source.split("/") or "\\" in source:
        reason = f"bind mount of {shown}: leads out of a folder"
        yield violation("mount.traversal", (*at, "Source"), reason)
        return
    path = normpath("/" + source.strip("/")) if source.startswith("/") else ""
    folders = [f for f in scope.rules.mounts.bind if _is_within(path, f.path)]
    if not path or not folders:
        opening = f"{path}:ro" if mount.readonly else path
        key = "mounts.bind" if path and _TEMPLATE not in path else ""
        yield violation("mount.bind", (*at, "Source"), f"bind mount of {shown}", key, opening)
        return
    if any(not folder.read_only for folder in folders):
        return
    if not mount.readonly:
        reason = f"bind mount of {shown}: only to be read"
        yield violation("mount.bind", (*at, "ReadOnly"), reason, "mounts.bind", path)
    elif mount.bind_options.readonlynonrecursive:
        reason = f"bind mount of {shown}: what is mounted below it could be written to"
        yield violation("mount.bind", (*at, "BindOptions", "ReadOnlyNonRecursive"), reason)
    elif mount.bind_options.createmountpoint:
        reason = f"bind mount of {shown}: folders would be made where it may only be read"
        yield violation("mount.bind", (*at, "BindOptions", "CreateMountpoint"), reason)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _volume(mount: pb.Mount, at: Steps, scope: Scope) -> Violations:
    where = (*at, "Source")
    name = mount.source
    if not scope.rules.mounts.volumes:
        reason = "volumes are not opened"
        yield violation("mount.volume-name", (*at, "Type"), reason, "mounts.volumes", True)
    if not name:
        return
    # the beginning is text in either case, so that what a template adds stays within the stack
    if _TEMPLATE not in name and not _VOLUME_NAME.fullmatch(name):
        yield violation("mount.volume-name", where, "no name of a volume")
    elif not _is_of_stack(name, scope) and not any_matches(scope.use.volumes, name):
        reason = f"volume {name}: not of stack {scope.stack or '-'}, and not listed"
        yield violation("mount.volume-name", where, reason, "use.volumes", name)


def _is_of_stack(name: str, scope: Scope) -> bool:
    """Whether a volume is named as the stack's own, and as no other stack's that is known."""
    begin = f"{scope.stack}_"
    if not scope.stack or not name.startswith(begin) or name == begin:
        return False
    text, template, _ = name.partition(_TEMPLATE)
    return not scope.rivals.may_claim(text) if template else scope.owns_volume(name)


def _tmpfs_type(mount: pb.Mount, at: Steps, scope: Scope) -> Violations:
    most, size = scope.rules.mounts.tmpfs, mount.tmpfs_options.size_bytes
    where = (*at, "TmpfsOptions", "SizeBytes")
    if most is None:
        opening = f"{-(-max(size, 1) // 2**20)}MiB"
        yield violation(
            "mount.tmpfs", (*at, "Type"), "tmpfs is not opened", "mounts.tmpfs", opening
        )
    if size <= 0:
        reason = "a tmpfs without a size takes the node's memory"
        yield violation("mount.tmpfs", where, reason)
    elif most is not None and size > most:
        opening = f"{-(-size // 2**20)}MiB"
        reason = f"a tmpfs of {size} bytes, {most} at most"
        yield violation("mount.tmpfs", where, reason, "mounts.tmpfs", opening)


def _npipe(_mount: pb.Mount, at: Steps, _scope: Scope) -> Violations:
    yield violation("mount.npipe", (*at, "Type"), "a named pipe of the node")


def _cluster(mount: pb.Mount, at: Steps, scope: Scope) -> Violations:
    name = mount.source
    if not scope.rules.opens("mount.cluster", name):
        reason = f"cluster volume {masked(name)}"
        yield violation("mount.cluster", (*at, "Source"), reason, "allow", f"mount.cluster:{name}")


def _unknown(_mount: pb.Mount, at: Steps, _scope: Scope) -> Violations:
    yield violation("mount.image", (*at, "Type"), "a type of mount that no rule knows")


_TYPES: Final[dict[int, Callable[[pb.Mount, Steps, Scope], Violations]]] = {
    pb.Mount.BIND: _bind,
    pb.Mount.VOLUME: _volume,
    pb.Mount.TMPFS: _tmpfs_type,
    pb.Mount.NPIPE: _npipe,
    pb.Mount.CLUSTER: _cluster,
}


def _propagation(mount: pb.Mount, at: Steps, scope: Scope) -> Violations:
    given = mount.bind_options.propagation
    if given in {pb.Mount.BindOptions.RPRIVATE, pb.Mount.BindOptions.PRIVATE}:
        return
    word = MOUNT_PROPAGATION.word[given]
    if not scope.rules.opens("mount.propagation", word):
        where = (*at, "Propagation")
        opening = f"mount.propagation:{word}"
        yield violation("mount.propagation", where, f"propagation {word}", "allow", opening)


def _volume_options(options: pb.Mount.VolumeOptions, at: Steps, scope: Scope) -> Violations:
    if ".." in options.subpath.replace("\\", "/").split("/"):
        yield violation("mount.traversal", (*at, "Subpath"), "leads out of the volume")
    driver, where = options.driver_config, (*at, "DriverConfig")
    if driver.name not in {"", "local"} and not scope.rules.opens(
        "mount.volume-driver", driver.name
    ):
        opening = f"mount.volume-driver:{driver.name}"
        reason = f"volume driver {driver.name}"
        yield violation("mount.volume-driver", (*where, "Name"), reason, "allow", opening)
    if not driver.options:
        return
    exact = options_text(driver.options)
    if not _is_listed(driver.options, scope):
        names = ", ".join(sorted(driver.options))
        reason = f"options of the volume driver: {names}"
        # an option may hold a password
        key = "allow" if masked(exact) == exact and _is_clear(driver.options) else ""
        opening = f"mount.volume-options:{exact}"
        yield violation("mount.volume-options", (*where, "Options"), reason, key, opening)


def _is_listed(options: Mapping[str, str], scope: Scope) -> bool:
    """Whether that very set of options is open: no pattern is good enough for a mount."""
    exact = options_text(options)
    return _is_clear(options) and any(
        item.rule == "mount.volume-options" and item.name == exact for item in scope.rules.allow
    )


def _is_clear(options: Mapping[str, str]) -> bool:
    """Whether no other set of options is written as this one is."""
    return not any(";" in key or "=" in key or ";" in options[key] for key in options)


def _tmpfs(mount: pb.Mount, at: Steps, scope: Scope) -> Violations:
    options = mount.tmpfs_options
    if options.options in _NO_OPTIONS:
        return
    where = (*at, "TmpfsOptions", "Options")
    given = tmpfs_options_from_grpc(options).options
    if given is None:
        yield violation("mount.tmpfs", where, "options that cannot be read")
    for option in given or ():
        name = option[0] if option else ""
        if not scope.rules.opens("mount.tmpfs", name):
            reason, opening = f"option {name} of a tmpfs", f"mount.tmpfs:{name}"
            yield violation("mount.tmpfs", where, reason, "allow", opening)
