"""Which objects a list with filters shows, as a manager selects them. Pure.

Source: SwarmKit manager/controlapi, the List methods, and manager/state/store.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from swarmwire import pb

_OR_KINDS = ("secret", "config", "resource")
"""Lists of these join names and ids by "or", and their names know no case."""

_Check = Callable[[Any], object]
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
    checks = [*named(filters), *_others(filters)]
    return [one for one in objects if all(check(one) for check in checks)]


class _Prefixes:
    """Texts with which others may begin; however many there are, it takes one look.

    Those that begin with another one are left out. So of those that are no later than a text, only
    the last one can begin it.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts: list[str] = []
        for text in sorted(set(texts)):
            if not self._texts or not text.startswith(self._texts[-1]):
                self._texts.append(text)

    def begin(self, text: str) -> bool:
        """Whether one of them begins the text."""
        place = bisect_right(self._texts, text)
        return place > 0 and text.startswith(self._texts[place - 1])


def _each(filters: Any) -> Iterator[_Check]:
    if filters.names:
        names = frozenset(filters.names)
        yield lambda one: _listed_name(one) in names
    if filters.name_prefixes:
        of_names = _Prefixes(filters.name_prefixes)
        yield lambda one: of_names.begin(_listed_name(one))
    if filters.id_prefixes:
        of_ids = _Prefixes(filters.id_prefixes)
        yield lambda one: of_ids.begin(one.id)


def _either(filters: Any) -> Iterator[_Check]:
    if not (filters.names or filters.name_prefixes or filters.id_prefixes):
        return
    names = frozenset(wanted.lower() for wanted in filters.names)
    of_names = _Prefixes(prefix.lower() for prefix in filters.name_prefixes)
    of_ids = _Prefixes(filters.id_prefixes)

    def is_named(one: Any) -> bool:
        name = name_of(one).lower()
        return name in names or of_names.begin(name) or of_ids.begin(one.id)

    yield is_named


def _listed_name(one: Any) -> str:
    if not isinstance(one, pb.Task):
        return name_of(one)
    place = one.slot or one.node_id
    return one.annotations.name or f"{one.service_annotations.name}.{place}.{one.id}"


def _others(filters: Any) -> Iterator[_Check]:
    if filters.labels:
        labels = dict(filters.labels)
        yield lambda one: _has(_labels(one), labels)
    if runtimes := frozenset(getattr(filters, "runtimes", ())):
        yield lambda one: _runtime(one) in runtimes
    if own := dict(getattr(filters, "node_labels", {})):
        yield lambda one: _has(annotations_of(one).labels, own)
    if kind := getattr(filters, "kind", ""):
        yield lambda one: bool(getattr(one, "kind", "") == kind)
    for name, of in _EXTRA.items():
        if wanted := frozenset(getattr(filters, name, ())):
            yield partial(_is_one_of, of, wanted)


def _is_one_of(of: Callable[[Any], object], wanted: Collection[object], one: Any) -> bool:
    return of(one) in wanted


def _labels(one: Any) -> Mapping[str, str]:
    """The labels that lists are filtered by."""
    found: Mapping[str, str] = annotations_of(one).labels
    if isinstance(one, pb.Node):
        found = one.description.engine.labels
    elif isinstance(one, pb.Task):
        found = one.service_annotations.labels
    return found


def _has(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(key in labels and value in ("", labels[key]) for key, value in wanted.items())


def _runtime(one: Any) -> str:
    task = one.spec.task if isinstance(one, pb.Service) else one.spec
    runtime: str = task.WhichOneof("runtime") or ""
    return str(task.generic.kind.lower()) if runtime == "generic" else runtime
