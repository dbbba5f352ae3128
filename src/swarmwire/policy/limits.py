"""How much a client may ask for: requests by a bucket of tokens, streams by their number. Pure.

The clock is given: seconds that only grow, as ``time.monotonic`` counts them.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

_BODIES: Final = 8
"""How many bodies of the largest size a client may have here at once, or as much of others."""
_ANSWERS: Final = 64 * 2**20
"""Bytes of answers that a client has not read yet; a single one may be larger."""

Monotonic = Callable[[], float]


class Rate(NamedTuple):
    """How much a client may ask for.

    Attributes:
        requests: in a second on average, and twice as many at once.
        streams: events and logs that are followed at the same time.
        body: bytes of a request.
    """

    requests: int = 50
    streams: int = 20
    body: int = 2 * 2**20


class TokenBucket:
    """Lets ``rate`` requests a second through on average, and ``burst`` at once."""

    def __init__(self, rate: float, burst: float, clock: Monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._filled = clock()

    def take(self) -> float:
        """Take a token. 0 if there was one; else, in how many seconds there will be."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(now - self._filled, 0) * self._rate)
        self._filled = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


class ClientLimits:
    """What one client has asked for, held against its rate.

    Attributes:
        body: how many bytes a request may have.
    """

    def __init__(self, rate: Rate, clock: Monotonic) -> None:
        self._bucket = TokenBucket(rate.requests, 2 * rate.requests, clock)
        self._most = rate.streams
        self._streams: list[Callable[[], None]] = []
        self._held = 0
        self._unread = 0
        self.body = rate.body

    def request(self) -> float:
        """A request begins. 0 if it may; else, in how many seconds it may be made again."""
        return self._bucket.take()

    def hold(self, count: int) -> bool:
        """Bytes of a body came; whether there is room for them. Those are to be let go."""
        if self._held + count > _BODIES * self.body:
            return False
        self._held += count
        return True

    def let_go(self, count: int) -> None:
        """Bytes that were held are not any more."""
        self._held = max(self._held - count, 0)

    def answer(self, count: int) -> bool:
        """An answer begins to be sent; whether it may. One that may is to be told when it is."""
        if self._unread and self._unread + count > _ANSWERS:
            return False
        self._unread += count
        return True

    def answered(self, count: int) -> None:
        """An answer was sent, or will not be."""
        self._unread = max(self._unread - count, 0)

    def open_stream(self, end: Callable[[], None] = lambda: None) -> bool:
        """A stream begins; whether it may. One that may is to be closed.

        Args:
            end: ends it; what closes it is given the same.
        """
        if len(self._streams) >= self._most:
            return False
        self._streams.append(end)
        return True

    def close_stream(self, end: Callable[[], None] | None = None) -> None:
        """A stream that was opened has ended."""
        if end in self._streams:
            self._streams.remove(end)
        elif self._streams and end is None:
            self._streams.pop()

    def end_streams(self) -> None:
        """What was allowed is not any more: every stream is told to end."""
        for end in tuple(self._streams):
            end()
