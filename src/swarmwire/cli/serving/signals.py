"""How what stays is told to end, and what its exit code is then."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from swarmwire.cli import exits

_ENDS = (signal.SIGTERM, signal.SIGINT)
_TERMINAL = "/dev/tty"
"""The terminal that controls the process that opens it, if one does."""


def ending_signal() -> "asyncio.Queue[signal.Signals]":
    """Where the first SIGTERM or Ctrl-C will be found; from now on neither ends the process.

    It has to be called in the running loop, before anybody is told that the command is ready.
    """
    received: asyncio.Queue[signal.Signals] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for each in _ENDS:
        loop.add_signal_handler(each, received.put_nowait, each)
    return received


def end_by(received: signal.Signals) -> None:
    """End as the signal wants it: SIGTERM is the good end of what stays.

    Raises:
        Stop: it was Ctrl-C (130).
    """
    if received is signal.SIGINT:
        raise exits.Stop(exits.INTERRUPTED)


@contextmanager
def at_hangup(do: Callable[[], None], ending: "asyncio.Queue[signal.Signals]") -> Iterator[None]:
    """Do something at each SIGHUP meanwhile, or end if it was sent because the terminal went.

    A command that ``nohup`` started does not end.
    """
    is_for_ever = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    had_terminal = not is_for_ever and _has_terminal()

    def hung_up() -> None:
        if had_terminal and not _has_terminal():
            ending.put_nowait(signal.SIGTERM)
        else:
            do()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, hung_up)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def _has_terminal() -> bool:
    try:
        os.close(os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
