"""Values as people write them in a stack file: durations, sizes, processors, command lines."""

from collections.abc import Iterable
from typing import Any, Final

from swarmwire.stack.texts.shell_words import split_words

_UNITS: Final = (
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
)
_SIZES: Final = (("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10))
_NANO: Final = 9
_LONGEST_LINE: Final = 60


class Present(dict[str, Any]):
    """A mapping that is written even when it is empty: a manager tells it from an absent one."""


class Flow(list[Any]):
    """A list that is written on one line."""


class Quoted(str):
    """Text that people always put in quotes, as ``"80:80"``."""

    __slots__ = ()


class Octal(int):
    """The mode of a file, as ``0440``."""

    __slots__ = ()


def filled(options: dict[str, Any]) -> dict[str, Any]:
    """The options that say something."""
    return {name: value for name, value in options.items() if _says_something(value)}


def _says_something(value: Any) -> bool:
    return value is not None and (isinstance(value, Present) or value not in ("", [], {}))


def unique(texts: Iterable[str]) -> list[str]:
    """Each text once: the docker command refuses most lists that hold one twice."""
    return list(dict.fromkeys(texts))


def duration(nanoseconds: int) -> str:
    """``90_000_000_000`` as ``1m30s``."""
    if nanoseconds == 0:
        return "0s"
    rest = abs(nanoseconds)
    parts = ["-"] if nanoseconds < 0 else []
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def some_duration(nanoseconds: int | None) -> str | None:
    """The same; None if there is none, or none is as good as zero."""
    return duration(nanoseconds) if nanoseconds else None


def size(count: int) -> str | None:
    """Bytes, as ``512M``; None for none."""
    if not count:
        return None
    for unit, unit_size in _SIZES:
        if count % unit_size == 0:
            return f"{count // unit_size}{unit}"
    return f"{count}b"


def processors(nano: int) -> str | None:
    """Billionths of a processor, as ``0.5``; None for none."""
    if not nano:
        return None
    whole, part = divmod(abs(nano), 10**_NANO)
    sign = "-" if nano < 0 else ""
    return f"{sign}{whole}.{part:0{_NANO}}".rstrip("0").rstrip(".")


def words(arguments: list[str]) -> list[str] | str | None:
    """A command line: as one text where that is read as the same words, else as a list."""
    if not arguments:
        return None
    line = " ".join(arguments)
    is_plain = all(word and not set(word) & set(" \t\r\n\"'\\#") for word in arguments)
    if is_plain and len(line) <= _LONGEST_LINE and split_words(line) == arguments:
        return line
    return one_line(arguments)


def one_line(texts: list[str]) -> list[str]:
    """A list of texts, on one line if it fits."""
    if sum(map(len, texts)) <= _LONGEST_LINE and not any("\n" in text for text in texts):
        return Flow(texts)
    return list(texts)
