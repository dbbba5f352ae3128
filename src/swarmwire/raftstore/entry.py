"""An entry of the log, still sealed. Pure."""

from dataclasses import dataclass, field
from typing import Final

NORMAL: Final = 0
CONF_CHANGE: Final = 1


@dataclass(slots=True)
class Entry:
    """One entry of the log.

    Attributes:
        index: its place.
        term: the term of the leader that wrote it.
        type: ``NORMAL`` or ``CONF_CHANGE``.
        data: its content, sealed.
        file: the segment.
        offset: where in it the entry's frame begins.
    """

    index: int
    term: int
    type: int
    data: bytes | memoryview = field(repr=False)
    file: str = field(kw_only=True)
    offset: int = field(kw_only=True)
