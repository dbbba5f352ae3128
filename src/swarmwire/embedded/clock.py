"""The time of an embedded swarm: it stands still until somebody lets it pass, or it runs."""

import re
from collections.abc import Callable

from swarmwire.embedded.states import MILLISECOND, SECOND
from swarmwire.errors import ConvertError

_UNITS = {"ms": MILLISECOND, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


def as_nanoseconds(duration: float | str) -> int:
    """A duration in nanoseconds: seconds as a number, or a text such as ``1m30s`` or ``200ms``.

    Raises:
        ConvertError: kind "range": it is no duration, or a negative one.
    """
    if not isinstance(duration, str):
        if duration >= 0:
            return int(duration * SECOND)
    elif duration and not _PART.sub("", duration):
        return int(sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(duration)))
    reason = f"{duration!r} is no duration: write seconds, or 1m30s, 200ms, 2h"
    raise ConvertError("range", reason)


class SwarmClock:
    """The clock of an embedded swarm."""

    def __init__(self, read: Callable[[], int], pass_until: Callable[[int], object]) -> None:
        self._read = read
        self._pass_until = pass_until

    def now(self) -> int:
        """The time in the swarm, in nanoseconds since 1970."""
        return self._read()

    def advance(self, duration: float | str) -> None:
        """Let time pass in the swarm, with all that happens in it: ``"1m"``, or seconds.

        Raises:
            ConvertError: kind "range": it is no duration.
        """
        self._pass_until(self._read() + as_nanoseconds(duration))
