"""What differs between two stores: objects paired by id or by name, and their specs. Pure.

    found = compare(here, there)
    found.is_equal

Payloads, credentials, and what looks like a secret are compared but never shown.
"""

from swarmwire.storediff.compare import compare
from swarmwire.storediff.comparison import (
    Both,
    Comparison,
    Count,
    Listed,
    ObjectDifference,
    Untold,
)

__all__ = [
    "Both",
    "Comparison",
    "Count",
    "Listed",
    "ObjectDifference",
    "Untold",
    "compare",
]
