"""Which objects exist for a client: those of stacks, those with labels, those that it may use."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from swarmwire import pb
from swarmwire.networks import special
from swarmwire.policy.patterns import any_matches, matches
from swarmwire.policy.scope import STACK_LABEL, Scope

_OF_ALL = frozenset({"node", "swarm"})
"""Kinds of objects that belong to no stack: who may read them sees all of them."""


class Sight(NamedTuple):
    """One item of ``see``.

    Attributes:
        label: the label that an object must have; nothing for every object.
        value: a pattern of its value; None if any will do.
    """

    label: str = ""
    value: str | None = None

    def shows(self, labels: Mapping[str, str]) -> bool:
        """Whether it shows an object with these labels."""
        if not self.label:
            return True
        value = labels.get(self.label)
        return value is not None and (self.value is None or matches(self.value, value))


def parse_sight(text: str) -> Sight:
    """An item of ``see``: ``all``, ``stack:NAME``, ``label:KEY`` or ``label:KEY=VALUE``.

    Raises:
        ValueError: it is none of these.
    """
    word, _, rest = text.partition(":")
    if text == "all":
        return Sight()
    if word == "stack" and rest:
        return Sight(STACK_LABEL, rest)
    key, equals, value = rest.partition("=")
    if word == "label" and key:
        return Sight(key, value if equals else None)
    raise ValueError("must be all, stack:NAME, label:KEY or label:KEY=VALUE")


def is_seen(kind: str, message: Any, sights: tuple[Sight, ...], scope: Scope) -> bool:
    """Whether an object exists for a client.

    Args:
        kind: what it is: ``service``, ``task``, ``network`` …
        message: the stored object, or its spec.
        sights: what the client may see besides its own stacks.
        scope: its stacks, and what it may use of others.
    """
    if kind in _OF_ALL:
        return True
    annotations = _annotations(message)
    if scope.owns(annotations.labels) or any(each.shows(annotations.labels) for each in sights):
        return True
    if isinstance(message, pb.Network) and special(message):
        return True
    used = {
        "network": scope.use.networks,
        "secret": scope.use.secrets,
        "config": scope.use.configs,
        "volume": scope.use.volumes,
    }
    return any_matches(used.get(kind, ()), annotations.name)


def _annotations(message: Any) -> pb.Annotations:
    """Those of a task's service, or of a spec."""
    if isinstance(message, pb.Task):
        return message.service_annotations
    annotations: pb.Annotations = getattr(message, "spec", message).annotations
    return annotations
