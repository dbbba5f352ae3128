"""Connections that nobody vouches for yet, a bounded number of them: the oldest makes room."""

import socket
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Final

MOST_NEWCOMERS: Final = 1000
"""Enough for all who come back at once; far fewer than the files of a process that serves."""


class Newcomers:
    """Connections that did not ask for anything yet, or of callers whom nobody counts.

    Whoever opens many of them and says nothing sends their own away, and locks nobody out.

    Args:
        most: how many there may be.
        sent_away: is called for each that had to leave.
    """

    def __init__(
        self, most: int = MOST_NEWCOMERS, sent_away: Callable[[], None] = lambda: None
    ) -> None:
        self._most = most
        self._sent_away = sent_away
        self._sockets: dict[Hashable, socket.socket] = {}

    def __len__(self) -> int:
        return len(self._sockets)

    def add(self, connection: Hashable, own: socket.socket) -> None:
        """One more; if there are too many, the oldest has to leave."""
        if len(self._sockets) >= self._most:
            self.send_oldest_away()
        self._sockets[connection] = own

    def remove(self, connection: Hashable) -> None:
        """It is vouched for, or has left."""
        self._sockets.pop(connection, None)

    def send_oldest_away(self) -> bool:
        """Make the oldest leave; False if there is none."""
        if not self._sockets:
            return False
        oldest = next(iter(self._sockets))
        # Not closed: whoever reads from it finds its end and closes it, in whatever state it is.
        with suppress(OSError):
            self._sockets.pop(oldest).shutdown(socket.SHUT_RDWR)
        self._sent_away()
        return True
