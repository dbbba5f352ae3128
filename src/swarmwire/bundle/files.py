"""A bundle as files: relative names, bytes, and whether they are secret. Pure.

::

    manifest.json               what is in it, what is not; the last to be written
    services/NAME.json          create body, as the Engine API takes it
    services/NAME.pb            SwarmKit's message, whole but for registry credentials
    networks/ configs/ secrets/ the same; configs and secrets also have NAME.data, the payload
    nodes.json                  names, roles, availability, labels
    registry-credentials.json   what the services' specs held
    cluster/                    join tokens, the root CA's key, the unlock key
    deleted/                    the same rooms once more, for objects that had been removed
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.bundle.bodies import FORMS, body_of
from swarmwire.bundle.cluster import write_nodes
from swarmwire.bundle.contents import BUNDLE_KINDS, Bundle, BundleKind, BundleObject
from swarmwire.bundle.credentials import without_credentials, write_credentials
from swarmwire.bundle.manifest import FORMAT, MANIFEST, About, BundleItem, ItemFile, Manifest
from swarmwire.errors import FieldError
from swarmwire.networks import special

DELETED: Final = "deleted/"
NODES: Final = "nodes.json"
CREDENTIALS: Final = "registry-credentials.json"
JOIN_TOKENS: Final = "cluster/join-tokens.json"
CA_KEY: Final = "cluster/root-ca.key"
CA_CERT: Final = "cluster/root-ca.crt"
NEXT_CA_KEY: Final = "cluster/next-root-ca.key"
NEXT_CA_CERT: Final = "cluster/next-root-ca.crt"
UNLOCK_KEY: Final = "cluster/unlock-key.txt"
_INDENT: Final = 2

_LONGEST: Final = 180
"""Bytes of a name, so that an id and an ending find room in the 255 of a file system."""

_LONGEST_ID: Final = 60
_UNSAFE: Final = re.compile(rb"[^A-Za-z0-9_.-]")
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever stands behind the dot."""


class BundleFile(NamedTuple):
    """One file. Its repr hides the content.

    Attributes:
        name: as seen from the bundle's folder, with ``/``.
        data: the content.
        is_secret: whether a digest of it would already say too much.
    """

    name: str
    data: bytes
    is_secret: bool

    def __repr__(self) -> str:
        return f"BundleFile(name={self.name!r}, size={len(self.data)}, is_secret={self.is_secret})"


def files_of(bundle: Bundle, about: About) -> Iterator[BundleFile]:
    """Each file of a bundle; the manifest comes last."""
    items: list[BundleItem] = []
    for folder, each in (("", bundle), (DELETED, bundle.deleted)):
        if each is None:
            continue
        for item, files in _objects(each, folder):
            items.append(_with_files(item, files))
            yield from files
        for item, files in _of_many(each, folder):
            items.append(_with_files(item, files))
            yield from files
    yield BundleFile(MANIFEST, _manifest(bundle, about, items), is_secret=False)


_Group = tuple[BundleItem, list[BundleFile]]


def _objects(bundle: Bundle, folder: str) -> Iterator[_Group]:
    for kind in BUNDLE_KINDS:
        objects = bundle.of(kind)
        names = file_names((each.spec.annotations.name, each.id) for each in objects)
        for message, name in zip(objects, names, strict=True):
            yield _object(kind, message, f"{folder}{kind}s/{name}", bundle.network_names)


def _object(kind: BundleKind, message: BundleObject, stem: str, names: dict[str, str]) -> _Group:
    form, note = FORMS[kind], ""
    if isinstance(message, pb.Service):
        message = without_credentials(message)
    files = []
    try:
        files.append(BundleFile(f"{stem}.json", body_of(kind, message, names), form.is_secret))
    except FieldError as err:
        note = f"there is no create body, because the engine has no words for it: {err}"
    raw = message.SerializeToString(deterministic=True)
    files.append(BundleFile(f"{stem}.pb", raw, form.is_secret))
    if isinstance(message, pb.Secret | pb.Config) and message.spec.data:
        files.append(BundleFile(f"{stem}.data", message.spec.data, form.is_secret))
    item = BundleItem(
        kind=kind,
        id=message.id,
        name=message.spec.annotations.name,
        files=[],
        is_deleted=stem.startswith(DELETED),
        special=special(message) if isinstance(message, pb.Network) else "",
        note=note,
    )
    return item, files


