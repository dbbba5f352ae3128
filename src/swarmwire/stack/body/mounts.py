"""The mounts of a service.

Source: docker/cli cli/compose/convert/volume.go.
"""

from collections.abc import Callable

from swarmwire.stack.body.building import find, labelled, made, scoped
from swarmwire.stack.body.refusal import Refusal
from swarmwire.stack.forms.objects import is_external, text_of
from swarmwire.stack.places import Located

_Volumes = dict[str, Located]

_INCOMPATIBLE = {
    "volume": ("tmpfs", "bind"),
    "image": ("volume", "bind", "tmpfs"),
    "bind": ("volume", "tmpfs"),
    "tmpfs": ("bind", "volume"),
    "npipe": ("volume", "tmpfs"),
    "cluster": ("tmpfs", "bind", "volume"),
}
_NEEDS_SOURCE = frozenset({"image", "bind", "npipe", "cluster"})


def mounts_of(stack: str, service: Located, volumes: _Volumes) -> Located | None:
    """The mounts, in the order of the file.

    Raises:
        Refusal: a volume that is not defined, or options that do not fit its type.
    """
    mounts = find(service, "volumes")
    if mounts is None:
        return None
    return mounts.with_value([_mount(stack, volume, volumes) for volume in mounts.value])


def _mount(stack: str, volume: Located, volumes: _Volumes) -> Located:
    type_ = text_of(volume, "type") or "volume"
    if type_ not in _INCOMPATIBLE:
        reason = "volume type must be volume, bind, tmpfs, npipe, or cluster"
        raise Refusal(reason, find(volume, "type") or volume)
    source = text_of(volume, "source")
    if type_ in _NEEDS_SOURCE and not source:
        raise Refusal(f"invalid {type_} source, source cannot be empty", volume)
    if type_ == "tmpfs" and source:
        raise Refusal("invalid tmpfs source, source must be empty", volume.value["source"])
    for option in _INCOMPATIBLE[type_]:
        entry = find(volume, option)
        if entry is not None:
            raise Refusal(f"{option} options are incompatible with type {type_}", entry)
    mount = made(
        volume,
        Type=find(volume, "type"),
        Source=find(volume, "source"),
        Target=find(volume, "target"),
        ReadOnly=find(volume, "read_only"),
        Consistency=find(volume, "consistency"),
    )
    add = _OPTIONS.get(type_)
    if add is not None:
        mount.value |= add(stack, volume, volumes).value
    return mount


def _volume_options(stack: str, volume: Located, volumes: _Volumes) -> Located:
    source = find(volume, "source")
    if source is None or not source.value:
        return made(volume)
    defined = _defined(source, volumes)
    own = find(volume, "volume") or volume.with_value({})
    options = made(own, NoCopy=find(own, "nocopy"), Subpath=find(own, "subpath"))
    if not is_external(defined):
        options.value["Labels"] = labelled(stack, defined, find(defined, "labels"))
        driver, driver_options = find(defined, "driver"), find(defined, "driver_opts")
        if (driver is not None and driver.value) or driver_options is not None:
            config = made(driver or driver_options or defined, Name=driver, Options=driver_options)
            options.value["DriverConfig"] = config
    return made(volume, Source=_full_name(stack, source, defined), VolumeOptions=options)


def _defined(source: Located, volumes: _Volumes) -> Located:
    defined = volumes.get(source.value)
    if defined is None:
        raise Refusal(f'undefined volume "{source.value}"', source)
    return defined


def _full_name(stack: str, source: Located, defined: Located) -> Located:
    name = find(defined, "name")
    if name is not None and name.value:
        return name
    return source.with_value(scoped(stack, source.value))


def _bind_options(_stack: str, volume: Located, _volumes: _Volumes) -> Located:
    bind = find(volume, "bind")
    options = None if bind is None else made(bind, Propagation=find(bind, "propagation"))
    return made(volume, BindOptions=options)


def _tmpfs_options(_stack: str, volume: Located, _volumes: _Volumes) -> Located:
    tmpfs = find(volume, "tmpfs")
    options = None if tmpfs is None else made(tmpfs, SizeBytes=find(tmpfs, "size"))
    return made(volume, TmpfsOptions=options)


def _cluster_options(stack: str, volume: Located, volumes: _Volumes) -> Located:
    source = volume.value["source"]
    if not source.value.startswith("group:"):
        source = _full_name(stack, source, _defined(source, volumes))
    return made(volume, Source=source, ClusterOptions=made(volume))


_OPTIONS: dict[str, Callable[[str, Located, _Volumes], Located]] = {
    "volume": _volume_options,
    "bind": _bind_options,
    "npipe": _bind_options,
    "tmpfs": _tmpfs_options,
    "cluster": _cluster_options,
}
