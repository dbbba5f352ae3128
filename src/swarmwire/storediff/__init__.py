"""What differs between two stores: objects paired by id or by name, and their specs. Pure.

    found = compare(here, there)
    found.is_equal

Payloads, credentials, and what looks like a secret are compared but never shown.
"""

from swarmwire.storediff._comparison import Both, Comparison, Count, Listed, Untold
from swarmwire.storediff.compare import compare
from swarmwire.storediff.differences import Difference

__all__ = [
    "Both",
    "Comparison",
    "Count",
    "Difference",
    "Listed",
    "Untold",
    "compare",
]
