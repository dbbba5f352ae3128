"""Templates in a container spec: environment, mounts, host name.

Source: SwarmKit template, ExpandContainerSpec. The manager expands them against a made-up task, to
see whether that works; the worker does it again with the real one.
"""

from collections.abc import Mapping, Sequence

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.rules._problems import Problems, each, invalid, under
from swarmwire.rules.go_text import quote
from swarmwire.rules.template import TemplateError, TooMuchWorkError, expand


def expansion_problems(container: pb.ContainerSpec) -> Problems:
    """Environment, then mounts, then host name."""
    for index, entry in enumerate(container.env):
        _, _, value = entry.partition("=")
        what = f"expanding env failed: expanding env {quote(entry)}: "
        yield from _text_problems(value, what, "Env", index)
    yield from each((_mount_problems(mount) for mount in container.mounts), "Mounts")
    yield from _text_problems(container.hostname, "expanding hostname failed: ", "Hostname")


def expanded_targets(mounts: Sequence[pb.Mount]) -> list[str | None]:
    """Where each mount ends up; None if its template fails."""
    return [_expanded(mount.target) for mount in mounts]


def _mount_problems(mount: pb.Mount) -> Problems:
    failed = "expanding mounts failed: expanding "
    source, target = mount.source, mount.target
    yield from _text_problems(source, f"{failed}mount source {quote(source)}: ", "Source")
    yield from _text_problems(target, f"{failed}mount target {quote(target)}: ", "Target")
    options = mount.volume_options
    yield from under(
        _map_problems(options.labels, f"{failed}volume labels: "), "VolumeOptions", "Labels"
    )
    yield from under(
        _map_problems(options.driver_config.options, f"{failed}volume driver config: "),
        *("VolumeOptions", "DriverConfig", "Options"),
    )


def _map_problems(entries: Mapping[str, str], failed: str) -> Problems:
    # Go goes through a map in any order; we sort, so that the first problem is always the same.
    for key, value in sorted(entries.items()):
        what = f"{failed}expanding map entry {quote(key)}={quote(value)}: "
        yield from _text_problems(value, what, MapKey(key))


def _text_problems(text: str, what: str, *steps: str | int) -> Problems:
    try:
        expand(text)
    except TemplateError as err:
        yield invalid(f"{what}{err}", *steps)
    except TooMuchWorkError:
        # a manager would expand it in the end, and find nothing; the hazards tell of it
        return


def _expanded(text: str) -> str | None:
    try:
        return expand(text)
    except (TemplateError, TooMuchWorkError):
        return None
