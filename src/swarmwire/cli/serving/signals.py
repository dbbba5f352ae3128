"""How what stays is told to end, and what its exit code is then."""

import asyncio
import signal

from swarmwire.cli import exits

_ENDS = (signal.SIGTERM, signal.SIGINT)


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
