"""Signals as the processes that tests start shall find them."""

import signal

IGNORED = (signal.SIGINT, signal.SIGHUP)
"""What a shell has its background ignore, and what ``nohup`` does."""


def give_children_default_signals() -> None:
    """Let children stop at SIGINT and SIGHUP although this process was told to ignore them.

    Children inherit that. What a process handles itself is reset in its children: so it is handled
    here, by doing nothing.
    """
    for each in IGNORED:
        if signal.getsignal(each) == signal.SIG_IGN:
            signal.signal(each, _do_nothing)


def _do_nothing(_number: int, _frame: object) -> None:
    """As if it were ignored."""
