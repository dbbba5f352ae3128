"""Wait for what a browser shows. The page's policy allows no script that is made of a text."""

import time


def until(tab, expression, arg=None):
    """Wait until an expression is true in a tab.

    Raises:
        AssertionError: it stays false for 20 seconds.
    """
    end = time.monotonic() + 20
    while not tab.evaluate(expression, arg):
        assert time.monotonic() < end, f"{expression} with {arg}: {tab.inner_text('main')[:2000]}"
        tab.wait_for_timeout(50)
