"""What is counted of requests: by route and status, and nothing that a client sent."""

from bisect import bisect_left
from collections import Counter
from typing import Final

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of durations, in seconds."""
OTHER: Final = ("other", "other")
"""The method and the route of what is asked for and is not there."""
LEFT: Final = 499
"""The status of a request whose client left before it was answered; it is never sent."""

_REFUSALS: Final = {403: "forbidden", 413: "too-large", 429: "limited", 503: "unavailable"}


class RequestDurations:
    """How long answers took.

    Attributes:
        counts: how many took at most as long as the bucket's bound and longer than the one
            before; the last one is of those that took longer than all.
        seconds: all of them together.
    """

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


class RequestCounts:
    """Counts since the start.

    Attributes:
        answered: requests by method, route and status.
        durations: of those that were answered, by method and route, from the headers of a request
            to the first byte of its answer: what a slow client takes to read is no part of it.
        refusals: requests that were refused, by reason.
        in_flight: requests that are being answered, without streams.
        streams: streams that are open, by method and route.
        connections: that are open.
    """

    def __init__(self) -> None:
        self.answered: Counter[tuple[str, str, int]] = Counter()
        self.durations: dict[tuple[str, str], RequestDurations] = {}
        self.refusals: Counter[str] = Counter()
        self.streams: Counter[tuple[str, str]] = Counter()
        self.in_flight = 0
        self.connections = 0

    def answer(self, route: tuple[str, str], status: int, seconds: float) -> None:
        """Count an answer; ``route`` is a method and the template of a path."""
        self.answered[*route, status] += 1
        durations = self.durations.get(route)
        if durations is None:
            durations = self.durations[route] = RequestDurations()
        durations.add(seconds)
        if reason := _REFUSALS.get(status):
            self.refusals[reason] += 1
