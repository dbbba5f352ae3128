"""How an object differs from one of the same name that is there, and what becomes of it. Pure.

A payload of a secret never leaves a manager, so that it cannot be compared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from swarmwire import pb
from swarmwire.bundle.restore.steps import Action, Gap, Kind, Message, RestoreOptions, Step
from swarmwire.bundle.restore.swarm import Destination, name_of
from swarmwire.control import REDACTED
from swarmwire.errors import InvalidSpec, MapKey, render_path
from swarmwire.plan import differences, refusal

UNREADABLE_PAYLOAD = "its payload cannot be read back: whether it is the same is not known"

_SHOWN = 3


def judged(kind: Kind, old: Message, to: Destination, wanted: Any) -> Step | None:
    """The step of an object that is there already; None if it is not.

    ``wanted`` is the spec as it would be sent.
    """
    created = to.made(kind, old.id)
    found = created or to.swarm.named(kind, name_of(old))
    if found is None:
        return None
    gaps = gaps_of(kind, wanted, found)
    action = action_for(kind, gaps, to.options, ours=created is not None)
    return Step(
        kind=kind,
        name=name_of(old),
        old_id=old.id,
        action=action,
        id=found.id,
        why=why(action, gaps, ours=created is not None),
        notes=(UNREADABLE_PAYLOAD,) if is_unsure(found, ours=created is not None) else (),
        gaps=gaps,
    )


def action_for(kind: Kind, gaps: Sequence[Gap], options: RestoreOptions, *, ours: bool) -> Action:
    """What to do with something that is there: what we made ourselves is what was wanted."""
    if ours or not gaps:
        return "present"
    return "use" if options.use_existing and kind != "service" else "differs"


def why(action: Action, gaps: Sequence[Gap], *, ours: bool = False) -> str:
    """The reason in words."""
    paths = _in_short(gaps)
    match action:
        case "present" if gaps:
            return f"created by an earlier run, and differs now: {paths}"
        case "present" if ours:
            return "created by an earlier run"
        case "use":
            return f"differs in {paths}"
        case "differs":
            return f"differs in {paths}; left alone"
        case _:
            return ""


def _in_short(gaps: Sequence[Gap]) -> str:
    """The first few paths, and how many more there are."""
    paths = list(dict.fromkeys(gap.path for gap in gaps))
    more = len(paths) - _SHOWN
    # "and 1 more" is no shorter than the path
    return ", ".join(paths) if more <= 1 else f"{', '.join(paths[:_SHOWN])} and {more} more"


def is_unsure(found: Any, *, ours: bool) -> bool:
    """Whether it has a payload that nobody can compare."""
    return isinstance(found, pb.Secret) and not ours and not found.spec.HasField("driver")


def gaps_of(kind: Kind, wanted: Any, found: Any) -> tuple[Gap, ...]:
    """Every difference between a spec of the bundle and an object that is there.

    What the bundle's spec leaves to the manager, as subnets, is no difference.
    """
    match kind:
        case "service":
            return tuple(_service(wanted, found.spec))
        case "network":
            return tuple(_network(wanted, found))
        case _:
            return tuple(_payload(wanted, found.spec))


def _service(wanted: pb.ServiceSpec, found: pb.ServiceSpec) -> Iterator[Gap]:
    comparable = pb.ServiceSpec()
    comparable.CopyFrom(wanted)
    if wanted.task.WhichOneof("runtime") == found.task.WhichOneof("runtime") == "container":
        _forgive_credentials(comparable.task.container, found.task.container)
    for each in differences(found, comparable):
        yield Gap(path=each.path, found=each.old, wanted=each.new)


def _forgive_credentials(wanted: pb.ContainerSpec, found: pb.ContainerSpec) -> None:
    """Compare credentials only where both sides show them."""
    if wanted.pull_options.registry_auth and found.pull_options.registry_auth != REDACTED:
        return
    wanted.ClearField("pull_options")
    if found.HasField("pull_options"):
        wanted.pull_options.CopyFrom(found.pull_options)


def _payload(wanted: Any, found: Any) -> Iterator[Gap]:
    yield from _annotations(wanted.annotations, found.annotations)
    for field, path in (("templating", "Templating"), ("driver", "Driver")):
        if field in type(wanted).DESCRIPTOR.fields_by_name and not _same(wanted, found, field):
            yield Gap(path=path)
    if isinstance(wanted, pb.ConfigSpec) and wanted.data != found.data:
        yield Gap(path="Data", found=_size(found.data), wanted=_size(wanted.data))


def _same(wanted: Any, found: Any, field: str) -> bool:
    there = wanted.HasField(field), found.HasField(field)
    return there[0] == there[1] and bool(getattr(wanted, field) == getattr(found, field))


def _size(data: bytes) -> str:
    return f"{len(data)} byte{'' if len(data) == 1 else 's'}"


def _annotations(wanted: pb.Annotations, found: pb.Annotations) -> Iterator[Gap]:
    if wanted.name != found.name:
        yield Gap(path="Name", found=found.name, wanted=wanted.name)
    yield from _maps("Labels", wanted.labels, found.labels)


def _maps(path: str, wanted: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Gap]:
    """The keys that differ; values may be secrets."""
    for key in sorted({*wanted, *found}):
        if wanted.get(key) != found.get(key):
            yield Gap(path=render_path((path, MapKey(key))))


def _network(wanted: pb.NetworkSpec, found: pb.Network) -> Iterator[Gap]:
    there = found.spec
    yield from _annotations(wanted.annotations, there.annotations)
    drivers = [(one.driver_config.name or "overlay").lower() for one in (wanted, there)]
    if drivers[0] != drivers[1]:
        yield Gap(path="Driver", found=drivers[1], wanted=drivers[0])
    yield from _maps("Options", wanted.driver_config.options, there.driver_config.options)
    for field, path in _NETWORK_FIELDS.items():
        values = getattr(wanted, field), getattr(there, field)
        if values[0] != values[1]:
            yield Gap(path=path, found=values[1], wanted=values[0])
    yield from _ipam(wanted.ipam, found)


_NETWORK_FIELDS = {
    "ipv6_enabled": "EnableIPv6",
    "internal": "Internal",
    "attachable": "Attachable",
    "ingress": "Ingress",
    "network": "ConfigFrom.Network",
}


def _ipam(wanted: pb.IPAMOptions, found: pb.Network) -> Iterator[Gap]:
    """Whether all addresses that are asked for are those of the network."""
    has = [*found.spec.ipam.configs, *found.ipam.configs]
    drivers = [(one.driver.name or "default").lower() for one in (wanted, found.spec.ipam)]
    if drivers[0] != drivers[1]:
        yield Gap(path="IPAM.Driver", found=drivers[1], wanted=drivers[0])
    yield from _maps("IPAM.Options", wanted.driver.options, found.spec.ipam.driver.options)
    for index, config in enumerate(wanted.configs):
        same = [one for one in has if one.subnet == config.subnet]
        path = f"IPAM.Config[{index}]"
        if not same:
            shown = sorted({one.subnet for one in has if one.subnet})
            yield Gap(path=f"{path}.Subnet", found=", ".join(shown), wanted=config.subnet)
            continue
        for field, name in (("range", "IPRange"), ("gateway", "Gateway")):
            values = {getattr(one, field) for one in same}
            if getattr(config, field) not in {"", *values}:
                shown = sorted(values - {""})
                wish = getattr(config, field)
                yield Gap(path=f"{path}.{name}", found=", ".join(shown), wanted=wish)


def reasons(problems: Iterable[InvalidSpec]) -> Iterator[str]:
    """One text for each problem: where, and the manager's own words."""
    for problem in problems:
        told = refusal(problem)
        yield f"{told.path}: {told.reason}" if told.path else told.reason
