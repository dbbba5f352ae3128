"""Signals as the processes that tests start shall find them."""

import signal


def give_children_the_default_sigint() -> None:
    """Let children stop at SIGINT although this process was told to ignore it.

    A shell starts what runs in its background with SIGINT ignored, and children inherit that. What
    a process handles itself is reset in its children: so it is handled here, by doing nothing.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, _do_nothing)


def _do_nothing(_number: int, _frame: object) -> None:
    """As if it were ignored."""
