"""Amounts of what tasks reserve, and their words."""

from collections.abc import Mapping
from typing import Final

import msgspec

_NANO: Final = 1_000_000_000
_UNITS: Final = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what tasks reserve.

    Attributes:
        nano_cpus: in billionths of a CPU.
        memory_bytes: in bytes.
        generic: generic resources by their kind; of named ones, how many.
    """

    nano_cpus: int = 0
    memory_bytes: int = 0
    generic: Mapping[str, int] = {}


def cpus_in_words(nano_cpus: int) -> str:
    """``1.5``: CPUs, to three digits after the point."""
    return f"{nano_cpus / _NANO:.3f}".rstrip("0").rstrip(".")


def bytes_in_words(number: int) -> str:
    """``1.2 GiB``: rounded up, so that whoever frees as much has freed enough."""
    if number < 0:
        return f"-{bytes_in_words(-number)}"
    unit = "B"
    size, factor = number, 1
    for each in _UNITS:
        if size < 1024 * factor:
            break
        factor *= 1024
        unit = each
    tenths = -(-number * 10 // factor)
    return f"{tenths / 10:.1f} {unit}" if tenths % 10 else f"{tenths // 10} {unit}"


def amount_in_words(what: str, number: int) -> str:
    """``1.2 GiB of memory``, ``0.5 CPUs``, ``2 gpu``: of ``MemoryBytes``, ``NanoCPUs``, a kind."""
    if what == "NanoCPUs":
        return f"{cpus_in_words(number)} CPU{'' if number == _NANO else 's'}"
    return f"{bytes_in_words(number)} of memory" if what == "MemoryBytes" else f"{number} {what}"
