"""What to say if a library for recovery is not installed."""

from typing import Final

from swarmwire.cli import exits

_OTHERS: Final = ("swarmwire", "grpc")
"""A mistake of ours; and what those who ask a manager tell of themselves."""


def without_extra(err: ModuleNotFoundError, what: str) -> Exception:
    """What to raise; the error itself if the module is no library for recovery.

    Args:
        err: the failed import.
        what: what cannot be done without it.
    """
    module = (err.name or "").partition(".")[0]
    if module in _OTHERS:
        return err
    reason = f"{what} without {module}: pip install 'swarmwire[recovery]'"
    return exits.Stop(exits.UNREADABLE, reason)
