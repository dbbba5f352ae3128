"""How much a client may ask for: requests and their work, what is open, what is held. Pure.

The clock is given: seconds that only grow, as ``time.monotonic`` counts them.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

_BODIES: Final = 8
"""How many bodies of the largest size a client may have here at once, or as much of others."""
_ANSWERS: Final = 64 * 2**20
"""Bytes of answers that a client has not read yet; a single one may be larger."""

_SHARE: Final = 0.25
"""How much of the time one client may keep everybody else waiting."""
_SHARE_AT_ONCE: Final = 1.0
"""Seconds of it that may be saved up: for those who ask for all that there is now and then."""

Monotonic = Callable[[], float]


class Rate(NamedTuple):
    """How much a client may ask for.

    Attributes:
        requests: in a second on average, and twice as many at once.
        streams: events and logs that are followed at the same time.
        body: bytes of a request.
        connections: that are open at the same time.
    """

    requests: int = 50
    streams: int = 20
    body: int = 2 * 2**20
    connections: int = 200


class TokenBucket:
    """Lets ``rate`` requests a second through on average, and ``burst`` at once."""

    def __init__(self, rate: float, burst: float, clock: Monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._filled = clock()

    def refill_at(self, rate: float, burst: float) -> None:
        """From now on let through so many; what was taken stays taken."""
        self._rate = rate
        self._burst = burst
        self._tokens = min(self._tokens, burst)

    def take(self) -> float:
        """Take a token. 0 if there was one; else, in how many seconds there will be."""
        seconds = self.wait(1)
        if not seconds:
            self._tokens -= 1
        return seconds

    def wait(self, count: float) -> float:
        """In how many seconds there will be so many; 0 if they are there."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(now - self._filled, 0) * self._rate)
        self._filled = now
        return max(count - self._tokens, 0) / self._rate

    def spend(self, count: float) -> None:
        """Take what was used already; it may be more than there is."""
        self._tokens -= count


class ClientLimits:
    """What one client has asked for, held against its rate."""

    def __init__(self, rate: Rate, clock: Monotonic) -> None:
        self._bucket = TokenBucket(rate.requests, 2 * rate.requests, clock)
        self._work = TokenBucket(_SHARE, _SHARE_AT_ONCE, clock)
        self._rate = rate
        self._streams = 0
        self._connections = 0
        self._held = 0
        self._unread = 0

    @property
    def body(self) -> int:
        """How many bytes a request may have."""
        return self._rate.body

    def adjust(self, rate: Rate) -> None:
        """Hold it against another rate from now on; what is open stays, and counts."""
        self._bucket.refill_at(rate.requests, 2 * rate.requests)
        self._rate = rate

    def request(self) -> float:
        """A request begins. 0 if it may; else, in how many seconds it may be made again."""
        return self._bucket.take()

    def rest(self) -> float:
        """In how many seconds its next request may be worked on, because others come first."""
        return self._work.wait(0)

    def worked(self, seconds: float) -> None:
        """A request has kept everybody else waiting for so long."""
        self._work.spend(seconds)

    def hold(self, count: int) -> bool:
        """Bytes of a body came; whether there is room for them. Those are to be let go."""
        if self._held + count > _BODIES * self.body:
            return False
        self._held += count
        return True

    def keep(self, count: int) -> None:
        """Bytes are held in any case: of a write that goes on although its client has left."""
        self._held += count

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

    def open_stream(self) -> bool:
        """A stream begins; whether it may. One that may is to be closed."""
        if self._streams >= self._rate.streams:
            return False
        self._streams += 1
        return True

    def close_stream(self) -> None:
        """A stream that was opened has ended."""
        self._streams = max(self._streams - 1, 0)

    def open_connection(self) -> bool:
        """A connection begins; whether it may. One that may is to be closed."""
        if self._connections >= self._rate.connections:
            return False
        self._connections += 1
        return True

    def close_connection(self) -> None:
        """A connection that was opened has ended."""
        self._connections = max(self._connections - 1, 0)
