"""A bundle from its files: what somebody has edited is followed, what is damaged is refused. Pure.

The message of an object (``.pb``) is the original; a create body (``.json``) or a payload
(``.data``) that says something else has been edited, and counts.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec

from swarmwire import pb
from swarmwire.bundle import files as rooms
from swarmwire.bundle.bodies import FORMS, body_of, spec_of
from swarmwire.bundle.cluster import read_nodes
from swarmwire.bundle.contents import Bundle, BundleObject, ClusterKeys
from swarmwire.bundle.credentials import put_back
from swarmwire.bundle.manifest import FORMAT, MANIFEST, BundleItem, ItemFile, Manifest
from swarmwire.errors import FieldError, StoreError

Files = Callable[[str], bytes] | Mapping[str, bytes]


class _Format(msgspec.Struct):
    format: int


def bundle_from_files(files: Files) -> Bundle:
    """The bundle that these files are; its ``edited`` names those that were changed.

    Args:
        files: the files by their relative names, or a function that reads one; a missing one is a
            ``KeyError`` or a ``FileNotFoundError``.

    Raises:
        StoreError: a file is missing, damaged or edited so that it cannot be understood.
    """
    reader = _Reader(files)
    manifest = read_manifest(reader.raw(MANIFEST))
    return reader.bundle(manifest)


def read_manifest(data: bytes) -> Manifest:
    """The manifest of a bundle.

    Raises:
        StoreError: it is none, or one of a format that this version does not know.
    """
    try:
        found = msgspec.json.decode(data, type=_Format).format
        if found != FORMAT:
            reason = f"a bundle of format {found}; this version of swarmwire reads format {FORMAT}"
            raise StoreError(reason, file=MANIFEST)
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as err:
        raise StoreError(f"not the manifest of a bundle: {err}", file=MANIFEST) from None


class _Reader:
    """Reads one bundle."""

    def __init__(self, files: Files) -> None:
        self._read = files.__getitem__ if isinstance(files, Mapping) else files
        self._edited: list[str] = []
        self._names: dict[str, str] = {}

    def bundle(self, manifest: Manifest) -> Bundle:
        """What the manifest tells of."""
        self._names = manifest.network_names
        out = self._room([each for each in manifest.contents if not each.is_deleted], manifest)
        deleted = [each for each in manifest.contents if each.is_deleted]
        if deleted:
            out.deleted = self._room(deleted, manifest)
        out.ran = manifest.ran
        out.edited = self._edited
        return out

    def _room(self, items: list[BundleItem], manifest: Manifest) -> Bundle:
        out = Bundle(cluster_id=manifest.source.cluster_id, network_names=manifest.network_names)
        keys: dict[str, Any] = {}
        for item in items:
            if not item.files:
                raise StoreError(f"names no files for {item.name or item.kind!r}", file=MANIFEST)
            match item.kind:
                case "service" | "network" | "secret" | "config":
                    out.of(item.kind).append(self._object(item))
                case "nodes":
                    out.nodes = self._understood(item.files[0], read_nodes)
                case "registry-credentials":  # they come after the services
                    self._understood(item.files[0], partial(put_back, out.services))
                case "join-tokens":
                    keys |= self._understood(item.files[0], _read_tokens)
                case "ca-key" | "unlock-key":
                    keys |= {_key(each): self._whole(each) for each in item.files}
                case _:
                    raise StoreError(f"an object of the unknown kind {item.kind!r}", file=MANIFEST)
        if "unlock_key" in keys:
            keys["unlock_key"] = keys["unlock_key"].decode("ascii", "replace").strip()
        out.keys = ClusterKeys(**keys)
        return out

    def _object(self, item: BundleItem) -> BundleObject:
        files = {file.name.rpartition(".")[2]: file for file in item.files}
        if "pb" not in files:
            raise StoreError(f"the {item.kind} {item.name!r} has no message", file=MANIFEST)
        form = FORMS[item.kind]  # type: ignore[index] # one of the four, see _room
        message = self._understood(files["pb"], lambda data: pb.parse(form.message, data))
        edited: BundleObject | None = None
        if "json" in files:
            edited = self._edited_body(item, files["json"], message)
        if "data" in files:
            self._take_payload(files["data"], message, edited)
        return edited if edited is not None else message

    def _edited_body(self, item: BundleItem, file: ItemFile, message: BundleObject) -> Any:
        """The object with the spec of its create body; None if nobody has edited that."""
        body = self.raw(file.name)
        if file.sha256 and sha256(body).hexdigest() == file.sha256:
            return None
        kind: Any = item.kind
        try:
            spec: Any = spec_of(kind, body, self._names)
            if spec == spec_of(kind, body_of(kind, message, self._names), self._names):
                return None
        except FieldError as err:
            reason = f"cannot be read as a create body: {_place_in(body)}{err}"
            raise StoreError(reason, file=file.name) from None
        self._edited.append(file.name)
        out: Any = type(message)()
        out.CopyFrom(message)
        out.spec.CopyFrom(spec)
        return out

    def _take_payload(self, file: ItemFile, message: Any, edited: Any) -> None:
        """Let the payload's own file count, unless it is the create body that was edited."""
        payload, original = self.raw(file.name), message.spec.data
        in_body = edited.spec.data if edited is not None else original
        is_changed = payload != original
        if is_changed and in_body not in (b"", original, payload):
            reason = "this payload and the one in the create body were both edited, and differ"
            raise StoreError(reason, file=file.name)
        if is_changed:
            self._edited.append(file.name)
        if is_changed or not in_body:
            for each in (message, edited):
                if each is not None:
                    each.spec.data = payload

    def _understood(self, file: ItemFile, read: Callable[[bytes], Any]) -> Any:
        data = self._whole(file)
        try:
            return read(data)
        except (FieldError, msgspec.MsgspecError, ValueError):
            # What is in the file may be secret, and errors of parsers show parts of it.
            raise StoreError("cannot be read: not what swarmwire writes", file=file.name) from None

    def _whole(self, file: ItemFile) -> bytes:
        """A file; lists may have been edited, messages may not.

        Raises:
            StoreError: it is missing or damaged.
        """
        data = self.raw(file.name)
        same = sha256(data).hexdigest() == file.sha256 if file.sha256 else len(data) == file.size
        if same:
            return data
        if file.name.endswith(".json"):
            self._edited.append(file.name)
            return data
        reason = "not the file that was written: it is damaged, or from another bundle"
        raise StoreError(reason, file=file.name)

    def raw(self, name: str) -> bytes:
        """A file of the bundle.

        Raises:
            StoreError: it is not there, or it would lie outside.
        """
        if not all(part not in ("", ".", "..") for part in name.split("/")) or "\\" in name:
            raise StoreError(f"names a file outside of the bundle: {name!r}", file=MANIFEST)
        try:
            return self._read(name)
        except (KeyError, FileNotFoundError):
            reason = "is missing: this is no bundle, or not all of one"
            raise StoreError(reason, file=name) from None


def _place_in(body: bytes) -> str:
    """Where a text stops being JSON; nothing if it does not."""
    with suppress(UnicodeDecodeError, RecursionError):
        try:
            json.loads(body)
        except json.JSONDecodeError as err:
            return f"line {err.lineno}, column {err.colno}: "
    return ""


_KEYS = {
    rooms.CA_KEY.rpartition("/")[2]: "ca_key",
    rooms.CA_CERT.rpartition("/")[2]: "ca_cert",
    rooms.NEXT_CA_KEY.rpartition("/")[2]: "next_ca_key",
    rooms.NEXT_CA_CERT.rpartition("/")[2]: "next_ca_cert",
    rooms.UNLOCK_KEY.rpartition("/")[2]: "unlock_key",
}


class _Tokens(msgspec.Struct):
    worker: str
    manager: str


def _read_tokens(data: bytes) -> dict[str, str]:
    tokens = msgspec.json.decode(data, type=_Tokens)
    return {"worker_token": tokens.worker, "manager_token": tokens.manager}


def _key(file: ItemFile) -> str:
    found = _KEYS.get(file.name.rpartition("/")[2])
    if found is None:
        raise StoreError(f"names an unknown file: {file.name!r}", file=MANIFEST)
    return found
