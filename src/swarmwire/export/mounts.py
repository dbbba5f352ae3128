"""The volumes of a service, in short form where it says the same. Pure."""

from typing import Any

from swarmwire import engine
from swarmwire.export.sections import Sections, own_labels
from swarmwire.export.values import Present, filled
from swarmwire.stack.body.building import NAMESPACE
from swarmwire.stack.texts.volume_specs import parse_volume_spec


def volumes_of(mounts: list[engine.Mount], sections: Sections) -> list[Any]:
    """What stands under ``volumes``."""
    return [_volume(mount, sections) for mount in mounts]


def _volume(mount: engine.Mount, sections: Sections) -> dict[str, Any] | str:
    options = filled(
        {
            "type": mount.type,
            "source": _source(mount, sections),
            "target": mount.target,
            "read_only": mount.read_only or None,
            "consistency": "" if mount.consistency == "default" else mount.consistency,
            "bind": _bind(mount.bind_options),
            "volume": _volume_options(mount.volume_options),
            "tmpfs": _tmpfs(mount.tmpfs_options),
        }
    )
    return _short(options) or options


def _source(mount: engine.Mount, sections: Sections) -> str:
    is_group = mount.type == "cluster" and mount.source.startswith("group:")
    if mount.type not in ("volume", "cluster") or not mount.source or is_group:
        return mount.source
    options = mount.volume_options or engine.VolumeOptions()
    driver = options.driver_config or engine.Driver()
    said = {
        "driver": driver.name,
        "driver_opts": dict(sorted(driver.options.items())),
        "labels": own_labels(options.labels),
    }
    # A volume that the file defines gets the stack's label; one that has more is worth that.
    is_defined = NAMESPACE in options.labels or any(said.values())
    return sections.volumes.key(mount.source, filled(said) if is_defined else None)


def _bind(options: engine.BindOptions | None) -> Present | None:
    if options is None:
        return None
    return Present(filled({"propagation": options.propagation}))


def _volume_options(options: engine.VolumeOptions | None) -> dict[str, Any] | None:
    if options is None:
        return None
    return filled({"nocopy": options.no_copy or None, "subpath": options.subpath})


def _tmpfs(options: engine.TmpfsOptions | None) -> Present | None:
    if options is None:
        return None
    return Present(filled({"size": options.size_bytes or None}))


def _short(options: dict[str, Any]) -> str:
    """The short form; nothing if none says the same."""
    flags = ["ro"] if options.get("read_only") else []
    flags += ["nocopy"] if options.get("volume", {}).get("nocopy") else []
    propagation = options.get("bind", {}).get("propagation")
    flags += [propagation] if propagation else []
    parts = [options.get("source", ""), options.get("target", ""), ",".join(flags)]
    text = ":".join(part for part in parts if part)
    try:
        return text if parse_volume_spec(text) == options else ""
    except ValueError:
        return ""