def _of_many(bundle: Bundle, folder: str) -> Iterator[_Group]:
    keys = bundle.keys
    tokens = {"worker": keys.worker_token, "manager": keys.manager_token}
    groups: dict[str, list[BundleFile]] = {
        "nodes": [BundleFile(NODES, write_nodes(bundle.nodes), is_secret=False)],
        "registry-credentials": [
            BundleFile(CREDENTIALS, write_credentials(bundle.services), is_secret=True)
        ],
        "join-tokens": [
            BundleFile(JOIN_TOKENS, _json(tokens) if any(tokens.values()) else b"", is_secret=True)
        ],
        "ca-key": [
            BundleFile(CA_KEY, keys.ca_key, is_secret=True),
            BundleFile(CA_CERT, keys.ca_cert, is_secret=False),
            BundleFile(NEXT_CA_KEY, keys.next_ca_key, is_secret=True),
            BundleFile(NEXT_CA_CERT, keys.next_ca_cert, is_secret=False),
        ],
        "unlock-key": [
            BundleFile(UNLOCK_KEY, f"{keys.unlock_key}\n".lstrip().encode(), is_secret=True)
        ],
    }
    for kind, all_files in groups.items():
        files = [each._replace(name=folder + each.name) for each in all_files if each.data]
        if files:
            is_deleted = bool(folder)
            item = BundleItem(
                kind=kind, id=bundle.cluster_id, name="", files=[], is_deleted=is_deleted
            )
            yield item, files


def _with_files(item: BundleItem, files: list[BundleFile]) -> BundleItem:
    return msgspec.structs.replace(item, files=[_item_file(each) for each in files])


def _item_file(file: BundleFile) -> ItemFile:
    digest = "" if file.is_secret else sha256(file.data).hexdigest()
    return ItemFile(name=file.name, size=len(file.data), sha256=digest)


def _manifest(bundle: Bundle, about: About, items: list[BundleItem]) -> bytes:
    return _json(
        Manifest(
            format=FORMAT,
            swarmwire=about.version,
            source=about.source,
            contents=items,
            network_names=bundle.network_names,
            ran=bundle.ran,
            findings=about.findings,
            left_out=about.left_out,
            not_recoverable=about.not_recoverable,
        )
    )


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=_INDENT) + b"\n"


def file_names(objects: Iterable[tuple[str, str]]) -> list[str]:
    """A file's name, without its ending, for each name and id, in their order.

    Letters, digits, ``-``, ``_`` and inner dots stay; anything else is percent-encoded. Where names
    are equal, but for case, or too long, ``@`` and the id come behind them: ``@`` itself is
    encoded, so that no name can be taken for another one with its id.
    """
    names = [(_encoded(name)[:_LONGEST], _short(_encoded(id_))) for name, id_ in objects]
    count = Counter(name.lower() for name, _ in names)
    return [
        name if name and count[name.lower()] == 1 and len(name) < _LONGEST else f"{name}@{id_}"
        for name, id_ in names
    ]


def _short(id_: str) -> str:
    """An id of a manager has 25 letters; a longer one is told by its digest."""
    return id_ if len(id_) <= _LONGEST_ID else sha256(id_.encode()).hexdigest()[:_LONGEST_ID]


def _encoded(name: str) -> str:
    text = _UNSAFE.sub(_percent, name.encode("utf-8", "surrogatepass")).decode("ascii")
    if text.startswith("."):
        text = f"%2E{text[1:]}"
    if text.endswith("."):
        text = f"{text[:-1]}%2E"
    if _DEVICES.match(text):
        text = f"%{ord(text[0]):02X}{text[1:]}"
    return text


def _percent(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]
