"""What is taken out of a dead swarm for a new one, in memory and as files. Pure.

``bundle_from_store`` chooses from a store, ``files_of`` gives the files of it, and
``bundle_from_files`` reads them back, with what somebody has edited meanwhile. ``inventory_of``
tells what a store holds, as data for lists.
"""

from swarmwire.bundle.cluster import init_options
from swarmwire.bundle.contents import USABLE, Bundle, Choice, ClusterKeys
from swarmwire.bundle.files import BundleFile, file_names, files_of
from swarmwire.bundle.from_store import (
    bundle_from_store,
    left_out,
    logins,
    not_recoverable,
    not_there,
)
from swarmwire.bundle.inventory import (
    ChangeSummary,
    ClusterSummary,
    Inventory,
    ManagerSummary,
    NetworkSummary,
    NodeSummary,
    PayloadSummary,
    PendingTransaction,
    RemovedObject,
    ServiceSummary,
    StorePosition,
    VolumeSummary,
    inventory_of,
    rfc3339,
)
from swarmwire.bundle.keyless import KeylessInventory, TaskSummary, keyless_inventory
from swarmwire.bundle.manifest import (
    MANIFEST,
    About,
    BundleItem,
    ItemFile,
    LastPlace,
    LeftOut,
    Manifest,
    Source,
)
from swarmwire.bundle.reading import bundle_from_files, read_manifest

__all__ = [
    "MANIFEST",
    "USABLE",
    "About",
    "Bundle",
    "BundleFile",
    "BundleItem",
    "ChangeSummary",
    "Choice",
    "ClusterKeys",
    "ClusterSummary",
    "Inventory",
    "ItemFile",
    "KeylessInventory",
    "LastPlace",
    "LeftOut",
    "ManagerSummary",
    "Manifest",
    "NetworkSummary",
    "NodeSummary",
    "PayloadSummary",
    "PendingTransaction",
    "RemovedObject",
    "ServiceSummary",
    "Source",
    "StorePosition",
    "TaskSummary",
    "VolumeSummary",
    "bundle_from_files",
    "bundle_from_store",
    "file_names",
    "files_of",
    "init_options",
    "inventory_of",
    "keyless_inventory",
    "left_out",
    "logins",
    "not_recoverable",
    "not_there",
    "read_manifest",
    "rfc3339",
]
