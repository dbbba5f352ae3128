"""A filter that refuses a node, and what the node lacks for it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from swarmwire.scheduling.amounts import amount_in_words
from swarmwire.scheduling.filters import FilterName, Lack

_STATES: Final = {"PAUSE": "paused", "DRAIN": "drained"}


class FilterRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """One filter that refuses a node; as text it is the filter's name.

    Attributes:
        filter: SwarmKit's name of it.
        lacks: everything that the node lacks, in the order in which a manager looks.
    """

    filter: FilterName
    lacks: tuple[Lack, ...]

    def __str__(self) -> str:
        return self.filter

    @property
    def wanted(self) -> Mapping[str, int | str]:
        """What the task wants of each thing that the node lacks.

        CPUs (``NanoCPUs``) in billionths of one, memory (``MemoryBytes``) in bytes, generic
        resources by their kind; of a constraint its value, of a host port and of ``MaxReplicas`` 1.
        """
        return {each.what: each.wanted for each in self.lacks}

    @property
    def left(self) -> Mapping[str, int | str]:
        """What the node has, or has left, of the same: as many keys as ``wanted``.

        Of a constraint the value found there, of a host port the ID of the task that holds it, of a
        cluster volume why it cannot be used.
        """
        return {each.what: each.left for each in self.lacks}

    @property
    def reasons(self) -> tuple[str, ...]:
        """The same in plain words, one for each lack: ``2 GiB of memory wanted, 1 GiB left``."""
        return tuple(_reason(self.filter, each) for each in self.lacks)


def _reason(refusing: FilterName, lack: Lack) -> str:
    left = str(lack.left)
    match refusing:
        case "ReadyFilter":
            return f"it is {_STATES.get(left, left.lower())}"
        case "ResourceFilter" if isinstance(lack.left, int) and isinstance(lack.wanted, int):
            wanted = amount_in_words(lack.what, lack.wanted)
            there = amount_in_words(lack.what, lack.left).removesuffix(" of memory")
            return f"{wanted} wanted, {there} left"
        case "PluginFilter":
            return f"no {lack.what} {lack.wanted}"
        case "ConstraintFilter":
            return f"{lack.what} wanted, it has {left or 'none'}"
        case "PlatformFilter":
            return f"{lack.wanted} wanted, it is {left or 'unknown'}"
        case "HostPortFilter":
            return f"task {left} has port {lack.what}" if left else f"port {lack.what} is in use"
        case "MaxReplicasFilter":
            return "as many replicas as a node may have"
    return f"{lack.what}: {left}"
