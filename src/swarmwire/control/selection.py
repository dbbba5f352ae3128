"""Which objects a list with filters shows, as a manager selects them. Pure.

Source: SwarmKit manager/controlapi, the List methods, and manager/state/store.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from swarmwire import pb

_OR_KINDS = ("secret", "config", "resource")
"""Lists of these join names and ids by "or", and their names know no case."""

_EXTRA: dict[str, Callable[[Any], object]] = {
    "desired_states": lambda task: task.desired_state,
    "drivers": lambda volume: volume.spec.driver.name,
    "groups": lambda volume: volume.spec.group,
    "memberships": lambda node: node.spec.membership,
    "node_ids": lambda task: task.node_id,
    "roles": lambda node: node.role,
    "service_ids": lambda task: task.service_id,
}


def annotations_of(one: Any) -> pb.Annotations:
    """Name and labels that its owner gave to an object."""
    if isinstance(one, pb.Resource | pb.Extension | pb.Task):
        return one.annotations
    found: pb.Annotations = one.spec.annotations
    return found


def name_of(one: Any) -> str:
    """The name by which filters know an object; a node's is its host's."""
    return one.description.hostname if isinstance(one, pb.Node) else annotations_of(one).name


def selected(kind: str, objects: Iterable[Any], filters: Any) -> list[Any]:
    """The objects that a list with these filters shows."""
    named = _either if kind in _OR_KINDS else _each
    return [one for one in objects if named(one, filters) and _also(one, filters)]


def _each(one: Any, filters: Any) -> bool:
    name = _listed_name(one)
    return (
        (not filters.names or name in filters.names)
        and (not filters.name_prefixes or name.startswith(tuple(filters.name_prefixes)))
        and (not filters.id_prefixes or one.id.startswith(tuple(filters.id_prefixes)))
    )


def _either(one: Any, filters: Any) -> bool:
    if not (filters.names or filters.name_prefixes or filters.id_prefixes):
        return True
    name = name_of(one).lower()
    return bool(
        name in [wanted.lower() for wanted in filters.names]
        or name.startswith(tuple(prefix.lower() for prefix in filters.name_prefixes))
        or one.id.startswith(tuple(filters.id_prefixes))
    )


def _listed_name(one: Any) -> str:
    if not isinstance(one, pb.Task):
        return name_of(one)
    place = one.slot or one.node_id
    return one.annotations.name or f"{one.service_annotations.name}.{place}.{one.id}"


def _also(one: Any, filters: Any) -> bool:
    labels = annotations_of(one).labels
    if isinstance(one, pb.Node):
        labels = one.description.engine.labels
    elif isinstance(one, pb.Task):
        labels = one.service_annotations.labels
    return (
        _has(labels, filters.labels)
        and _has_runtime(one, getattr(filters, "runtimes", ()))
        and _has(annotations_of(one).labels, getattr(filters, "node_labels", {}))
        and getattr(filters, "kind", "") in ("", getattr(one, "kind", ""))
        and all(
            of(one) in getattr(filters, name)
            for name, of in _EXTRA.items()
            if getattr(filters, name, ())
        )
    )


def _has(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(key in labels and value in ("", labels[key]) for key, value in wanted.items())


def _has_runtime(one: Any, runtimes: Collection[str]) -> bool:
    if not runtimes:
        return True
    task = one.spec.task if isinstance(one, pb.Service) else one.spec
    generic = task.WhichOneof("runtime") == "generic"
    return (task.generic.kind.lower() if generic else task.WhichOneof("runtime") or "") in runtimes
