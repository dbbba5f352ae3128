"""Manifests of images: which kind one is, and the platforms that it is made for. Pure.

Source: docker/distribution manifest/{manifestlist,ocischema,schema2,schema1}; moby
daemon/server/router/distribution/distribution_routes.go, fetchManifest; opencontainers/image-spec.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from swarmwire.registry.description import ImagePlatform
from swarmwire.registry.documents import cleaned, json_kind, member, read_json

MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"
SIGNED_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v1+prettyjws"
ACCEPTED: Final = (OCI_INDEX, MANIFEST_LIST, OCI_MANIFEST, MANIFEST, SIGNED_MANIFEST)
"""What is asked for."""


class ImageManifest(NamedTuple):
    """What a manifest tells.

    Attributes:
        media_type: its kind, one of ``ACCEPTED``.
        size: in bytes.
        platforms: what it is made for, as far as it says so itself.
        config: the digest of its config, which says so for it; nothing if that does not count.
    """

    media_type: str
    size: int
    platforms: tuple[ImagePlatform, ...] = ()
    config: str = ""


def read_manifest(media_type: str, body: bytes) -> ImageManifest:
    """A manifest, by what the registry says that it is.

    Raises:
        ValueError: it is none; the text is the engine's, as far as it is known.
    """
    return _READERS.get(media_type, _signed)(body)


def platform_of_config(body: bytes) -> tuple[ImagePlatform, ...]:
    """The platform in an image's config; none if there is none, or it cannot be read."""
    try:
        found = _platform(read_json(body), "Platform")
    except ValueError:
        return ()
    return (found,) if found.os or found.architecture else ()


def _index(body: bytes) -> ImageManifest:
    document = _document(body)
    if member(document, "config") is not None or member(document, "layers") is not None:
        raise ValueError("index: expected index but found manifest")
    told = _text(document, "mediatype", "ManifestList")
    if told not in ("", OCI_INDEX):
        raise ValueError(
            f"if present, mediaType in image index should be '{OCI_INDEX}' not '{told}'"
        )
    return ImageManifest(OCI_INDEX, len(body), _platforms(document))


def _manifest_list(body: bytes) -> ImageManifest:
    document = _document(body)
    told = _text(document, "mediatype", "ManifestList")
    if told != MANIFEST_LIST:
        raise ValueError(f"mediaType in manifest list should be '{MANIFEST_LIST}' not '{told}'")
    return ImageManifest(MANIFEST_LIST, len(body), _platforms(document))


def _oci_manifest(body: bytes) -> ImageManifest:
    document = _document(body)
    if member(document, "manifests") is not None:
        raise ValueError("ocimanifest: expected manifest but found index")
    told = _text(document, "mediatype", "Manifest")
    if told not in ("", OCI_MANIFEST):
        raise ValueError(
            f"if present, mediaType in manifest should be '{OCI_MANIFEST}' not '{told}'"
        )
    # Of these no engine reads the config.
    return ImageManifest(OCI_MANIFEST, len(body))


def _manifest(body: bytes) -> ImageManifest:
    document = _document(body)
    told = _text(document, "mediatype", "Manifest")
    if told != MANIFEST:
        raise ValueError(f"mediaType in manifest should be '{MANIFEST}' not '{told}'")
    config = _text(member(document, "config"), "digest", "Descriptor.config")
    return ImageManifest(MANIFEST, len(body), config=config)


def _signed(body: bytes) -> ImageManifest:
    """A manifest of schema 1, and whatever is called anything else."""
    try:
        document = _document(body)
    except ValueError as err:
        raise ValueError(f"error unmarshalling content: {err}") from None
    if member(document, "signatures") is None:
        raise ValueError("missing signature key")
    architecture = _text(document, "architecture", "Manifest")
    return ImageManifest(SIGNED_MANIFEST, len(body), (ImagePlatform(architecture, "linux"),))


_READERS: Final[dict[str, Callable[[bytes], ImageManifest]]] = {
    OCI_INDEX: _index,
    MANIFEST_LIST: _manifest_list,
    OCI_MANIFEST: _oci_manifest,
    MANIFEST: _manifest,
}


def _document(body: bytes) -> object:
    document = read_json(body)
    if document is not None and not isinstance(document, dict):
        raise _mismatch(document, "value")
    return document


def _platforms(document: object) -> tuple[ImagePlatform, ...]:
    listed = member(document, "manifests")
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise _mismatch(listed, "struct field ManifestList.manifests")
    return tuple(_platform(member(each, "platform"), "ManifestList.manifests") for each in listed)


def _platform(told: Any, place: str) -> ImagePlatform:
    features = member(told, "os.features") or ()
    if not isinstance(features, list | tuple):
        raise _mismatch(features, f"struct field {place}.os.features")
    if not all(isinstance(each, str) for each in features):
        raise _mismatch(next(iter(features)), f"struct field {place}.os.features")
    return ImagePlatform(
        architecture=_text(told, "architecture", place),
        os=_text(told, "os", place),
        os_version=_text(told, "os.version", place),
        os_features=tuple(map(cleaned, features)),
        variant=_text(told, "variant", place),
    )


def _text(document: object, name: str, place: str) -> str:
    value = member(document, name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _mismatch(value, f"struct field {place}.{name}")
    return cleaned(value)


def _mismatch(value: object, where: str) -> ValueError:
    return ValueError(f"json: cannot unmarshal {json_kind(value)} into Go {where}")
