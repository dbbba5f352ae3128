"""The units of numbers, and the texts with a form of their own.

The aliases carry the width of Go's type, so that decoding refuses what does not fit, with a path.
"""

from typing import Annotated, Final

from msgspec import Meta

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""A signed 64-bit number."""

UInt64 = Annotated[int, Meta(ge=0)]
"""An unsigned 64-bit number. msgspec cannot say the upper bound; ``engine.decode`` checks it."""

UInt32 = Annotated[int, Meta(ge=0, le=2**32 - 1)]
"""An unsigned 32-bit number."""

Nanoseconds = Int64
"""A length of time, Go's time.Duration: 1 s is 1_000_000_000."""

NanoCPUs = Int64
"""Processor time: 1_000_000_000 is one whole CPU."""

Bytes = Int64
"""A size in bytes."""

FileMode = UInt32
"""Go's os.FileMode as a plain number: 0o444 is 292."""

Float32 = Annotated[float, Meta(ge=-3.4028235677973366e38, le=3.4028235677973366e38)]
"""A float of 32 bits, kept as the shortest number that is still the same: 0.15, and 1 as an int."""

Timestamp = Annotated[
    str,
    Meta(pattern=r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-][0-2]\d:[0-5]\d)$"),
]
"""A point in time as RFC 3339 text, to the last digit that was given."""

Address = str
"""An IP address as Go's netip.Addr writes it; ``""`` is no address."""

Prefix = str
"""An IP prefix as Go's netip.Prefix writes it, ``10.0.0.0/8``; ``""`` is no prefix."""

ZERO_TIME: Final = "0001-01-01T00:00:00Z"
"""Go's zero time: what a time shows that was never set."""


def zero_time() -> Timestamp:
    """The default of a time that is always written."""
    return ZERO_TIME
