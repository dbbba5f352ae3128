"""The normal forms of networks, volumes, secrets and configs.

Source: docker/cli cli/compose/types/types.go; cli/compose/loader/loader.go, LoadNetworks,
LoadVolumes, loadFileObjectConfig.
"""

from typing import Final, Literal

from swarmwire.errors import StackError
from swarmwire.stack.forms.leaves import Reading, Size, Text, TextMap, Texts, Truth, UnreadableError
from swarmwire.stack.forms.records import NamedRecords, Record, Records
from swarmwire.stack.places import GeneralMap, Located, go_type
from swarmwire.stack.texts.paths import absolute

FileObject = Literal["secret", "config"]


def _external(located: Located) -> Located:
    value = located.value
    if isinstance(value, bool):
        return located.with_value({"external": located})
    if not isinstance(value, dict) or isinstance(value, GeneralMap):
        raise UnreadableError(f"invalid type {go_type(value)} for external")
    options = {"external": located.with_value(True)}
    if "name" in value:
        options["name"] = value["name"]
    return located.with_value(options)


_text, _truth, _pairs, _size = Text(), Truth(), TextMap(), Size()
_driver_options = TextMap(lists=False)
_external_form = Record({"external": _truth, "name": _text}, short=_external)
_segments = Records(Record({"segments": _pairs}))
_cluster_volume = Record(
    {
        "group": _text,
        "access_mode": Record(
            {
                "scope": _text,
                "sharing": _text,
                "mount_volume": Record({"fs_type": _text, "mount_flags": Texts()}),
                "block_volume": Record({}),
            }
        ),
        "accessibility_requirements": Record({"requisite": _segments, "preferred": _segments}),
        "capacity_range": Record({"required_bytes": _size, "limit_bytes": _size}),
        "secrets": Records(Record({"key": _text, "secret": _text})),
        "availability": _text,
    }
)

NETWORKS: Final = NamedRecords(
    Record(
        {
            "name": _text,
            "driver": _text,
            "driver_opts": _driver_options,
            "ipam": Record({"driver": _text, "config": Records(Record({"subnet": _text}))}),
            "external": _external_form,
            "internal": _truth,
            "attachable": _truth,
            "labels": _pairs,
        }
    )
)
VOLUMES: Final = NamedRecords(
    Record(
        {
            "name": _text,
            "driver": _text,
            "driver_opts": _driver_options,
            "external": _external_form,
            "labels": _pairs,
            # Read, so that what is wrong with it is told; a deploy creates no cluster volume.
            "x-cluster-spec": _cluster_volume,
        },
        names={"x-cluster-spec": "x-cluster-spec"},
    )
)
FILE_OBJECTS: Final = NamedRecords(
    Record(
        {
            "name": _text,
            "file": _text,
            "external": _external_form,
            "labels": _pairs,
            "driver": _text,
            "driver_opts": _driver_options,
            "template_driver": _text,
        }
    )
)


def text_of(located: Located, option: str) -> str:
    """The text of an option; ``""`` if it is absent."""
    entry = located.value.get(option)
    return "" if entry is None else entry.value


def is_external(located: Located) -> bool:
    """Whether the object is somebody else's, only referred to."""
    external = located.value.get("external")
    if external is None:
        return False
    return bool(external.value["external"].value)


def normalise_objects(
    kind: str, form: NamedRecords, section: Located | None, reading: Reading
) -> dict[str, Located]:
    """The networks or volumes of a file, with the names of those that are external.

    Raises:
        StackError: what cannot be read, or contradicts itself.
    """
    objects = _normalised(form, section, reading)
    for name, one in objects.items():
        if is_external(one):
            if kind == "volume":
                _refuse_driver(name, one)
            _name_external(kind, name, one, reading)
    return objects


def normalise_file_objects(
    kind: FileObject, section: Located | None, directory: str, reading: Reading
) -> dict[str, Located]:
    """The secrets or configs of a file, with absolute paths.

    Raises:
        StackError: what cannot be read, or contradicts itself.
    """
    objects = _normalised(FILE_OBJECTS, section, reading)
    for name, one in objects.items():
        if is_external(one):
            _name_external(kind, name, one, reading)
        elif text_of(one, "driver"):
            if text_of(one, "file"):
                reason = f"{kind}.driver and {kind}.file conflict; only use {kind}.driver"
                raise _error(kind, name, f"{kind} {name}: {reason}", one.value["file"])
        else:
            file = one.value.get("file", one)
            one.value["file"] = file.with_value(absolute(directory, text_of(one, "file")))
    return objects


def _normalised(
    form: NamedRecords, section: Located | None, reading: Reading
) -> dict[str, Located]:
    found = None if section is None else form.normalise(section, "", reading)
    reading.raise_problems()
    if found is None:
        return {}
    # A network or volume of which nothing is said is one with all defaults.
    return {
        name: one.with_value({}) if one.value is None else one for name, one in found.value.items()
    }


def _refuse_driver(name: str, volume: Located) -> None:
    for option in ("driver", "driver_opts", "labels"):
        entry = volume.value.get(option)
        if entry is not None and entry.value:
            conflict = f'conflicting parameters "external" and "{option}"'
            raise _error("volume", name, f'{conflict} specified for volume "{name}"', entry)


def _name_external(kind: str, name: str, one: Located, reading: Reading) -> None:
    external = one.value["external"]
    old_name = external.value.get("name")
    if old_name is None or not old_name.value:
        if not text_of(one, "name"):
            one.value["name"] = Located(name, one.key or one.place)
        return
    if text_of(one, "name"):
        names = f"{kind}.external.name and {kind}.name conflict; only use {kind}.name"
        raise _error(kind, name, f"{kind} {name}: {names}", old_name)
    old = f"{kind}.external.name is deprecated in favor of {kind}.name"
    reading.warn(f"{kind}s.{name}.external.name", f"{kind} {name}: {old}", old_name)
    one.value["name"] = old_name


def _error(kind: str, name: str, reason: str, located: Located) -> StackError:
    return StackError("load", reason, **located.place._asdict(), path=f"{kind}s.{name}")
