"""What an upgrade of the engine changes: by itself, and once a document is sent again. Pure.

    report = upgrade.compare([service], before="20.10", after="28.5")

The question before every upgrade is which tasks restart afterwards, though nobody has changed
anything. ``Written`` is a document as it is sent; a ``pb.Service`` is what a manager stores.
"""

from swarmwire.upgrade.clients import Clients
from swarmwire.upgrade.comparison import FieldChange, ServiceUpgrade, Upgrade, Written, compare
from swarmwire.upgrade.shown import ShownChange
from swarmwire.upgrade.stored import LaterHazard

__all__ = [
    "Clients",
    "FieldChange",
    "LaterHazard",
    "ServiceUpgrade",
    "ShownChange",
    "Upgrade",
    "Written",
    "compare",
]
