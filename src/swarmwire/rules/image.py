"""Image references. Source: the grammar of github.com/distribution/reference, v0.6."""

import re

from swarmwire.rules._problems import Problems, invalid
from swarmwire.rules.go_text import lower, quote

_PART = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
_HOST = rf"(?:{_PART}(?:\.{_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_TAG = r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"

_REFERENCE = re.compile(rf"(?:{_HOST}/)?(?P<path>{_PATH})(?::{_TAG})?(?:@(?P<digest>{_DIGEST}))?")
_KNOWN_DIGEST = re.compile(r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}")
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_MAX_PATH = 255


def image_problems(image: str) -> Problems:
    """The image of a container."""
    if not image:
        reason = "ContainerSpec: image reference must be provided"
        yield invalid(reason, "Image", kind="missing")
    elif not is_image_reference(image):
        reason = f"ContainerSpec: {quote(image)} is not a valid repository/tag"
        yield invalid(reason, "Image")


def is_image_reference(image: str) -> bool:
    """Whether the engine can read the text as the name of an image."""
    if _IDENTIFIER.fullmatch(image):
        return False
    host, rest = _split_host(image)
    repository = rest.partition(":")[0]
    if lower(repository) != repository:
        return False
    match = _REFERENCE.fullmatch(f"{host}/{rest}")
    if match is None or len(match["path"]) > _MAX_PATH:
        return False
    digest: str | None = match["digest"]
    return digest is None or _KNOWN_DIGEST.fullmatch(digest) is not None


def _split_host(image: str) -> tuple[str, str]:
    host, slash, rest = image.partition("/")
    if not slash:
        return "docker.io", f"library/{image}"
    if host == "index.docker.io":
        host = "docker.io"
    elif not _is_host(host):
        host, rest = "docker.io", image
    if host == "docker.io" and "/" not in rest:
        rest = f"library/{rest}"
    return host, rest


def _is_host(text: str) -> bool:
    return text == "localhost" or "." in text or ":" in text or lower(text) != text
