"""Names: of services and networks, of secrets and configs, of images.

Source: SwarmKit controlapi; the grammar of github.com/distribution/reference, v0.6.
"""

import re

from swarmwire.releases import NEWEST, Release
from swarmwire.releases.quirks import does
from swarmwire.rules._problems import Problems, invalid
from swarmwire.rules.go_text import lower, quote

# patterns are left to the cache of re: what a command does not use, it need not compile
_DNS_NAME = r"[a-zA-Z0-9](?:[-_a-zA-Z0-9]*[a-zA-Z0-9])?"
_DATA_NAME = r"[a-zA-Z0-9](?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?"
_MAX_DNS_NAME = 63
_MAX_DATA_NAME = 64


_PART = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
_HOST = rf"(?:{_PART}(?:\.{_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_TAG = r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"

_REFERENCE = rf"(?:{_HOST}/)?(?P<path>{_PATH})(?::{_TAG})?(?:@(?P<digest>{_DIGEST}))?"
_KNOWN_DIGEST = r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}"
_IDENTIFIER = r"[a-f0-9]{64}"
_MAX_PATH = 255

MISSING = "meta: name must be provided"


def dns_name_problems(name: str) -> Problems:
    """The name of a service or network. Source: SwarmKit controlapi, validateAnnotations."""
    if not name:
        yield invalid(MISSING, "Name", kind="missing")
        return
    if not re.fullmatch(_DNS_NAME, name):
        yield invalid("name must be valid as a DNS name component", "Name")
    if len(name.encode()) > _MAX_DNS_NAME:
        yield invalid("name must be 63 characters or fewer", "Name")


def data_name_problems(name: str) -> Problems:
    """The name of a secret or config.

    Source: SwarmKit controlapi, validateConfigOrSecretAnnotations.
    """
    if not name:
        yield invalid("name must be provided", "Name", kind="missing")
    elif len(name.encode()) > _MAX_DATA_NAME or not re.fullmatch(_DATA_NAME, name):
        yield invalid(
            "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed,"
            " and the start and end character must be [a-zA-Z0-9]",
            "Name",
        )


def image_problems(image: str, release: Release = NEWEST) -> Problems:
    """The image of a container."""
    if not image:
        reason = "ContainerSpec: image reference must be provided"
        yield invalid(reason, "Image", kind="missing")
    elif not is_image_reference(image, release):
        reason = f"ContainerSpec: {quote(image)} is not a valid repository/tag"
        yield invalid(reason, "Image")


def is_image_reference(image: str, release: Release = NEWEST) -> bool:
    """Whether the engine can read the text as the name of an image."""
    if re.fullmatch(_IDENTIFIER, image):
        return False
    host, rest = _split_host(image, release)
    match = re.fullmatch(_REFERENCE, f"{host}/{rest}")
    if match is None:
        return False
    host_counts = does(release, "host-counts-in-image-names")
    if len(match["path"]) + (len(host) + 1 if host_counts else 0) > _MAX_PATH:
        return False
    digest: str | None = match["digest"]
    return digest is None or re.fullmatch(_KNOWN_DIGEST, digest) is not None


def _split_host(image: str, release: Release) -> tuple[str, str]:
    host, slash, rest = image.partition("/")
    if not slash:
        return "docker.io", f"library/{image}"
    if host == "index.docker.io":
        host = "docker.io"
    elif not _is_host(host, release):
        host, rest = "docker.io", image
    if host == "docker.io" and "/" not in rest:
        rest = f"library/{rest}"
    return host, rest


def _is_host(text: str, release: Release) -> bool:
    if text == "localhost" or "." in text or ":" in text:
        return True
    return lower(text) != text and not does(release, "no-capital-hosts")
