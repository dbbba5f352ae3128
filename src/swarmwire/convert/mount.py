"""Mounts.

``lossless`` keeps what SwarmKit's message can hold and the engine forgets: the consistency, three
of the bind options, and a bind options block in which nothing else is set.
"""

import json
from collections.abc import Iterable

from swarmwire import engine, pb
from swarmwire.convert._nested import fill_map, text_map
from swarmwire.convert.common import driver_from_grpc, driver_to_grpc
from swarmwire.convert.enums import MOUNT_CONSISTENCY, MOUNT_PROPAGATION, MOUNT_TYPE
from swarmwire.errors import FieldError


def mount_to_grpc(mount: engine.Mount, out: pb.Mount, lossless: bool) -> None:
    """Source: moby convert/container.go, containerToGRPC."""
    out.type = MOUNT_TYPE.number[mount.type]
    if mount.source:
        out.source = mount.source
    out.target = mount.target
    if mount.read_only:
        out.readonly = True
    if mount.bind_options is not None:
        try:
            _bind_options_to_grpc(mount.bind_options, out, lossless)
        except FieldError as err:
            raise err.under("BindOptions") from None
    if mount.volume_options is not None:
        volume_options_to_grpc(mount.volume_options, out.volume_options)
    if mount.tmpfs_options is not None:
        tmpfs_options_to_grpc(mount.tmpfs_options, out.tmpfs_options)
    if lossless and mount.consistency:
        out.consistency = MOUNT_CONSISTENCY.number[mount.consistency]


def mounts_from_grpc(mounts: Iterable[pb.Mount], lossless: bool) -> list[engine.Mount]:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    return [mount_from_grpc(mount, lossless) for mount in mounts]


def mount_from_grpc(mount: pb.Mount, lossless: bool) -> engine.Mount:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    out = engine.Mount(
        type=MOUNT_TYPE.word[mount.type],
        source=mount.source,
        target=mount.target,
        read_only=mount.readonly,
    )
    has = mount.HasField
    if has("bind_options"):
        out.bind_options = bind_options_from_grpc(mount.bind_options)
    if has("volume_options"):
        out.volume_options = volume_options_from_grpc(mount.volume_options)
    if has("tmpfs_options"):
        out.tmpfs_options = tmpfs_options_from_grpc(mount.tmpfs_options)
    if lossless and mount.consistency:
        out.consistency = MOUNT_CONSISTENCY.word[mount.consistency]
    return out


def _bind_options_to_grpc(options: engine.BindOptions, out: pb.Mount, lossless: bool) -> None:
    # as moby: without a propagation the block is only made for NonRecursive
    if options.propagation or options.non_recursive or lossless:
        bind = out.bind_options
        bind.propagation = MOUNT_PROPAGATION.number[options.propagation]
        bind.nonrecursive = options.non_recursive
        if lossless:
            bind.createmountpoint = options.create_mountpoint
            bind.readonlynonrecursive = options.read_only_non_recursive
            bind.readonlyforcerecursive = options.read_only_force_recursive


def bind_options_from_grpc(options: pb.Mount.BindOptions) -> engine.BindOptions:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    return engine.BindOptions(
        propagation=MOUNT_PROPAGATION.word[options.propagation],
        non_recursive=options.nonrecursive,
        create_mountpoint=options.createmountpoint,
        read_only_non_recursive=options.readonlynonrecursive,
        read_only_force_recursive=options.readonlyforcerecursive,
    )


def volume_options_to_grpc(options: engine.VolumeOptions, out: pb.Mount.VolumeOptions) -> None:
    """Source: moby convert/container.go, containerToGRPC."""
    out.nocopy = options.no_copy
    if options.labels:
        fill_map(options.labels, out.labels)
    if options.driver_config is not None:
        driver_to_grpc(options.driver_config, out.driver_config)
    if options.subpath:
        out.subpath = options.subpath


def volume_options_from_grpc(options: pb.Mount.VolumeOptions) -> engine.VolumeOptions:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    return engine.VolumeOptions(
        no_copy=options.nocopy,
        labels=text_map(options.labels),
        driver_config=(
            driver_from_grpc(options.driver_config) if options.HasField("driver_config") else None
        ),
        subpath=options.subpath,
    )


def tmpfs_options_to_grpc(options: engine.TmpfsOptions, out: pb.Mount.TmpfsOptions) -> None:
    """Source: moby convert/container.go, containerToGRPC and tmpfsOptionsToGRPC."""
    out.size_bytes = options.size_bytes
    out.mode = options.mode
    out.options = _go_json(options.options)


def tmpfs_options_from_grpc(options: pb.Mount.TmpfsOptions) -> engine.TmpfsOptions:
    """Source: moby convert/container.go, containerSpecFromGRPC and tmpfsOptionsFromGRPC."""
    return engine.TmpfsOptions(
        size_bytes=options.size_bytes,
        mode=options.mode,
        options=_string_lists(options.options),
    )


# Go's json.Marshal escapes these, so that the text can stand in HTML.
_HTML = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def _go_json(options: list[list[str] | None] | None) -> str:
    if options is None:
        return "null"
    return engine.encode(options).decode().translate(_HTML)


def _string_lists(text: str) -> list[list[str] | None] | None:
    """What Go reads from ``text`` into [][]string: as much as fits."""
    if text in ("", "null"):
        return None
    try:
        options = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(options, list):
        return None
    return [
        [item if isinstance(item, str) else "" for item in option]
        if isinstance(option, list)
        else None
        for option in options
    ]
