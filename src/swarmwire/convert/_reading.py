"""How messages are read into objects: what the caller chose, handed down as one."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

_Message = TypeVar("_Message")
_Object = TypeVar("_Object")
_P = ParamSpec("_P")


class Reading:
    """One run of a conversion. What it makes shares nothing."""

    shares = False

    def __init__(self, *, lossless: bool) -> None:
        self.lossless = lossless

    def part(
        self,
        read: Callable[Concatenate[_Message, _P], _Object],
        message: _Message,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _Object:
        """What ``read`` makes of a larger part of the message."""
        return read(message, *args, **kwargs)


class SharingReading(Reading):
    """Equal parts become one object: for objects that are written as JSON and seen by nobody."""

    shares = True

    def __init__(self, *, lossless: bool) -> None:
        super().__init__(lossless=lossless)
        self._read: dict[Callable[..., Any], list[tuple[Any, Any]]] = {}

    def part(
        self,
        read: Callable[Concatenate[_Message, _P], _Object],
        message: _Message,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _Object:
        """What ``read`` makes of a part, or has made of an equal one in this run."""
        known = self._read.setdefault(read, [])
        for earlier, made in known:
            if earlier == message:
                shared: _Object = made
                return shared
        new = read(message, *args, **kwargs)
        known.append((message, new))
        return new
