"""What is taken out of a dead swarm for a new one, in memory and as files. Pure.

``bundle_from_store`` chooses from a store, ``files_of`` gives the files of it, and
``bundle_from_files`` reads them back, with what somebody has edited meanwhile.
"""

from swarmwire.bundle._bundle import Bundle, ClusterKeys
from swarmwire.bundle._choice import USABLE, Choice
from swarmwire.bundle._files import BundleFile, files_of
from swarmwire.bundle._from_store import bundle_from_store, left_out, logins, not_there
from swarmwire.bundle._init_options import init_options
from swarmwire.bundle._manifest import MANIFEST, About, Item, ItemFile, LeftOut, Manifest, Source
from swarmwire.bundle._names import file_names
from swarmwire.bundle._reading import bundle_from_files, read_manifest
from swarmwire.bundle._special import special
from swarmwire.bundle._unrecoverable import not_recoverable

__all__ = [
    "MANIFEST",
    "USABLE",
    "About",
    "Bundle",
    "BundleFile",
    "Choice",
    "ClusterKeys",
    "Item",
    "ItemFile",
    "LeftOut",
    "Manifest",
    "Source",
    "bundle_from_files",
    "bundle_from_store",
    "file_names",
    "files_of",
    "init_options",
    "left_out",
    "logins",
    "not_recoverable",
    "not_there",
    "read_manifest",
    "special",
]
